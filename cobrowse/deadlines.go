package cobrowse

import (
	"sync"
	"time"
)

// deadlines are what the actor does later, by name: setting one again moves it. There are a handful at most.
type deadlines map[string]deadline

type deadline struct {
	at time.Time
	do func()
}

// overslept is how late a deadline may be noticed before the time counts as one in which the process stood still.
const overslept = 5 * time.Second

// in keeps to the monotonic clock: the wall clock may be set.
func (d deadlines) in(name string, wait time.Duration, do func()) {
	d[name] = deadline{time.Now().Add(wait), do}
}

func (d deadlines) cancel(name string) { delete(d, name) }

func (d deadlines) set(name string) bool {
	_, ok := d[name]
	return ok
}

// timer fires when the next one is due.
func (d deadlines) timer() *time.Timer {
	wait := time.Hour
	for _, one := range d {
		wait = min(wait, time.Until(one.at))
	}
	return time.NewTimer(max(wait, 0))
}

// run does what is due. Time in which the process stood still does not count: nobody could come back in it.
func (d deadlines) run(now time.Time) {
	d.putOff(now)
	for name, one := range d {
		if !one.at.After(now) {
			delete(d, name)
			one.do()
		}
	}
}

func (d deadlines) putOff(now time.Time) {
	var late time.Duration
	for _, one := range d {
		late = max(late, now.Sub(one.at))
	}
	if late <= overslept {
		return
	}
	for name, one := range d { // the one that is due gets a moment, too: those who wait to come back come first
		d[name] = deadline{one.at.Add(late + overslept), one.do}
	}
}

// stateTeller calls OnState in its own goroutine, in order, so that slow storage never holds up the actor.
type stateTeller struct {
	mu      sync.Mutex
	pending []stateAt
	closed  bool
	wake    chan struct{}
	over    chan struct{}
}

type stateAt struct {
	state State
	at    time.Time
}

// toldLimit bounds what waits for slow storage. When full the oldest goes: a state that is over matters least.
const toldLimit = 32

func (t *stateTeller) start(onState func(State, time.Time)) {
	t.wake, t.over = make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(t.over)
		for range t.wake {
			for _, one := range t.take() {
				onState(one.state, one.at)
			}
		}
		for _, one := range t.take() {
			onState(one.state, one.at)
		}
	}()
}

func (t *stateTeller) take() []stateAt {
	t.mu.Lock()
	defer t.mu.Unlock()
	pending := t.pending
	t.pending = nil
	return pending
}

func (t *stateTeller) tell(s State, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.pending = append(t.pending, stateAt{s, at})
	if len(t.pending) > toldLimit {
		t.pending = t.pending[1:]
	}
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// finish waits until everything is told.
func (t *stateTeller) finish() {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		close(t.wake)
	}
	t.mu.Unlock()
	<-t.over
}
