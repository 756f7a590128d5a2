package dataversefake

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// children are the related records that the body of a new record brings along; powerapps-docs/developer/data-platform/webapi/
// create-entity-web-api.md. They are made with it or not at all.
type children struct {
	single map[string]json.RawMessage   // new records behind lookups, by navigation property
	many   map[string][]json.RawMessage // new records of collections
	bound  map[string][]string          // records that are there and join a collection
}

// takeChildren takes the related records out of the request's body.
func takeChildren(q *request, t *Table) children {
	c := children{map[string]json.RawMessage{}, map[string][]json.RawMessage{}, map[string][]string{}}
	var members map[string]json.RawMessage
	if json.Unmarshal(q.body, &members) != nil {
		return c // decode says what is wrong
	}
	for name, v := range maps.Clone(members) {
		before := len(c.single) + len(c.many) + len(c.bound)
		if _, isNav := t.Navigation[name]; isNav && strings.HasPrefix(string(v), "{") {
			c.single[name] = v
		}
		take(t, name, v, c.many)
		if collection, binds := strings.CutSuffix(name, "@odata.bind"); binds {
			take(t, collection, v, c.bound)
		}
		if len(c.single)+len(c.many)+len(c.bound) > before {
			delete(members, name)
		}
	}
	q.body, _ = json.Marshal(members) // came from JSON
	return c
}

func take[T any](t *Table, collection string, v json.RawMessage, into map[string][]T) {
	var list []T
	if _, known := t.Collections[collection]; known && json.Unmarshal(v, &list) == nil {
		into[collection] = list
	}
}

// createDeep makes a record and what its body brings along, all or nothing.
func (s *Server) createDeep(q *request, t *Table) *reply {
	c := takeChildren(q, t)
	began := len(q.st.changed)
	id, f := s.createTree(q, t, c)
	if f != nil {
		q.st.takeBack(began)
		return f.reply()
	}
	return s.written(q, t, ref{t.LogicalName, id}, http.StatusCreated)
}

func (s *Server) createTree(q *request, t *Table, c children) (string, *fault) {
	values, f := s.decode(q, t, nil)
	if f != nil {
		return "", f
	}
	for _, name := range slices.Sorted(maps.Keys(c.single)) {
		nav := t.Navigation[name]
		id, f := s.createChild(q, nav.Table, c.single[name], nil)
		if f != nil {
			return "", f
		}
		values[nav.Column] = ref{nav.Table, id}
	}
	maps.Copy(values, q.extra)
	id, given := values[t.PrimaryID].(string)
	if !given {
		id = uuid.NewString()
	}
	r := ref{t.LogicalName, id}
	if _, exists := q.st.get(r); exists {
		return "", &fault{http.StatusPreconditionFailed, "0x80040237", "A record with matching key values already exists."}
	}
	if f := s.insert(q, t, r, values); f != nil {
		return "", f
	}
	return id, s.fillCollections(q, t, r, c)
}

func (s *Server) fillCollections(q *request, t *Table, owner ref, c children) *fault {
	for _, name := range slices.Sorted(maps.Keys(c.many)) {
		to := t.Collections[name]
		for _, body := range c.many[name] {
			if _, f := s.createChild(q, to.Table, body, row{to.Column: owner}); f != nil {
				return f
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.bound)) {
		to := t.Collections[name]
		for _, text := range c.bound[name] {
			r, f := s.named(q, text)
			if f == nil && r.Table != to.Table {
				f = bad("0x80048d19", "'%s' holds no '%s'.", name, r.Table)
			}
			if f == nil {
				f = s.change(q, s.tables[to.Table], r, row{to.Column: owner})
			}
			if f != nil {
				return f
			}
		}
	}
	return nil
}

// createChild makes a related record, with values that its place gives it.
func (s *Server) createChild(q *request, table string, body json.RawMessage, extra row) (string, *fault) {
	t := s.tables[table]
	if t == nil || table == "activitypointer" {
		return "", bad("0x80048d19", "A '%s' cannot be created there.", table)
	}
	child := *q
	child.body, child.extra = body, extra
	return s.createTree(&child, t, takeChildren(&child, t))
}
