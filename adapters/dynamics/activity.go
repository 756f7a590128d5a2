package dynamics

import (
	"context"
	"errors"
	"maps"
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

// state and status reason of an activity.
type status struct{ state, reason int }

// statuses of each kind of activity; "" is the custom one. The platform's own kinds know no state for what is planned: a task
// tells it by its reason, a phone call not at all.
var statuses = map[string]map[desk.Status]status{
	"phonecall": {desk.Scheduled: {0, 1}, desk.Open: {0, 1}, desk.Completed: {1, 4}, desk.Cancelled: {2, 3}},
	"task":      {desk.Scheduled: {0, 2}, desk.Open: {0, 3}, desk.Completed: {1, 5}, desk.Cancelled: {2, 6}},
	"":          {desk.Scheduled: {3, 4}, desk.Open: {0, 1}, desk.Completed: {1, 2}, desk.Cancelled: {2, 3}},
}

// initial is what an activity has when it is created: statecode is not taken then.
var initial = map[string]status{"phonecall": {0, 1}, "task": {0, 2}, "": {0, 1}}

func (s *schema) statuses(kind string) map[desk.Status]status {
	if known, ok := statuses[kind]; ok {
		return known
	}
	return statuses[""]
}

func statusOf(s *schema, kind string, wanted desk.Status) map[string]any {
	want := s.statuses(kind)[wanted]
	return map[string]any{"statecode": want.state, "statuscode": want.reason}
}

func isEnd(s desk.Status) bool { return s == desk.Completed || s == desk.Cancelled }

// stage is how far a status is; nothing goes back to an earlier one.
func stage(s desk.Status) int {
	switch s {
	case desk.Scheduled:
		return 0
	case desk.Open:
		return 1
	default:
		return 2
	}
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

func (s *schema) activityPath(kind string, e desk.Entry) string {
	return s.tables[kind].set + "(" + desk.ID(e.Key, kindActivity) + ")"
}

// activity is ours as it stands in the organisation.
type activity struct {
	kind      string
	Version   string `json:"@odata.etag"`
	State     int    `json:"statecode"`
	Reason    int    `json:"statuscode"`
	Regarding string `json:"_regardingobjectid_value"`
}

func (a activity) status() status { return status{a.State, a.Reason} }

// stage of an activity that people may have changed: what is neither planned nor closed is under way.
func (a activity) stage(s *schema) int {
	switch {
	case a.State == 1 || a.State == 2:
		return stage(desk.Completed)
	case a.status() == s.statuses(a.kind)[desk.Scheduled]:
		return stage(desk.Scheduled)
	default:
		return stage(desk.Open)
	}
}

// find reads our activity, whatever its kind: it may have been written before the solution was installed.
func (d *Desk) find(ctx context.Context, s *schema, e desk.Entry) (activity, error) {
	kind := d.activityTable(s, e)
	at, err := d.readActivity(ctx, s, kind, e)
	if !errors.Is(err, desk.ErrNotFound) {
		return at, err
	}
	var other struct {
		Type string `json:"activitytypecode"`
	}
	path := "activitypointers(" + desk.ID(e.Key, kindActivity) + ")"
	if err := d.writer.get(ctx, e.Agent.ID, path, url.Values{"$select": {"activitytypecode"}}, &other); err != nil {
		return activity{}, err
	}
	if _, known := s.tables[other.Type]; !known {
		return activity{}, &desk.Permanent{
			Err:    errors.New("a record of another kind has the id of our activity"),
			Advice: "look for an activity that was written by hand under this id",
		}
	}
	return d.readActivity(ctx, s, other.Type, e)
}

func (d *Desk) readActivity(ctx context.Context, s *schema, kind string, e desk.Entry) (activity, error) {
	at := activity{kind: kind}
	query := url.Values{"$select": {"statecode,statuscode,_regardingobjectid_value"}}
	err := d.writer.get(ctx, e.Agent.ID, s.activityPath(kind, e), query, &at)
	return at, err
}

// newActivity writes an activity that is not there, and takes it to its status.
func (d *Desk) newActivity(ctx context.Context, s *schema, e desk.Entry) ([]write, error) {
	kind := d.activityTable(s, e)
	body := d.told(s, kind, e)
	body["subject"] = cut(plain(e.Subject), maxSubject)
	if kind == "phonecall" {
		body["directioncode"] = false // incoming: the customer is the one with the question
	}
	about, err := subjectOf(e.Record)
	if err != nil {
		return nil, err
	}
	if about.Type != conversationType { // a conversation is an activity, and activities are not about each other
		if err := s.tables[kind].bind(body, "regardingobjectid", about); err != nil {
			return nil, err
		}
	}
	if err := d.addParties(ctx, s, kind, e, body); err != nil {
		return nil, err
	}
	writes := []write{{path: s.activityPath(kind, e), only: onlyNew, body: body}}
	table := kind
	if kind == d.table {
		table = ""
	}
	if s.statuses(kind)[e.Status] != initial[table] {
		writes = append(writes, write{path: s.activityPath(kind, e), only: onlyOld, body: statusOf(s, kind, e.Status)})
	}
	return writes, nil
}

// told is what the activity says of the session, as far as e knows it.
func (d *Desk) told(s *schema, kind string, e desk.Entry) map[string]any {
	body := d.activityText(s, kind, e)
	maps.Copy(body, started(e))
	if !e.Ended.IsZero() {
		body["actualend"], body["actualdurationminutes"] = utc(e.Ended), minutes(e)
	}
	return body
}

func started(e desk.Entry) map[string]any {
	switch {
	case e.Started.IsZero():
		return map[string]any{}
	case e.Status == desk.Scheduled:
		return map[string]any{"scheduledstart": utc(e.Started)}
	default:
		return map[string]any{"actualstart": utc(e.Started)}
	}
}

// activityText is the part of the activity that AmendEntry changes too.
func (d *Desk) activityText(s *schema, kind string, e desk.Entry) map[string]any {
	body := map[string]any{}
	if e.Text != "" {
		body["description"] = cut(unmarked(e.Text), maxDescription)
	}
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

const conversationType = "msdyn_ocliveworkitem"

// subjectOf is the record the entry is about: the case, else the customer, else the conversation itself.
func subjectOf(r desk.Record) (desk.Ref, error) {
	for _, ref := range []desk.Ref{r.Case, r.Customer, {Type: conversationType, ID: r.Conversation}} {
		if _, known := entitySets[ref.Type]; known && isGUID(ref.ID) {
			return ref, nil
		}
	}
	return desk.Ref{}, &desk.Permanent{Err: errors.New("the entry names no record"), Advice: "link the conversation to a case or a customer, then replay"}
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// minutes is the length of the session, rounded up: an activity of no minutes looks like a mistake.
func minutes(e desk.Entry) int {
	if e.Started.IsZero() { // nobody came
		return 0
	}
	return int((e.Ended.Sub(e.Started) + time.Minute - 1) / time.Minute)
}
