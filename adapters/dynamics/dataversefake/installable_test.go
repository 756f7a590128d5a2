package dataversefake

import (
	"slices"
	"testing"
)

// TestTablesOfSolutionsAreMicrosofts compares what installing is held to with Microsoft's references.
func TestTablesOfSolutionsAreMicrosofts(t *testing.T) {
	var file struct{ Tables []referenceTable }
	if !referenceFile(t, "tables.json", &file) {
		return
	}
	for name, ours := range parseTables(installableJSON) {
		i := slices.IndexFunc(file.Tables, func(r referenceTable) bool { return r.LogicalName == name })
		if i < 0 {
			t.Errorf("%s is in no reference", name)
			continue
		}
		compareTable(t, ours, file.Tables[i])
	}
}
