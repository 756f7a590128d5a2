package dataversefake

import (
	"net/http"
	"regexp"
)

var definitionPath = regexp.MustCompile(`^EntityDefinitions\(LogicalName='([a-z_0-9]+)'\)(?:/(ManyToOneRelationships|OneToManyRelationships|Attributes))?$`)

// metadataNoun is what the privileges for definitions are named after, by the part of the path.
var metadataNoun = map[string]string{"": "entity", "Attributes": "attribute", "ManyToOneRelationships": "relationship", "OneToManyRelationships": "relationship"}

// metadata serves the definitions of tables that a client reads at its start.
func (s *Server) metadata(q *request) *reply {
	if m := fileDefinition.FindStringSubmatch(q.path); m != nil && q.method == http.MethodGet {
		return s.maxFileSize(q, m[1], m[2])
	}
	m := definitionPath.FindStringSubmatch(q.path)
	if m == nil || q.method != http.MethodGet {
		return notFound("Resource not found for the segment '%s'.", q.path).reply()
	}
	t, known := s.tables[m[1]]
	if !known {
		return notFound("Could not find an entity with name %s.", m[1]).reply()
	}
	if p := s.lacking(q.who, "Read", metadataNoun[m[2]]); p != "" {
		return missing(p).reply()
	}
	switch m[2] {
	case "ManyToOneRelationships":
		return definitions(q, manyToOne(t))
	case "OneToManyRelationships":
		return definitions(q, oneToMany(t))
	case "Attributes":
		return definitions(q, attributes(t))
	}
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": q.base + "/$metadata#EntityDefinitions/$entity", "LogicalName": t.LogicalName, "EntitySetName": t.EntitySet,
		"PrimaryIdAttribute": t.PrimaryID, "PrimaryNameAttribute": t.PrimaryName, "IsActivity": t.Activity,
	})
}

func definitions(q *request, value []any) *reply {
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": q.base + "/$metadata#EntityDefinitions", "value": value})
}

func manyToOne(t *Table) []any {
	value := []any{}
	for nav, l := range t.Navigation {
		value = append(value, map[string]any{"ReferencingEntityNavigationPropertyName": nav, "ReferencingAttribute": l.Column,
			"ReferencedEntity": l.Table, "ReferencingEntity": t.LogicalName})
	}
	return value
}

func attributes(t *Table) []any {
	value := []any{}
	for name, c := range t.Columns {
		value = append(value, map[string]any{"LogicalName": name, "AttributeType": c.Type, "IsValidForCreate": !c.ReadOnly && !c.NotOnCreate})
	}
	return value
}
