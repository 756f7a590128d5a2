package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cobrowse-connector/cobrowse"
)

const (
	storeLimit = 10 * time.Second // for one attempt to write something down
	tellLimit  = 3 * time.Second  // how long people wait to hear of an end that cannot be stored
	retryFirst = time.Second      // after a failed attempt to store what must not be lost, doubling
	retryMost  = 30 * time.Second
)

// Maker makes the parts of a session that come from other rooms.
type Maker struct {
	// Browser makes a browser ready for a session; it may take seconds.
	Browser func(ctx context.Context, s SessionSpec) (cobrowse.Browser, error)
	// Recorder begins a session's recording. Nil = this service records nothing.
	Recorder func(ctx context.Context, s SessionSpec) (cobrowse.Recorder, error)
	// Redact is what takes personal data out of a session's strings.
	Redact func(s SessionSpec) cobrowse.Redactor
	// Suggested keeps a mask that an agent asked for. Nil = nobody does.
	Suggested func(ctx context.Context, s SessionSpec, made cobrowse.Suggestion) error
	// Learned keeps how rules did in a session that ended. Nil = nobody does.
	Learned func(ctx context.Context, s SessionSpec, health []cobrowse.RuleHealth) error
}

// Sessions are this node's sessions. Safe for concurrent use.
type Sessions struct {
	directory Directory
	make      Maker
	limits    cobrowse.Limits
	log       *slog.Logger

	ctx    context.Context // ends when Shutdown gives up waiting
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu        sync.Mutex
	byID      map[string]*cobrowse.Session
	redactors map[string]cobrowse.Redactor // of sessions that run, or ended less than lateNotes ago
	closing   bool
}

// lateNotes is how long after a session what was hidden in it is still known, in memory only: an agent may write a note then.
const lateNotes = 15 * time.Minute

// Redactor is that of a session of this node, nil when it is not known, or not any more.
func (r *Sessions) Redactor(session string) cobrowse.Redactor {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.redactors[session]
}

// NewSessions returns a registry without sessions.
func NewSessions(d Directory, m Maker, l cobrowse.Limits, log *slog.Logger) *Sessions {
	ctx, cancel := context.WithCancel(context.Background())
	return &Sessions{directory: d, make: m, limits: l, log: log, ctx: ctx, cancel: cancel, byID: map[string]*cobrowse.Session{},
		redactors: map[string]cobrowse.Redactor{}}
}

// Get returns a session that runs on this node.
func (r *Sessions) Get(id string) (*cobrowse.Session, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.byID[id]
	return s, ok
}

// End ends a session that runs on this node, on behalf of the service; see cobrowse.Session.End.
func (r *Sessions) End(id, reason string) {
	if s, ok := r.Get(id); ok {
		s.End(reason)
	}
}

// Count is the number of sessions that run on this node, those that wait for a claim included.
func (r *Sessions) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.byID)
}

// Join returns the session's actor, and starts it for the first who comes. With an agent in the spec it is put into their hands, and its
// browser made ready: the agent's ID must be the one that the Directory admits them with. The same agent again changes nothing.
func (r *Sessions) Join(ctx context.Context, spec SessionSpec) (*cobrowse.Session, error) {
	s, err := r.find(spec)
	if err != nil {
		return nil, err
	}
	if spec.Agent != nil {
		if err := s.Claim(ctx, *spec.Agent, spec.CustomerName); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (r *Sessions) find(spec SessionSpec) (*cobrowse.Session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.byID[spec.ID]; ok {
		return s, nil
	}
	switch {
	case r.closing:
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "shutting_down", "The service is restarting. Please try again in a moment.")
	case spec.State != cobrowse.StateRequested && spec.State != cobrowse.StateProvisioning && spec.State != cobrowse.StateWaiting:
		return nil, cobrowse.ErrOver // its browser is gone: it ended, or died with another run of the service
	}
	s := cobrowse.Start(r.ctx, r.config(spec))
	r.byID[spec.ID] = s
	r.all.Go(func() {
		<-s.Done()
		r.mu.Lock()
		delete(r.byID, spec.ID)
		r.mu.Unlock()
		time.AfterFunc(lateNotes, func() { r.forget(spec.ID) })
	})
	return s, nil
}

// forget drops what was hidden in a session, unless it was begun anew meanwhile.
func (r *Sessions) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, runs := r.byID[id]; !runs {
		delete(r.redactors, id)
	}
}

// config is called with mu held.
func (r *Sessions) config(spec SessionSpec) cobrowse.Config {
	c := cobrowse.Config{
		ID: spec.ID, Company: spec.Company.Name, Policy: spec.Policy, Channel: spec.Channel, StartURL: spec.StartURL,
		CompanyView: spec.Company, ExpiresAt: spec.ExpiresAt, Limits: r.limits, Log: r.log,
		Launch:       func(ctx context.Context) (cobrowse.Browser, error) { return r.make.Browser(ctx, spec) },
		RecordAlways: spec.RecordingMode == RecordingOn,
		OnState:      func(state cobrowse.State, at time.Time) { r.moved(spec.ID, state, at) },
		OnEnding:     func(result cobrowse.Result) { r.ending(spec.ID, result) },
		OnEnd:        func(result cobrowse.Result) { r.ended(spec, result) },
	}
	if len(spec.Company.Languages) > 0 {
		c.Language = spec.Company.Languages[0]
	}
	if r.make.Suggested != nil {
		c.OnSuggestion = func(made cobrowse.Suggestion) {
			r.insist(spec.ID, func(ctx context.Context) error { return r.make.Suggested(ctx, spec, made) })
		}
	}
	if r.make.Redact != nil {
		c.Redact = r.make.Redact(spec)
		r.redactors[spec.ID] = c.Redact
	}
	if r.make.Recorder != nil && (spec.RecordingMode == RecordingOn || spec.RecordingMode == RecordingAsk) {
		c.NewRecorder = func(ctx context.Context) (cobrowse.Recorder, error) { return r.make.Recorder(ctx, spec) }
	}
	return c
}

// moved is not tried again, as the next state follows. But that a session became live makes the difference after a crash: between one
// that people may join anew and one that leaves an entry and a recording.
func (r *Sessions) moved(id string, state cobrowse.State, at time.Time) {
	if state == cobrowse.StateLive {
		r.insist(id, func(ctx context.Context) error { return r.directory.Moved(ctx, id, state, at) })
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, storeLimit)
	defer cancel()
	if err := r.directory.Moved(ctx, id, state, at); err != nil {
		r.log.Error("state not stored", "session", id, "state", state, "error", err)
	}
}

// ending returns when the beginning of an ending is stored, or when people have waited for long enough; it is kept at then.
func (r *Sessions) ending(id string, result cobrowse.Result) {
	stored := make(chan struct{})
	r.all.Go(func() {
		defer close(stored)
		r.insist(id, func(ctx context.Context) error { return r.directory.Ending(ctx, id, result) })
	})
	select {
	case <-stored:
	case <-time.After(tellLimit):
	}
}

func (r *Sessions) ended(spec SessionSpec, result cobrowse.Result) {
	r.insist(spec.ID, func(ctx context.Context) error { return r.directory.Ended(ctx, spec.ID, result) })
	if r.make.Learned == nil || len(result.Health) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, storeLimit)
	defer cancel()
	if err := r.make.Learned(ctx, spec, result.Health); err != nil { // the next session tells as much
		r.log.Error("rule health not stored", "session", spec.ID, "error", err)
	}
}

// insist tries until something is stored, or refused for what it is, or the service gives up: nothing of a session may be lost to a
// database that is away for a moment.
func (r *Sessions) insist(id string, store func(context.Context) error) {
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		ctx, cancel := context.WithTimeout(r.ctx, storeLimit)
		err := store(ctx)
		cancel()
		if err == nil {
			return
		}
		if cobrowse.CodeOf(err) == cobrowse.CodeInvalid {
			r.log.Error("something of a session cannot be stored", "session", id, "error", err)
			return
		}
		r.log.Error("session not stored, trying again", "session", id, "in", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-r.ctx.Done():
			return
		}
	}
}

// GiveUp ends all sessions that run here as failed: another node believes this one dead and has finished them.
func (r *Sessions) GiveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.byID {
		s.End("failed")
	}
}

// Shutdown ends all sessions in good order and waits for them, at most until ctx ends.
func (r *Sessions) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	r.closing = true
	for _, s := range r.byID {
		s.End("shutdown")
	}
	r.mu.Unlock()
	defer r.cancel()
	return waited(ctx, &r.all)
}
