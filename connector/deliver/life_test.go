package deliver

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/store"
)

// at is the session's job when it has come so far.
func at(j Job, status desk.Status) Job {
	j.Entry.Status, j.Files = status, nil
	return j
}

// TestTheLastWordOvertakes: a desk that was away gets one request, not the whole story.
func TestTheLastWordOvertakes(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o, away := newOrg(), true
		var mu sync.Mutex
		var got []desk.Status
		d := fakeDesk{put: func(_ context.Context, e desk.Entry) error {
			mu.Lock()
			defer mu.Unlock()
			if away {
				return &desk.Transient{Err: errors.New("away")}
			}
			got = append(got, e.Status)
			return nil
		}}
		w := New(db, ring, always(d), filesOf, quiet(), Options{})
		stop := started(t, w)
		j := o.job("acme")
		for _, status := range []desk.Status{desk.Scheduled, desk.Open, desk.Completed} {
			enqueue(t, db, at(j, status))
			w.Wake()
			time.Sleep(10 * time.Minute)
		}
		mu.Lock()
		away = false
		mu.Unlock()
		idle(t, w, time.Hour)
		stop()
		if !slices.Equal(got, []desk.Status{desk.Completed}) {
			t.Errorf("the desk was told %v", got)
		}
		for id, want := range map[string]string{"/status/scheduled": resultSuperseded, "/status/open": resultSuperseded, "/entry": resultDelivered} {
			if state, got, _ := result(t, db, j.Entry.Key+id); state != "done" || got != want {
				t.Errorf("%s is %s/%s", id, state, got)
			}
		}
	})
}

// TestOvertakenWhileUnderWay: the row that a worker has in hands is not tried a second time.
func TestOvertakenWhileUnderWay(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		var got []desk.Status
		entered, leave := make(chan struct{}), make(chan struct{})
		d := fakeDesk{put: func(_ context.Context, e desk.Entry) error {
			got = append(got, e.Status)
			if e.Status == desk.Scheduled {
				close(entered)
				<-leave
				return &desk.Transient{Err: errors.New("lost")}
			}
			return nil
		}}
		j := o.job("acme")
		enqueue(t, db, at(j, desk.Scheduled))
		w := New(db, ring, always(d), filesOf, quiet(), Options{})
		stop := started(t, w)
		<-entered
		enqueue(t, db, at(j, desk.Completed))
		close(leave)
		idle(t, w, time.Hour)
		stop()
		if !slices.Equal(got, []desk.Status{desk.Scheduled, desk.Completed}) {
			t.Errorf("the desk was told %v", got)
		}
	})
}

// TestOneOrganisationOneCircuit: two companies on one dead organisation are paused together.
func TestOneOrganisationOneCircuit(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o, asked := newOrg(), 0
		var mu sync.Mutex
		d := ofOrganisation{fakeDesk{put: func(context.Context, desk.Entry) error {
			mu.Lock()
			defer mu.Unlock()
			asked++
			return &desk.Transient{After: time.Hour, Err: errors.New("throttled")}
		}}, "shared"}
		broken := errors.New("no credentials")
		w := New(db, ring, func(_ context.Context, company string) (desk.Desk, error) {
			if company == "unusable" {
				return nil, broken
			}
			return d, nil
		}, filesOf, quiet(), Options{AtOnce: 1})
		for _, company := range []string{"unusable", "one", "two", "three"} {
			j := o.job(company)
			j.Entry.Record.Conversation = uuid.NewString()
			enqueue(t, db, at(j, desk.Completed))
		}
		stop := started(t, w)
		time.Sleep(30 * time.Minute)
		mu.Lock()
		if asked != 1 {
			t.Errorf("the organisation was asked %d times", asked)
		}
		mu.Unlock()
		stop()
		letters, err := List(context.Background(), db, "unusable", 1)
		if err != nil || len(letters) != 1 || letters[0].Cause != CauseDesk {
			t.Errorf("%+v, %v", letters, err)
		}
	})
}

// looking is a desk that is asked for a case.
type looking struct {
	fakeDesk
	lookup func() (desk.Record, error)
}

func (l looking) Lookup(context.Context, desk.Agent, string) (desk.Record, error) { return l.lookup() }

// TestLooksForACase: a few times, then no more; nothing waits for it.
func TestLooksForACase(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration // when a case is there
		looks int
	}{"found": {time.Hour, 3}, "never": {1000 * time.Hour, 4}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, db *store.DB) {
				o, began, asked := newOrg(), time.Now(), 0
				var linked []desk.Record
				j := o.job("acme")
				j.Entry.Record.Case = desk.Ref{}
				d := looking{fakeDesk{put: func(context.Context, desk.Entry) error { return nil }}, func() (desk.Record, error) {
					asked++
					r := j.Entry.Record
					if time.Since(began) >= c.after {
						r.Case = desk.Ref{Type: "incident", ID: "7"}
					}
					return r, nil
				}}
				enqueue(t, db, at(j, desk.Completed))
				second := o.job("acme")
				second.Files = nil
				enqueue(t, db, second)
				w := New(db, ring, always(d), filesOf, quiet(), Options{Poll: time.Minute, Linked: func(_ context.Context, session string, r desk.Record) error {
					if session != j.Entry.Key {
						t.Errorf("linked %s", session)
					}
					linked = append(linked, r)
					return nil
				}})
				stop := started(t, w)
				time.Sleep(10 * time.Second)
				if state, _, _ := result(t, db, second.Entry.Key+"/entry"); state != "done" {
					t.Errorf("the next session waits: %s", state)
				}
				idle(t, w, 48*time.Hour)
				stop()
				if asked != c.looks || len(linked) != 4-c.looks {
					t.Errorf("looked %d times, linked %v", asked, linked)
				}
			})
		})
	}
}

func TestRehomedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		j := o.job("acme")
		home := j.Entry.Record
		j.Entry.Record = desk.Record{Conversation: home.Conversation, Channel: home.Channel}
		rehome := func() {
			e := j.Entry
			e.Record = home
			if err := db.Tx(context.Background(), func(tx *sql.Tx) error { return Rehome(context.Background(), tx, "acme", e) }); err != nil {
				t.Fatal(err)
			}
		}
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{Linked: func(context.Context, string, desk.Record) error { return nil }})
		enqueue(t, db, at(j, desk.Open))
		stop := started(t, w)
		for { // the first step is at the desk
			if state, _, _ := result(t, db, j.Entry.Key+"/status/open"); state == "done" {
				break
			}
			time.Sleep(time.Second)
		}
		rehome()
		enqueue(t, db, Job{Company: j.Company, Entry: func() desk.Entry { e := j.Entry; e.Record = home; return e }(), Files: j.Files})
		w.Wake()
		idle(t, w, time.Hour)
		stop()
		o.sessions(t, 1)
	})
}

func TestDismissed(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		d := fakeDesk{put: func(context.Context, desk.Entry) error { return &desk.Permanent{Err: errors.New("no"), Advice: "none"} }}
		j := o.job("acme")
		enqueue(t, db, j)
		w := New(db, ring, always(d), filesOf, quiet(), Options{})
		stop := started(t, w)
		idle(t, w, time.Hour)
		stop()
		letters, err := List(context.Background(), db, "acme", 10)
		if err != nil || len(letters) != 2 || letters[0].Cause != CauseRefused || letters[1].Cause != CauseEntry {
			t.Fatalf("%+v, %v", letters, err)
		}
		for _, wrong := range [][3]string{{"acme", "", "by_hand"}, {"other", j.Entry.Key, "by_hand"}, {"acme", j.Entry.Key, "because"}} {
			if n, err := dismissed(db, wrong[0], wrong[1], wrong[2]); err == nil {
				t.Errorf("%v dismissed %d", wrong, n)
			}
		}
		if n, err := dismissed(db, "acme", j.Entry.Key, "by_hand"); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		var left int
		const find = `SELECT COUNT(*) FROM outbox WHERE body <> '' OR state <> 'done'`
		if err := db.QueryRowContext(context.Background(), find).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows are left (%v)", left, err)
		}
	})
}

func dismissed(db *store.DB, company, id, reason string) (n int64, err error) {
	err = db.Tx(context.Background(), func(tx *sql.Tx) error {
		n, err = Dismiss(context.Background(), tx, company, id, reason)
		return err
	})
	return n, err
}
