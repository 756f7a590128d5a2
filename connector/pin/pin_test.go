package pin

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var (
	ctx   = context.Background()
	start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

// world has two companies, sessions to give PINs to and a clock that a test turns.
type world struct {
	t    *testing.T
	db   *store.DB
	pins *PINs
	now  time.Time
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	ring, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, now: start}
	w.pins = New(ring, func() time.Time { return w.now })
	w.tx(func(tx *sql.Tx) error {
		for _, slug := range []string{"acme", "other"} {
			if _, err := tx.Exec(`INSERT INTO companies (slug, version, settings, updated_at) VALUES ($1, 1, '{}', 0)`, slug); err != nil {
				return err
			}
			const insert = `INSERT INTO sessions (id, company, company_version, node, state, channel, conversation, agent_id, agent_name,
				customer_name, record, start_url, created_at, expires_at, claimed_at, live_at, ended_at, outcome, note, summary, recording)
				VALUES ($1, $2, 1, '', 'requested', '', '', '', '', '', '{}', '', 0, 0, 0, 0, 0, '', '', '', '')`
			if _, err := tx.Exec(insert, "session of "+slug, slug); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) tx(f func(*sql.Tx) error) {
	w.t.Helper()
	if err := w.db.Tx(ctx, f); err != nil {
		w.t.Error(err)
	}
}

func (w *world) order(company, network string) Order {
	return Order{Company: company, Session: "session of " + company, Network: network, Expires: w.now.Add(15 * time.Minute)}
}

func (w *world) issue(company string) (digits string) {
	w.t.Helper()
	w.tx(func(tx *sql.Tx) (err error) {
		digits, _, err = w.pins.Issue(ctx, tx, w.order(company, "a"))
		return err
	})
	return digits
}

func (w *world) claim(a Attempt) (session string, refused *Refusal) {
	w.t.Helper()
	w.tx(func(tx *sql.Tx) (err error) {
		session, refused, err = w.pins.Claim(ctx, tx, a)
		return err
	})
	return session, refused
}

func by(company, agent, digits string) Attempt {
	return Attempt{Company: company, Agent: agent, Address: "192.0.2." + agent, Typed: digits}
}

func TestClaimOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		digits := w.issue("acme")
		if session, refused := w.claim(by("acme", "1", Format(digits))); session != "session of acme" {
			t.Fatalf("got %q, %+v", session, refused)
		}
		if session, refused := w.claim(by("acme", "1", digits)); refused == nil {
			t.Fatalf("used twice: %q", session)
		}
	})
}

func TestManyClaimAtOnceOneGetsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		digits := w.issue("acme")
		got := make(chan string, 8)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				session, _ := w.claim(by("acme", fmt.Sprint(i), digits))
				got <- session
			})
		}
		all.Wait()
		close(got)
		winners := 0
		for s := range got {
			if s != "" {
				winners++
			}
		}
		if winners != 1 {
			t.Fatalf("%d agents got the session, want 1", winners)
		}
	})
}

// recorder notes the statements of a transaction.
type recorder struct {
	*sql.Tx
	ran []string
}

func (r *recorder) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r.ran = append(r.ran, query)
	return r.Tx.ExecContext(ctx, query, args...)
}

func (r *recorder) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.ran = append(r.ran, query)
	return r.Tx.QueryRowContext(ctx, query, args...)
}

// TestRefusedPINsAreIndistinguishable: the same statements in the same order, and an answer that is the same byte for byte.
func TestRefusedPINsAreIndistinguishable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		used, foreign, expired := w.issue("acme"), w.issue("other"), w.issue("acme")
		w.claim(by("acme", "0", used))
		w.tx(func(tx *sql.Tx) error {
			hash := w.pins.hash("acme", expired)
			_, err := tx.Exec(`UPDATE pins SET expires_at = $1 WHERE hash = $2`, store.Millis(w.now), hash)
			return err
		})
		wrong := "000000"
		for slices.Contains([]string{used, foreign, expired}, wrong) {
			wrong = "000001"
		}
		cases := []struct{ name, typed string }{
			{"wrong", wrong}, {"used", used}, {"foreign", foreign}, {"expired", expired}, {"no digits", "abc"}, {"empty", ""}, {"too long", "1234567"},
		}
		var statements []string
		var answer []byte
		for i, c := range cases {
			rec := &recorder{}
			w.tx(func(tx *sql.Tx) error {
				rec.Tx = tx
				session, refused, err := w.pins.Claim(ctx, rec, by("acme", fmt.Sprint(i+1), c.typed))
				if refused == nil {
					t.Fatalf("%s: got %q, %v", c.name, session, err)
				}
				text, err := json.Marshal(refused.Err())
				if err != nil {
					return err
				}
				if i == 0 {
					statements, answer = rec.ran, text
				}
				if !slices.Equal(rec.ran, statements) {
					t.Errorf("%s ran other statements than %s:\n%s", c.name, cases[0].name, strings.Join(rec.ran, "\n"))
				}
				if !bytes.Equal(text, answer) {
					t.Errorf("%s answers %s, %s answers %s", c.name, text, cases[0].name, answer)
				}
				return nil
			})
		}
		if len(statements) < 4 {
			t.Fatalf("only %d statements were seen", len(statements))
		}
	})
}

func TestAgentsFailuresAreLimited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		digits := w.issue("acme")
		wrong := "111111"
		if wrong == digits {
			wrong = "111112"
		}
		for range AgentLimit {
			if _, refused := w.claim(by("acme", "1", wrong)); refused == nil || refused.Limited {
				t.Fatalf("limited too early: %+v", refused)
			}
		}
		w.now = w.now.Add(5 * time.Minute)
		_, refused := w.claim(by("acme", "1", digits))
		if refused == nil || !refused.Limited || refused.RetryAfter != 10*time.Minute {
			t.Fatalf("got %+v, want limited for the 10 minutes that are left", refused)
		}
		if cobrowse.CodeOf(refused.Err()) != cobrowse.CodeLimited {
			t.Fatalf("got %v", refused.Err())
		}
		if session, _ := w.claim(by("acme", "2", digits)); session == "" {
			t.Error("another agent is limited too")
		}
		w.now = w.now.Add(10 * time.Minute)
		if session, refused := w.claim(by("acme", "1", w.issue("acme"))); session == "" {
			t.Errorf("still refused after the window: %+v", refused)
		}
	})
}

func TestSuccessCostsNothing(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	for i := range 3 * AgentLimit {
		if session, refused := w.claim(by("acme", "1", w.issue("acme"))); session == "" {
			t.Fatalf("good PIN %d refused: %+v", i, refused)
		}
	}
}

func TestCompanyAndAddressAreLimited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		refusals := func(n int, attempt func(i int) Attempt) (limited int) {
			for i := range n {
				if _, refused := w.claim(attempt(i)); refused != nil && refused.Limited {
					limited++
				}
			}
			return limited
		}
		if n := refusals(AddressLimit+3, func(i int) Attempt {
			return Attempt{Company: "acme", Agent: fmt.Sprint("a", i), Address: "198.51.100.1", Typed: "x"}
		}); n != 3 {
			t.Errorf("one address: %d of 3 attempts beyond the limit were refused", n)
		}
		left := CompanyLimit - AddressLimit
		if n := refusals(left+4, func(i int) Attempt {
			return Attempt{Company: "acme", Agent: fmt.Sprint("b", i), Address: fmt.Sprint("addr", i), Typed: "x"}
		}); n != 4 {
			t.Errorf("one company: %d of 4 attempts beyond the limit were refused", n)
		}
		if session, refused := w.claim(by("other", "1", w.issue("other"))); session == "" {
			t.Errorf("another company is limited too: %+v", refused)
		}
	})
}

func TestAttemptsAtOnceCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var mu sync.Mutex
		looked := 0
		var all sync.WaitGroup
		for range 4 * AgentLimit {
			all.Go(func() {
				_, refused := w.claim(by("acme", "1", "x"))
				mu.Lock()
				defer mu.Unlock()
				if refused != nil && !refused.Limited {
					looked++
				}
			})
		}
		all.Wait()
		if looked != AgentLimit {
			t.Fatalf("%d guesses were looked at, want %d", looked, AgentLimit)
		}
	})
}

func TestNumbersAreReusedOnlyWhenFree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		next := []string{"000007", "000007", "000008"}
		w.pins.roll = func() (string, error) {
			n := next[0]
			next = next[1:]
			return n, nil
		}
		if a, b := w.issue("acme"), w.issue("acme"); a != "000007" || b != "000008" {
			t.Fatalf("got %s and %s: a number was given twice", a, b)
		}
		next = []string{"000007"}
		if digits := w.issue("other"); digits != "000007" {
			t.Fatalf("another company's number was not free: %s", digits)
		}
		next = []string{"000007"}
		w.claim(by("acme", "1", "000007"))
		if digits := w.issue("acme"); digits != "000007" {
			t.Fatalf("a used number was not free again: %s", digits)
		}
	})
}

// TestTooManyOpenPINs: whoever holds the most gives their oldest, and nobody is refused.
func TestTooManyOpenPINs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		last := map[string]string{}
		issue := func(network string) (evicted string) {
			w.now = w.now.Add(time.Millisecond)
			w.tx(func(tx *sql.Tx) (err error) {
				last[network], evicted, err = w.pins.Issue(ctx, tx, w.order("acme", network))
				return err
			})
			return evicted
		}
		issue("one customer's")
		issue("a few customers'")
		issue("a few customers'")
		for i := range OpenLimit - 3 {
			if evicted := issue("a flood's"); evicted != "" {
				t.Fatalf("evicted after %d", i)
			}
		}
		const most = `SELECT hash FROM pins WHERE used_at = 0 AND network = (SELECT network FROM pins GROUP BY network ORDER BY COUNT(*) DESC LIMIT 1) ORDER BY expires_at LIMIT 1`
		for _, network := range []string{"a new customer's", "a flood's", "one customer's"} {
			var oldest string
			if err := db.QueryRowContext(ctx, most).Scan(&oldest); err != nil {
				t.Fatal(err)
			}
			if evicted := issue(network); evicted != "session of acme" {
				t.Errorf("%s evicted %q", network, evicted)
			}
			var used int64
			if err := db.QueryRowContext(ctx, `SELECT used_at FROM pins WHERE hash = $1`, oldest).Scan(&used); err != nil || used == 0 {
				t.Errorf("%s did not take the flood's oldest: %v", network, err)
			}
		}
		var open int
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pins WHERE used_at = 0`).Scan(&open); err != nil || open != OpenLimit {
			t.Errorf("%d are open, %v; want %d", open, err, OpenLimit)
		}
		for network, digits := range last {
			if session, refused := w.claim(by("acme", network, digits)); session == "" {
				t.Errorf("%s newest PIN does not work: %+v", network, refused)
			}
		}
	})
}

func TestSweepForgetsPINs(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.issue("acme")
	w.now = w.now.Add(15 * time.Minute)
	w.issue("acme")
	w.tx(func(tx *sql.Tx) error { return w.pins.Sweep(ctx, tx) })
	var left int
	if err := w.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pins`).Scan(&left); err != nil || left != 1 {
		t.Fatalf("%d PINs are left after the sweep, %v; want 1", left, err)
	}
}

func TestParse(t *testing.T) {
	for typed, want := range map[string]string{
		"483920": "483920", "483 920": "483920", " 483-920 ": "483920", "4.8.3.9.2.0": "483920", "483\u00a0920": "483920",
		"48392": "", "4839201": "", "48392x": "", "": "", "٤٨٣٩٢٠": "", "483,920": "",
	} {
		if got := parse(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
	if got := Format("483920"); got != "483 920" {
		t.Errorf("got %q", got)
	}
}

func TestDatabaseHoldsNoPIN(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	digits := w.issue("acme")
	var hash string
	if err := w.db.QueryRowContext(ctx, `SELECT hash FROM pins`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(hash, digits) || len(hash) != 43 {
		t.Fatalf("stored as %q", hash)
	}
}
