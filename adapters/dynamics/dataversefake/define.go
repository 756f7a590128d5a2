package dataversefake

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// label is a text in several languages.
type label struct {
	LocalizedLabels []struct {
		Label        string
		LanguageCode int
	}
}

// columnDefinition and tableDefinition are what the metadata API takes.
type columnDefinition struct {
	Type          string `json:"@odata.type"`
	SchemaName    string
	MaxLength     int
	IsPrimaryName bool
	DisplayName   label
}

type tableDefinition struct {
	Type                                            string `json:"@odata.type"`
	SchemaName, OwnershipType                       string
	IsActivity, HasNotes, HasActivities             bool
	IsAvailableOffline                              bool
	ActivityTypeMask                                int
	DisplayName, DisplayCollectionName, Description label
	Attributes                                      []columnDefinition
}

var tablePath = regexp.MustCompile(`^EntityDefinitions\(LogicalName='([a-z_0-9]+)'\)(/Attributes)?$`)

// define makes and drops tables and columns.
// Facts: powerapps-docs/developer/data-platform/custom-activities.md, webapi/create-update-entity-definitions-using-web-api.md.
func (s *Server) define(q *request) *reply {
	m := tablePath.FindStringSubmatch(q.path)
	switch {
	case q.path == "EntityDefinitions" && q.method == http.MethodPost:
		return s.defineTable(q)
	case m == nil:
		return methodNotAllowed(q)
	case s.tables[m[1]] == nil:
		return notFound("Could not find an entity with name %s.", m[1]).reply()
	case m[2] != "" && q.method == http.MethodPost:
		return s.defineColumn(q, s.tables[m[1]])
	case m[2] == "" && q.method == http.MethodDelete:
		return s.dropTable(s.tables[m[1]])
	}
	return methodNotAllowed(q)
}

func (s *Server) defineTable(q *request) *reply {
	var d tableDefinition
	if err := json.Unmarshal(q.body, &d); err != nil || d.Type != "Microsoft.Dynamics.CRM.EntityMetadata" {
		return bad("0x80048d19", "Error identified in Payload provided by the user: no EntityMetadata.").reply()
	}
	name := strings.ToLower(d.SchemaName)
	if f := s.checkName(q, name); f != nil {
		return f.reply()
	}
	if s.tables[name] != nil {
		return bad("", "An entity with the name %s already exists.", name).reply()
	}
	if !d.IsActivity || !d.HasNotes || d.HasActivities || !d.IsAvailableOffline || d.OwnershipType != "UserOwned" ||
		(d.ActivityTypeMask != 0 && d.ActivityTypeMask != 1) {
		return bad("", "A custom activity is owned by users, available offline, has notes and no activities.").reply()
	}
	if len(d.Attributes) != 1 || d.Attributes[0].SchemaName != "Subject" || !d.Attributes[0].IsPrimaryName {
		return bad("", "The primary column of a custom activity is Subject.").reply()
	}
	if f := s.checkLabels(d.DisplayName, d.DisplayCollectionName, d.Description, d.Attributes[0].DisplayName); f != nil {
		return f.reply()
	}
	s.tables[name] = customActivity(name, nil)
	return noContent().with("OData-EntityId", q.base+"/EntityDefinitions(LogicalName='"+name+"')")
}

func (s *Server) defineColumn(q *request, t *Table) *reply {
	var d columnDefinition
	if err := json.Unmarshal(q.body, &d); err != nil || d.Type != "Microsoft.Dynamics.CRM.StringAttributeMetadata" {
		return bad("0x80048d19", "Error identified in Payload provided by the user: no StringAttributeMetadata.").reply()
	}
	name := strings.ToLower(d.SchemaName)
	if f := s.checkName(q, name); f != nil {
		return f.reply()
	}
	if _, there := t.Columns[name]; there {
		return bad("", "An attribute with the name %s already exists.", name).reply()
	}
	if d.MaxLength < 1 || d.MaxLength > 4000 {
		return bad("", "The length of %s must be between 1 and 4000.", name).reply()
	}
	if f := s.checkLabels(d.DisplayName); f != nil {
		return f.reply()
	}
	t.Columns[name] = Column{Type: "String", MaxLength: d.MaxLength}
	return noContent().with("OData-EntityId", q.base+"/"+q.path)
}

// checkName holds the prefix of the publisher whose solution the request names.
func (s *Server) checkName(q *request, name string) *fault {
	solution := q.header.Get("MSCRM.SolutionUniqueName")
	sr, found := s.byColumn(q.st, "solution", "uniquename", solution)
	if !found {
		return bad("0x80048d19", "The solution '%s' does not exist.", solution)
	}
	v, _ := q.st.get(sr)
	if v["ismanaged"] == true {
		return bad("0x80048d19", "The solution '%s' is managed.", solution)
	}
	p, _ := q.st.get(v["publisherid"].(ref))
	if prefix, _ := p["customizationprefix"].(string); !strings.HasPrefix(name, prefix+"_") {
		return bad("", "The name %s does not begin with the publisher's prefix %s_.", name, prefix)
	}
	return nil
}

func (s *Server) checkLabels(labels ...label) *fault {
	for _, l := range labels {
		if len(l.LocalizedLabels) == 0 {
			return bad("", "A label is missing.")
		}
		for _, t := range l.LocalizedLabels {
			if t.Label == "" || !slices.Contains(s.setup.languages, t.LanguageCode) {
				return bad("", "The language code %d is not a valid language for this organization.", t.LanguageCode)
			}
		}
	}
	return nil
}

func (s *Server) dropTable(t *Table) *reply {
	if len(t.Sources) > 0 {
		return bad("", "The table %s is not a custom table.", t.LogicalName).reply()
	}
	for name, c := range s.setup.packages {
		if slices.Contains(c.tables, t.LogicalName) {
			return bad("", "The table %s is a part of the managed solution %s.", t.LogicalName, name).reply()
		}
	}
	s.forgetTable(t.LogicalName)
	return noContent()
}

func (s *Server) forgetTable(name string) {
	delete(s.tables, name)
	for r := range s.data.rows {
		if r.Table == name {
			s.data.remove(r)
		}
	}
}

// byColumn finds a record by the text in a column.
func (s *Server) byColumn(st *state, table, column, text string) (ref, bool) {
	for r, v := range st.rows {
		if r.Table == table && v[column] == text {
			return r, true
		}
	}
	return ref{}, false
}
