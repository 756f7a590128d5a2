package dataversefake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// collections are the collection-valued navigation properties of tables, by the column of the other table that leads back. Names
// from the same references as tables.json; Account_Tasks from the Web API's examples.
var collections = map[string]map[string]Lookup{
	"account": {"Account_Tasks": {"regardingobjectid", "task"}},
	"contact": {
		"Contact_Tasks": {"regardingobjectid", "task"}, "Contact_Phonecalls": {"regardingobjectid", "phonecall"},
		"Contact_ActivityPointers": {"regardingobjectid", "activitypointer"}, "Contact_Annotation": {"objectid", "annotation"},
		"incident_customer_contacts": {"customerid", "incident"},
	},
	"incident": {
		"Incident_Phonecalls": {"regardingobjectid", "phonecall"}, "Incident_ActivityPointers": {"regardingobjectid", "activitypointer"},
		"Incident_Annotation": {"objectid", "annotation"},
	},
	"phonecall": {"PhoneCall_Annotation": {"objectid", "annotation"}},
}

// inCollection tells which records belong to a record's collection.
func inCollection(owner ref, c Lookup) func(ref, row) bool {
	return func(_ ref, v row) bool { return v[c.Column] == owner }
}

// related serves a collection-valued navigation property: its records, their number, their references.
func (s *Server) related(q *request, t *Table, owner ref, c Lookup, key, tail string) *reply {
	if _, f := s.readable(q, t, owner); f != nil {
		return f.reply()
	}
	of := s.tables[c.Table]
	switch {
	case q.method == http.MethodGet && tail == "" && key == "":
		return s.list(q, of, of.EntitySet, inCollection(owner, c))
	case q.method == http.MethodGet && tail == "$count" && key == "":
		return s.countRelated(q, of, inCollection(owner, c))
	case q.method == http.MethodGet && tail == "$ref" && key == "":
		return s.references(q, of, inCollection(owner, c))
	case q.method == http.MethodPost && tail == "$ref" && key == "":
		return s.associate(q, of, c, owner)
	case q.method == http.MethodDelete && tail == "$ref":
		return s.disassociate(q, of, c, owner, key)
	}
	return methodNotAllowed(q)
}

func (s *Server) countRelated(q *request, of *Table, belongs func(ref, row) bool) *reply {
	if f := checkOptions(q, []string{"$filter"}); f != nil {
		return f.reply()
	}
	hits, f := s.hits(q, of, belongs)
	if f != nil {
		return f.reply()
	}
	// The number comes after a byte order mark, as the documentation's example shows.
	return &reply{status: http.StatusOK, body: fmt.Appendf(nil, "\ufeff%d", min(len(hits), maxPage)),
		header: http.Header{"Content-Type": {"text/plain"}, "Odata-Version": {"4.0"}}}
}

func (s *Server) references(q *request, of *Table, belongs func(ref, row) bool) *reply {
	if f := checkOptions(q, listOptions); f != nil {
		return f.reply()
	}
	hits, f := s.hits(q, of, belongs)
	if f != nil {
		return f.reply()
	}
	value := make([]any, 0, len(hits))
	for _, h := range hits {
		value = append(value, s.reference(q, h.ref))
	}
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": q.base + "/$metadata#Collection($ref)", "value": value})
}

func (s *Server) reference(q *request, r ref) map[string]any {
	return map[string]any{"@odata.id": fmt.Sprintf("%s/%s(%s)", q.base, s.tables[r.Table].EntitySet, r.ID)}
}

// named reads the record that a body's @odata.id names; the caller must be able to read it.
func (s *Server) named(q *request, text string) (ref, *fault) {
	r, err := s.parseEntityRef(text)
	if err != nil {
		return ref{}, bad("0x80048d19", "@odata.id: %v.", err)
	}
	_, f := s.readable(q, s.tables[r.Table], r)
	return r, f
}

func (s *Server) namedInBody(q *request) (ref, *fault) {
	var in struct {
		ID string `json:"@odata.id"`
	}
	if err := json.NewDecoder(bytes.NewReader(q.body)).Decode(&in); err != nil {
		return ref{}, bad("0x80048d19", "Error identified in Payload provided by the user: %v", err)
	}
	return s.named(q, in.ID)
}

func (s *Server) associate(q *request, of *Table, c Lookup, owner ref) *reply {
	if f := checkOptions(q, nil); f != nil {
		return f.reply()
	}
	r, f := s.namedInBody(q)
	if f == nil && r.Table != of.LogicalName {
		f = bad("0x80048d19", "The collection holds no '%s'.", r.Table)
	}
	if f == nil {
		f = s.change(q, of, r, row{c.Column: owner})
	}
	if f != nil {
		return f.reply()
	}
	return noContent()
}

// disassociate takes a record, named by its key or by $id, out of a collection.
func (s *Server) disassociate(q *request, of *Table, c Lookup, owner ref, key string) *reply {
	if f := checkOptions(q, []string{"$id"}); f != nil {
		return f.reply()
	}
	text := of.EntitySet + "(" + key + ")"
	if key == "" {
		text = q.query.Get("$id")
	}
	r, f := s.named(q, text)
	if f != nil {
		return f.reply()
	}
	if v, _ := q.st.get(r); r.Table != of.LogicalName || v[c.Column] != owner {
		return notFound("'%s' is not in the collection.", text).reply()
	}
	if f := s.change(q, of, r, row{c.Column: nil}); f != nil {
		return f.reply()
	}
	return noContent()
}

// singleRef serves the reference of a single-valued navigation property.
func (s *Server) singleRef(q *request, t *Table, r ref, nav Lookup) *reply {
	if f := checkOptions(q, nil); f != nil {
		return f.reply()
	}
	v, f := s.readable(q, t, r)
	if f != nil {
		return f.reply()
	}
	switch q.method {
	case http.MethodGet:
		target, isRef := v[nav.Column].(ref)
		if !isRef || target.Table != nav.Table {
			return noContent()
		}
		out := s.reference(q, target)
		out["@odata.context"] = q.base + "/$metadata#$ref"
		return jsonReply(http.StatusOK, out)
	case http.MethodPut:
		target, f := s.namedInBody(q)
		if f == nil && target.Table != nav.Table {
			f = bad("0x80048d19", "The property leads to '%s', not to '%s'.", nav.Table, target.Table)
		}
		if f == nil {
			f = s.change(q, t, r, row{nav.Column: target})
		}
		if f != nil {
			return f.reply()
		}
		return noContent()
	case http.MethodDelete:
		if f := s.change(q, t, r, row{nav.Column: nil}); f != nil {
			return f.reply()
		}
		return noContent()
	}
	return methodNotAllowed(q)
}

// keyed splits a segment like name(key).
func keyed(segment string) (name, key string) {
	name, rest, has := strings.Cut(segment, "(")
	if !has {
		return segment, ""
	}
	return name, strings.TrimSuffix(rest, ")")
}
