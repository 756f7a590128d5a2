package solution

import (
	"maps"
	"slices"

	"cobrowse-connector/adapters/dynamics"
)

// recordView is what the templates of cobrowse_record see.
type recordView struct {
	view
	NameKey, Table string

	Roots      []root
	Attributes []attribute
	Roles      []role
}

// attribute is a column as a package describes it.
type attribute struct {
	Schema, Name, Type, Required, Mask, Text string
	Length                                   int
	Key, Own                                 bool
}

func attributes() []attribute {
	const shown = "ValidForAdvancedFind|ValidForForm|ValidForGrid"
	all := []attribute{
		{Schema: "ActivityId", Name: "activityid", Type: "primarykey", Required: "systemrequired", Mask: "ValidForAdvancedFind|RequiredForGrid",
			Text: "table", Key: true},
		{Schema: "Subject", Name: "subject", Type: "nvarchar", Required: "none", Mask: "PrimaryName|" + shown + "|RequiredForForm",
			Text: "subject", Length: subjectLength},
	}
	for _, c := range slices.Sorted(maps.Keys(dynamics.Columns)) {
		name := prefix + "_" + c
		all = append(all, attribute{Schema: name, Name: name, Type: "nvarchar", Required: "none", Mask: shown, Text: c,
			Length: dynamics.Columns[c], Own: true})
	}
	return all
}

// subjectLength is that of the platform's own activities.
const subjectLength = 200

func recordParts(v view) (parts, error) {
	m := recordView{view: v, NameKey: "solutionRecord", Table: table, Attributes: attributes(), Roles: roles,
		Roots: []root{{Type: rootTable, Schema: table}}}
	for _, r := range roles {
		m.Roots = append(m.Roots, root{Type: rootRole, ID: id("role", r.Name)})
	}
	p := parts{}
	return p, p.render(m, map[string]string{"solution.xml": "solution.xml", "customizations.xml": "record.xml"})
}
