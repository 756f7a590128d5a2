package dynamics

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"cobrowse-connector/adapters/desk"
)

// schema is what the organisation says about the tables that are written: entity sets and the names that @odata.bind takes.
// They are read and not assumed, since a wrong name is an entry lost; a name that is missing stops the write.
type schema struct {
	custom *tableSchema // nil when the solution is not installed
	tables map[string]*tableSchema
}

type tableSchema struct {
	set     string
	parties string // the property of an activity that its parties are written to; "" when it has none
	columns map[string]bool
	nav     map[navKey]string
}

type navKey struct{ column, target string }

func (d *Desk) readSchema(ctx context.Context) (*schema, error) {
	return d.schema.get(ctx, func(ctx context.Context) (*schema, error) {
		s := &schema{tables: map[string]*tableSchema{}}
		for _, name := range []string{"annotation", "phonecall", "task", d.table} {
			t, err := d.readTable(ctx, name)
			if name == d.table && errors.Is(err, desk.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			s.tables[name] = t
		}
		s.custom = s.tables[d.table]
		return s, nil
	})
}

func (d *Desk) readTable(ctx context.Context, name string) (*tableSchema, error) {
	path := "EntityDefinitions(LogicalName='" + name + "')"
	var def struct{ EntitySetName string }
	if err := d.writer.get(ctx, "", path, url.Values{"$select": {"LogicalName,EntitySetName"}}, &def); err != nil {
		return nil, err
	}
	t := &tableSchema{set: def.EntitySetName, columns: map[string]bool{}, nav: map[navKey]string{}}
	var relations struct {
		Value []struct{ ReferencingEntityNavigationPropertyName, ReferencingAttribute, ReferencedEntity string }
	}
	query := url.Values{"$select": {"ReferencingEntityNavigationPropertyName,ReferencingAttribute,ReferencedEntity"}}
	if err := d.writer.get(ctx, "", path+"/ManyToOneRelationships", query, &relations); err != nil {
		return nil, err
	}
	for _, r := range relations.Value {
		t.nav[navKey{r.ReferencingAttribute, r.ReferencedEntity}] = r.ReferencingEntityNavigationPropertyName
	}
	var err error
	if t.parties, err = d.readParties(ctx, path); err != nil {
		return nil, err
	}
	var attributes struct {
		Value []struct{ LogicalName string }
	}
	if err := d.writer.get(ctx, "", path+"/Attributes", url.Values{"$select": {"LogicalName"}}, &attributes); err != nil {
		return nil, err
	}
	for _, a := range attributes.Value {
		t.columns[a.LogicalName] = true
	}
	return t, nil
}

func (d *Desk) readParties(ctx context.Context, path string) (string, error) {
	var relations struct {
		Value []struct{ ReferencedEntityNavigationPropertyName, ReferencingAttribute, ReferencingEntity string }
	}
	query := url.Values{"$select": {"ReferencedEntityNavigationPropertyName,ReferencingAttribute,ReferencingEntity"}}
	if err := d.writer.get(ctx, "", path+"/OneToManyRelationships", query, &relations); err != nil {
		return "", err
	}
	for _, r := range relations.Value {
		if r.ReferencingEntity == "activityparty" && r.ReferencingAttribute == "activityid" {
			return r.ReferencedEntityNavigationPropertyName, nil
		}
	}
	return "", nil
}

// bind puts a reference into a record's body, under the name that the organisation has for it.
func (t *tableSchema) bind(body map[string]any, column string, to desk.Ref) error {
	set, known := entitySets[to.Type]
	nav, exists := t.nav[navKey{column, to.Type}]
	if !known || !exists {
		return &desk.Permanent{
			Err:    errors.New("the table " + t.set + " has no way to name a " + to.Type + " in " + column),
			Advice: "import the newest solution",
		}
	}
	body[nav+"@odata.bind"] = "/" + set + "(" + to.ID + ")"
	return nil
}

// entitySets of the records that entries may be about.
var entitySets = map[string]string{
	"incident":             "incidents",
	"contact":              "contacts",
	"account":              "accounts",
	"msdyn_ocliveworkitem": "msdyn_ocliveworkitems",
}

// missing lists our columns that the custom table lacks.
func (s *schema) missing(prefix string) []string {
	var names []string
	for _, c := range slices.Sorted(maps.Keys(Columns)) {
		if !s.custom.columns[prefix+c] {
			names = append(names, prefix+c)
		}
	}
	return names
}
