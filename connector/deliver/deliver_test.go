package deliver

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(crashEnv) != "" {
		os.Exit(crashingChild())
	}
	os.Exit(storetest.Main(m))
}

func TestDelivered(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		j := o.job("acme")
		enqueue(t, db, j, j) // twice: a transaction that was repeated
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{})
		stop := started(t, w)
		idle(t, w, time.Minute)
		stop()
		o.sessions(t, 1)
		for id, want := range map[string]string{"/entry": resultDelivered, "/file/recording.webm": resultDelivered} {
			if state, got, _ := result(t, db, j.Entry.Key+id); state != "done" || got != want {
				t.Errorf("%s is %s/%s", id, state, got)
			}
		}
		var left int
		if err := db.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM outbox WHERE body <> ''`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d done rows still hold content (%v)", left, err)
		}
	})
}

func TestRolledBackIsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, stop := newOrg(), errors.New("the end of the session failed")
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			if err := Enqueue(t.Context(), tx, o.job("acme")); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		b, err := New(db, ring, nil, nil, quiet(), Options{}).Pending(t.Context())
		if err != nil || b.Pending != 0 {
			t.Fatalf("%+v, %v", b, err)
		}
	})
}

func TestIncompleteJobs(t *testing.T) {
	db, o := storetest.SQLite(t), newOrg()
	for name, change := range map[string]func(*Job){
		"no company":      func(j *Job) { j.Company = "" },
		"no session":      func(j *Job) { j.Entry.Key = "" },
		"amend with file": func(j *Job) { j.Amend = true },
	} {
		j := o.job("acme")
		change(&j)
		if err := db.Tx(t.Context(), func(tx *sql.Tx) error { return Enqueue(t.Context(), tx, j) }); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestDownForTenMinutes(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		o.fake.Down(true)
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{})
		stop := started(t, w)
		enqueue(t, db, o.job("acme"), o.job("acme"))
		w.Wake()
		time.Sleep(10 * time.Minute)
		tried := o.fake.Requests()
		o.fake.Down(false)
		took := idle(t, w, 8*time.Minute)
		stop()
		o.sessions(t, 2)
		if tried == 0 || tried > 60 {
			t.Errorf("%d requests while the organisation was down", tried)
		}
		t.Logf("%d requests during the outage, delivered %v after it", tried, took)
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		o.fake.Throttle(1, 97*time.Second)
		var mu sync.Mutex
		var asked []time.Time
		o.fake.OnRequest(func(string, string) { mu.Lock(); asked = append(asked, time.Now()); mu.Unlock() })
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{})
		enqueue(t, db, o.job("acme"))
		stop := started(t, w)
		idle(t, w, 5*time.Minute)
		stop()
		o.sessions(t, 1)
		if gap := asked[1].Sub(asked[0]); gap < 97*time.Second || gap > 99*time.Second {
			t.Errorf("came back after %v, told to wait 97 s", gap)
		}
	})
}

func TestLostAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{})
		stop := started(t, w)
		n := 0
		for ; ; n++ {
			lost := o.fake.FailAfter(n, dataversefake.LostAnswer)
			enqueue(t, db, o.job("acme"))
			w.Wake()
			idle(t, w, time.Hour)
			if !lost() {
				break
			}
		}
		stop()
		if n < 4 {
			t.Errorf("only %d answers were lost", n)
		}
		o.sessions(t, n+1)
	})
}

func TestOneDeadDeskSlowsNobody(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		dead, alive := newOrg(), newOrg()
		dead.fake.Down(true)
		d, a := ofOrganisation{dead.desk(t), "dead"}, ofOrganisation{alive.desk(t), "alive"}
		w := New(db, ring, func(_ context.Context, company string) (desk.Desk, error) {
			if company == "dead" {
				return d, nil
			}
			return a, nil
		}, filesOf, quiet(), Options{})
		for range 20 {
			j := dead.job("dead")
			j.Entry.Record.Conversation = uuid.NewString()
			enqueue(t, db, j)
		}
		stop := started(t, w)
		time.Sleep(time.Minute)
		before := dead.fake.Requests()
		enqueue(t, db, alive.job("alive"))
		began := time.Now()
		for {
			letters, err := List(context.Background(), db, "alive", 5)
			if err != nil {
				t.Fatal(err)
			}
			if len(letters) == 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("the living desk waited %v", took)
		}
		time.Sleep(time.Minute)
		if n := dead.fake.Requests() - before; n > 10 {
			t.Errorf("the dead desk was asked %d times in a minute", n)
		}
		stop()
		alive.sessions(t, 1)
	})
}

// fakeDesk is a desk that does what a test says.
type fakeDesk struct {
	desk.Desk
	put  func(context.Context, desk.Entry) error
	file func(context.Context, desk.File) error
}

func (f fakeDesk) Organisation() string { return "" }

func (f fakeDesk) PutEntry(ctx context.Context, e desk.Entry) error   { return f.put(ctx, e) }
func (f fakeDesk) AmendEntry(ctx context.Context, e desk.Entry) error { return f.put(ctx, e) }
func (f fakeDesk) PutFile(ctx context.Context, x desk.File) error     { return f.file(ctx, x) }

func always(d desk.Desk) Desks {
	return func(context.Context, string) (desk.Desk, error) { return d, nil }
}

func TestOrderWithinAConversation(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		var mu sync.Mutex
		var got []string
		fail := true
		seen := func(what string) error {
			mu.Lock()
			defer mu.Unlock()
			if fail { // the first one fails once: nothing may overtake it
				fail = false
				return &desk.Transient{Err: errors.New("not now")}
			}
			got = append(got, what)
			return nil
		}
		d := fakeDesk{
			put:  func(_ context.Context, e desk.Entry) error { return seen(e.Text) },
			file: func(_ context.Context, f desk.File) error { return seen(f.Name) },
		}
		first, amend, second := o.job("acme"), o.job("acme"), o.job("acme")
		first.Entry.Text, amend.Entry.Text, second.Entry.Text = "first", "first amended", "second"
		amend.Amend, amend.Files, amend.Entry.Key = true, nil, first.Entry.Key
		second.Files = nil
		enqueue(t, db, first)
		enqueue(t, db, amend)
		enqueue(t, db, second)
		w := New(db, ring, always(d), filesOf, quiet(), Options{AtOnce: 4})
		stop := started(t, w)
		idle(t, w, time.Hour)
		stop()
		if got[0] != "first" {
			t.Errorf("delivered %q: something overtook the entry", got)
		}
		got = slices.DeleteFunc(got, func(what string) bool { return what == "recording.webm" })
		if want := []string{"first", "first amended", "second"}; !slices.Equal(got, want) {
			t.Errorf("delivered %q, want %q", got, want)
		}
	})
}

func TestDeadLettersAndReplay(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		broken := true
		d := fakeDesk{
			put: func(context.Context, desk.Entry) error {
				if broken {
					return &desk.Permanent{Err: errors.New("no such table"), Advice: "install it"}
				}
				return nil
			},
			file: func(context.Context, desk.File) error { return desk.ErrTooLarge },
		}
		j := o.job("acme")
		enqueue(t, db, j)
		died := 0
		w := New(db, ring, always(d), filesOf, quiet(), Options{Hooks: Hooks{Died: func() { died++ }}})
		stop := started(t, w)
		idle(t, w, time.Minute)
		for id, why := range map[string]string{"/entry": "install it", "/file/recording.webm": "the entry was not delivered"} {
			if state, _, last := result(t, db, j.Entry.Key+id); state != "dead" || !strings.Contains(last, why) {
				t.Errorf("%s is %s: %s", id, state, last)
			}
		}
		if b, err := w.Pending(context.Background()); err != nil || b.Dead != 2 || died != 1 {
			t.Errorf("%+v, %d died, %v", b, died, err)
		}
		broken = false
		for _, company := range []string{"acme", ""} {
			letters, err := List(context.Background(), db, company, 10)
			if err != nil || len(letters) != 2 || letters[0].Company != "acme" || letters[0].State != "dead" {
				t.Errorf("company %q: %+v, %v", company, letters, err)
			}
		}
		if _, err := replayed(db, "other", j.Entry.Key+"/entry"); err == nil {
			t.Error("another company could replay it")
		}
		if n, err := replayed(db, "acme", j.Entry.Key+"/entry"); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		idle(t, w, time.Minute)
		stop()
		for id, want := range map[string]string{"/entry": resultDelivered, "/file/recording.webm": resultLinked} {
			if state, got, _ := result(t, db, j.Entry.Key+id); state != "done" || got != want {
				t.Errorf("%s is %s/%s, want %s", id, state, got, want)
			}
		}
	})
}

func TestGivesUpAfterDays(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		d := fakeDesk{put: func(context.Context, desk.Entry) error { return desk.ErrDenied }}
		j := o.job("acme")
		enqueue(t, db, j)
		w := New(db, ring, always(d), filesOf, quiet(), Options{GiveUpAfter: 3 * time.Hour, Poll: time.Minute})
		stop := started(t, w)
		took := idle(t, w, 4*time.Hour)
		stop()
		if state, _, _ := result(t, db, j.Entry.Key+"/entry"); state != "dead" || took < 3*time.Hour {
			t.Errorf("%s after %v", state, took)
		}
	})
}

func TestPanickingAdapter(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o, calls := newOrg(), 0
		d := fakeDesk{put: func(context.Context, desk.Entry) error {
			if calls++; calls == 1 {
				panic("broken adapter")
			}
			return nil
		}}
		j := o.job("acme")
		j.Files = nil
		enqueue(t, db, j)
		w := New(db, ring, always(d), filesOf, quiet(), Options{})
		stop := started(t, w)
		idle(t, w, time.Minute)
		stop()
		if calls != 2 {
			t.Errorf("called %d times", calls)
		}
	})
}

// TestShutdownGivesRowsBack: what was under way is delivered by the next worker at once, not after the lease.
func TestShutdownGivesRowsBack(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		entered := make(chan struct{})
		d := fakeDesk{put: func(ctx context.Context, _ desk.Entry) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		}}
		enqueue(t, db, o.job("acme"))
		stop := started(t, New(db, ring, always(d), filesOf, quiet(), Options{}))
		<-entered
		stop()
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{Lease: time.Hour})
		stop = started(t, w)
		idle(t, w, 10*time.Second)
		stop()
		o.sessions(t, 1)
	})
}

// TestManyWorkers: no row is delivered by two workers at once while its lease is kept, however long it takes.
func TestManyWorkers(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		var mu sync.Mutex
		entered := map[string]int{}
		d := fakeDesk{put: func(_ context.Context, e desk.Entry) error {
			mu.Lock()
			entered[e.Key]++
			mu.Unlock()
			time.Sleep(10 * time.Minute) // several leases long
			return nil
		}}
		for range 12 {
			j := o.job("acme")
			j.Files, j.Entry.Record.Conversation = nil, uuid.NewString()
			enqueue(t, db, j)
		}
		var last *Worker
		for range 3 {
			last = New(db, ring, always(d), filesOf, quiet(), Options{Lease: time.Minute, Poll: 20 * time.Second})
			stop := started(t, last)
			defer stop()
		}
		idle(t, last, 24*time.Hour)
		for key, n := range entered {
			if n != 1 {
				t.Errorf("%s was delivered %d times", key, n)
			}
		}
		if len(entered) != 12 {
			t.Errorf("%d of 12 were delivered", len(entered))
		}
	})
}
