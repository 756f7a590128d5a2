package cobrowse

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"cobrowse-connector/cobrowse/stream"
)

const (
	inboxLimit = 256 // full: whoever calls waits, which is how a flood is slowed down
	taskLimit  = 32  // calls of the browser under way at the same time; beyond it people are told to wait
)

// ErrOver says that a session has ended or is ending.
var ErrOver = &Error{Code: CodeConflict, Reason: "session_over", Detail: "This session is over."}

// Session is one shared browser and the people in it. One goroutine, the actor, owns everything that changes; the methods
// hand it work and may be called from any goroutine.
type Session struct {
	cfg   Config
	out   outward
	inbox chan func()
	done  chan struct{}

	// work ends when the session does; whatever the session waits for hangs on it.
	work     context.Context
	stopWork context.CancelFunc
	running  sync.WaitGroup // launch, tasks and lanes: all that uses the browser
	handing  sync.WaitGroup // what is handed on without the browser: nothing but the very end waits for it
	told     stateTeller

	// state is written by the actor only.
	state atomic.Value // State

	// Owned by the actor.
	people    people
	deadlines deadlines
	shared    shared
	story     chronicle
	health    health

	suggestions int // masks that agents asked for
	files       files
	recording   recording
	ending      ending
	acting      acting
	claimedBy   string // the agent's participant id
	consent     *Consent
}

// acting is the time in which agents act. What they do hangs on it, so that nothing that is on its way survives a pause.
type acting struct {
	ctx  context.Context // it is the thing itself
	stop context.CancelFunc
}

func (a *acting) turn(work context.Context, on bool) {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
	if on {
		a.ctx, a.stop = context.WithCancel(work)
	}
}

// shared is the browser as the actor knows it. Owned by the actor.
type shared struct {
	browser Browser
	events  <-chan BrowserEvent
	slowed  bool // the browser's machine does not keep up
	lanes   map[TabID]*lane
	order   *queue // showing and closing tabs, in the order in which people asked
	going   map[TabID]*trip
	unsaid  map[TabID]string // navigations that the record knows by their host only, until their address is vetted
	tasks   int
	policy  Policy // as it is now; the queue's, not the actor's

	tabs  TabsEvent
	layer *Layer
	focus *Focus
	// hidden are the areas of layer as agents know them; nil while they know of none.
	hidden []LayerRect
	gate   GateEvent
	// secluded are the tabs whose customer was told that nobody else sees the present page.
	secluded map[TabID]bool
	stuck    bool
	asks     []Ask       // what waits for an answer, the oldest first
	missed   [][2]Notice // what happened before anybody could see it: raw, redacted
	wanted   settings
	applied  settings
	busy     bool // settings are being applied
}

// Start starts a session in StateRequested. When ctx ends, the session ends in good order with the reason "shutdown".
func Start(ctx context.Context, cfg Config) *Session {
	cfg = cfg.withDefaults()
	s := &Session{
		cfg:       cfg,
		inbox:     make(chan func(), inboxLimit),
		done:      make(chan struct{}),
		people:    people{byID: map[string]*person{}},
		deadlines: deadlines{},
		shared: shared{
			lanes:    map[TabID]*lane{},
			going:    map[TabID]*trip{},
			unsaid:   map[TabID]string{},
			secluded: map[TabID]bool{},
			gate:     GateEvent{Reason: GateLoading},
			wanted:   settings{viewport: defaultViewport, language: cfg.Language},
			policy:   cfg.Policy,
		},
		out: outward{cfg.Redact, cfg.Policy.HideLinks, cfg.Policy.AgentSeesFileNames, newWordless(cfg.Policy.Modes)},
	}
	s.health, s.people.out = health{}, s.out
	s.story = newChronicle(s.out)
	s.work, s.stopWork = context.WithCancel(context.WithoutCancel(ctx))
	s.state.Store(StateRequested)
	s.told.start(cfg.OnState)
	if !cfg.ExpiresAt.IsZero() {
		s.deadlines.in("expiry", max(time.Until(cfg.ExpiresAt), 0), func() { s.end(RoleSystem, "expired", End{}) })
	}
	go s.run(ctx.Done())
	return s
}

// State is where the session stands at this moment.
func (s *Session) State() State { return s.state.Load().(State) }

// Done is closed when the session reached a final state, after OnEnd returned.
func (s *Session) Done() <-chan struct{} { return s.done }

// Claim puts the session into an agent's hands: the browser is made ready while the customer reads who asks. Claiming again
// by the same agent changes nothing. customer is the name that the desk knows the customer by, "" when it knows none.
func (s *Session) Claim(ctx context.Context, agent Participant, customer string) error {
	return s.call(ctx, func() error { return s.claim(agent, customer) })
}

// Attach lets a person in. Attaching again replaces the former attachment.
func (s *Session) Attach(ctx context.Context, p Participant, v Viewer) (*Attachment, error) {
	var a *Attachment
	err := s.call(ctx, func() (err error) {
		a, err = s.attach(p, v)
		return err
	})
	return a, err
}

// Do carries out what a person who is attached asks for. It returns when that is accepted and ordered; what comes of it is
// told by messages.
func (s *Session) Do(ctx context.Context, participant string, c Command) error {
	return s.call(ctx, func() error { return s.command(participant, c) })
}

// End ends the session on behalf of the service; reason is a machine word for people's pages and the summary.
func (s *Session) End(reason string) {
	s.post(func() { s.end(RoleSystem, reason, End{}) })
}

// call runs f in the actor and returns its error.
func (s *Session) call(ctx context.Context, f func() error) error {
	answer := make(chan error, 1)
	select {
	case s.inbox <- func() { answer <- f() }:
	case <-s.done:
		return ErrOver
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-s.done:
		return ErrOver
	case <-ctx.Done():
		return ctx.Err()
	}
}

// post runs f in the actor some time, unless the session is over.
func (s *Session) post(f func()) {
	select {
	case s.inbox <- f:
	case <-s.done:
	}
}

// run is the actor.
func (s *Session) run(shutdown <-chan struct{}) {
	defer close(s.done)
	defer s.stopWork()
	for !s.State().Final() {
		timer := s.deadlines.timer()
		select {
		case f := <-s.inbox:
			f()
		case ev, ok := <-s.shared.events:
			s.browserEvent(ev, ok)
		case <-s.recording.stopped:
			s.recordingStopped()
		case <-timer.C:
			s.deadlines.run(time.Now())
		case <-shutdown:
			shutdown = nil
			s.end(RoleSystem, "shutdown", End{})
		}
		timer.Stop()
	}
}

// move makes the transition that e asks for, if the table has it, and tells everybody.
func (s *Session) move(e event, by Role, reason string) bool {
	next, ok := s.State().next(e)
	if !ok {
		return false
	}
	s.state.Store(next)
	s.acting.turn(s.work, next == StateLive)
	if next != StateEnding && !next.Final() {
		s.told.tell(next, time.Now())
	}
	if !next.Final() {
		s.tellState(by, reason)
	}
	return true
}

func (s *Session) tellState(by Role, reason string) {
	s.people.each(func(p *person) {
		p.send(StateChanged{State: s.State(), By: by, Reason: reason, Recording: s.recordingState(), AgentName: s.agentName()})
	})
}

// task runs f outside the actor, with a time limit; then, if given, is run in the actor with what came of it.
func (s *Session) task(limit time.Duration, f func(context.Context) error, then func(error)) bool {
	if s.shared.tasks >= taskLimit || s.ending.begun {
		return false
	}
	s.shared.tasks++
	s.running.Go(func() {
		ctx, cancel := context.WithTimeout(s.work, limit)
		defer cancel()
		err := f(ctx)
		s.post(func() {
			s.shared.tasks--
			if then != nil && !s.ending.begun {
				then(err)
			}
		})
	})
	return true
}

// gated tells whether this role gets only what masks and pause let through. Everybody but the customer does.
func gated(r Role) bool { return r != RoleCustomer }

// hub is the browser's, nil without one.
func (s *Session) hub() *stream.Hub {
	if s.shared.browser == nil {
		return nil
	}
	return s.shared.browser.Hub()
}
