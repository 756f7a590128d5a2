package deliver

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/store"
)

// window and allowed are Dataverse's limit of requests: so many in any five minutes.
const (
	window  = 5 * time.Minute
	allowed = 6000
)

// TestManyEndAtOnce through the organisation's limit of requests: nothing is lost, nothing is written twice. FLOOD=10000 says how many.
func TestManyEndAtOnce(t *testing.T) {
	n, limit := 150, 200
	if text := os.Getenv("FLOOD"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		limit = allowed
	}
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		o.fake.Budget(limit)
		jobs := make([]Job, n)
		for i := range jobs {
			jobs[i] = at(o.job("acme"), desk.Completed)
			// The same desk record, but a lane of its own: conversations end independently of each other.
			jobs[i].Entry.Record.Conversation = uuid.NewString()
		}
		enqueue(t, db, jobs...)
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{AtOnce: 16, Poll: 10 * time.Second})
		stop := started(t, w)
		took := idle(t, w, 24*time.Hour)
		stop()
		if b, err := w.Pending(context.Background()); err != nil || b.Dead != 0 {
			t.Errorf("%+v, %v", b, err)
		}
		seen := map[string]int{}
		for _, it := range o.fake.Timeline(o.record.Case.ID) {
			seen[it.ID]++
		}
		for _, j := range jobs {
			if seen[desk.ID(j.Entry.Key, "activity")] != 1 || seen[desk.ID(j.Entry.Key, "note")] != 1 {
				t.Fatalf("session %s stands there %d times", j.Entry.Key, seen[desk.ID(j.Entry.Key, "activity")])
			}
		}
		if len(seen) != 2*n {
			t.Errorf("the timeline holds %d records of %d sessions", len(seen), n)
		}
		requests := o.fake.Requests() - o.fake.Refused()
		least := time.Duration((requests-1)/limit) * window
		t.Logf("%d sessions, %d requests, %d refused: %v; the limit alone takes %v", n, requests, o.fake.Refused(), took.Round(time.Second), least)
	})
}
