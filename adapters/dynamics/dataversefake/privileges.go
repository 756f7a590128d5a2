package dataversefake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// depths are how far privileges reach, the shortest first. Facts: Web API reference, PrivilegeDepth and RolePrivilege.
var depths = []string{"Basic", "Local", "Deep", "Global"}

// retrievePrivileges tells what a role holds and how far it reaches. Facts: Web API reference, RetrieveRolePrivilegesRole.
func (s *Server) retrievePrivileges(q *request, role string) *reply {
	if p := s.lacking(q.who, "Read", "role"); p != "" {
		return missing(p).reply()
	}
	v, exists := q.st.get(ref{"role", role})
	if !exists {
		return notFound("role With Id = %s Does Not Exist", role).reply()
	}
	unit, _ := v["businessunitid"].(ref)
	value := []any{}
	for r, of := range q.st.rows {
		if id, is := strings.CutPrefix(r.ID, role+"/"); is && r.Table == "roleprivileges_association" {
			value = append(value, map[string]any{"PrivilegeId": id, "Depth": of["depth"], "BusinessUnitId": unit.ID})
		}
	}
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRoleResponse", "RolePrivileges": value})
}

func (s *Server) addPrivileges(q *request, role string) *reply {
	var in struct {
		Privileges []struct{ PrivilegeID, Depth, BusinessUnitID string }
	}
	if err := json.Unmarshal(q.body, &in); err != nil || len(in.Privileges) == 0 {
		return bad("0x80048d19", "Privileges is required.").reply()
	}
	if _, exists := q.st.get(ref{"role", role}); !exists {
		return notFound("role With Id = %s Does Not Exist", role).reply()
	}
	for _, p := range in.Privileges {
		v, exists := q.st.get(ref{"privilege", p.PrivilegeID})
		if !exists {
			return notFound("privilege With Id = %s Does Not Exist", p.PrivilegeID).reply()
		}
		if !slices.Contains(depths, p.Depth) {
			return bad("0x80048d19", "'%s' is no PrivilegeDepth.", p.Depth).reply()
		}
		if v[canBe(p.Depth)] != true {
			return bad("", "The privilege %s cannot be %s.", v["name"], p.Depth).reply()
		}
	}
	for _, p := range in.Privileges {
		deepen(q.st, role, p.PrivilegeID, p.Depth)
	}
	return noContent()
}

// canBe is the column of a privilege that says whether it may reach so far. Facts: powerapps-docs, reference/entities/privilege.md.
func canBe(depth string) string { return "canbe" + strings.ToLower(depth) }

// deepen gives a role a privilege. One that it holds already reaches further afterwards, or as far, but never less: people who tried say so,
// the documentation says nothing.
func deepen(st *state, role, privilege, depth string) {
	to := link("roleprivileges_association", role, privilege)
	if v, held := st.get(to); held && further(v["depth"].(string), depth) {
		return
	}
	st.put(to, row{"depth": depth})
}

// SetDepth lets a role's privilege reach as far as depth says, or takes it away with "", as an administrator does in the editor of roles.
func (s *Server) SetDepth(role, privilege, depth string) {
	s.locked(func() {
		r, _ := s.byColumn(s.data, "role", "name", role)
		p, _ := s.byColumn(s.data, "privilege", "name", privilege)
		s.data.remove(link("roleprivileges_association", r.ID, p.ID))
		if depth != "" {
			deepen(s.data, r.ID, p.ID, depth)
		}
	})
}

// Assign gives a user a role, as an administrator does.
func (s *Server) Assign(user, role string) {
	s.locked(func() {
		r, _ := s.byColumn(s.data, "role", "name", role)
		s.data.put(link("systemuserroles_association", user, r.ID), row{})
	})
}

// privilegesOfRecords are the tables whose records belong to somebody, so that a right to them can reach less far than everywhere.
var privilegesOfRecords = []string{"Activity", "Note", "Incident", "Contact", "Account"}

// addPrivilegeRows puts in the privileges that an organisation has, as far as installing and the desk need them.
func (s *Server) addPrivilegeRows() {
	for _, table := range privilegesOfRecords {
		for _, verb := range []string{"Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share"} {
			s.addPrivilege("prv"+verb+table, depths)
		}
	}
	s.addPrivilege("prvReadUser", depths[1:]) // users belong to business units
	for _, name := range []string{"prvActOnBehalfOfAnotherUser", "prvReadOrganization", "prvReadEntity", "prvReadAttribute",
		"prvReadRelationship", "prvReadWebResource", "prvReadEnvironmentVariableDefinition", "prvReadEnvironmentVariableValue"} {
		s.addPrivilege(name, []string{"Global"})
	}
	for name := range parseTables(installableJSON) {
		if strings.HasPrefix(name, "msdyn_") {
			s.addPrivilege("prvRead"+name, []string{"Global"})
		}
	}
}

func (s *Server) addPrivilege(name string, may []string) {
	v := row{"name": name}
	for _, d := range depths {
		v[canBe(d)] = slices.Contains(may, d)
	}
	s.data.put(ref{"privilege", uuid.NewString()}, v)
}
