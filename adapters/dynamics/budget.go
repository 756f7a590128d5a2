package dynamics

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"cobrowse-connector/adapters/desk"
)

// Dataverse lets one application do so much in any five minutes: 6000 requests, 20 minutes of execution in all, 52 requests at
// a time. What is taken here stays below that, for one process: several share an organisation by obeying its Retry-After.
// In any five minutes a lane starts at most its burst and 300 times its rate: 4600 deliveries and 1100 look-ups.
const (
	deliveriesAtOnce = 32
	lookupsAtOnce    = 16

	deliveriesPerSecond, deliveriesBurst = 12, 1000
	lookupsPerSecond, lookupsBurst       = 3, 200

	workPerSecond, workBurst = 3500, 100_000 // milliseconds of execution, as far as it can be told from here

	// patience is how long a request waits for its turn before it is sent back to the outbox.
	patience = 10 * time.Second
	// jitter keeps those who were told to wait from coming back in step.
	jitter = time.Second
)

// Budgets are what a process may ask of each organisation. Desks that share one keep an organisation's limits together; the
// zero value is ready.
type Budgets struct {
	mu sync.Mutex
	of map[string]*budget
}

func (b *Budgets) get(organisation string) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]*budget{}
	}
	if b.of[organisation] == nil {
		b.of[organisation] = newBudget()
	}
	return b.of[organisation]
}

// budget is that of one organisation. Look-ups have a lane of their own, so that an agent who waits for an answer does not wait
// behind a flood of deliveries.
type budget struct {
	deliveries, lookups *lane
	work                *rate.Limiter

	mu    sync.Mutex
	until time.Time // nothing is asked before this: the organisation said so
}

type lane struct {
	running chan struct{}
	starts  *rate.Limiter
	patient bool // waits for execution time, too
}

func newBudget() *budget {
	return &budget{
		deliveries: &lane{make(chan struct{}, deliveriesAtOnce), rate.NewLimiter(deliveriesPerSecond, deliveriesBurst), true},
		lookups:    &lane{make(chan struct{}, lookupsAtOnce), rate.NewLimiter(lookupsPerSecond, lookupsBurst), false},
		work:       rate.NewLimiter(workPerSecond, workBurst),
	}
}

var errBusy = errors.New("the organisation's limits are used up for now")

// take waits for a request's turn; done ends the request. It answers Transient when the turn is too far away.
func (b *budget) take(ctx context.Context, l *lane) (done func(), err error) {
	if err := b.stopped(); err != nil {
		return nil, err
	}
	select {
	case l.running <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := b.turn(ctx, l); err != nil {
		<-l.running
		return nil, err
	}
	began := time.Now()
	return func() {
		<-l.running
		b.work.ReserveN(time.Now(), int(min(time.Since(began).Milliseconds(), workBurst)))
	}, nil
}

func (b *budget) turn(ctx context.Context, l *lane) error {
	now := time.Now()
	start := l.starts.ReserveN(now, 1)
	wait := start.DelayFrom(now)
	if l.patient {
		wait = max(wait, b.work.ReserveN(now, 0).DelayFrom(now))
	}
	if wait > patience {
		start.Cancel()
		return &desk.Transient{After: wait, Err: errBusy}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return b.stopped() // since the wait began, perhaps
	case <-ctx.Done():
		start.Cancel()
		return ctx.Err()
	}
}

// stop keeps everything back for as long as the organisation asked for. Afterwards deliveries begin without a burst.
func (b *budget) stop(wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	until := now.Add(wait)
	if wait > 0 && !b.until.After(now) {
		b.deliveries.starts.ReserveN(until, deliveriesBurst)
	}
	if until.After(b.until) {
		b.until = until
	}
}

func (b *budget) stopped() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := time.Until(b.until)
	if wait <= 0 {
		return nil
	}
	return &desk.Transient{After: wait + rand.N(jitter), Err: errBusy}
}

// organisationOf is an address without the difference between an organisation's two hosts.
func organisationOf(base string) string { return strings.Replace(base, ".api.", ".", 1) }
