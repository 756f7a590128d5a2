package dynamics

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// TestRehome: an entry moves with all its notes to a case that is linked later, from wherever it was.
func TestRehome(t *testing.T) {
	for _, c := range []struct {
		name    string
		custom  bool
		channel string
		from    func(*world, *desk.Record)
	}{
		{"from the contact", true, desk.Chat, func(_ *world, r *desk.Record) { r.Case = desk.Ref{} }},
		{"from an account", true, desk.Chat, func(w *world, r *desk.Record) {
			r.Case, r.Customer = desk.Ref{}, desk.Ref{Type: "account", ID: w.fake.AddAccount("", "Contoso")}
		}},
		{"from the conversation", true, desk.Chat, func(_ *world, r *desk.Record) { r.Case, r.Customer = desk.Ref{}, desk.Ref{} }},
		{"from another case", true, desk.Chat, func(w *world, r *desk.Record) {
			r.Case.ID = w.fake.AddCase(dataversefake.Case{Title: "Wrong one", Contact: w.contact})
		}},
		{"a phone call", false, desk.Voice, func(_ *world, r *desk.Record) { r.Case = desk.Ref{} }},
		{"a task", false, desk.Chat, func(_ *world, r *desk.Record) { r.Case = desk.Ref{} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.custom)
			e := w.entry()
			e.Record.Channel = c.channel
			home := e
			c.from(w, &e.Record)
			for step, do := range w.life(e)[:5] { // up to the second file
				if err := do(t.Context()); err != nil {
					t.Fatalf("step %d: %v", step, err)
				}
			}
			if n := len(w.fake.Timeline(w.caseID)); n != 0 {
				t.Fatalf("%d items are on the case already", n)
			}
			if err := w.desk.Rehome(t.Context(), home); err != nil {
				t.Fatal(err)
			}
			w.whole(t, -1, e.Transcript.Text)
			if got := w.activityOf(t, w.caseID); got.By != w.agent.Name {
				t.Errorf("it is by %s", got.By)
			}
			changes, requests := w.fake.Changes(), w.fake.Requests()
			if err := w.desk.Rehome(t.Context(), home); err != nil {
				t.Fatal(err)
			}
			if n := w.fake.Requests() - requests; w.fake.Changes() != changes || n != 1 {
				t.Errorf("at home already it took %d requests and %d changes", n, w.fake.Changes()-changes)
			}
		})
	}
}

// TestRehomeBeforeTheEnd: the note that comes later goes to where the case is by then.
func TestRehomeBeforeTheEnd(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	home := e
	e.Record.Case = desk.Ref{}
	w.put(t, w.at(e, desk.Open))
	if err := w.desk.Rehome(t.Context(), w.at(home, desk.Open)); err != nil {
		t.Fatal(err)
	}
	w.put(t, home)
	if got := w.activityOf(t, w.caseID); got.State != "Completed" || len(w.notes()) != 1 {
		t.Errorf("it is %s with %d notes", got.State, len(w.notes()))
	}
}

func TestRehomeOnlyTowardsARecord(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	if err := w.desk.Rehome(t.Context(), e); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("without an entry: %v", err)
	}
	w.put(t, e)
	e.Record.Case, e.Record.Customer = desk.Ref{}, desk.Ref{}
	if err := w.desk.Rehome(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.Record.Case = desk.Ref{Type: "incident", ID: uuid.NewString()}
	if err := w.desk.Rehome(t.Context(), e); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("to a case that is not there: %v", err)
	}
	if w.activityOf(t, w.caseID); len(w.notes()) != 1 {
		t.Error("the note has left the case")
	}
}

// TestLateFileFollowsTheNote: a file that was announced with the old record is put where its entry is by now.
func TestLateFileFollowsTheNote(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	home := e
	e.Record.Case = desk.Ref{}
	steps := w.life(e)
	for _, do := range []int{2, 3} {
		if err := steps[do](t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.desk.Rehome(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	if err := steps[4](t.Context()); err != nil {
		t.Fatal(err)
	}
	w.whole(t, -1, e.Transcript.Text)
}
