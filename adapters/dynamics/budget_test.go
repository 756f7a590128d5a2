package dynamics

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake/inprocess"
)

// shared are desks of one process for one organisation.
func (w *world) shared(t *testing.T, n int) []*Desk {
	t.Helper()
	var desks []*Desk
	budgets := &Budgets{}
	for i := range n {
		host := []string{"org.crm.dynamics.com", "org.api.crm.dynamics.com"}[i%2] // the same organisation
		d, err := New(Config{URL: "https://" + host, Credential: StaticToken(w.fake.Token()), Transport: inprocess.To(w.fake), Budgets: budgets})
		if err != nil {
			t.Fatal(err)
		}
		desks = append(desks, d)
	}
	return desks
}

// node is the desk of a process that shares no budget with others.
func (w *world) node(t *testing.T, b *Budgets) *Desk {
	t.Helper()
	d, err := New(Config{URL: "https://org.crm.dynamics.com", Credential: StaticToken(w.fake.Token()), Transport: inprocess.To(w.fake), Budgets: b})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// flood sends n requests of deliveries over the desks, all at once. Each comes back when it is told to, as the outbox does.
func flood(t *testing.T, desks []*Desk, n int) *sync.WaitGroup {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var transient *desk.Transient
			err := desks[i%len(desks)].writer.get(t.Context(), "", "WhoAmI", nil, nil)
			for errors.As(err, &transient) {
				time.Sleep(transient.After)
				err = desks[i%len(desks)].writer.get(t.Context(), "", "WhoAmI", nil, nil)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	return &all
}

// TestFloodStaysBelowTheLimits: no number of deliveries, and no slowness of the organisation, brings it to refuse a request.
func TestFloodStaysBelowTheLimits(t *testing.T) {
	for name, c := range map[string]struct {
		requests int
		took     time.Duration // of each, at the organisation
	}{
		"many": {6500, 20 * time.Millisecond},
		"slow": {500, 8 * time.Second}, // more than an hour of execution
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newOrganisation(true)
				w.fake.OnRequest(func(string, string) { time.Sleep(c.took) })
				flood(t, w.shared(t, 3), c.requests).Wait()
				if n := w.fake.Refused(); n > 0 || w.fake.Requests() != c.requests {
					t.Errorf("%d of %d requests were refused", n, w.fake.Requests())
				}
			})
		})
	}
}

// TestAgentsDoNotWaitBehindDeliveries: a look-up begins at once, however much is being delivered.
func TestAgentsDoNotWaitBehindDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOrganisation(true)
		desks := w.shared(t, 2)
		w.fake.OnRequest(func(string, string) { time.Sleep(time.Second) })
		all := flood(t, desks, 300)
		time.Sleep(30 * time.Second)
		begun := time.Now()
		if _, err := desks[0].Lookup(t.Context(), w.agent, w.chat); err != nil {
			t.Fatal(err)
		}
		const requests = 3 // conversation, case, customer
		if took := time.Since(begun); took > requests*time.Second {
			t.Errorf("it took %v", took)
		}
		all.Wait()
	})
}

// TestRetryAfterToTheSecond: once the organisation has asked for it, nothing reaches it before the time is over, by any desk;
// then it goes on, without a burst.
func TestRetryAfterToTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOrganisation(true)
		desks := w.shared(t, 2)
		e := w.entry()
		if err := desks[0].PutEntry(t.Context(), w.at(e, desk.Scheduled)); err != nil {
			t.Fatal(err)
		}
		w.fake.Throttle(1, 17*time.Second)
		var transient *desk.Transient
		if err := desks[0].PutEntry(t.Context(), e); !errors.As(err, &transient) || transient.After != 17*time.Second {
			t.Fatalf("got %v", err)
		}
		throttled := time.Now()
		var came []time.Duration
		w.fake.OnRequest(func(string, string) { came = append(came, time.Since(throttled)) })
		all := flood(t, desks, 20)
		all.Go(func() {
			if _, err := desks[1].Lookup(t.Context(), w.agent, w.chat); !errors.As(err, &transient) || transient.After < 17*time.Second {
				t.Errorf("a look-up: %v", err)
			}
		})
		all.Wait()
		if len(came) == 0 || came[0] < 17*time.Second || came[0] >= 18*time.Second {
			t.Fatalf("the first request came after %v", came)
		}
		if apart := came[min(len(came)-1, 12)] - came[0]; apart < 900*time.Millisecond {
			t.Errorf("the first thirteen requests came within %v", apart)
		}
	})
}

// TestNoStallAfterRetryAfter: who had used up everything before the organisation said stop goes on when it is over, and not a burst later.
func TestNoStallAfterRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		b.deliveries.dropBurst(time.Now())
		b.stop(10 * time.Second)
		time.Sleep(10 * time.Second)
		began := time.Now()
		done, err := b.take(t.Context(), b.deliveries)
		if err != nil || time.Since(began) > time.Second {
			t.Fatalf("after %v: %v", time.Since(began), err)
		}
		done()
	})
}

// TestNodesDivideTheLimits: a second node begins beside one that has just used its burst, and a third; the organisation never has to say so.
func TestNodesDivideTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOrganisation(true)
		w.fake.OnRequest(func(string, string) { time.Sleep(20 * time.Millisecond) })
		var nodes []*Budgets
		var floods []*sync.WaitGroup
		for range 3 {
			nodes = append(nodes, &Budgets{})
			for _, b := range nodes {
				b.Share(len(nodes))
			}
			floods = append(floods, flood(t, []*Desk{w.node(t, nodes[len(nodes)-1])}, 2100))
			time.Sleep(time.Minute)
		}
		for _, f := range floods {
			f.Wait()
		}
		if n := w.fake.Refused(); n > 0 || w.fake.Requests() != 6300 {
			t.Errorf("%d of %d requests were refused", n, w.fake.Requests())
		}
	})
}

// TestNodesDivideWhatGoesOnAtOnce, and take it back from one that is gone.
func TestNodesDivideWhatGoesOnAtOnce(t *testing.T) {
	var b Budgets
	b.Share(2)
	of := b.get("organisation")
	for nodes, want := range map[int]int{2: 16, 3: 10, 100: 1, 1: 32} {
		b.Share(nodes)
		of.deliveries.starts.SetLimit(rate.Inf)
		var ends []func()
		for range want {
			done, err := of.take(t.Context(), of.deliveries)
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, done)
		}
		if of.deliveries.running.TryAcquire(min(int64(nodes), deliveriesAtOnce)) {
			t.Errorf("with %d nodes more than %d go on at once", nodes, want)
		}
		for _, end := range ends {
			end()
		}
	}
}

// TestTurnsEnd: whoever waits for a turn and is not wanted any more leaves, and its place is free.
func TestTurnsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		var ends []func()
		for range deliveriesAtOnce {
			done, err := b.take(t.Context(), b.deliveries)
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, done)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.take(ctx, b.deliveries); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		for _, end := range ends {
			end()
		}
		for range 2 {
			b.deliveries.starts.ReserveN(time.Now(), deliveriesBurst)
		}
		var transient *desk.Transient
		if _, err := b.take(t.Context(), b.deliveries); !errors.As(err, &transient) || transient.After < patience {
			t.Errorf("a turn that is far away: %v", err)
		}
		if !b.deliveries.running.TryAcquire(deliveriesAtOnce) {
			t.Error("places are still taken")
		}
	})
}

func TestOneBudgetPerOrganisation(t *testing.T) {
	w := newOrganisation(true)
	desks := w.shared(t, 2)
	if desks[0].writer.budget != desks[1].writer.budget || desks[0].Organisation() != desks[1].Organisation() {
		t.Errorf("%s and %s", desks[0].Organisation(), desks[1].Organisation())
	}
	if other := newWorld(t, true).desk; other.writer.budget == desks[0].writer.budget {
		t.Error("another organisation shares the budget")
	}
}
