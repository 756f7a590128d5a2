package dataversefake

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func etag(v row) string { return fmt.Sprintf(`W/"%v"`, v["versionnumber"]) }

// readable gets a record if the caller may see it.
func (s *Server) readable(q *request, t *Table, r ref) (row, *fault) {
	if p := s.lacking(q.who, "Read", t.LogicalName); p != "" {
		return nil, missing(p)
	}
	v, exists := s.lookupRow(q.st, r)
	if !exists {
		return nil, notFound("%s With Id = %s Does Not Exist", t.LogicalName, r.ID)
	}
	if !s.may(q.who, "Read", r, v) {
		return nil, forbidden("0x80048306", "SecLib::AccessCheckEx failed for '%s'.", t.LogicalName)
	}
	return v, nil
}

// lookupRow finds a record; an activitypointer is any activity.
func (s *Server) lookupRow(st *state, r ref) (row, bool) {
	if r.Table != "activitypointer" {
		return st.get(r)
	}
	for _, t := range s.tables {
		if v, ok := st.get(ref{t.LogicalName, r.ID}); ok && t.Activity {
			return v, true
		}
	}
	return nil, false
}

func (s *Server) retrieve(q *request, t *Table, r ref) *reply {
	if f := checkOptions(q, recordOptions); f != nil {
		return f.reply()
	}
	v, f := s.readable(q, t, r)
	if f != nil {
		return f.reply()
	}
	if q.header.Get("If-None-Match") == etag(v) {
		return &reply{status: http.StatusNotModified, header: http.Header{"Odata-Version": {"4.0"}}}
	}
	out, f := s.show(q, t, r, v)
	if f != nil {
		return f.reply()
	}
	out["@odata.context"] = q.base + "/$metadata#" + contextOf(t.EntitySet, q) + "/$entity"
	return applied(q, jsonReply(http.StatusOK, out).with("ETag", etag(v)))
}

// show makes the JSON of a record with the columns and expansions that the query asks for.
func (s *Server) show(q *request, t *Table, r ref, v row) (map[string]any, *fault) {
	wanted, f := selected(t, q.query.Get("$select"))
	if f != nil {
		return nil, f
	}
	out := project(t, r, v, wanted)
	s.annotate(q, t, v, out)
	for _, e := range splitTop(q.query.Get("$expand"), ',') {
		if f := s.expand(q, t, found{r, v}, strings.TrimSpace(e), out); f != nil {
			return nil, f
		}
	}
	return out, nil
}

// selected reads $select; nil means all columns.
func selected(t *Table, text string) ([]string, *fault) {
	if text == "" {
		return nil, nil
	}
	var names []string
	for _, n := range strings.Split(text, ",") {
		column := n
		if in, ok := strings.CutPrefix(n, "_"); ok {
			column = strings.TrimSuffix(in, "_value")
		}
		c, known := t.Columns[column]
		if column != t.PrimaryID && (!known || c.isLookup() != (column != n)) {
			return nil, bad("0x80060888", "Could not find a property named '%s' on type 'Microsoft.Dynamics.CRM.%s'.", n, t.LogicalName)
		}
		names = append(names, column)
	}
	return names, nil
}

func project(t *Table, r ref, v row, wanted []string) map[string]any {
	out := map[string]any{"@odata.etag": etag(v), t.PrimaryID: r.ID}
	for name, c := range t.Columns {
		if wanted != nil && !slices.Contains(wanted, name) {
			continue
		}
		if wanted == nil && name == "documentbody" { // the platform leaves it out unless asked, and it is large
			continue
		}
		target, isRef := v[name].(ref)
		switch {
		case isRef:
			out["_"+name+"_value"] = target.ID
		case c.isLookup():
			out["_"+name+"_value"] = nil
		default:
			out[name] = v[name]
		}
	}
	out[t.PrimaryID] = r.ID
	return out
}

// property serves set(id)/name: a column, its $value, or the record that a navigation property leads to.
func (s *Server) property(q *request, t *Table, r ref, rest string) *reply {
	name, tail, _ := strings.Cut(rest, "/")
	nav, isNav := t.Navigation[name]
	if isNav && tail == "$ref" {
		return s.singleRef(q, t, r, nav)
	}
	if isNav && q.method == http.MethodGet && tail == "" {
		v, f := s.readable(q, t, r)
		if f != nil {
			return f.reply()
		}
		target, isRef := v[nav.Column].(ref)
		if !isRef {
			return noContent()
		}
		return s.retrieve(q, s.tables[target.Table], target)
	}
	if collection, key := keyed(name); t.Collections[collection].Table != "" {
		return s.related(q, t, r, t.Collections[collection], key, tail)
	}
	c, known := t.Columns[name]
	if !known || c.isLookup() {
		return notFound("Resource not found for the segment '%s'.", name).reply()
	}
	return s.column(q, t, r, name, tail)
}

func (s *Server) column(q *request, t *Table, r ref, name, tail string) *reply {
	v, f := s.readable(q, t, r)
	if f != nil {
		return f.reply()
	}
	if t.Columns[name].Type == fileType {
		return s.fileColumn(q, r, v, name, tail)
	}
	if f := checkOptions(q, nil); f != nil {
		return f.reply()
	}
	switch q.method {
	case http.MethodGet:
		if v[name] == nil {
			return noContent()
		}
		if tail == "$value" {
			return &reply{status: http.StatusOK, body: fmt.Append(nil, v[name]),
				header: http.Header{"Content-Type": {"text/plain"}, "Odata-Version": {"4.0"}}}
		}
		return jsonReply(http.StatusOK, map[string]any{
			"@odata.context": fmt.Sprintf("%s/$metadata#%s(%s)/%s", q.base, t.EntitySet, r.ID, name), "value": v[name]})
	case http.MethodPut:
		return s.putColumn(q, t, r, name)
	case http.MethodDelete:
		if f := s.change(q, t, r, row{name: nil}); f != nil {
			return f.reply()
		}
		return noContent()
	}
	return methodNotAllowed(q)
}
