package dynamics

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"cobrowse-connector/adapters/desk"
)

// Dataverse lets one application do so much in any five minutes: 6000 requests, 20 minutes of execution in all, 52 requests at
// a time. What is taken here stays below that; several nodes divide it (Share).
// In any five minutes a lane starts at most its burst and 300 times its rate: 4600 deliveries and 1100 look-ups.
const (
	deliveriesAtOnce = 32
	lookupsAtOnce    = 16

	deliveriesPerSecond, deliveriesBurst = 12, 1000
	lookupsPerSecond, lookupsBurst       = 3, 200

	// Milliseconds of execution, as far as they can be told from here: 800 s in five minutes. The third that is left is for what is
	// under way, of which nobody knows yet how long it takes.
	workPerSecond, workBurst = 2500, 50_000

	// patience is how long a request waits for its turn before it is sent back to the outbox.
	patience = 10 * time.Second
	// jitter keeps those who were told to wait from coming back in step.
	jitter = time.Second
)

// Budgets are what a process may ask of each organisation. Desks that share one keep an organisation's limits together; the
// zero value is ready, for a node that is alone.
type Budgets struct {
	mu    sync.Mutex
	of    map[string]*budget
	nodes int
}

// Share divides what is allowed by so many nodes, of which this process is one.
func (b *Budgets) Share(nodes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nodes = nodes
	for _, of := range b.of {
		of.share(nodes)
	}
}

func (b *Budgets) get(organisation string) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]*budget{}
	}
	if b.of[organisation] == nil {
		b.of[organisation] = newBudget(max(b.nodes, 1))
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
	atOnce  int64
	running *semaphore.Weighted // of atOnce; each request takes as many places as there are nodes
	nodes   atomic.Int64

	perSecond rate.Limit
	burst     int
	starts    *rate.Limiter

	patient bool // waits for execution time, too
}

func newLane(atOnce int64, perSecond rate.Limit, burst int, patient bool) *lane {
	l := &lane{
		atOnce: atOnce, running: semaphore.NewWeighted(atOnce), perSecond: perSecond, burst: burst, starts: rate.NewLimiter(perSecond, burst), patient: patient,
	}
	l.nodes.Store(1)
	return l
}

func newBudget(nodes int) *budget {
	b := &budget{
		deliveries: newLane(deliveriesAtOnce, deliveriesPerSecond, deliveriesBurst, true),
		lookups:    newLane(lookupsAtOnce, lookupsPerSecond, lookupsBurst, false),
		work:       rate.NewLimiter(workPerSecond, workBurst),
	}
	b.share(nodes)
	return b
}

// share takes this node's part of what is allowed. When nodes join, deliveries go on without a burst: what the others had in the last minutes
// counts as well.
func (b *budget) share(nodes int) {
	if int64(nodes) > b.deliveries.nodes.Load() {
		b.deliveries.dropBurst(time.Now())
	}
	for _, l := range []*lane{b.deliveries, b.lookups} {
		l.nodes.Store(int64(nodes))
		divide(l.starts, l.perSecond, l.burst, nodes)
	}
	divide(b.work, workPerSecond, workBurst, nodes)
}

func (l *lane) dropBurst(at time.Time) {
	if n := int(l.starts.TokensAt(at)); n > 0 {
		l.starts.ReserveN(at, n)
	}
}

func divide(l *rate.Limiter, perSecond rate.Limit, burst, nodes int) {
	l.SetLimit(perSecond / rate.Limit(nodes))
	l.SetBurst(max(burst/nodes, 1))
}

var errBusy = errors.New("the organisation's limits are used up for now")

// take waits for a request's turn; done ends the request. It answers Transient when the turn is too far away.
func (b *budget) take(ctx context.Context, l *lane) (done func(), err error) {
	if err := b.stopped(); err != nil {
		return nil, err
	}
	places := min(l.nodes.Load(), l.atOnce)
	if err := l.running.Acquire(ctx, places); err != nil {
		return nil, err
	}
	if err := b.turn(ctx, l); err != nil {
		l.running.Release(places)
		return nil, err
	}
	began := time.Now()
	return func() {
		l.running.Release(places)
		b.work.ReserveN(time.Now(), min(int(time.Since(began).Milliseconds()), b.work.Burst()))
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
		b.deliveries.dropBurst(until)
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
	return &desk.Transient{After: wait + rand.N(jitter), Err: errBusy} //nolint:gosec // no secret
}

// organisationOf is an address without the difference between an organisation's two hosts.
func organisationOf(base string) string { return strings.Replace(base, ".api.", ".", 1) }
