package browser

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// eventBuffer is how far the reader of Events may be behind. When it is full the browser closes itself: a session that has
// missed an event no longer knows what it shows to whom.
const eventBuffer = 512

var _ cobrowse.Browser = (*Browser)(nil)

// Browser is one session's browser. See cobrowse.Browser for its contract.
type Browser struct {
	launcher *Launcher
	pauses   cobrowse.Addresses
	requests []requestRule
	spec     Spec
	log      *slog.Logger
	hub      *stream.Hub
	events   chan cobrowse.BrowserEvent

	// Life: cancelled once by Close or by its own end; work are the goroutines that Close waits for.
	ctx      context.Context
	cancel   context.CancelCauseFunc
	work     sync.WaitGroup
	ending   sync.Once
	ended    chan struct{}
	endError error

	restarting sync.Mutex // one at a time; before mu
	ruling     sync.Mutex // one change of the policy at a time; before mu
	collecting sync.Mutex // one collection of the layer at a time; after ruling, before mu
	activating sync.Mutex // one tab at a time is put in front; before mu

	reading chan struct{} // holds the one whose PDF is being read

	// Hints to the goroutines that own capture, gate and layer; each holds at most one.
	wakeCapture, wakeGate, wakeLayer, wakeHidden, wakeForbid, wakeKey, wakeHistory chan struct{}
	wakeStills, wakeKeep                                                           chan struct{}

	// Everything below is guarded by mu, which is never held over a call to Chromium.
	mu        sync.Mutex
	closing   bool
	chrome    *chromium // nil while a new one starts
	sessions  map[target.SessionID]*page
	tabs      []*tab
	shown     *tab
	spare     *page                      // the page that Chromium starts with, until a tab takes it; not filmed
	waiters   map[target.ID]chan<- *page // Open waits for the page it created
	opening   int                        // Opens under way
	named     int                        // tabs ever made, for their ids
	viewport  cobrowse.Viewport
	language  string             // "" = Chromium's own
	asks      []*openAsk         // what waits for an answer, the oldest first
	asked     int                // questions ever asked, for their ids
	icons     map[string]string  // by origin; "" = on its way, or none
	lastTabs  cobrowse.TabsEvent // as sent
	lastLayer cobrowse.Layer     // as sent
	picture   picture
	gate      gateState
	paused    bool // by the customer
	restarts  []time.Time
	kept      kept
	files     files
	// outOfMemory is when the session was found to use too much.
	outOfMemory time.Time
}

func newBrowser(l *Launcher, spec Spec) *Browser {
	hint := func() chan struct{} { return make(chan struct{}, 1) }
	b := &Browser{
		launcher: l, pauses: cobrowse.PauseAddresses(spec.Policy.Pauses), requests: requestRules(spec.Policy.Requests), spec: spec, log: l.config.Log.With("session", spec.Session),
		events: make(chan cobrowse.BrowserEvent, eventBuffer), ended: make(chan struct{}), reading: make(chan struct{}, 1),
		wakeCapture: hint(), wakeGate: hint(), wakeLayer: hint(), wakeHidden: hint(), wakeForbid: hint(), wakeKey: hint(), wakeHistory: hint(),
		wakeStills: hint(), wakeKeep: hint(),
		sessions: map[target.SessionID]*page{}, icons: map[string]string{}, waiters: map[target.ID]chan<- *page{},
		viewport: firstViewport, picture: picture{codec: "av1", attempt: make(chan struct{})}, gate: gateState{reason: cobrowse.GateLoading},
	}
	b.ctx, b.cancel = context.WithCancelCause(context.Background())
	b.hub = stream.NewHub(func() { wake(b.wakeKey) })
	b.hub.OnStills(func() { wake(b.wakeStills) })
	b.hub.OnListening(func() { wake(b.wakeCapture) })
	b.hub.Hold(gateHolder, b.gate.reason)
	for _, loop := range []func(){
		b.captureLoop, b.keyLoop, b.gateLoop, b.layerLoop, b.hiddenLoop, b.forbidLoop, b.historyLoop,
		b.stillsLoop,
		b.keepLoop,
	} {
		b.work.Go(loop)
	}
	return b
}

// wake leaves a hint; one that is already there is enough.
func wake(hint chan struct{}) {
	select {
	case hint <- struct{}{}:
	default:
	}
}

// Events is closed after Close or when the browser is lost for good.
func (b *Browser) Events() <-chan cobrowse.BrowserEvent { return b.events }

// Hub carries the picture of the shown tab.
func (b *Browser) Hub() *stream.Hub { return b.hub }

// emit sends an event without waiting. Caller holds mu.
func (b *Browser) emit(ev cobrowse.BrowserEvent) {
	if b.closing {
		return
	}
	select {
	case b.events <- ev:
	default:
		b.log.Error("browser: nobody reads the events, closing")
		b.giveUp(errors.New("browser: nobody reads the events"))
	}
}

// spawn runs work that Close waits for. Caller holds mu.
func (b *Browser) spawn(work func()) {
	if !b.closing {
		b.work.Go(work)
	}
}

// giveUp ends the browser from within. Caller holds mu.
func (b *Browser) giveUp(cause error) {
	if b.closing {
		return
	}
	b.closing = true
	b.cancel(cause)
	go func() { _ = b.Close(context.Background()) }() // waits for the goroutine that calls this; Events tells when it is over
}

// Close ends Chromium and removes its profile; it returns when both are gone.
func (b *Browser) Close(ctx context.Context) error {
	b.ending.Do(func() {
		b.mu.Lock()
		b.closing = true
		chrome := b.chrome
		b.mu.Unlock()
		b.cancel(errors.New("browser: closed"))
		go func() {
			defer close(b.ended)
			if chrome != nil {
				b.endError = chrome.stop()
			}
			b.work.Wait()
			b.hub.Close()
			close(b.events)
		}()
	})
	select {
	case <-b.ended:
		return b.endError
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// adopt makes chrome the browser's Chromium and waits until its first page can be used.
func (b *Browser) adopt(ctx context.Context, chrome *chromium) error {
	first := make(chan *page, 1)
	b.mu.Lock()
	if b.closing {
		b.mu.Unlock()
		return errors.Join(errLost, chrome.stop())
	}
	b.chrome = chrome
	b.sessions = map[target.SessionID]*page{}
	b.spare = nil
	b.picture.restart()
	b.tellRate(captureFPS, "") // its encoder has yet to find out
	b.waiters = map[target.ID]chan<- *page{"": first}
	b.spawn(func() { b.watch(chrome) })
	wake(b.wakeStills)
	b.spawn(func() { b.watchLimits(chrome) })
	b.spawn(func() { b.watchAnswers(chrome) })
	b.mu.Unlock()
	chrome.deliverTo(func(ev event) { b.handle(chrome, ev) })
	select {
	case p := <-first:
		return errors.Join(p.wait(ctx), b.catchUp(ctx, chrome))
	case <-chrome.conn.lost:
		return errLost
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// current returns the running Chromium, or an error that says that it is being replaced. Caller holds mu.
func (b *Browser) current() (*chromium, error) {
	if b.closing {
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "browser_closed", "the shared browser is closed")
	}
	if b.chrome == nil {
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "browser_restarting", "the shared browser is starting again")
	}
	return b.chrome, nil
}
