package dataversefake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type found struct {
	ref ref
	row row
}

// list serves a collection: $select, $filter (comparisons joined by and, those by or), $orderby, $top.
func (s *Server) list(q *request, t *Table, context string, belongs func(ref, row) bool) *reply {
	keep, f := parseFilter(t, q.query.Get("$filter"))
	if f != nil {
		return f.reply()
	}
	var hits []found
	for r, v := range q.st.rows {
		if s.isOf(r, t) && belongs(r, v) && q.who.mayRead(r, v) && keep(r, v) {
			hits = append(hits, found{r, v})
		}
	}
	if f := order(t, hits, q.query.Get("$orderby")); f != nil {
		return f.reply()
	}
	if top, err := strconv.Atoi(q.query.Get("$top")); err == nil && top < len(hits) {
		hits = hits[:top]
	}
	value := make([]any, 0, len(hits))
	for _, h := range hits {
		out, f := s.show(q, t, h.ref, h.row)
		if f != nil {
			return f.reply()
		}
		value = append(value, out)
	}
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": q.base + "/$metadata#" + context, "value": value})
}

// isOf tells whether a record belongs to a table; every activity is an activitypointer too.
func (s *Server) isOf(r ref, t *Table) bool {
	if t.LogicalName == "activitypointer" {
		rt := s.tables[r.Table]
		return rt != nil && rt.Activity
	}
	return r.Table == t.LogicalName
}

var comparison = regexp.MustCompile(`^([a-z_A-Z0-9]+) (eq|ne|ge|gt|le|lt) ('(?:[^']|'')*'|[^\s']+)$`)

func parseFilter(t *Table, text string) (func(ref, row) bool, *fault) {
	if text == "" {
		return func(ref, row) bool { return true }, nil
	}
	var groups []func(ref, row) bool
	for _, group := range strings.Split(text, " or ") {
		keep, f := parseAnd(t, group)
		if f != nil {
			return nil, f
		}
		groups = append(groups, keep)
	}
	return func(r ref, v row) bool {
		return slices.ContainsFunc(groups, func(keep func(ref, row) bool) bool { return keep(r, v) })
	}, nil
}

func parseAnd(t *Table, text string) (func(ref, row) bool, *fault) {
	var tests []func(ref, row) bool
	for _, term := range strings.Split(text, " and ") {
		m := comparison.FindStringSubmatch(strings.Trim(term, " ()"))
		if m == nil {
			return nil, bad("0x80060888", "The filter '%s' is not understood.", term)
		}
		name := m[1]
		if _, f := selected(t, name); f != nil {
			return nil, f
		}
		want, op := strings.ReplaceAll(strings.Trim(m[3], "'"), "''", "'"), m[2]
		tests = append(tests, func(r ref, v row) bool { return holds(op, cmp.Compare(filterValue(t, r, v, name), want)) })
	}
	return func(r ref, v row) bool {
		return !slices.ContainsFunc(tests, func(test func(ref, row) bool) bool { return !test(r, v) })
	}, nil
}

func holds(op string, c int) bool {
	switch op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "ge":
		return c >= 0
	case "gt":
		return c > 0
	case "le":
		return c <= 0
	default:
		return c < 0
	}
}

// filterValue is a value as a filter writes it; "null" where there is none.
func filterValue(t *Table, r ref, v row, name string) string {
	if name == t.PrimaryID {
		return r.ID
	}
	if in, ok := strings.CutPrefix(name, "_"); ok {
		name = strings.TrimSuffix(in, "_value")
	}
	switch x := v[name].(type) {
	case nil:
		return "null"
	case ref:
		return x.ID
	default:
		return fmt.Sprint(x)
	}
}

func order(t *Table, hits []found, by string) *fault {
	name, direction, _ := strings.Cut(by, " ")
	if name == "" {
		name = "createdon"
	} else if _, f := selected(t, name); f != nil {
		return f
	}
	slices.SortFunc(hits, func(a, b found) int {
		c := cmp.Or(cmp.Compare(filterValue(t, a.ref, a.row, name), filterValue(t, b.ref, b.row, name)), cmp.Compare(a.ref.ID, b.ref.ID))
		if direction == "desc" {
			return -c
		}
		return c
	})
	return nil
}

func (s *Server) putColumn(q *request, t *Table, r ref, name string) *reply {
	var in struct{ Value any }
	dec := json.NewDecoder(bytes.NewReader(q.body))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		return bad("0x80048d19", "Error identified in Payload provided by the user: %v", err).reply()
	}
	if t.Columns[name].ReadOnly {
		return bad("0x80048d19", "'%s' of '%s' cannot be written.", name, t.LogicalName).reply()
	}
	if f := t.check(name, in.Value); f != nil {
		return f.reply()
	}
	if f := s.change(q, t, r, row{name: in.Value}); f != nil {
		return f.reply()
	}
	return noContent()
}
