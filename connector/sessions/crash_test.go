package sessions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

// The child of TestKilledAtEachStepOfTheEnding: the database, the session, and the step at which it dies.
const (
	crashEnv     = "SESSIONS_TEST_CRASH_DSN"
	crashSession = "SESSIONS_TEST_CRASH_SESSION"
	crashAt      = "SESSIONS_TEST_CRASH_AT"
)

// afterCommit is the step when everything is stored and nobody was told yet.
const afterCommit = 0

// exitFinished is the child's answer when it got to the end alive.
const exitFinished = 42

// crashingChild ends a session and kills itself at the n-th step of it, without any chance to clean up.
func crashingChild(dsn string) {
	n, err := strconv.Atoi(os.Getenv(crashAt))
	if err != nil {
		panic(err)
	}
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		panic(err)
	}
	w := sessionstest.Over(db)
	if n == afterCommit {
		w.Sessions.Wake = die
	}
	mortal := &mortalContext{Context: context.Background()}
	mortal.left.Store(int64(n))
	session := os.Getenv(crashSession)
	res := result(w, session)
	for _, step := range []func(context.Context, string, cobrowse.Result) error{w.Sessions.Ending, w.Sessions.Ended} {
		if err := step(mortal, session, res); err != nil {
			panic(err)
		}
	}
	os.Exit(exitFinished)
}

// die is the end of this process, at once.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// mortalContext kills the process when it has been asked about for the n-th time: database/sql and its drivers do so several times
// for every statement, before and after it.
type mortalContext struct {
	context.Context
	left atomic.Int64
}

func (m *mortalContext) asked() {
	if m.left.Add(-1) == 0 {
		die()
	}
}

func (m *mortalContext) Done() <-chan struct{} { m.asked(); return m.Context.Done() }
func (m *mortalContext) Err() error            { m.asked(); return m.Context.Err() }
func (m *mortalContext) Value(key any) any     { m.asked(); return m.Context.Value(key) }

// TestKilledAtEachStepOfTheEnding kills a service with SIGKILL before and after each statement of the ending, starts again, and finds
// one summary, one set of outbox rows, one line in the audit log. Once the beginning of the ending is stored, which is before people
// hear of it, the session has ended in good order with all that was known.
func TestKilledAtEachStepOfTheEnding(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "crash.db")
			if kind == "postgres" {
				dsn = storetest.PostgresDSN(t)
			}
			db := must(store.Open(ctx, dsn))(t)
			defer db.Close()
			if err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			w := sessionstest.New(t, db)
			steps, found := 0, map[string]int{}
			for alive := false; !alive; steps++ {
				session, _ := liveSession(t, w)
				alive = endInAChild(t, dsn, session, steps)
				left, when := storedOf(t, w, session), fmt.Sprintf("killed at step %d", steps)
				found[left.State]++
				checkWholeOrNothing(t, left, alive || steps == afterCommit, when)
				checkAfterRestart(t, w, session, left.State, when)
			}
			if found["live"] < 5 || found["ending"] < 20 || found["ended"] < 2 {
				t.Fatalf("the steps to be killed at were not as many as they should be: %v", found)
			}
		})
	}
}

// endInAChild tells whether the child got through alive.
func endInAChild(t *testing.T, dsn, session string, at int) bool {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashEnv+"="+dsn, crashSession+"="+session, crashAt+"="+strconv.Itoa(at))
	var output strings.Builder
	child.Stderr = &output
	err := child.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the child: %v", err)
	}
	if exit.ExitCode() == exitFinished {
		return true
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed but ended with %v:\n%s", err, output.String())
	}
	return false
}

// checkWholeOrNothing looks at what a child left: each of the two steps is whole or not there. database/sql asks the context once more behind a commit, so the last kill may come
// after it: then everything must be there.
func checkWholeOrNothing(t *testing.T, got stored, committed bool, when string) {
	t.Helper()
	whole := got.State == "ended" && got.AuditEnds == 1 && reflect.DeepEqual(got.Outbox, []string{"entry", "file"})
	begun := got.State == "live" && got.Summary == "" || got.State == "ending" && got.Outcome == "solved"
	begun = begun && got.AuditEnds == 0 && len(got.Outbox) == 0
	if !whole && (committed || !begun) {
		t.Errorf("%s: before the restart there is %+v", when, got)
	}
}

func checkAfterRestart(t *testing.T, w *sessionstest.World, session, before, when string) {
	t.Helper()
	want := result(w, session)
	recovery := func(context.Context, string) (*cobrowse.Recording, error) { return want.Recording, nil }
	if err := w.Sessions.Recover(ctx, recovery); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	got := storedOf(t, w, session)
	if !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) || got.AuditEnds != 1 || got.Recording == "" {
		t.Errorf("%s: %+v", when, got)
	}
	if before == "live" {
		if got.State != "failed" {
			t.Errorf("%s: the session is %s", when, got.State)
		}
		return
	}
	var sum cobrowse.Summary
	if err := json.Unmarshal([]byte(got.Summary), &sum); err != nil {
		t.Fatal(err)
	}
	want.Summary.Started, want.Summary.Ended, want.Summary.Moments = sum.Started, sum.Ended, moments(sum.Started) // the child's clock
	if got.State != "ended" || got.Outcome != "solved" || !reflect.DeepEqual(sum, want.Summary) {
		t.Errorf("%s: %+v", when, got)
	}
	if e := entryOf(t, w, session); e.Status != desk.Completed || e.Outcome != "solved" || !e.Ended.Equal(sum.Ended) {
		t.Errorf("%s: the entry says %+v", when, e)
	}
}
