package deliver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/store"
)

// TestLanes: sessions of a conversation go out in order; without a conversation those of a case do, and without a case nobody waits for
// anybody. Companies never share a lane.
func TestLanes(t *testing.T) {
	kase := desk.Ref{Type: "incident", ID: "7"}
	for name, c := range map[string]struct {
		first, second desk.Record
		companies     [2]string
		waits         bool
	}{
		"conversation":      {desk.Record{Conversation: "c", Case: kase}, desk.Record{Conversation: "c"}, [2]string{"acme", "acme"}, true},
		"two conversations": {desk.Record{Conversation: "c", Case: kase}, desk.Record{Conversation: "d", Case: kase}, [2]string{"acme", "acme"}, false},
		"case":              {desk.Record{Case: kase}, desk.Record{Case: kase}, [2]string{"acme", "acme"}, true},
		"two cases":         {desk.Record{Case: kase}, desk.Record{Case: desk.Ref{Type: "incident", ID: "8"}}, [2]string{"acme", "acme"}, false},
		"session":           {desk.Record{}, desk.Record{}, [2]string{"acme", "acme"}, false},
		"two companies":     {desk.Record{Case: kase}, desk.Record{Case: kase}, [2]string{"acme", "other"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, db *store.DB) {
				o := newOrg()
				var mu sync.Mutex
				var got []string
				failed := false
				d := fakeDesk{put: func(_ context.Context, e desk.Entry) error {
					mu.Lock()
					defer mu.Unlock()
					if e.Text == "first" && !failed {
						failed = true
						return &desk.Transient{Err: errors.New("not now")}
					}
					got = append(got, e.Text)
					return nil
				}}
				first, second := at(o.job(c.companies[0]), desk.Completed), at(o.job(c.companies[1]), desk.Completed)
				first.Entry.Text, second.Entry.Text = "first", "second"
				first.Entry.Record, second.Entry.Record = c.first, c.second
				first.Entry.Started, second.Entry.Started = time.Time{}, time.Time{} // nobody came: no case is looked for
				enqueue(t, db, first, second)
				w := New(db, ring, always(d), filesOf, quiet(), Options{AtOnce: 2})
				stop := started(t, w)
				idle(t, w, time.Hour)
				stop()
				want := []string{"second", "first"}
				if c.waits {
					want = []string{"first", "second"}
				}
				if !slices.Equal(got, want) {
					t.Errorf("delivered %q, want %q", got, want)
				}
			})
		})
	}
}

// TestSessionKeepsItsLane when it gets a case: its rows must not overtake each other.
func TestSessionKeepsItsLane(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		j := at(o.job("acme"), desk.Open)
		j.Entry.Record = desk.Record{}
		enqueue(t, db, j)
		j.Entry.Record, j.Entry.Status = desk.Record{Case: desk.Ref{Type: "incident", ID: "7"}}, desk.Completed
		enqueue(t, db, j)
		var lanes int
		if err := db.QueryRowContext(context.Background(), `SELECT COUNT(DISTINCT lane) FROM outbox`).Scan(&lanes); err != nil || lanes != 1 {
			t.Errorf("it is in %d lanes (%v)", lanes, err)
		}
	})
}
