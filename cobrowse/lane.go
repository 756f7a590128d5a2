package cobrowse

import (
	"context"
	"sync"
	"time"
)

const (
	laneJobs  = 256              // input that waits for one tab; full: whoever sent it is closed with ErrTooMuch, nothing is dropped
	orderJobs = 32               // orders that wait; full: people are told to wait
	inputTime = 10 * time.Second // for one event; a page that hangs longer loses it
)

// job is one person's input on its way to a tab.
type job struct {
	who  string
	role Role
	ev   InputEvent
	// while it lasts the person may act; nil for ever, as the customer and what lets go of a button that was held.
	while context.Context // whose end it is to notice
}

// lane carries out input on one tab, in order, in its own goroutine.
type lane struct {
	ctx  context.Context
	stop context.CancelFunc
	wake chan struct{}

	mu   sync.Mutex
	jobs []job
	done []job // carried out, and not yet told to the actor
}

// openLane starts a lane that ends with the session or with stop.
func (s *Session) openLane(tab TabID) *lane {
	l := &lane{wake: make(chan struct{}, 1)}
	l.ctx, l.stop = context.WithCancel(s.work)
	browser := s.shared.browser
	s.running.Go(func() {
		for {
			j, ok := l.next()
			if !ok {
				return
			}
			s.carryOut(l, browser, tab, j)
		}
	})
	return l
}

// carryOut hands one event to the browser, unless the customer has paused since it was accepted: then a button is let go outside the
// page, where nothing is clicked by it, and nothing else is done.
func (s *Session) carryOut(l *lane, b Browser, tab TabID, j job) {
	ctx, cancel := context.WithTimeout(l.ctx, inputTime)
	defer cancel()
	if j.while != nil {
		if j.while.Err() != nil && j.ev.Kind != InputUp {
			return
		}
		if j.while.Err() != nil {
			j.ev.X, j.ev.Y = -1, -1
		}
		if j.ev.Kind != InputUp {
			defer context.AfterFunc(j.while, cancel)()
		}
	}
	refusal, err := b.Input(ctx, tab, j.role, j.ev)
	switch {
	case refusal != nil:
		s.post(func() { s.refused(*refusal) })
	case err != nil && ctx.Err() == nil:
		s.cfg.Log.Debug("input was not carried out", "session", s.cfg.ID, "kind", j.ev.Kind, "error", err)
		s.post(func() { s.tellLate(j.who, err) })
	case err == nil && actionOf(j) != "":
		if l.finish(j) {
			s.post(func() {
				for _, j := range l.finished() {
					s.acted(tab, j)
				}
			})
		}
	}
}

// finish notes a job for the actor and tells whether it must be sent word: not while it has some to come, or a lane full of input
// would wait for an actor that is busy with taking more in.
func (l *lane) finish(j job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, j)
	return len(l.done) == 1
}

func (l *lane) finished() []job {
	l.mu.Lock()
	defer l.mu.Unlock()
	done := l.done
	l.done = nil
	return done
}

// tellLate tells a person of input that was accepted and then could not be carried out, where they can do something about it.
func (s *Session) tellLate(who string, err error) {
	p := s.people.byID[who]
	if p == nil {
		return
	}
	switch CodeOf(err) {
	case CodeConflict:
		p.send(FailureOf(err))
	case CodeLimited, CodeUnavailable:
		p.send(FailureOf(errTooMany)) // whatever keeps the browser from it: trying again is what helps
	}
}

// push queues a job; false when the lane is full. A move replaces the move before it by the same person.
func (l *lane) push(j job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.jobs) - 1
	switch {
	case j.ev.Kind == InputMove && last >= 0 && l.jobs[last].ev.Kind == InputMove && l.jobs[last].who == j.who:
		l.jobs[last] = j
	case len(l.jobs) >= laneJobs:
		return false
	default:
		l.jobs = append(l.jobs, j)
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

func (l *lane) next() (job, bool) {
	for {
		if l.ctx.Err() != nil {
			return job{}, false
		}
		l.mu.Lock()
		if len(l.jobs) > 0 {
			j := l.jobs[0]
			l.jobs = l.jobs[1:]
			l.mu.Unlock()
			return j, true
		}
		l.mu.Unlock()
		select {
		case <-l.wake:
		case <-l.ctx.Done():
		}
	}
}

// queue runs functions one after the other in its own goroutine.
type queue struct {
	work chan func(context.Context)
}

func newQueue(ctx context.Context, running *sync.WaitGroup) *queue {
	q := &queue{work: make(chan func(context.Context), orderJobs)}
	running.Go(func() {
		for {
			select {
			case f := <-q.work:
				f(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	return q
}

// add queues f; false when the queue is full.
func (q *queue) add(f func(context.Context)) bool {
	select {
	case q.work <- f:
		return true
	default:
		return false
	}
}
