package dataversefake

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

var (
	rolePrivileges = regexp.MustCompile(`^RetrieveRolePrivilegesRole\(RoleId=([0-9a-f-]{36})\)$`)
	addPrivileges  = regexp.MustCompile(`^roles\(([0-9a-f-]{36})\)/Microsoft\.Dynamics\.CRM\.AddPrivilegesRole$`)
	associated     = regexp.MustCompile(`^(roles|systemusers)\(([0-9a-f-]{36})\)/(roleprivileges_association|systemuserroles_association)(?:\(([0-9a-f-]{36})\))?(/\$ref)?$`)
)

// link is the record of an association, which exists or does not.
func link(association, from, to string) ref { return ref{association, from + "/" + to} }

// roles serves what roles hold and who holds them; nil for what is plain reading and writing.
func (s *Server) roles(q *request) *reply {
	if m := addPrivileges.FindStringSubmatch(q.path); m != nil && q.method == http.MethodPost {
		return s.addPrivileges(q, m[1])
	}
	if m := rolePrivileges.FindStringSubmatch(q.path); m != nil && q.method == http.MethodGet {
		return s.retrievePrivileges(q, m[1])
	}
	m := associated.FindStringSubmatch(q.path)
	if m == nil {
		if role, ok := strings.CutPrefix(q.path, "roles("); ok && q.method == http.MethodDelete {
			unlinkRole(q.st, strings.TrimSuffix(role, ")"))
		}
		return nil
	}
	from, association, to := m[2], m[3], m[4]
	owner := ref{map[string]string{"roles": "role", "systemusers": "systemuser"}[m[1]], from}
	if _, exists := q.st.get(owner); !exists {
		return notFound("%s With Id = %s Does Not Exist", owner.Table, from).reply()
	}
	target := map[string]string{"roleprivileges_association": "privilege", "systemuserroles_association": "role"}[association]
	switch {
	case q.method == http.MethodGet && to == "" && m[5] == "":
		t := s.tables[target]
		return s.list(q, t, t.EntitySet, func(r ref, _ row) bool {
			_, linked := q.st.get(link(association, from, r.ID))
			return linked
		})
	case q.method == http.MethodPost && to == "" && m[5] != "":
		return s.linkRole(q, association, from, target)
	case q.method == http.MethodDelete && to != "" && m[5] != "":
		q.st.remove(link(association, from, to))
		return noContent()
	}
	return methodNotAllowed(q)
}

func (s *Server) linkRole(q *request, association, from, target string) *reply {
	var in struct {
		ID string `json:"@odata.id"`
	}
	if err := json.Unmarshal(q.body, &in); err != nil || !strings.HasPrefix(in.ID, "http") {
		return bad("0x80048d19", "@odata.id takes the whole address of a record.").reply()
	}
	to, err := s.parseEntityRef(in.ID)
	if err != nil || to.Table != target {
		return bad("0x80048d19", "@odata.id names no %s.", target).reply()
	}
	if _, exists := q.st.get(to); !exists {
		return notFound("%s With Id = %s Does Not Exist", target, to.ID).reply()
	}
	q.st.put(link(association, from, to.ID), row{})
	return noContent()
}

func unlinkRole(st *state, role string) {
	for r := range st.rows {
		if (r.Table == "roleprivileges_association" && strings.HasPrefix(r.ID, role+"/")) ||
			(r.Table == "systemuserroles_association" && strings.HasSuffix(r.ID, "/"+role)) {
			st.remove(r)
		}
	}
}
