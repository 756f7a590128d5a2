package sessions_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// liveSession brings a call to its live state.
func liveSession(t *testing.T, w *sessionstest.World) (string, auth.Identity) {
	t.Helper()
	inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
	agent := w.Agent("acme", "ada", "c-voice")
	must(w.Sessions.Claim(ctx, agent, inv.PIN, "a"))(t)
	for _, s := range []cobrowse.State{cobrowse.StateProvisioning, cobrowse.StateWaiting, cobrowse.StateLive} {
		if err := w.Sessions.Moved(ctx, inv.Session, s, w.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return inv.Session, agent
}

func result(w *sessionstest.World, session string) cobrowse.Result {
	return cobrowse.Result{
		State: cobrowse.StateEnded,
		Summary: cobrowse.Summary{
			Session: session, Company: "The acme company", Agent: "Agent ada", Channel: "voice", Started: w.Now(), Ended: w.Now().Add(65 * time.Second),
			EndedBy: cobrowse.RoleAgent, EndReason: "ended", Outcome: "solved", Note: "kettle replaced",
			Pages:    []cobrowse.PageVisit{{Title: "Checkout", URL: "https://shop.acme.example/checkout", Time: 40 * time.Second}, {URL: "https://slow.acme.example/", Time: time.Second}},
			Actions:  map[cobrowse.Role]int{cobrowse.RoleAgent: 3, cobrowse.RoleCustomer: 5},
			Refusals: []cobrowse.RefusalLine{{Name: "Buy now", Rule: "buying", Count: 2}}, Pauses: 1, Paused: 4 * time.Second,
			Moments: moments(w.Now()),
		},
		Recording: &cobrowse.Recording{
			Session: session, VideoKey: "v", TrackKey: "t", Bytes: 1234, Duration: time.Minute, SHA256: "abc",
			Videos: []cobrowse.Video{{Key: "v", Type: "video/webm", To: time.Minute, Bytes: 1234}},
		},
	}
}

// stored is what a session left in the database.
type stored struct {
	State, Outcome, Summary, Recording string
	Outbox                             []string
	AuditEnds                          int
	Refused                            string // the detail of the audit's lines about refusals
}

func storedOf(t *testing.T, w *sessionstest.World, session string) (s stored) {
	t.Helper()
	row := w.DB.QueryRowContext(ctx, `SELECT state, outcome, summary, recording FROM sessions WHERE id = $1`, session)
	if err := row.Scan(&s.State, &s.Outcome, &s.Summary, &s.Recording); err != nil {
		t.Fatal(err)
	}
	const left = `SELECT step FROM outbox WHERE session = $1 AND step <> 'status' AND result <> 'superseded' ORDER BY position`
	rows, err := w.DB.QueryContext(ctx, left, session)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var step string
		if err := rows.Scan(&step); err != nil {
			t.Fatal(err)
		}
		s.Outbox = append(s.Outbox, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	row = w.DB.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit WHERE session = $1 AND action = $2`, session, audit.SessionEnded)
	if err := row.Scan(&s.AuditEnds); err != nil {
		t.Fatal(err)
	}
	row = w.DB.QueryRowContext(ctx, `SELECT COALESCE(MAX(detail), '') FROM audit WHERE session = $1 AND action = $2`, session, audit.AgentRefused)
	if err := row.Scan(&s.Refused); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEnding(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		token := must(w.Sessions.Join(ctx, agent, session))(t)
		want := result(w, session)
		before := w.Woken()
		for range 2 { // a repeat changes nothing
			if err := w.Sessions.Ended(ctx, session, want); err != nil {
				t.Fatal(err)
			}
		}
		got := storedOf(t, w, session)
		if got.State != "ended" || got.Outcome != "solved" || got.AuditEnds != 1 || !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) {
			t.Fatalf("stored: %+v", got)
		}
		if got.Refused != `{"rule":"buying","times":"2"}` {
			t.Errorf("audited of the refusals: %s", got.Refused)
		}
		if n := w.Woken() - before; n != 1 {
			t.Errorf("delivery was woken %d times", n)
		}
		if _, err := w.Sessions.Admit(ctx, token); reason(err) != "session_over" {
			t.Errorf("admitted after the end: %v", err)
		}
		if _, err := w.Sessions.Join(ctx, agent, session); reason(err) != "session_over" {
			t.Errorf("joined after the end: %v", err)
		}
		if err := w.Sessions.Moved(ctx, session, cobrowse.StateLive, w.Now()); err != nil || storedOf(t, w, session).State != "ended" {
			t.Errorf("moved after the end: %v", err)
		}
		if state := must(w.Sessions.ContextOf(ctx, agent))(t); state.Session != nil {
			t.Errorf("the widget still shows %+v", state.Session)
		}
		if n, err := audit.Verify(ctx, w.DB, w.Ring); err != nil || n == 0 {
			t.Errorf("audit: %d lines, %v", n, err)
		}
	})
}

// entryOf is the entry that waits to be delivered.
func entryOf(t *testing.T, w *sessionstest.World, session string) (e desk.Entry) {
	t.Helper()
	return outboxBody(t, w, session, "entry")
}

func outboxBody(t *testing.T, w *sessionstest.World, session, step string) (e desk.Entry) {
	t.Helper()
	var body string
	const find = `SELECT body FROM outbox WHERE session = $1 AND step = $2 ORDER BY position DESC LIMIT 1`
	if err := w.DB.QueryRowContext(ctx, find, session, step).Scan(&body); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// amendOf is the newest change of the entry.
func amendOf(t *testing.T, w *sessionstest.World, session string) (e desk.Entry) {
	t.Helper()
	return outboxBody(t, w, session, "amend")
}

func TestEntryTellsTheSession(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
		e := entryOf(t, w, session)
		if e.Key != session || e.Agent.ID != "ada" || e.Record.CaseTitle != "Broken kettle" || e.Status != desk.Completed ||
			e.PlayerURL != sessionstest.PublicURL+"/watch/"+session || e.RecordingSHA != "abc" {
			t.Errorf("entry: %+v", e)
		}
		lines := map[string]string{}
		for _, l := range e.Lines {
			lines[l.Label] = l.Value
		}
		for label, want := range map[string]string{
			"Agent": "Agent ada", "Duration": "1 min 5 s", "Ended": "ended by the agent", "Outcome": "solved", "Note": "kettle replaced",
			"Page 1": "Checkout (https://shop.acme.example/checkout), 40 s", "Page 2": "https://slow.acme.example/, 1 s", "Actions, agent": "3",
			"Only for the customer": `"Buy now", tried 2 times`, "Paused by the customer": "once, 4 s",
		} {
			if lines[label] != want {
				t.Errorf("%s: %q, want %q", label, lines[label], want)
			}
		}
	})
}

// TestEntryIsInTheCompanysLanguage: the first one of it that there is.
func TestEntryIsInTheCompanysLanguage(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		co := must(w.Companies.Get(ctx, sessionstest.Company))(t)
		co.Languages = []string{"pt-PT", "en"}
		if _, err := w.Companies.Put(ctx, co.Settings, "test"); err != nil {
			t.Fatal(err)
		}
		session, _ := liveSession(t, w)
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
		e := entryOf(t, w, session)
		if e.Subject != "Sessão de co-browse" || e.PlayerText != "Reproduzir a gravação" {
			t.Errorf("%q, %q", e.Subject, e.PlayerText)
		}
		for _, want := range []string{"Duração: 1 min 5 s\n", "Término: encerrada pelo atendente\n", "Pausada pelo cliente: uma vez, 4 s\n"} {
			if !strings.Contains(e.Text, want) {
				t.Errorf("%q is not in:\n%s", want, e.Text)
			}
		}
	})
}

// TestEndingIsStoredFirst: from then on the session is over for everybody, and nothing moves it back.
func TestEndingIsStoredFirst(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		res := result(w, session)
		res.Recording = nil
		for range 2 { // the second changes nothing
			if err := w.Sessions.Ending(ctx, session, res); err != nil {
				t.Fatal(err)
			}
			res.Summary.Outcome = "notsolved"
		}
		if err := w.Sessions.Moved(ctx, session, cobrowse.StateLive, w.Now()); err != nil {
			t.Fatal(err)
		}
		if got := storedOf(t, w, session); got.State != "ending" || got.Outcome != "solved" || len(got.Outbox) != 0 {
			t.Errorf("stored: %+v", got)
		}
		if state := must(w.Sessions.ContextOf(ctx, agent))(t); state.Session != nil {
			t.Errorf("the widget still shows %+v", state.Session)
		}
		if _, err := w.Sessions.Watch(ctx, agent, session); reason(err) != "session_running" {
			t.Errorf("the player shows it before its recording is closed: %v", err)
		}
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.Ending(ctx, session, res); err != nil || storedOf(t, w, session).State != "ended" {
			t.Errorf("ending after the end: %v", err)
		}
	})
}

// TestATextThatTheDatabaseRefuses keeps no session from its end: PostgreSQL keeps no U+0000 in a text.
func TestATextThatTheDatabaseRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		res := result(w, session)
		res.Summary.Note = "kettle\x00"
		if err := w.Sessions.Ending(ctx, session, res); err != nil || storedOf(t, w, session).State != "ending" {
			t.Errorf("ending: %v", err)
		}
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		if got := storedOf(t, w, session); got.State != "ended" || got.Recording == "" || !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) {
			t.Errorf("stored: %+v", got)
		}
		late, _ := liveSession(t, w)
		res = result(w, late)
		res.Summary.Outcome, res.Summary.Note = "", ""
		if err := w.Sessions.Ended(ctx, late, res); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, late, "solved", "kettle\x00 \xffreplaced"); err != nil {
			t.Fatal(err)
		}
		for _, l := range amendOf(t, w, late).Lines {
			if l.Label == "Note" && l.Value != "kettle replaced" {
				t.Errorf("note: %q", l.Value)
			}
		}
	})
}

// TestOutcomeWhileEnding: closing a recording takes a while, in which the agent picks an outcome.
func TestOutcomeWhileEnding(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		for name, end := range map[string]func(session string, res cobrowse.Result) error{
			"to the end": func(session string, res cobrowse.Result) error { return w.Sessions.Ended(ctx, session, res) },
			"killed":     func(string, cobrowse.Result) error { return w.Sessions.Recover(ctx, nothingRecorded) },
		} {
			session, agent := liveSession(t, w)
			res := result(w, session)
			res.Summary.Outcome, res.Summary.Note = "", ""
			if err := w.Sessions.Ending(ctx, session, res); err != nil {
				t.Fatal(err)
			}
			if err := w.Sessions.PickOutcome(ctx, agent, session, "followup", "call back"); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := end(session, res); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := storedOf(t, w, session)
			if got.State != "ended" || got.Outcome != "followup" || slices.Contains(got.Outbox, "amend") {
				t.Errorf("%s: stored: %+v", name, got)
			}
			if e := entryOf(t, w, session); e.Outcome != "followup" || !strings.Contains(e.Text, "call back") {
				t.Errorf("%s: the entry says %+v", name, e)
			}
			if seen := must(w.Sessions.Watch(ctx, agent, session))(t); seen.Summary.Outcome != "followup" || seen.Summary.Note != "call back" {
				t.Errorf("%s: the player shows %+v", name, seen.Summary)
			}
		}
	})
}

// TestOutcomeAtTheMomentOfTheEnd: whichever is stored first, the desk hears of the outcome.
func TestOutcomeAtTheMomentOfTheEnd(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		for range 10 {
			session, agent := liveSession(t, w)
			res := result(w, session)
			res.Summary.Outcome, res.Summary.Note = "", ""
			if err := w.Sessions.Ending(ctx, session, res); err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			both.Go(func() {
				if err := w.Sessions.Ended(ctx, session, res); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() {
				if err := w.Sessions.PickOutcome(ctx, agent, session, "followup", ""); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			last := entryOf(t, w, session)
			if slices.Contains(storedOf(t, w, session).Outbox, "amend") {
				last = amendOf(t, w, session)
			}
			if last.Outcome != "followup" || last.PlayerURL == "" {
				t.Fatalf("the desk hears %+v", last)
			}
		}
	})
}

func TestWhoEndsFirstWins(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				res := result(w, session)
				res.Summary.Note = fmt.Sprint(i)
				if err := w.Sessions.Ended(ctx, session, res); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := storedOf(t, w, session); got.AuditEnds != 1 || len(got.Outbox) != 2 {
			t.Fatalf("stored: %+v", got)
		}
	})
}

// TestEndIsOneTransaction makes the last statements of the ending fail and finds that none of it happened.
func TestEndIsOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		change := func(query string) {
			t.Helper()
			if err := w.DB.Tx(ctx, func(tx *sql.Tx) error { _, err := tx.Exec(query); return err }); err != nil {
				t.Fatal(err)
			}
		}
		before := storedOf(t, w, session)
		for _, table := range []string{"outbox", "audit_head", "tickets"} {
			change(`ALTER TABLE ` + table + ` RENAME TO gone`)
			if err := w.Sessions.Ended(ctx, session, result(w, session)); err == nil {
				t.Errorf("ended without %s", table)
			}
			change(`ALTER TABLE gone RENAME TO ` + table)
			if after := storedOf(t, w, session); !reflect.DeepEqual(after, before) {
				t.Errorf("without %s something was stored: %+v", table, after)
			}
		}
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
		if after := storedOf(t, w, session); after.State != "ended" || len(after.Outbox) != 2 {
			t.Errorf("stored: %+v", after)
		}
	})
}

// TestLiveWithoutTheDatabaseIsDelivered: nobody could write down that the session became live, but its end tells.
func TestLiveWithoutTheDatabaseIsDelivered(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		must(w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), inv.PIN, "a"))(t)
		if err := w.Sessions.Moved(ctx, inv.Session, cobrowse.StateWaiting, w.Now()); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.Ended(ctx, inv.Session, result(w, inv.Session)); err != nil {
			t.Fatal(err)
		}
		if got := storedOf(t, w, inv.Session); !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) {
			t.Fatalf("stored: %+v", got)
		}
		if e := entryOf(t, w, inv.Session); !e.Started.Equal(w.Now()) || e.Ended.Sub(e.Started) != 65*time.Second {
			t.Errorf("the entry says %v to %v", e.Started, e.Ended)
		}
	})
}

func TestNeverLiveLeavesNothingOnTheRecord(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		res := result(w, inv.Session)
		res.Recording, res.Summary.EndReason, res.Summary.Started = nil, "declined", time.Time{}
		if err := w.Sessions.Ended(ctx, inv.Session, res); err != nil {
			t.Fatal(err)
		}
		if got := storedOf(t, w, inv.Session); got.State != "ended" || len(got.Outbox) != 0 {
			t.Errorf("stored: %+v", got)
		}
		if _, err := w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), inv.PIN, "a"); reason(err) != "pin_invalid" {
			t.Errorf("the PIN of a session that is over: %v", err)
		}
	})
}

func TestOutcomeAfterTheEnd(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		if err := w.Sessions.PickOutcome(ctx, agent, session, "solved", ""); reason(err) != "session_running" {
			t.Errorf("before the end: %v", err)
		}
		res := result(w, session)
		res.Summary.Outcome, res.Summary.Note = "", ""
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "great", ""); reason(err) != "outcome_unknown" {
			t.Errorf("an unknown outcome: %v", err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "solved", string(make([]rune, 1001))); reason(err) != "note_too_long" {
			t.Errorf("a long note: %v", err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "followup", "call back"); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "solved", ""); reason(err) != "outcome_picked" {
			t.Errorf("a second pick: %v", err)
		}
		got := storedOf(t, w, session)
		if got.Outcome != "followup" || !reflect.DeepEqual(got.Outbox, []string{"entry", "file", "amend"}) {
			t.Errorf("stored: %+v", got)
		}
		if seen := must(w.Sessions.Watch(ctx, agent, session))(t); seen.Summary.Outcome != "followup" || seen.Summary.Note != "call back" {
			t.Errorf("the player shows %+v", seen.Summary)
		}
	})
}

func TestALateNoteIsRedacted(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		res := result(w, session)
		res.Summary.Outcome, res.Summary.Note = "", ""
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		const number = "4111 1111 1111 1111"
		known := privacy.NewRedactor([]string{"card"})
		known.Remember("Ana Souza")
		w.Sessions.Known = func(id string) cobrowse.Redactor {
			if id != session {
				return nil
			}
			return known
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "solved", "Ana Souza paid with "+number+" at last"); err != nil {
			t.Fatal(err)
		}
		note := must(w.Sessions.Watch(ctx, agent, session))(t).Summary.Note
		if strings.Contains(note, number) || strings.Contains(note, "Souza") || !strings.Contains(note, "at last") {
			t.Errorf("the player shows %q", note)
		}
		var leaks int
		const find = `SELECT (SELECT COUNT(*) FROM outbox WHERE body LIKE $1) + (SELECT COUNT(*) FROM sessions WHERE note LIKE $1 OR summary LIKE $1)`
		if err := w.DB.QueryRowContext(ctx, find, "%"+number+"%").Scan(&leaks); err != nil || leaks != 0 {
			t.Errorf("%d rows hold the number, %v", leaks, err)
		}
	})
}
