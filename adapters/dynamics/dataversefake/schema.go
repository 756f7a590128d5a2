package dataversefake

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

//go:embed tables.json
var tablesJSON []byte

// Table is what the stand-in knows of a table. The JSON form is that of tables.json.
type Table struct {
	LogicalName string            `json:"logicalName"`
	EntitySet   string            `json:"entitySet"`
	PrimaryID   string            `json:"primaryId"`
	PrimaryName string            `json:"primaryName"`
	Activity    bool              `json:"activity"`
	Sources     []Source          `json:"sources"`
	Columns     map[string]Column `json:"columns"`
	Navigation  map[string]Lookup `json:"navigation"` // by the name that @odata.bind takes
	Collections map[string]Lookup `json:"-"`          // collection-valued navigation properties, by the column that leads back
}

// Source is the page of documentation that a table's facts come from.
type Source struct {
	Repository string `json:"repository"`
	Path       string `json:"path"`
	Commit     string `json:"commit"`
}

// Column is one column of a table.
type Column struct {
	Type        string         `json:"type"`
	MaxLength   int            `json:"maxLength"`
	Required    string         `json:"required"` // application, system
	ReadOnly    bool           `json:"readOnly"`
	NotOnCreate bool           `json:"notOnCreate"`
	Choices     []int          `json:"choices"`
	States      map[string]int `json:"states"` // status reason → state, of a Status column
}

// Lookup is where a navigation property leads.
type Lookup struct {
	Column string `json:"column"`
	Table  string `json:"table"`
}

// lookupTypes are the column types that hold a reference and are read as _name_value.
var lookupTypes = []string{"Lookup", "Owner", "Customer"}

func (c Column) isLookup() bool { return slices.Contains(lookupTypes, c.Type) }

func loadTables() map[string]*Table { return parseTables(tablesJSON) }

func parseTables(text []byte) map[string]*Table {
	var file struct{ Tables []*Table }
	if err := json.Unmarshal(text, &file); err != nil {
		panic("dataversefake: tables: " + err.Error()) // embedded: cannot fail after the build's tests
	}
	tables := map[string]*Table{}
	for _, t := range file.Tables {
		t.Collections = collections[t.LogicalName]
		tables[t.LogicalName] = t
	}
	return tables
}

// customActivity is a table of type activity as a solution brings it: the columns all activities have, the ones given, and
// navigation properties with the table's name at their end, as the references show on every activity.
// Facts: powerapps-docs/developer/data-platform/custom-activities.md.
func customActivity(name string, columns map[string]Column) *Table {
	t := &Table{
		LogicalName: name, EntitySet: name + "s", PrimaryID: "activityid", PrimaryName: "subject", Activity: true,
		Columns: map[string]Column{
			"activityid":            {Type: "Uniqueidentifier", Required: "system"},
			"subject":               {Type: "String", MaxLength: 200, Required: "application"},
			"description":           {Type: "Memo", MaxLength: 2000},
			"scheduledstart":        {Type: "DateTime"},
			"scheduledend":          {Type: "DateTime"},
			"actualstart":           {Type: "DateTime"},
			"actualend":             {Type: "DateTime"},
			"actualdurationminutes": {Type: "Integer"},
			"regardingobjectid":     {Type: "Lookup"},
			"ownerid":               {Type: "Owner", Required: "system"},
			"createdby":             {Type: "Lookup", ReadOnly: true},
			"createdonbehalfby":     {Type: "Lookup", ReadOnly: true},
			"createdon":             {Type: "DateTime", ReadOnly: true},
			"modifiedon":            {Type: "DateTime", ReadOnly: true},
			"activitytypecode":      {Type: "EntityName", ReadOnly: true},
			"statecode":             {Type: "State", NotOnCreate: true, Choices: []int{0, 1, 2, 3}},
			"statuscode":            {Type: "Status", Choices: []int{1, 2, 3, 4}, States: map[string]int{"1": 0, "2": 1, "3": 2, "4": 3}},
		},
		Navigation: map[string]Lookup{"ownerid_" + name: {"ownerid", "owner"}},
	}
	for _, target := range []string{"incident", "contact", "account"} {
		t.Navigation["regardingobjectid_"+target+"_"+name] = Lookup{"regardingobjectid", target}
	}
	for c, def := range columns {
		t.Columns[c] = def
	}
	return t
}

// check tells what is wrong with a value for the column, nil if nothing is.
func (t *Table) check(name string, v any) *fault {
	c := t.Columns[name]
	switch x := v.(type) {
	case nil:
		if c.Required != "" {
			return bad("0x80040203", "'%s' of '%s' may not be empty.", name, t.LogicalName)
		}
		return nil
	case string:
		if !slices.Contains([]string{"String", "Memo", "DateTime", "Uniqueidentifier", "EntityName", "MultiSelectPicklist"}, c.Type) {
			return bad("0x80048d19", "'%s' of '%s' takes no text.", name, t.LogicalName)
		}
		if c.MaxLength > 0 && len(utf16.Encode([]rune(x))) > c.MaxLength {
			return bad("0x80044331", "A validation error occurred. The length of the '%s' attribute of the '%s' entity exceeded the maximum allowed length of '%d'.",
				name, t.LogicalName, c.MaxLength)
		}
	case bool:
		if c.Type != "Boolean" {
			return bad("0x80048d19", "'%s' of '%s' takes no Boolean.", name, t.LogicalName)
		}
	case json.Number:
		return t.checkNumber(name, c, x)
	default:
		return bad("0x80048d19", "'%s' of '%s' takes no value of this kind.", name, t.LogicalName)
	}
	return nil
}

func (t *Table) checkNumber(name string, c Column, x json.Number) *fault {
	if slices.Contains([]string{"Money", "Double", "Decimal"}, c.Type) {
		return nil
	}
	n, err := strconv.Atoi(x.String())
	if err != nil || !slices.Contains([]string{"Integer", "State", "Status", "Picklist", "BigInt"}, c.Type) {
		return bad("0x80048d19", "'%s' of '%s' takes no such number.", name, t.LogicalName)
	}
	if len(c.Choices) > 0 && !slices.Contains(c.Choices, n) {
		return bad("0x80060888", "A validation error occurred. The value %d of '%s' on record of type '%s' is outside the valid range.", n, name, t.LogicalName)
	}
	return nil
}

func (s *Server) tableBySet(set string) *Table {
	for _, t := range s.tables {
		if t.EntitySet == set {
			return t
		}
	}
	return nil
}

// AddTable installs a custom activity table with columns besides those that every activity has.
func (s *Server) AddTable(logicalName string, columns map[string]Column) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[logicalName] = customActivity(logicalName, columns)
}

// parseEntityRef reads "/incidents(guid)", with or without the service's address or the slash.
func (s *Server) parseEntityRef(text string) (ref, error) {
	if i := strings.Index(text, "/api/data/v9."); i >= 0 {
		rest := text[i+len("/api/data/v9."):]
		if _, after, ok := strings.Cut(rest, "/"); ok {
			text = after
		}
	}
	set, key, ok := strings.Cut(strings.TrimPrefix(text, "/"), "(")
	t := s.tableBySet(set)
	if !ok || t == nil || !strings.HasSuffix(key, ")") {
		return ref{}, fmt.Errorf("%q names no record", text)
	}
	id, ok := parseGUID(strings.TrimSuffix(key, ")"))
	if !ok {
		return ref{}, fmt.Errorf("%q has no id", text)
	}
	return ref{t.LogicalName, id}, nil
}
