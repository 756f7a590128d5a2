package sessions_test

import (
	"context"
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
	if err := w.Sessions.Ended(mortal, os.Getenv(crashSession), result(w, os.Getenv(crashSession))); err != nil {
		panic(err)
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
// one summary, one set of outbox rows, one line in the audit log.
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
			steps := 0
			for alive := false; !alive; steps++ {
				session, _ := liveSession(t, w)
				alive = endInAChild(t, dsn, session, steps)
				checkWholeOrNothing(t, storedOf(t, w, session), alive || steps == afterCommit, fmt.Sprintf("killed at step %d", steps))
				checkAfterRestart(t, w, session, fmt.Sprintf("killed at step %d", steps))
			}
			if steps < 20 {
				t.Fatalf("the ending had only %d steps to be killed at", steps)
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

// checkWholeOrNothing looks at what a child left. database/sql asks the context once more behind a commit, so the last kill may come
// after it: then everything must be there.
func checkWholeOrNothing(t *testing.T, got stored, committed bool, when string) {
	t.Helper()
	whole := got.State == "ended" && got.AuditEnds == 1 && reflect.DeepEqual(got.Outbox, []string{"entry", "file"})
	nothing := got.State == "live" && got.AuditEnds == 0 && len(got.Outbox) == 0
	if !whole && (committed || !nothing) {
		t.Errorf("%s: before the restart there is %+v", when, got)
	}
}

func checkAfterRestart(t *testing.T, w *sessionstest.World, session, when string) {
	t.Helper()
	saved := result(w, session).Recording
	recovery := func(context.Context, string) (*cobrowse.Recording, error) { return saved, nil }
	if err := w.Sessions.Recover(ctx, recovery); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	got := storedOf(t, w, session)
	if got.State != "ended" && got.State != "failed" {
		t.Errorf("%s: the session is %s", when, got.State)
	}
	if !reflect.DeepEqual(got.Outbox, []string{"entry", "file"}) || got.AuditEnds != 1 || got.Summary == "" || got.Recording == "" {
		t.Errorf("%s: %+v", when, got)
	}
}
