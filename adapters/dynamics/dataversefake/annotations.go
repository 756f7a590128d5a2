package dataversefake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Annotations that a read brings when Prefer asks for them; powerapps-docs/developer/data-platform/webapi/query/select-columns.md.
// Formatted values are made of lookups (the record's name), dates and the states of activities: labels of other choices are a
// matter of each organisation.
const (
	formatted  = "OData.Community.Display.V1.FormattedValue"
	lookupName = "Microsoft.Dynamics.CRM.lookuplogicalname"
	lookupNav  = "Microsoft.Dynamics.CRM.associatednavigationproperty"
)

var includeAnnotations = regexp.MustCompile(`odata\.include-annotations="([^"]*)"`)

// wantsAnnotation tells whether the request asks for an annotation; names may end in a star.
func wantsAnnotation(q *request, name string) bool {
	m := includeAnnotations.FindStringSubmatch(q.header.Get("Prefer"))
	return m != nil && slices.ContainsFunc(strings.Split(m[1], ","), func(pattern string) bool {
		start, star := strings.CutSuffix(strings.TrimSpace(pattern), "*")
		return name == start || (star && strings.HasPrefix(name, start))
	})
}

// applied tells in the answer which preferences of a read were followed.
func applied(q *request, a *reply) *reply {
	prefer := q.header.Get("Prefer")
	for _, p := range []string{includeAnnotations.FindString(prefer), pageSize.FindString(prefer)} {
		if p != "" {
			a.header.Add("Preference-Applied", p)
		}
	}
	return a
}

// annotate adds to a shown record what the request asks for.
func (s *Server) annotate(q *request, t *Table, v row, out map[string]any) {
	for name := range t.Columns {
		target, isRef := v[name].(ref)
		property := name
		if isRef {
			property = "_" + name + "_value"
		}
		if _, shown := out[property]; !shown {
			continue
		}
		for annotation, value := range map[string]any{
			formatted: s.formattedValue(q, t, name, v[name]), lookupName: orNil(target.Table), lookupNav: orNil(t.navigationTo(name, target.Table)),
		} {
			if value != nil && wantsAnnotation(q, annotation) {
				out[property+"@"+annotation] = value
			}
		}
	}
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (t *Table) navigationTo(column, table string) string {
	for name, nav := range t.Navigation {
		if nav.Column == column && nav.Table == table {
			return name
		}
	}
	return ""
}

func (s *Server) formattedValue(q *request, t *Table, name string, value any) any {
	switch x := value.(type) {
	case ref:
		target, _ := q.st.get(x)
		if table := s.tables[x.Table]; table != nil {
			return target[table.PrimaryName]
		}
	case json.Number:
		if t.Activity && name == "statecode" {
			return orNil(stateNames[x.String()])
		}
	case string:
		if at, ok := moment(x); ok && t.Columns[name].Type == "DateTime" {
			return at.Format("1/2/2006 3:04 PM")
		}
	}
	return nil
}
