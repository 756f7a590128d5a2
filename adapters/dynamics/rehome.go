package dynamics

import (
	"context"
	"strings"

	"cobrowse-connector/adapters/desk"
)

// Rehome binds the activity and all notes of the entry to the record that e names, in one change set. It moves only towards a
// record: what stands on a case stays there when the conversation loses it.
func (d *Desk) Rehome(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	about, err := subjectOf(e.Record)
	if err != nil {
		return err
	}
	at, err := d.find(ctx, s, e)
	if err != nil || about.Type == conversationType || strings.EqualFold(at.Regarding, about.ID) {
		return err
	}
	notes, err := d.notes(ctx, e.Agent.ID, e.Key)
	if err != nil {
		return err
	}
	regarding, object := map[string]any{}, map[string]any{}
	if err := s.tables[at.kind].bind(regarding, "regardingobjectid", about); err != nil {
		return err
	}
	if err := s.tables["annotation"].bind(object, "objectid", about); err != nil {
		return err
	}
	writes := []write{{path: s.activityPath(at.kind, e), only: onlyOld, body: regarding}}
	for _, n := range notes {
		writes = append(writes, write{path: "annotations(" + n.ID + ")", only: onlyOld, body: object})
	}
	return d.writer.changeSet(ctx, e.Agent.ID, writes)
}
