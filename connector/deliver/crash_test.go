package deliver

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/connector/store"
)

// The test of crashes runs a worker in a process of its own, which kills itself at the n-th of its crash points: before and
// after each step of the session's life, each request to the desk, and each result that is written. The next process goes on.

const (
	crashEnv = "DELIVER_TEST_CRASH_AT" // which crash point, 0 for none
	crashDB  = "DELIVER_TEST_DB"
	crashURL = "DELIVER_TEST_DESK"
	crashKey = "DELIVER_TEST_TOKEN"
	crashJob = "DELIVER_TEST_JOB" // the session's whole life ends in it
	// crashBlocks = the session's recording goes up in blocks; only its end is delivered.
	crashBlocks = "DELIVER_TEST_BLOCKS"
	// crashLease is short, so that the next process need not wait long for the dead one's rows.
	crashLease = 150 * time.Millisecond
	survived   = 42
)

// crasher kills its own process at one point, as a power cut would: nothing is flushed, nothing deferred runs.
type crasher struct {
	at, passed atomic.Int64
}

func (c *crasher) point() {
	if c.passed.Add(1) == c.at.Load() {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}

func (c *crasher) RoundTrip(r *http.Request) (*http.Response, error) {
	c.point()
	answer, err := http.DefaultTransport.RoundTrip(r)
	c.point()
	return answer, err
}

// crashingDesk has crash points around what the worker does besides requests.
type crashingDesk struct {
	desk.Desk
	c *crasher
}

func (d crashingDesk) PutEntry(ctx context.Context, e desk.Entry) error {
	d.c.point() // claimed, nothing asked
	defer d.c.point()
	return d.Desk.PutEntry(ctx, e)
}

func (d crashingDesk) AmendEntry(ctx context.Context, e desk.Entry) error {
	d.c.point()
	defer d.c.point()
	return d.Desk.AmendEntry(ctx, e)
}

func (d crashingDesk) Rehome(ctx context.Context, e desk.Entry) error {
	d.c.point()
	defer d.c.point()
	return d.Desk.Rehome(ctx, e)
}

func (d crashingDesk) PutFile(ctx context.Context, f desk.File) error {
	d.c.point()
	defer d.c.point() // the desk has it, the outbox does not know
	return d.Desk.PutFile(ctx, f)
}

// crashingChild is the process: it carries a session through its life and delivers each step of it.
func crashingChild() int {
	var c crasher
	at, _ := strconv.Atoi(os.Getenv(crashEnv))
	c.at.Store(int64(at))
	if err := liveAndDeliver(&c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return survived
}

func liveAndDeliver(c *crasher) error {
	ctx := context.Background()
	db, err := store.Open(ctx, os.Getenv(crashDB))
	if err != nil {
		return err
	}
	defer db.Close()
	d, err := dynamics.New(dynamics.Config{URL: os.Getenv(crashURL), Credential: dynamics.StaticToken(os.Getenv(crashKey)), Transport: c})
	if err != nil {
		return err
	}
	var last Job
	if err := json.Unmarshal([]byte(os.Getenv(crashJob)), &last); err != nil {
		return err
	}
	steps := life(last)
	if os.Getenv(crashBlocks) != "" {
		recording, steps = inBlocks, steps[len(steps)-2:len(steps)-1]
	}
	for _, step := range steps {
		c.point() // the session has not come so far
		if err := db.Tx(ctx, step); err != nil {
			return err
		}
		c.point() // it has, and nobody has delivered it
		if err := deliverAll(ctx, db, crashingDesk{d, c}); err != nil {
			return err
		}
	}
	return nil
}

// life is what a session does to the outbox, one transaction after the other. Whatever was done already is not done again.
func life(last Job) []func(*sql.Tx) error {
	ctx := context.Background()
	homeless, amend := last, last
	homeless.Entry.Record.Case, homeless.Files = desk.Ref{}, nil
	amend.Amend, amend.Files, amend.Entry.Text = true, nil, "Outcome: solved"
	amend.Entry.Transcript = &desk.Transcript{Name: "transcript.txt", Text: "Outcome: solved"}
	once := func(step string, do func(*sql.Tx) error) func(*sql.Tx) error {
		return func(tx *sql.Tx) error {
			var n int
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE session = $1 AND step = $2`, last.Entry.Key, step).Scan(&n)
			if err != nil || n > 0 {
				return err
			}
			return do(tx)
		}
	}
	put := func(j Job, status desk.Status) func(*sql.Tx) error {
		j.Entry.Status = status
		if status == desk.Scheduled || status == desk.Open {
			j.Entry.Text, j.Entry.Ended, j.Entry.Transcript = "", time.Time{}, nil
		}
		return func(tx *sql.Tx) error { return Enqueue(ctx, tx, j) }
	}
	return []func(*sql.Tx) error{
		put(homeless, desk.Scheduled), put(homeless, desk.Open),
		once(stepRehome, func(tx *sql.Tx) error { return Rehome(ctx, tx, last.Company, last.Entry) }),
		put(last, desk.Completed),
		once(stepAmend, put(amend, desk.Completed)),
	}
}

func deliverAll(ctx context.Context, db *store.DB, d crashingDesk) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var w *Worker
	check := func() {
		d.c.point() // the result is written
		if b, err := w.Pending(ctx); err != nil || b.Pending == 0 {
			cancel()
		}
	}
	w = New(db, always(d), filesOf, quiet(), Options{Lease: crashLease, Poll: 20 * time.Millisecond, Hooks: Hooks{Delivered: check}})
	if b, err := w.Pending(ctx); err != nil || b.Pending == 0 {
		return err
	}
	return w.Run(ctx)
}

// inBlocks is longer than one block of an upload.
var inBlocks = bytes.Repeat([]byte("picture "), 5<<17)

func TestEveryCrashPoint(t *testing.T) {
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) { crashEverywhere(t, dsn(t), 60, "Outcome: solved") })
	}
}

func TestEveryCrashPointOfAnUpload(t *testing.T) {
	t.Setenv(crashBlocks, "1")
	short := recording
	recording = inBlocks
	t.Cleanup(func() { recording = short })
	crashEverywhere(t, databases["SQLite"](t), 20, "Outcome: not picked")
}

func crashEverywhere(t *testing.T, dsn string, atLeast int, transcript string) {
	migrated(t, dsn)
	o := newOrg()
	o.fake.SetMaxUpload(len(inBlocks) * 2)
	server := httptest.NewServer(o.fake)
	defer server.Close()
	run := func(at int, job string) int {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), crashEnv+"="+strconv.Itoa(at), crashDB+"="+dsn, crashURL+"="+server.URL, crashKey+"="+o.fake.Token(), crashJob+"="+job)
		cmd.Stderr = os.Stderr
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if exit != nil && exit.ExitCode() == -1 {
			return -1 // killed
		}
		return cmd.ProcessState.ExitCode()
	}
	points := 0
	for at := 1; ; at++ {
		job, err := json.Marshal(o.job("acme"))
		if err != nil {
			t.Fatal(err)
		}
		code := run(at, string(job))
		if code == -1 {
			points++
			code = run(0, string(job))
		} else if code == survived {
			o.sessions(t, at)
			o.transcribed(t, transcript)
			break // fewer points than at: each was crashed at once
		}
		if code != survived {
			t.Fatalf("crash point %d: the next process ended with %d", at, code)
		}
		o.sessions(t, at)
		o.transcribed(t, transcript)
		if t.Failed() {
			t.Fatalf("after a crash at point %d", at)
		}
	}
	if points < atLeast {
		t.Errorf("only %d crash points", points)
	}
	t.Logf("%d crash points", points)
}
