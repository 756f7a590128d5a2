package dynamics

import (
	"context"
	"errors"
	"net/url"
	"time"

	"cobrowse-connector/adapters/desk"
)

// Kinds of records that derive from a session, for desk.ID.
const (
	kindActivity = "activity"
	kindNote     = "note"
)

const (
	maxSubject     = 200
	maxDescription = 2000
)

// PutEntry writes activity and note in one change set and then completes the activity, which Dataverse does not take on
// create. A repeat goes on where the last attempt stopped.
func (d *Desk) PutEntry(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	kind := d.activityTable(s, e)
	writes, err := d.entryWrites(s, kind, e)
	if err != nil {
		return err
	}
	err = d.client.changeSet(ctx, e.Agent.ID, writes)
	if errors.Is(err, errExists) {
		return d.resume(ctx, s, e, writes)
	}
	if err != nil {
		return err
	}
	return d.complete(ctx, s, kind, e)
}

// activityTable is the table that the entry goes to: the solution's, or the platform's nearest kind without it.
func (d *Desk) activityTable(s *schema, e desk.Entry) string {
	switch {
	case s.custom != nil:
		return d.table
	case e.Record.Channel == desk.Voice:
		return "phonecall"
	default:
		return "task"
	}
}

func (d *Desk) entryWrites(s *schema, kind string, e desk.Entry) ([]write, error) {
	about, err := subjectOf(e.Record)
	if err != nil {
		return nil, err
	}
	activity := d.activityText(s, kind, e)
	activity["subject"] = cut(e.Subject, maxSubject)
	activity["actualstart"], activity["actualend"] = utc(e.Started), utc(e.Ended)
	activity["actualdurationminutes"] = minutes(e)
	if kind == "phonecall" {
		activity["directioncode"] = false // incoming: the customer is the one with the question
	}
	if about.Type != "msdyn_ocliveworkitem" { // a conversation is an activity, and activities are not about each other
		if err := s.tables[kind].bind(activity, "regardingobjectid", about); err != nil {
			return nil, err
		}
	}
	note := map[string]any{"subject": cut(e.Subject, maxSubject), "notetext": noteHTML(e)}
	if err := s.tables["annotation"].bind(note, "objectid", about); err != nil {
		return nil, err
	}
	return []write{
		{s.tables[kind].set + "(" + desk.ID(e.Key, kindActivity) + ")", onlyNew, activity},
		{"annotations(" + desk.ID(e.Key, kindNote) + ")", onlyNew, note},
	}, nil
}

// activityText is the part of the activity that AmendEntry changes too.
func (d *Desk) activityText(s *schema, kind string, e desk.Entry) map[string]any {
	body := map[string]any{"description": cut(e.Text, maxDescription)}
	if kind != d.table {
		return body
	}
	for column, value := range map[string]string{
		"conversationid": e.Record.Conversation, "outcome": e.Outcome, "recordingurl": e.PlayerURL, "recordingsha256": e.RecordingSHA,
	} {
		if s.custom.columns[d.prefix+column] && value != "" && len(value) <= Columns[column] {
			body[d.prefix+column] = value
		}
	}
	return body
}

// subjectOf is the record the entry is about: the case, else the customer, else the conversation itself.
func subjectOf(r desk.Record) (desk.Ref, error) {
	for _, ref := range []desk.Ref{r.Case, r.Customer, {Type: "msdyn_ocliveworkitem", ID: r.Conversation}} {
		if _, known := entitySets[ref.Type]; known && isGUID(ref.ID) {
			return ref, nil
		}
	}
	return desk.Ref{}, &desk.Permanent{Err: errors.New("the entry names no record"), Advice: "link the conversation to a case or a customer, then replay"}
}

// found is our activity as it stands in the organisation, whatever its kind.
type found struct {
	Subject string `json:"subject"`
	State   int    `json:"statecode"`
	Type    string `json:"activitytypecode"`
}

func (d *Desk) activity(ctx context.Context, e desk.Entry) (found, error) {
	var f found
	query := url.Values{"$select": {"subject,statecode,activitytypecode"}}
	err := d.client.get(ctx, e.Agent.ID, "activitypointers("+desk.ID(e.Key, kindActivity)+")", query, &f)
	return f, err
}

// resume goes on after a 412: it believes in an earlier attempt only after reading both records. Somebody may have deleted
// one of them since; that one is written again.
func (d *Desk) resume(ctx context.Context, s *schema, e desk.Entry, writes []write) error {
	activity, err := d.activity(ctx, e)
	if errors.Is(err, desk.ErrNotFound) {
		activity, err = found{Subject: cut(e.Subject, maxSubject), Type: d.activityTable(s, e)}, d.writeAlone(ctx, e, writes[0])
	}
	if err != nil {
		return err
	}
	var note struct{ Subject string }
	err = d.client.get(ctx, e.Agent.ID, writes[1].path, url.Values{"$select": {"subject"}}, &note)
	if errors.Is(err, desk.ErrNotFound) {
		note.Subject, err = cut(e.Subject, maxSubject), d.writeAlone(ctx, e, writes[1])
	}
	if err != nil {
		return err
	}
	if want := cut(e.Subject, maxSubject); activity.Subject != want || note.Subject != want {
		return &desk.Permanent{
			Err:    errors.New("records with the ids of this session are not what was written"),
			Advice: "somebody changed the subject of the activity or note: restore it and replay, or dismiss the entry",
		}
	}
	if activity.State != 0 {
		return nil
	}
	return d.complete(ctx, s, activity.Type, e)
}

func (d *Desk) writeAlone(ctx context.Context, e desk.Entry, w write) error {
	err := d.client.patch(ctx, e.Agent.ID, w.path, w.only, w.body)
	if errors.Is(err, errExists) { // written by another attempt just now
		return nil
	}
	return err
}

// statuses are state and status reason of a closed activity, by table; "" is the custom one.
var statuses = map[string]map[desk.Status][2]int{
	"phonecall": {desk.Completed: {1, 4}, desk.Cancelled: {2, 3}},
	"task":      {desk.Completed: {1, 5}, desk.Cancelled: {2, 6}},
	"":          {desk.Completed: {1, 2}, desk.Cancelled: {2, 3}},
}

func (d *Desk) complete(ctx context.Context, s *schema, kind string, e desk.Entry) error {
	set, err := s.setOf(kind)
	if err != nil {
		return err
	}
	if kind == d.table {
		kind = ""
	}
	status, known := statuses[kind][e.Status]
	if !known {
		status = statuses[kind][desk.Completed]
	}
	return d.client.patch(ctx, e.Agent.ID, set+"("+desk.ID(e.Key, kindActivity)+")", onlyOld,
		map[string]any{"statecode": status[0], "statuscode": status[1]})
}

// AmendEntry changes the text of activity and note in one change set.
func (d *Desk) AmendEntry(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	activity, err := d.activity(ctx, e)
	if err != nil {
		return err
	}
	set, err := s.setOf(activity.Type)
	if err != nil {
		return err
	}
	return d.client.changeSet(ctx, e.Agent.ID, []write{
		{set + "(" + desk.ID(e.Key, kindActivity) + ")", onlyOld, d.activityText(s, activity.Type, e)},
		{"annotations(" + desk.ID(e.Key, kindNote) + ")", onlyOld, map[string]any{"notetext": noteHTML(e)}},
	})
}

// Rehome binds activity and note to the record that e names, in one change set.
func (d *Desk) Rehome(ctx context.Context, e desk.Entry) error {
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	about, err := subjectOf(e.Record)
	if err != nil {
		return err
	}
	activity, err := d.activity(ctx, e)
	if err != nil {
		return err
	}
	set, err := s.setOf(activity.Type)
	if err != nil {
		return err
	}
	regarding, object := map[string]any{}, map[string]any{}
	if err := s.tables[activity.Type].bind(regarding, "regardingobjectid", about); err != nil {
		return err
	}
	if err := s.tables["annotation"].bind(object, "objectid", about); err != nil {
		return err
	}
	return d.client.changeSet(ctx, e.Agent.ID, []write{
		{set + "(" + desk.ID(e.Key, kindActivity) + ")", onlyOld, regarding},
		{"annotations(" + desk.ID(e.Key, kindNote) + ")", onlyOld, object},
	})
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// minutes is the length of the session, rounded up: an activity of no minutes looks like a mistake.
func minutes(e desk.Entry) int {
	return int((e.Ended.Sub(e.Started) + time.Minute - 1) / time.Minute)
}
