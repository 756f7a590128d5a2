package dataversefake

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Parties of activities: rows that are made with their activity and can then only be read (activityparty knows RetrieveMultiple
// alone). Facts: powerapps-docs/developer/data-platform/activityparty-entity.md.

const partiesSuffix = "_activity_parties"

// partyKinds are the participation types that an activity takes; one that is not listed is a custom one and takes them all.
var partyKinds = map[string][]string{"phonecall": {"1", "2"}, "task": {}}

// isParties tells whether a member of an activity's body is its collection of parties.
func (t *Table) isParties(name string) bool { return t.Activity && name == t.LogicalName+partiesSuffix }

// decodeParties reads the parties in the body of a new activity.
func (s *Server) decodeParties(q *request, t *Table, old row, v any, out row) *fault {
	list, isList := v.([]any)
	if !isList || old != nil {
		return bad("0x80048d19", "'%s' takes a list when its activity is created, and a PUT afterwards.", t.LogicalName+partiesSuffix)
	}
	var parties []row
	for _, member := range list {
		party, f := s.decodeParty(q, t, member)
		if f != nil {
			return f
		}
		parties = append(parties, party)
	}
	out[partiesSuffix] = parties
	return nil
}

func (s *Server) decodeParty(q *request, t *Table, member any) (row, *fault) {
	in, isObject := member.(map[string]any)
	if !isObject {
		return nil, bad("0x80048d19", "A party is an object.")
	}
	party, table := row{}, s.tables["activityparty"]
	for name, v := range in {
		if f := s.decodeMember(q, table, nil, name, v, party); f != nil {
			return nil, f
		}
	}
	mask, _ := party["participationtypemask"].(json.Number)
	kinds, listed := partyKinds[t.LogicalName]
	if mask == "" || (listed && !slices.Contains(kinds, mask.String())) {
		return nil, bad("0x80040203", "'%s' takes no party of type '%s'.", t.LogicalName, mask)
	}
	if party["partyid"] == nil {
		return nil, bad("0x80040203", "A party names a record.")
	}
	return party, nil
}

// putParties stores the parties of an activity that is being created.
func putParties(st *state, activity ref, v row) {
	parties, _ := v[partiesSuffix].([]row)
	delete(v, partiesSuffix)
	for _, p := range parties {
		id := uuid.NewString()
		p["activitypartyid"], p["activityid"] = id, activity
		st.put(ref{"activityparty", id}, p)
	}
}

// Party is somebody who takes part in an activity.
type Party struct {
	Table string `json:"table"`
	ID    string `json:"id"`
	As    string `json:"as"` // participationtypemask
}

// parties are those of each activity.
func (s *Server) parties() map[ref][]Party {
	parties := map[ref][]Party{}
	for r, v := range s.data.rows {
		if activity, ok := v["activityid"].(ref); ok && r.Table == "activityparty" {
			who, _ := v["partyid"].(ref)
			mask, _ := v["participationtypemask"].(json.Number)
			parties[activity] = append(parties[activity], Party{who.Table, who.ID, mask.String()})
		}
	}
	for _, p := range parties {
		slices.SortFunc(p, func(a, b Party) int { return strings.Compare(a.As+a.ID, b.As+b.ID) })
	}
	return parties
}

func oneToMany(t *Table) []any {
	if !t.Activity || t.LogicalName == "activitypointer" {
		return []any{}
	}
	return []any{map[string]any{"ReferencedEntityNavigationPropertyName": t.LogicalName + partiesSuffix, "ReferencedEntity": t.LogicalName,
		"ReferencingEntity": "activityparty", "ReferencingAttribute": "activityid"}}
}
