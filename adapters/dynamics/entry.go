package dynamics

import (
	"context"
	"errors"
	"maps"
	"net/url"

	"cobrowse-connector/adapters/desk"
)

// PutEntry brings the session's activity to the status of e, in one change set, and writes the note with the end. What to do
// follows from what is there, which is mostly known without asking: a scheduled entry is new, and the note, which is written in
// the same change set as the end, tells that the end is there. Only when that guess is wrong, and where nothing tells, it reads.
func (d *Desk) PutEntry(ctx context.Context, e desk.Entry) error {
	return d.withTranscript(ctx, e, d.putEntry)
}

func (d *Desk) putEntry(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	switch {
	case e.Status == desk.Scheduled:
		err = d.create(ctx, s, e)
	case hasNote(e):
		err = d.end(ctx, s, e)
		if errors.Is(err, desk.ErrNotFound) {
			err = d.create(ctx, s, e)
		}
	default:
		return d.bring(ctx, s, e)
	}
	if errors.Is(err, errExists) {
		return d.bring(ctx, s, e)
	}
	return err
}

// hasNote tells whether e is an end with something to tell.
func hasNote(e desk.Entry) bool { return isEnd(e.Status) && noteHTML(e) != "" }

func (d *Desk) create(ctx context.Context, s *schema, e desk.Entry) error {
	writes, err := d.newActivity(ctx, s, e)
	if err != nil {
		return err
	}
	if hasNote(e) {
		note, err := newNote(s, e)
		if err != nil {
			return err
		}
		writes = append(writes, note)
	}
	return d.commit(ctx, e.Agent.ID, writes)
}

// end closes the activity that is there and writes the note. errExists when there is a note already.
func (d *Desk) end(ctx context.Context, s *schema, e desk.Entry) error {
	kind := d.activityTable(s, e)
	note, err := newNote(s, e)
	if err != nil {
		return err
	}
	closing := d.told(s, kind, e)
	maps.Copy(closing, statusOf(s, kind, e.Status))
	return d.writer.changeSet(ctx, e.Agent.ID, []write{{path: s.activityPath(kind, e), only: onlyOld, body: closing}, note})
}

// bring reads what is there and writes what it lacks. Somebody may have deleted one of the two records since; it is written
// again.
func (d *Desk) bring(ctx context.Context, s *schema, e desk.Entry) error {
	var writes []write
	at, err := d.find(ctx, s, e)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		writes, err = d.newActivity(ctx, s, e)
	case err == nil:
		writes = d.onward(s, at, e)
	}
	if err != nil {
		return err
	}
	if hasNote(e) {
		err := d.writer.get(ctx, e.Agent.ID, notePath(e.Key), url.Values{"$select": {"subject"}}, nil)
		if errors.Is(err, desk.ErrNotFound) {
			note, broken := newNote(s, e)
			writes, err = append(writes, note), broken
		}
		if err != nil {
			return err
		}
	}
	if len(writes) == 0 {
		return nil
	}
	err = d.commit(ctx, e.Agent.ID, writes)
	if errors.Is(err, errExists) {
		return &desk.Transient{Err: errors.New("the entry changed while it was written")}
	}
	return err
}

// onward is what takes an activity on to the status of e: nothing when it is there or beyond. It holds only for the activity as
// it was read, so that a late word never takes it back.
func (d *Desk) onward(s *schema, at activity, e desk.Entry) []write {
	want := s.statuses(at.kind)[e.Status]
	if stage(e.Status) <= at.stage(s) || want == at.status() {
		return nil
	}
	body := started(e)
	if isEnd(e.Status) {
		body = d.told(s, at.kind, e)
	}
	maps.Copy(body, statusOf(s, at.kind, e.Status))
	return []write{{path: s.activityPath(at.kind, e), only: onlyOld, version: at.Version, body: body}}
}

// AmendEntry changes text and status of the activity, and the note with its transcript, in one change set.
func (d *Desk) AmendEntry(ctx context.Context, e desk.Entry) error {
	return d.withTranscript(ctx, e, d.amendEntry)
}

func (d *Desk) amendEntry(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	at, err := d.find(ctx, s, e)
	if err != nil {
		return err
	}
	body := d.activityText(s, at.kind, e)
	if isEnd(e.Status) {
		maps.Copy(body, statusOf(s, at.kind, e.Status))
	}
	return d.writer.changeSet(ctx, e.Agent.ID, []write{
		{path: s.activityPath(at.kind, e), only: onlyOld, body: body},
		{path: notePath(e.Key), only: onlyOld, body: noteContent(e)},
	})
}
