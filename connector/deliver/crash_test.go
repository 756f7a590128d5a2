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
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/connector/store"
)

// The test of crashes runs a worker in a process of its own, which kills itself at the n-th of its crash points: before and
// after each step of the session's life, each request to the desk, and whatever is written of it. Then another worker goes on, with a desk
// and a database of its own: what it knows is what the dead one has stored.

const (
	crashEnv    = "DELIVER_TEST_CRASH_AT" // which crash point, 0 for none
	crashDB     = "DELIVER_TEST_DB"
	crashURL    = "DELIVER_TEST_DESK"
	crashKey    = "DELIVER_TEST_TOKEN"
	crashJob    = "DELIVER_TEST_JOB"    // the session's whole life ends in it
	crashBlocks = "DELIVER_TEST_BLOCKS" // the session's recording goes up in blocks; only its end is delivered
	survived    = 42
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
	keep := f.Keep
	f.Keep = func(ctx context.Context, progress string) error {
		defer d.c.point() // a block is there, and the outbox knows
		return keep(ctx, progress)
	}
	return d.Desk.PutFile(ctx, f)
}

// crashSite is where crashes are tested: a database, an organisation, and a recording, in blocks or not.
type crashSite struct {
	dsn, url, token string
	inBlocks        bool
}

// crashingChild is the process: it carries a session through its life and delivers each step of it.
func crashingChild() int {
	var c crasher
	at, _ := strconv.Atoi(os.Getenv(crashEnv))
	c.at.Store(int64(at))
	site := crashSite{os.Getenv(crashDB), os.Getenv(crashURL), os.Getenv(crashKey), os.Getenv(crashBlocks) != ""}
	var job Job
	err := json.Unmarshal([]byte(os.Getenv(crashJob)), &job)
	if err == nil {
		err = site.liveAndDeliver(&c, job)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return survived
}

func (s crashSite) liveAndDeliver(c *crasher, last Job) error {
	ctx := context.Background()
	db, err := store.Open(ctx, s.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	d, err := dynamics.New(dynamics.Config{URL: s.url, Credential: dynamics.StaticToken(s.token), Transport: c})
	if err != nil {
		return err
	}
	steps := life(last)
	if s.inBlocks {
		steps = steps[len(steps)-2 : len(steps)-1]
	}
	for _, step := range steps {
		c.point() // the session has not come so far
		if err := db.Tx(ctx, step); err != nil {
			return err
		}
		c.point() // it has, and nobody has delivered it
		if err := deliverAll(ctx, db, crashingDesk{d, c}, fileOf(s.recording())); err != nil {
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

func deliverAll(ctx context.Context, db *store.DB, d crashingDesk, files Files) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var w *Worker
	check := func() {
		d.c.point() // the result is written
		if b, err := w.Pending(ctx); err != nil || b.Pending == 0 {
			cancel()
		}
	}
	w = New(db, ring, always(d), files, quiet(), Options{Hooks: Hooks{Delivered: check}})
	if b, err := w.Pending(ctx); err != nil || b.Pending == 0 {
		return err
	}
	return w.Run(ctx)
}

// inBlocks is longer than one block of an upload.
var inBlocks = bytes.Repeat([]byte("picture "), 5<<17)

func (s crashSite) recording() []byte {
	if s.inBlocks {
		return inBlocks
	}
	return recording
}

func (s crashSite) transcript() string {
	if s.inBlocks {
		return "Outcome: not picked"
	}
	return "Outcome: solved"
}

func TestEveryCrashPoint(t *testing.T) {
	t.Parallel()
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crashEverywhere(t, crashSite{dsn: dsn(t)}, 60)
		})
	}
}

func TestEveryCrashPointOfAnUpload(t *testing.T) {
	t.Parallel()
	crashEverywhere(t, crashSite{dsn: databases["SQLite"](t), inBlocks: true}, 25)
}

// process lives through the job and is killed at a crash point; -1 if it came to that.
func (s crashSite) process(t *testing.T, at int, job Job) int {
	t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+strconv.Itoa(at), crashDB+"="+s.dsn, crashURL+"="+s.url, crashKey+"="+s.token, crashJob+"="+string(text))
	if s.inBlocks {
		cmd.Env = append(cmd.Env, crashBlocks+"=1")
	}
	cmd.Stderr = os.Stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// goOn is whoever comes after the dead process. Its lease has run out by then; TestLeaseOfADeadNode waits for one.
func (s crashSite) goOn(t *testing.T, job Job) {
	t.Helper()
	db := opened(t, s.dsn)
	defer db.Close()
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE outbox SET lease_until = 1 WHERE lease_until > 1`)
		return err
	})
	if err == nil {
		err = s.liveAndDeliver(&crasher{}, job)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// counts are the requests of uploads in blocks.
type counts struct{ begun, blocks int }

func countBlocks(o *org) *counts {
	c := &counts{}
	o.fake.OnRequest(func(_, path string) {
		switch {
		case strings.HasSuffix(path, "/InitializeAnnotationBlocksUpload"):
			c.begun++
		case strings.HasSuffix(path, "/UploadBlock"):
			c.blocks++
		}
	})
	return c
}

// wentOn tells that a file of two blocks was gone on with: begun twice only if nobody knew yet that it had begun, and with no block more than
// the one that was under way.
func wentOn(begun, blocks int) bool { return begun == 1 && blocks <= 3 || begun == 2 && blocks == 2 }

func crashEverywhere(t *testing.T, site crashSite, atLeast int) {
	migrated(t, site.dsn)
	o := newOrg()
	o.fake.SetMaxUpload(len(inBlocks) * 2)
	server := httptest.NewServer(o.fake)
	defer server.Close()
	site.url, site.token = server.URL, o.fake.Token()
	counted := countBlocks(o)
	points := 0
	for at := 1; ; at++ {
		before := *counted
		o = o.anotherCase()
		job := o.job("acme")
		code := site.process(t, at, job)
		if code == -1 {
			points++
			site.goOn(t, job)
		} else if code != survived {
			t.Fatalf("crash point %d: the process ended with %d", at, code)
		}
		o.sessionsOf(t, 1, site.recording())
		if begun, blocks := counted.begun-before.begun, counted.blocks-before.blocks; site.inBlocks && !wentOn(begun, blocks) {
			t.Errorf("the upload was begun %d times, with %d blocks", begun, blocks)
		}
		o.transcribed(t, site.transcript())
		if t.Failed() {
			t.Fatalf("after a crash at point %d", at)
		}
		if code == survived { // fewer points than at: each was crashed at once
			if n := o.fake.Count(dynamics.DefaultTable); n != at {
				t.Errorf("there are %d entries of %d sessions", n, at)
			}
			break
		}
	}
	if points < atLeast {
		t.Errorf("only %d crash points", points)
	}
	t.Logf("%d crash points", points)
}
