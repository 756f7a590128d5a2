package sessions_test

import (
	"context"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/sessions"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// enough is how many looks find a node dead that never beats: the first only meets it.
const enough = 13

func nothingRecorded(context.Context, string) (*cobrowse.Recording, error) { return nil, nil }

func nobodyAsks(int) {}

// neighbour is another node on the same database.
func neighbour(w *sessionstest.World) *sessionstest.World {
	n := sessionstest.Over(w.DB)
	n.Sessions.Node = "node-2"
	return n
}

func look(t *testing.T, watch *sessions.Watch, times int) {
	t.Helper()
	for range times {
		if err := watch.Look(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeadNodeIsFinishedByAnother(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		waiting := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		if err := w.Sessions.Moved(ctx, waiting.Session, cobrowse.StateWaiting, w.Now()); err != nil {
			t.Fatal(err)
		}
		must(w.Sessions.Beat(ctx))(t)
		watch := sessions.NewWatch(neighbour(w).Sessions, nothingRecorded, nobodyAsks)
		look(t, watch, enough-1)
		must(w.Sessions.Beat(ctx))(t) // it was only slow
		look(t, watch, enough-1)
		if state := storedOf(t, w, session).State; state != "live" {
			t.Fatalf("the session of a living node is %s", state)
		}
		look(t, watch, 1)
		if got := storedOf(t, w, session); got.State != "failed" || len(got.Outbox) != 1 || got.AuditEnds != 1 {
			t.Errorf("the live one: %+v", got)
		}
		if state := storedOf(t, w, waiting.Session).State; state != "requested" {
			t.Errorf("the waiting one is %s", state)
		}
		if kept := must(w.Sessions.Beat(ctx))(t); kept {
			t.Error("the node does not learn that it was given up")
		}
		if kept := must(w.Sessions.Beat(ctx))(t); !kept {
			t.Error("the node cannot come back")
		}
	})
}

func TestNodeThatNeverBeatIsFinished(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		look(t, sessions.NewWatch(neighbour(w).Sessions, nothingRecorded, nobodyAsks), enough)
		if state := storedOf(t, w, session).State; state != "failed" {
			t.Errorf("the session is %s", state)
		}
	})
}

// TestNobodyDiesWhileTheDatabaseIsAway: then nobody can be heard.
func TestNobodyDiesWhileTheDatabaseIsAway(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		watch := sessions.NewWatch(neighbour(w).Sessions, nothingRecorded, nobodyAsks)
		look(t, watch, enough-1)
		away, cancel := context.WithCancel(ctx)
		cancel()
		if err := watch.Look(away); err == nil {
			t.Fatal("it looked without a database")
		}
		look(t, watch, enough-1)
		if state := storedOf(t, w, session).State; state != "live" {
			t.Errorf("the session is %s", state)
		}
	})
}

func TestNodeDoesNotWatchItself(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		must(w.Sessions.Beat(ctx))(t)
		look(t, sessions.NewWatch(w.Sessions, nothingRecorded, nobodyAsks), enough)
		if state := storedOf(t, w, session).State; state != "live" {
			t.Errorf("the session is %s", state)
		}
	})
}
