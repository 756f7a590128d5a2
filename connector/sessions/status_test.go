package sessions_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// stepsOf lists a session's rows of the outbox that are to be delivered, and those that were overtaken.
func stepsOf(t *testing.T, w *sessionstest.World, session string) (waiting, overtaken []string) {
	t.Helper()
	rows, err := w.DB.QueryContext(ctx, `SELECT id, result FROM outbox WHERE session = $1 ORDER BY position`, session)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, result string
		if err := rows.Scan(&id, &result); err != nil {
			t.Fatal(err)
		}
		id = strings.TrimPrefix(id, session+"/")
		if result == "superseded" {
			overtaken = append(overtaken, id)
		} else {
			waiting = append(waiting, id)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return waiting, overtaken
}

func TestEntryFollowsTheSession(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		if waiting, _ := stepsOf(t, w, inv.Session); waiting != nil {
			t.Errorf("nobody holds it, and there is %v", waiting)
		}
		must(w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), inv.PIN, "a"))(t)
		e := outboxBody(t, w, inv.Session, "status")
		if e.Status != desk.Scheduled || e.Record.Case.ID != "1" || e.Agent.ID != "ada" || e.Text != "" || e.Started.IsZero() {
			t.Errorf("claimed: %+v", e)
		}
		for range 2 { // it pauses in between, and goes on
			for _, s := range []cobrowse.State{cobrowse.StateLive, cobrowse.StatePaused} {
				w.Turn(time.Second)
				if err := w.Sessions.Moved(ctx, inv.Session, s, w.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
		waiting, overtaken := stepsOf(t, w, inv.Session)
		if !slices.Equal(waiting, []string{"status/open"}) || !slices.Equal(overtaken, []string{"status/scheduled"}) {
			t.Errorf("live: %v, overtaken %v", waiting, overtaken)
		}
		if err := w.Sessions.Ended(ctx, inv.Session, result(w, inv.Session)); err != nil {
			t.Fatal(err)
		}
		if waiting, _ = stepsOf(t, w, inv.Session); slices.Contains(waiting, "status/open") || waiting[0] != "entry" {
			t.Errorf("over: %v", waiting)
		}
	})
}

func TestNobodyCameIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		view, _, err := w.Sessions.Link(ctx, w.Agent("acme", "ada", "c-voice"))
		if err != nil {
			t.Fatal(err)
		}
		w.Turn(time.Hour)
		if err := w.Sessions.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		e := entryOf(t, w, view.ID)
		if e.Status != desk.Cancelled || !strings.Contains(e.Text, "nobody joined in time") || strings.Contains(e.Text, "Duration") || !e.Started.IsZero() {
			t.Errorf("%+v", e)
		}
		if waiting, _ := stepsOf(t, w, view.ID); !slices.Equal(waiting, []string{"entry"}) {
			t.Errorf("left %v", waiting)
		}
	})
}

// TestCaseLinkedLater: the record is what the desk says, for the agent whose token it is.
func TestCaseLinkedLater(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		token, _, err := w.Sessions.Launch(ctx, w.Launch("acme", "ada", "c-chat", nil))
		if err != nil {
			t.Fatal(err)
		}
		who := must(auth.Check(ctx, w.DB, token, w.Now()))(t)
		view, _, err := w.Sessions.Link(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		must(w.Sessions.Refresh(ctx, who))(t) // nothing is linked yet
		record := w.Desk.Records["c-chat"]
		record.Case, record.CaseTitle = desk.Ref{Type: "incident", ID: "7"}, "Parcel"
		w.Desk.Records["c-chat"] = record
		other := w.Agent("acme", "bob", "c-chat")
		must(w.Sessions.Refresh(ctx, other))(t)
		if e := outboxBody(t, w, view.ID, "status"); e.Record.Case.ID != "" {
			t.Errorf("another agent's token moved it: %+v", e.Record)
		}
		must(w.Sessions.Refresh(ctx, who))(t)
		if e := outboxBody(t, w, view.ID, "status"); e.Record.Case.ID != "7" {
			t.Errorf("what waits goes to %+v", e.Record)
		}
		if waiting, _ := stepsOf(t, w, view.ID); !slices.Equal(waiting, []string{"status/scheduled"}) {
			t.Errorf("nothing is at the desk, and there is %v", waiting)
		}
		known := must(auth.Check(ctx, w.DB, token, w.Now()))(t)
		if c := must(w.Sessions.ContextOf(ctx, known))(t); c.Case.ID != "7" || c.Case.Title != "Parcel" {
			t.Errorf("the token says %+v", c.Case)
		}
		w.Desk.Denied = "ada"
		if _, err := w.Sessions.Refresh(ctx, known); reason(err) != "conversation_denied" {
			t.Errorf("refused by the desk: %v", err)
		}
	})
}

func TestEntryAtTheDeskMoves(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		view, _, err := w.Sessions.Link(ctx, w.Agent("acme", "ada", "c-chat"))
		if err != nil {
			t.Fatal(err)
		}
		err = w.DB.Tx(ctx, func(tx *sql.Tx) error { // a worker has taken it
			_, err := tx.ExecContext(ctx, `UPDATE outbox SET lease_owner = 'w', state = 'done', body = ''`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		record := w.Desk.Records["c-chat"]
		record.Case = desk.Ref{Type: "incident", ID: "7"}
		for range 2 { // a repeat changes nothing
			if err := w.Sessions.Linked(ctx, view.ID, record); err != nil {
				t.Fatal(err)
			}
		}
		waiting, _ := stepsOf(t, w, view.ID)
		if e := outboxBody(t, w, view.ID, "rehome"); len(waiting) != 2 || e.Record.Case.ID != "7" {
			t.Errorf("%v, %+v", waiting, e.Record)
		}
	})
}
