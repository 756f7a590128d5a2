package dataversefake

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	expandTerm      = regexp.MustCompile(`^([A-Za-z_]+)(/\$ref)?(?:\((.*)\))?$`)
	expandedRecord  = []string{"$select", "$expand"}
	expandedRecords = []string{"$select", "$expand", "$filter", "$orderby", "$top"}
)

// expand adds a related record or a collection of them; powerapps-docs/developer/data-platform/webapi/query/join-tables.md.
func (s *Server) expand(q *request, t *Table, of found, term string, out map[string]any) *fault {
	m := expandTerm.FindStringSubmatch(term)
	if m == nil {
		return bad("0x80060888", "The expression '%s' of $expand is not understood.", term)
	}
	sub := *q
	sub.query = url.Values{}
	for _, option := range splitTop(m[3], ';') {
		name, value, _ := strings.Cut(option, "=")
		sub.query.Set(strings.TrimSpace(name), value)
	}
	if nav, known := t.Navigation[m[1]]; known {
		return s.expandOne(&sub, of.row, m[1], nav, m[2] != "", out)
	}
	if c, known := t.Collections[m[1]]; known && m[2] == "" {
		return s.expandMany(&sub, of.ref, m[1], c, out)
	}
	return bad("0x80060888", "Could not find a property named '%s' on type 'Microsoft.Dynamics.CRM.%s'.", m[1], t.LogicalName)
}

// expandOne adds the record behind a lookup, or only the reference to it. What the caller may not read is null.
func (s *Server) expandOne(q *request, v row, name string, nav Lookup, reference bool, out map[string]any) *fault {
	if f := checkOptions(q, expandedRecord); f != nil {
		return f
	}
	target, isRef := v[nav.Column].(ref)
	out[name] = nil
	if !isRef || (nav.Table != "owner" && target.Table != nav.Table) {
		return nil
	}
	tv, exists := q.st.get(target)
	if !exists || !s.may(q.who, "Read", target, tv) {
		return nil
	}
	if reference {
		out["_"+nav.Column+"_value"], out[name] = target.ID, s.reference(q, target)
		return nil
	}
	shown, f := s.show(q, s.tables[target.Table], target, tv)
	out[name] = shown
	return f
}

func (s *Server) expandMany(q *request, owner ref, name string, c Lookup, out map[string]any) *fault {
	if f := checkOptions(q, expandedRecords); f != nil {
		return f
	}
	t := s.tables[c.Table]
	hits, f := s.hits(q, t, inCollection(owner, c))
	if f != nil {
		return f
	}
	hits, _, f = page(q, hits)
	if f != nil {
		return f
	}
	out[name], f = s.showAll(q, t, hits)
	return f
}

// contextOf is a set in @odata.context, with the columns that were chosen.
func contextOf(set string, q *request) string {
	if columns := q.query.Get("$select"); columns != "" {
		return set + "(" + columns + ")"
	}
	return set
}

// splitTop splits at separators outside parentheses and quotes.
func splitTop(text string, separator rune) []string {
	var out []string
	depth, start, quoted := 0, 0, false
	for i, c := range text {
		switch {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == separator && depth == 0:
			out, start = append(out, text[start:i]), i+1
		}
	}
	if text == "" {
		return nil
	}
	return append(out, text[start:])
}
