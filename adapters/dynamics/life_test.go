package dynamics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// at is the entry as it is when the session has come to a status.
func (w *world) at(e desk.Entry, s desk.Status) desk.Entry {
	e.Status = s
	if !isEnd(s) {
		e.Text, e.Lines, e.PlayerURL, e.RecordingSHA, e.Outcome, e.Ended, e.Transcript = "", nil, "", "", "", time.Time{}, nil
	}
	return e
}

// activityOf is the one activity on a record.
func (w *world) activityOf(t *testing.T, record string) dataversefake.Item {
	t.Helper()
	var found []dataversefake.Item
	for _, it := range w.fake.Timeline(record) {
		if it.Kind != "annotation" {
			found = append(found, it)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d activities: %+v", len(found), found)
	}
	return found[0]
}

func (w *world) put(t testing.TB, entries ...desk.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := w.desk.PutEntry(t.Context(), e); err != nil {
			t.Fatalf("%s: %v", e.Status, err)
		}
	}
}

func number(it dataversefake.Item, column string) string { return fmt.Sprint(it.Columns[column]) }

// TestLife: the activity follows the session, names who took part, and belongs to the agent, in few requests.
func TestLife(t *testing.T) {
	const custom = DefaultTable
	for _, c := range []struct {
		kind, channel  string
		states         []string // scheduled, open, completed, cancelled
		reasons        []string
		agent, contact string // participation types, "" for none
	}{
		{custom, desk.Chat, []string{"Scheduled", "Open", "Completed", "Canceled"}, []string{"4", "1", "2", "3"}, "7", "11"},
		{"phonecall", desk.Voice, []string{"Open", "Open", "Completed", "Canceled"}, []string{"1", "1", "4", "3"}, "2", "1"},
		{"task", desk.Chat, []string{"Open", "Open", "Completed", "Canceled"}, []string{"2", "3", "5", "6"}, "", ""},
	} {
		for i, end := range []desk.Status{desk.Completed, desk.Cancelled} {
			t.Run(c.kind+" "+string(end), func(t *testing.T) {
				w := newWorld(t, c.kind == custom)
				e := w.entry()
				e.Record.Channel = c.channel
				w.put(t, w.entry()) // names, limits and the agent are known from now on
				w.fake.Delete("annotation", w.notes()[0].ID)
				w.fake.Delete(w.activityOf(t, w.caseID).Kind, w.activityOf(t, w.caseID).ID)
				before := w.fake.Requests()
				for n, status := range []desk.Status{desk.Scheduled, desk.Open, end} {
					w.put(t, w.at(e, status))
					got, want := w.activityOf(t, w.caseID), n
					if n == 2 {
						want += i
					}
					if got.Kind != c.kind || got.State != c.states[want] || number(got, "statuscode") != c.reasons[want] {
						t.Errorf("%s: a %s that is %s (%s), want %s (%s)", status, got.Kind, got.State, number(got, "statuscode"), c.states[want], c.reasons[want])
					}
					if notes := len(w.notes()); (notes == 1) != (n == 2) {
						t.Errorf("%s: %d notes", status, notes)
					}
				}
				if n := w.fake.Requests() - before; n > 4 {
					t.Errorf("the session took %d requests", n)
				}
				got := w.activityOf(t, w.caseID)
				if got.By != w.agent.Name || got.Columns["ownerid"] == nil || number(got, "actualdurationminutes") != "7" || got.Text != "Pages: Checkout" {
					t.Errorf("at the end it is %+v", got)
				}
				as := map[string]string{}
				for _, p := range got.Parties {
					as[p.Table] = p.As
				}
				if as["systemuser"] != c.agent || as["contact"] != c.contact {
					t.Errorf("the parties are %+v", got.Parties)
				}
			})
		}
	}
}

// TestForwardOnly: what comes late changes nothing at all.
func TestForwardOnly(t *testing.T) {
	for _, custom := range []bool{true, false} {
		for _, c := range []struct{ now, late desk.Status }{
			{desk.Open, desk.Scheduled}, {desk.Open, desk.Open}, {desk.Scheduled, desk.Scheduled},
			{desk.Completed, desk.Scheduled}, {desk.Completed, desk.Open}, {desk.Completed, desk.Cancelled}, {desk.Completed, desk.Completed},
			{desk.Cancelled, desk.Open}, {desk.Cancelled, desk.Completed},
		} {
			t.Run(fmt.Sprintf("%v %s after %s", custom, c.late, c.now), func(t *testing.T) {
				w := newWorld(t, custom)
				e := w.entry()
				w.put(t, w.at(e, c.now))
				before := w.fake.Changes()
				w.put(t, w.at(e, c.late))
				if w.fake.Changes() != before {
					t.Errorf("it is %s now", w.activityOf(t, w.caseID).State)
				}
			})
		}
	}
}

// TestEndWithNothingToTell: a session that nobody came to is cancelled and leaves no note.
func TestEndWithNothingToTell(t *testing.T) {
	w := newWorld(t, true)
	e := w.at(w.entry(), desk.Scheduled)
	w.put(t, e)
	e.Status, e.Started, e.Ended = desk.Cancelled, time.Time{}, time.Now()
	w.put(t, e, e)
	if got := w.activityOf(t, w.caseID); got.State != "Canceled" || len(w.notes()) != 0 || number(got, "actualdurationminutes") != "0" {
		t.Errorf("%+v with %d notes", got, len(w.notes()))
	}
}

// TestRenamedByItsAgent: an entry stands open for a while, and is the agent's.
func TestRenamedByItsAgent(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	w.put(t, w.at(e, desk.Open))
	rename := map[string]any{"subject": "Rita's tax form"}
	if err := w.desk.writer.patch(t.Context(), w.agent.ID, DefaultTable+"s("+desk.ID(e.Key, kindActivity)+")", onlyOld, rename); err != nil {
		t.Fatal(err)
	}
	w.put(t, e, e)
	if got := w.activityOf(t, w.caseID); got.State != "Completed" || got.Subject != "Rita's tax form" {
		t.Errorf("it is %s, %q", got.State, got.Subject)
	}
}

// TestChangedWhileItIsRead: a change between reading and writing is not overwritten, and the repeat decides anew.
func TestChangedWhileItIsRead(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	w.put(t, w.at(e, desk.Scheduled))
	other := w.connect(t, w.fake.Token())
	w.fake.OnRequest(func(method, _ string) {
		if method == "POST" { // what was read is about to be changed
			w.fake.OnRequest(nil)
			if err := other.PutEntry(t.Context(), e); err != nil {
				t.Error(err)
			}
		}
	})
	var transient *desk.Transient
	if err := w.desk.PutEntry(t.Context(), w.at(e, desk.Open)); !errors.As(err, &transient) {
		t.Fatalf("got %v", err)
	}
	w.put(t, w.at(e, desk.Open))
	if got := w.activityOf(t, w.caseID); got.State != "Completed" {
		t.Errorf("it is %s", got.State)
	}
}

// TestPartiesAreNoReasonToLoseAnEntry: an application that may not read users, and a customer of a kind that takes no part.
func TestPartiesAreNoReasonToLoseAnEntry(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	e.Record.Customer = desk.Ref{Type: "lead", ID: w.contact}
	w.desk.users.of = map[string]string{e.Agent.ID: ""}
	w.put(t, e)
	if got := w.activityOf(t, w.caseID); len(got.Parties) != 0 || got.State != "Completed" {
		t.Errorf("%+v", got)
	}
}

// TestPartiesThatAreDenied: rights that reach to the case and not to those who are named.
func TestPartiesThatAreDenied(t *testing.T) {
	w := newWorld(t, true)
	w.desk = answering(t, func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "_activity_parties") {
			rw.WriteHeader(http.StatusForbidden)
			_, _ = rw.Write([]byte(`{"error":{"code":"0x80040220","message":"no"}}`))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.fake.Token())
		w.fake.ServeHTTP(rw, r)
	})
	e := w.entry()
	for _, s := range []desk.Status{desk.Open, desk.Completed} {
		w.put(t, w.at(e, s))
	}
	if got := w.activityOf(t, w.caseID); got.State != "Completed" || len(got.Parties) != 0 || len(w.notes()) != 1 {
		t.Errorf("%+v", got)
	}
}

// life is everything that is delivered of one session, step by step.
func (w *world) life(e desk.Entry) []func(context.Context) error {
	entry := func(s desk.Status) func(context.Context) error {
		return func(ctx context.Context) error { return w.desk.PutEntry(ctx, w.at(e, s)) }
	}
	file := func(name string) func(context.Context) error {
		return func(ctx context.Context) error { return w.desk.PutFile(ctx, w.file(e, name)) }
	}
	home, amended := e, *e.Transcript
	home.Record.Case = desk.Ref{Type: "incident", ID: w.caseID}
	amended.Text = "outcome: solved"
	changed := home
	changed.Transcript = &amended
	return []func(context.Context) error{
		entry(desk.Scheduled), entry(desk.Open), entry(desk.Completed), file("recording.webm"), file("recording-2.webm"),
		func(ctx context.Context) error { return w.desk.Rehome(ctx, home) },
		func(ctx context.Context) error { return w.desk.AmendEntry(ctx, changed) },
	}
}

// file is a small file of an entry; its name is its content.
func (w *world) file(e desk.Entry, name string) desk.File {
	return desk.File{Key: e.Key, Name: name, Type: "text/plain", Size: int64(len(name)), Agent: e.Agent, Record: e.Record,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(name)), nil },
		Keep: func(context.Context, string) error { return nil }}
}

// TestLostAnywhere loses each request of a session's life in turn, before it is done and after, and repeats the step that it
// belonged to, with a desk that knows nothing of before.
func TestLostAnywhere(t *testing.T) {
	for _, custom := range []bool{true, false} {
		for _, kind := range []dataversefake.Failure{dataversefake.LostRequest, dataversefake.LostAnswer} {
			for n := 0; ; n++ {
				w := newWorld(t, custom)
				e := w.entry()
				e.Record.Case = desk.Ref{}
				lost := w.fake.FailAfter(n, kind)
				for step, do := range w.life(e) {
					var transient *desk.Transient
					err := do(t.Context())
					if errors.As(err, &transient) {
						w.desk = w.connect(t, w.fake.Token())
						err = do(t.Context())
					}
					if err != nil {
						t.Fatalf("request %d lost: step %d: %v", n, step, err)
					}
				}
				w.whole(t, n, "outcome: solved")
				if !lost() {
					break
				}
			}
		}
	}
}

// whole checks that a life, up to the second file or to its end, has left one activity, a note with the transcript and one with each file,
// all of them on the case.
func (w *world) whole(t *testing.T, n int, transcript string) {
	t.Helper()
	if got := w.activityOf(t, w.caseID); got.State != "Completed" {
		t.Errorf("request %d lost: it is %s", n, got.State)
	}
	var files []string
	for _, note := range w.notes() {
		if f, content, ok := w.fake.Attachment(note.ID); ok {
			files = append(files, f.Name+": "+string(content))
		}
	}
	slices.Sort(files)
	want := []string{"recording-2.webm: recording-2.webm", "recording.webm: recording.webm", "session-transcript.txt: " + transcript}
	if !slices.Equal(files, want) || w.fake.Count("annotation") != 3 {
		t.Errorf("request %d lost: %q in %d notes", n, files, w.fake.Count("annotation"))
	}
}
