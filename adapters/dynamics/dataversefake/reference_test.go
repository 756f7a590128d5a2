package dataversefake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// referenceFile opens a file of the reference data that lies beside the repository. It is no part of the repository: without it
// the comparison is left out, except on CI, where it must be there.
func referenceFile(t *testing.T, name string, into any) bool {
	t.Helper()
	file := filepath.Join("..", "..", "..", "..", "shared", "data", "dataverse", name)
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Logf("left out: the reference data is not beside the repository (%s)", file)
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
	return true
}

type referenceColumn struct {
	Name           string
	Type           string
	Required       string
	MaxLength      int   `json:"max_length"`
	ValidForCreate *bool `json:"valid_for_create"`
	Choices        []struct {
		Value int
		State *int
	}
}

type referenceTable struct {
	LogicalName   string            `json:"logical_name"`
	EntitySet     string            `json:"entity_set_name"`
	PrimaryID     string            `json:"primary_id"`
	PrimaryName   string            `json:"primary_name"`
	IsActivity    bool              `json:"is_activity"`
	Writable      []referenceColumn `json:"writable_columns"`
	ReadOnly      []referenceColumn `json:"read_only_columns"`
	ReadOnlyNamed []string          `json:"read_only_columns_named_only"`
	ManyToOne     []struct {
		Nav    string `json:"navigation_property"`
		Column string `json:"referencing_attribute"`
		Table  string `json:"referenced_entity"`
	} `json:"many_to_one"`
	Sources []Source
}

// TestTablesAreMicrosofts compares every fact that the stand-in enforces with Microsoft's references.
func TestTablesAreMicrosofts(t *testing.T) {
	var file struct{ Tables []referenceTable }
	if !referenceFile(t, "tables.json", &file) {
		return
	}
	for name, ours := range loadTables() {
		i := slices.IndexFunc(file.Tables, func(r referenceTable) bool { return r.LogicalName == name })
		if i < 0 {
			t.Errorf("%s is in no reference", name)
			continue
		}
		compareTable(t, ours, file.Tables[i])
	}
}

func compareTable(t *testing.T, ours *Table, ref referenceTable) {
	t.Helper()
	if ours.EntitySet != ref.EntitySet || ours.PrimaryID != ref.PrimaryID || ours.PrimaryName != ref.PrimaryName || ours.Activity != ref.IsActivity {
		t.Errorf("%s: names differ from the reference", ours.LogicalName)
	}
	if len(ours.Sources) == 0 || !slices.Equal(ours.Sources, ref.Sources) {
		t.Errorf("%s: the sources differ from the reference", ours.LogicalName)
	}
	for name, c := range ours.Columns {
		compareColumn(t, ours.LogicalName+"."+name, name, c, ref)
	}
	for nav, l := range ours.Navigation {
		known := false
		for _, m := range ref.ManyToOne {
			known = known || (m.Nav == nav && m.Column == l.Column && m.Table == l.Table)
		}
		if !known {
			t.Errorf("%s: the reference has no %s from %s to %s", ours.LogicalName, nav, l.Column, l.Table)
		}
	}
}

func compareColumn(t *testing.T, label, name string, c Column, ref referenceTable) {
	t.Helper()
	of := func(list []referenceColumn) int {
		return slices.IndexFunc(list, func(r referenceColumn) bool { return r.Name == name })
	}
	i, readOnly := of(ref.Writable), false
	list := ref.Writable
	if i < 0 {
		i, readOnly, list = of(ref.ReadOnly), true, ref.ReadOnly
	}
	if i < 0 {
		named := slices.ContainsFunc(ref.ReadOnlyNamed, func(n string) bool { return strings.EqualFold(n, name) })
		if !named || !c.ReadOnly {
			t.Errorf("%s is not in the reference", label)
		}
		return
	}
	r := list[i]
	required := ""
	if r.Required == "system" || r.Required == "application" {
		required = r.Required
	}
	if c.Type != r.Type || c.MaxLength != r.MaxLength || c.ReadOnly != readOnly || c.Required != required ||
		c.NotOnCreate != (r.ValidForCreate != nil && !*r.ValidForCreate) {
		t.Errorf("%s is %+v, the reference says %+v", label, c, r)
	}
	for _, choice := range c.Choices {
		if !slices.ContainsFunc(r.Choices, func(v struct {
			Value int
			State *int
		}) bool {
			return v.Value == choice
		}) {
			t.Errorf("%s: the reference has no choice %d", label, choice)
		}
	}
}

// TestCollectionsAreMicrosofts: the names are those of the references, and they lead back over the column that is said.
func TestCollectionsAreMicrosofts(t *testing.T) {
	var file struct {
		Collections []struct{ Table, Name, Of, Partner string } `json:"collection_navigation_properties"`
	}
	if !referenceFile(t, "tables.json", &file) {
		return
	}
	tables := loadTables()
	for table, names := range collections {
		for name, c := range names {
			known := name == "Account_Tasks" // replayed by the exchanges
			for _, r := range file.Collections {
				known = known || (r.Table == table && r.Name == name && r.Of == c.Table && tables[c.Table].Navigation[r.Partner].Column == c.Column)
			}
			if !known {
				t.Errorf("%s.%s is not in the references like that", table, name)
			}
		}
	}
}
