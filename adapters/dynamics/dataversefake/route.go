package dataversefake

import (
	"net/http"
	"regexp"
	"strings"
)

var recordPath = regexp.MustCompile(`^([a-z_]+)\(([^()]+)\)(?:/(.+))?$`)

// route finds what a path means.
func (s *Server) route(q *request) *reply {
	if a := s.customize(q); a != nil {
		return a
	}
	if action, ok := actions[q.path]; ok {
		if q.method != http.MethodPost {
			return methodNotAllowed(q)
		}
		return s.act(q, action)
	}
	switch {
	case q.path == "$batch":
		return s.batch(q)
	case q.path == "WhoAmI" || q.path == "WhoAmI()":
		return jsonReply(http.StatusOK, map[string]any{"UserId": q.who.user.ID})
	case strings.HasPrefix(q.path, "EntityDefinitions("):
		return s.metadata(q)
	}
	if t := s.tableBySet(q.path); t != nil {
		return s.collection(q, t)
	}
	if set, ok := strings.CutSuffix(q.path, "/$count"); ok && q.method == http.MethodGet && s.tableBySet(set) != nil {
		return s.countRelated(q, s.tableBySet(set), func(ref, row) bool { return true })
	}
	if m := recordPath.FindStringSubmatch(q.path); m != nil {
		if t := s.tableBySet(m[1]); t != nil {
			id, ok := parseGUID(m[2])
			if !ok {
				return bad("0x80060888", "Error identified in Payload provided by the user: the key is not a Guid.").reply()
			}
			return s.record(q, t, ref{t.LogicalName, id}, m[3])
		}
	}
	return notFound("Resource not found for the segment '%s'.", q.path).reply()
}

func methodNotAllowed(q *request) *reply {
	return (&fault{http.StatusMethodNotAllowed, "0x80060888", "The requested resource does not support http method '" + q.method + "'."}).reply()
}

func (s *Server) collection(q *request, t *Table) *reply {
	switch {
	case q.method == http.MethodGet:
		return s.list(q, t, t.EntitySet, func(ref, row) bool { return true })
	case q.method == http.MethodPost && t.LogicalName != "activitypointer" && t.LogicalName != "activityparty":
		return s.create(q, t)
	}
	return methodNotAllowed(q)
}

func (s *Server) record(q *request, t *Table, r ref, rest string) *reply {
	if t.LogicalName == "activityparty" {
		return methodNotAllowed(q)
	}
	if rest != "" {
		return s.property(q, t, r, rest)
	}
	switch q.method {
	case http.MethodGet:
		return s.retrieve(q, t, r)
	case http.MethodPatch:
		return s.upsert(q, t, r)
	case http.MethodDelete:
		return s.remove(q, t, r)
	}
	return methodNotAllowed(q)
}
