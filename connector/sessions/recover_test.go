package sessions_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/sessions/sessionstest"
)

func TestRecover(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		lost, _ := liveSession(t, w)
		waiting := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		claimed := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		must(w.Sessions.Claim(ctx, w.Agent("acme", "bob", "c-chat"), claimed.PIN, "a"))(t)
		if err := w.Sessions.Moved(ctx, claimed.Session, cobrowse.StateWaiting, w.Now()); err != nil {
			t.Fatal(err)
		}
		saved := result(w, lost).Recording
		recovery := func(_ context.Context, session string) (*cobrowse.Recording, error) {
			if session != lost {
				return nil, errors.New("nobody recorded this one")
			}
			return saved, nil
		}
		for range 2 { // the second start finds nothing to do
			if err := w.Sessions.Recover(ctx, recovery); err != nil {
				t.Fatal(err)
			}
		}
		got := storedOf(t, w, lost)
		if got.State != "failed" || len(got.Outbox) != 2 || got.AuditEnds != 1 {
			t.Errorf("the live one: %+v", got)
		}
		var sum cobrowse.Summary
		if err := json.Unmarshal([]byte(got.Summary), &sum); err != nil || sum.EndReason != "failed" || sum.Ended.Sub(sum.Started) != time.Minute {
			t.Errorf("its summary: %+v, %v", sum, err)
		}
		if state := storedOf(t, w, waiting.Session).State; state != "requested" {
			t.Errorf("the invited one is %s", state)
		}
		// The browser was being made ready: people come back with their tokens, and it is made again.
		if a := must(w.Sessions.Admit(ctx, claimed.Token))(t); a.Session.State != cobrowse.StateRequested || a.Session.Agent == nil {
			t.Errorf("the claimed one: %+v", a.Session)
		}
	})
}

func TestRecoverLeavesOtherNodesAlone(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		w.Sessions.Node = "node-2"
		err := w.Sessions.Recover(ctx, func(context.Context, string) (*cobrowse.Recording, error) { return nil, nil })
		if state := storedOf(t, w, session).State; err != nil || state != "live" {
			t.Fatalf("%s, %v", state, err)
		}
	})
}

func TestUnreadableRecordingDoesNotKeepTheEndBack(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		err := w.Sessions.Recover(ctx, func(context.Context, string) (*cobrowse.Recording, error) { return nil, errors.New("disk") })
		if got := storedOf(t, w, session); err != nil || got.State != "failed" || !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

// TestUnfinishedRecordingFollows: the store refused at the end. The entry does not wait for it and does not say that there is none.
func TestUnfinishedRecordingFollows(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		res := result(w, session)
		done := res.Recording
		res.Recording, res.Summary.Outcome, res.Summary.Note = &cobrowse.Recording{Session: session, Unfinished: true}, "", ""
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		if e := entryOf(t, w, session); !strings.Contains(e.Text, "Recording: follows") || e.PlayerURL != "" {
			t.Errorf("the entry says %+v", e)
		}
		if got := must(w.Sessions.Recording(ctx, session))(t); !got.Recording.Unfinished {
			t.Errorf("delivery is told %+v", got.Recording)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "followup", "call back"); err != nil {
			t.Fatal(err)
		}
		done.Videos = append(done.Videos, cobrowse.Video{Key: "v2"}, cobrowse.Video{Key: "v3"})
		for range 2 { // a repeat changes nothing
			if err := w.Sessions.Recovered(ctx, session, done); err != nil {
				t.Fatal(err)
			}
		}
		if got := storedOf(t, w, session).Outbox; !reflect.DeepEqual(got, []string{"entry", "file", "file", "file", "amend"}) {
			t.Errorf("outbox: %v", got)
		}
		e := amendOf(t, w, session)
		if e.PlayerURL == "" || e.RecordingSHA != "abc" || e.Outcome != "followup" || !strings.Contains(e.Text, "Recording: in 3 parts") {
			t.Errorf("the entry is changed to %+v", e)
		}
		if got := must(w.Sessions.Recording(ctx, session))(t); len(got.Recording.Videos) != 3 {
			t.Errorf("delivery is told %+v", got.Recording)
		}
	})
}

func TestUnfinishedRecordingOfNothing(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		res := result(w, session)
		res.Recording = &cobrowse.Recording{Session: session, Unfinished: true}
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.Recovered(ctx, session, nil); err != nil {
			t.Fatal(err)
		}
		if e := amendOf(t, w, session); e.PlayerURL != "" || !strings.Contains(e.Text, "Recording: none") {
			t.Errorf("the entry is changed to %+v", e)
		}
		if _, err := w.Sessions.Recording(ctx, session); reason(err) != "not_recorded" {
			t.Errorf("delivery is told %v", err)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		old := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		running, _ := liveSession(t, w)
		w.Turn(16 * time.Minute)
		if err := w.Sessions.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if state := storedOf(t, w, old.Session).State; state != "requested" {
			t.Errorf("swept before the grace was over: %s", state)
		}
		fresh := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		w.Turn(5 * time.Minute)
		if err := w.Sessions.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		for session, want := range map[string]string{old.Session: "failed", running: "live", fresh.Session: "requested"} {
			if state := storedOf(t, w, session).State; state != want {
				t.Errorf("%s is %s, want %s", session, state, want)
			}
		}
		if _, err := w.Sessions.Admit(ctx, old.Token); reason(err) != "session_over" {
			t.Errorf("the old one's customer: %v", err)
		}
		var locks int
		if err := w.DB.QueryRowContext(ctx, `SELECT COUNT(*) FROM conversations`).Scan(&locks); err != nil || locks != 0 {
			t.Errorf("%d conversations are left, %v", locks, err)
		}
	})
}
