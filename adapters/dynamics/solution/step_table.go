package solution

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
)

const definition = "EntityDefinitions(LogicalName='" + table + "')"

func selecting(columns string) url.Values { return url.Values{"$select": {columns}} }

// table is made by the metadata API and not by a package: what an activity's table looks like in a package is written nowhere.
func (s *Setup) table() Step {
	return Step{
		ID:   "table",
		Name: "the table " + table,
		Check: func(ctx context.Context) ([]string, error) {
			var def struct{ IsActivity bool }
			there, err := s.exists(ctx, definition, selecting("LogicalName,IsActivity"), &def)
			if there && !def.IsActivity {
				return nil, errors.New("there is a table of this name that is no activity: rename or remove it")
			}
			return unless(there), err
		},
		Do: func(ctx context.Context) error {
			body, err := s.tableDefinition(ctx)
			if err != nil {
				return err
			}
			return s.Org.Create(ctx, "EntityDefinitions", Record, body)
		},
		Undo: func(ctx context.Context) error { return s.unlessManaged(ctx, definition) },
		Keep: s.keepTable,
	}
}

// keepTable looks for sessions in the table.
func (s *Setup) keepTable(ctx context.Context) (string, error) {
	var def struct{ EntitySetName string }
	there, err := s.exists(ctx, definition, selecting("EntitySetName"), &def)
	if err != nil || !there || s.WithRecords {
		return "", err
	}
	var sessions list[any]
	err = s.Org.Get(ctx, def.EntitySetName, url.Values{"$select": {"activityid"}, "$top": {"1"}}, &sessions)
	if err != nil || len(sessions.Value) == 0 {
		return "", err
	}
	return "it holds sessions, which belong to cases; they go with --with-records", nil
}

// unlessManaged deletes a part of cobrowse_record, if it does not go with the solution.
func (s *Setup) unlessManaged(ctx context.Context, path string) error {
	row, err := s.findSolution(ctx, Record)
	if err != nil || (row != nil && row.IsManaged) {
		return err
	}
	return s.Org.Delete(ctx, path)
}

func (s *Setup) tableDefinition(ctx context.Context) (map[string]any, error) {
	codes, err := s.provisioned(ctx)
	if err != nil {
		return nil, err
	}
	subject := s.textColumn(codes, "Subject", "subject", subjectLength)
	subject["IsPrimaryName"] = true
	return map[string]any{
		"@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata", "SchemaName": table,
		"DisplayName": s.label(codes, "table"), "DisplayCollectionName": s.label(codes, "tables"), "Description": s.label(codes, "tableHelp"),
		"OwnershipType": "UserOwned", "IsActivity": true, "ActivityTypeMask": 1, "HasNotes": true, "HasActivities": false,
		"IsAvailableOffline": true, "Attributes": []any{subject},
	}, nil
}

func (s *Setup) textColumn(codes []int, schema, text string, length int) map[string]any {
	return map[string]any{
		"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "AttributeType": "String",
		"AttributeTypeName": map[string]string{"Value": "StringType"}, "SchemaName": schema, "MaxLength": length,
		"FormatName":    map[string]string{"Value": "Text"},
		"RequiredLevel": map[string]any{"Value": "None", "CanBeChanged": true, "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings"},
		"DisplayName":   s.label(codes, text),
	}
}

// label is a text in the organisation's languages: in ours where we have it, else in English.
func (s *Setup) label(codes []int, key string) map[string]any {
	var texts []any
	for _, code := range codes {
		in := s.Languages[code]
		if in == nil {
			in = s.Languages[base]
		}
		texts = append(texts, map[string]any{"@odata.type": "Microsoft.Dynamics.CRM.LocalizedLabel", "Label": in[key], "LanguageCode": code})
	}
	return map[string]any{"@odata.type": "Microsoft.Dynamics.CRM.Label", "LocalizedLabels": texts}
}

// provisioned are the languages of the organisation. It refuses labels in others.
func (s *Setup) provisioned(ctx context.Context) ([]int, error) {
	var answer struct{ RetrieveProvisionedLanguages []int }
	err := s.Org.Get(ctx, "RetrieveProvisionedLanguages()", nil, &answer)
	return answer.RetrieveProvisionedLanguages, err
}

func (s *Setup) columns() Step {
	return Step{
		ID:   "columns",
		Name: "the columns of " + table,
		Check: func(ctx context.Context) ([]string, error) {
			missing, err := s.missingColumns(ctx)
			if errors.Is(err, desk.ErrNotFound) {
				return absent, nil // no table yet
			}
			if len(missing) == len(dynamics.Columns) {
				return absent, err
			}
			for i := range missing {
				missing[i] = prefix + "_" + missing[i] + " is not there"
			}
			return missing, err
		},
		Do: func(ctx context.Context) error {
			missing, err := s.missingColumns(ctx)
			if err != nil {
				return err
			}
			codes, err := s.provisioned(ctx)
			if err != nil {
				return err
			}
			for _, c := range missing {
				column := s.textColumn(codes, prefix+"_"+c, c, dynamics.Columns[c])
				if err := s.Org.Create(ctx, definition+"/Attributes", Record, column); err != nil {
					return err
				}
			}
			return nil
		},
		Undo: func(context.Context) error { return nil }, // they go with the table
	}
}

func (s *Setup) missingColumns(ctx context.Context) ([]string, error) {
	var there list[struct{ LogicalName string }]
	if err := s.Org.Get(ctx, definition+"/Attributes", selecting("LogicalName"), &there); err != nil {
		return nil, err
	}
	missing := slices.Sorted(maps.Keys(dynamics.Columns))
	for _, a := range there.Value {
		missing = slices.DeleteFunc(missing, func(c string) bool { return prefix+"_"+c == a.LogicalName })
	}
	return missing, nil
}
