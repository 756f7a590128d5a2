package browser

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// page is one page target of one Chromium. Its tab outlives it when Chromium dies.
type page struct {
	chrome   *chromium
	target   target.ID
	session  session
	prepared chan struct{} // closed when it may run; err says whether it can
	err      error
	hands    hands
	telling  sync.Mutex // held while the page is being told whose hand it is; before Browser.mu

	// Guarded by Browser.mu.
	tab    *tab // nil while it is the spare one
	frames map[cdp.FrameID]*frame
	gate   *privacy.Gate
	// learning counts the questions for frames under way, gone are those that ended meanwhile.
	learning int
	gone     map[cdp.FrameID]bool
	// way is how far a navigation of the page is: unless it rests, a capture must not begin.
	way way
	// moves grows with everything that changes way, so that a timer knows that it is of an older navigation.
	moves int
	// trips grows with every navigation that begins or arrives, so that one that never arrives can be told from the next.
	trips int
	// reloading tells that the navigation that was begun last is a reload.
	reloading bool
	waitFor   time.Time                // while it is silent: when people are asked whether to leave it
	sent      int                      // navigations of people
	setsOut   sync.Mutex               // held while one of them is sent, before Browser.mu: one that was overtaken must not come behind the other
	unbegun   *cdppage.NavigationEntry // where a person went in the history, until Chromium begins to go there or anywhere else
	// filling is the script that puts back what was kept, until a document has run it.
	filling cdppage.ScriptIdentifier
	// standsIn is the address at which it is an empty document of ours, "" for a page like any other.
	standsIn string
	awaits   bool          // a server's answer to the request for the tab's document
	reading  int           // files that a document of ours for the tab itself is made of at this moment
	freed    chan struct{} // closed when its process is gone that did not respond; nil while none is being ended
	// pauses are the pages that only the customer sees; madeInPrivate tells that one of them opened this window.
	pauses        cobrowse.Addresses
	madeInPrivate bool
	requests      []requestRule // that fail while an agent acts
	audible       bool
	begun         *drag // what Chromium says is being dragged, until runInputs of the tab takes it up
	worker        bool  // it is no page but a worker of one or several
}

// way is how far a page's navigation is.
type way int

const (
	resting way = iota
	leaving     // on its way to another document
	arrived     // the document is there and may be about to send people on
)

// frame is one frame of a page. The engine's world is where the privacy scripts of its present document live.
type frame struct {
	id, parent cdp.FrameID
	session    session
	loader     cdp.LoaderID
	url        string
	world      string // unique id of the execution context, "" when there is none
	worldID    runtime.ExecutionContextID
	worldDoc   cdp.LoaderID
	ruled      int  // the turn of the rules that the world has taken in
	withheld   bool // it is a document of Policy.Pauses
	hidden     bool // its document was told that all of it is hidden
	// health are the rules that were told to apply to this document, and whether they had found something.
	health map[string]bool
	// forbids are what the document's hidden fields hold, forbidden what it was told of those of all others.
	forbids, forbidden []string
}

func newPage(chrome *chromium, id target.ID, s session) *page {
	main := cdp.FrameID(id)
	return &page{
		chrome: chrome, target: id, session: s, prepared: make(chan struct{}),
		frames: map[cdp.FrameID]*frame{main: {id: main, session: s}}, gate: privacy.NewGate(string(main)),
	}
}

func (p *page) main() *frame { return p.frames[cdp.FrameID(p.target)] }

func (p *page) isPrepared() bool {
	select {
	case <-p.prepared:
		return p.err == nil
	default:
		return false
	}
}

// wait returns when the page can be used.
func (p *page) wait(ctx context.Context) error {
	select {
	case <-p.prepared:
		return p.err
	case <-p.chrome.conn.lost:
		return errLost
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// command is one DevTools command.
type command struct {
	method string
	params any
}

// setUp are the commands that leave no document of a new target unseen, in their order: events and binding first, then its
// child frames.
func (p *page) setUp() []command {
	yes := true
	return append([]command{
		{cdppage.CommandEnable, cdppage.EnableParams{}},
		{runtime.CommandEnable, nil},
		catchFiles,
		{runtime.CommandAddBinding, runtime.AddBindingParams{
			Name: p.chrome.bundle.Binding, ExecutionContextName: p.chrome.bundle.WorldName,
		}},
		{target.CommandSetAutoAttach, target.SetAutoAttachParams{
			AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes, Filter: p.below(),
		}},
	}, p.intercepted()...)
}

// dress gives a top-level page the shared size and makes it believe that it has the focus.
func dress(v cobrowse.Viewport) []command {
	return append(resize(v),
		command{emulation.CommandSetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}})
}

func resize(v cobrowse.Viewport) []command {
	touch := emulation.SetTouchEmulationEnabledParams{Enabled: v.HasTouch()}
	if v.HasTouch() {
		touch.MaxTouchPoints = 1
	}
	return []command{
		{emulation.CommandSetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(v.Width), Height: int64(v.Height), DeviceScaleFactor: v.Scale, Mobile: v.Mobile,
		}},
		{emulation.CommandSetTouchEmulationEnabled, touch},
		{input.CommandSetInterceptDrags, input.SetInterceptDragsParams{Enabled: !v.Mobile}}, // fingers drag nothing
	}
}

// answerTime is how long a paused target may take to answer before it is resumed all the same. A window without an opener has
// no renderer yet and answers only when it runs; Chromium then carries out what was sent before its first document.
const answerTime = 150 * time.Millisecond

// setUpAndResume sends the commands to a paused target and lets it run when it has taken them in.
func setUpAndResume(ctx context.Context, s session, commands []command) error {
	var sent batch
	if err := sent.send(s, commands); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, answerTime)
	err := sent.wait(short)
	cancel()
	if err != nil && !isTimeout(err) {
		return err
	}
	return errors.Join(resume(ctx, s), sent.wait(ctx))
}

// setUp sends the commands to a target and waits a moment for its answers.
func setUp(ctx context.Context, s session, commands []command) error {
	var sent batch
	if err := sent.send(s, commands); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return sent.wait(short)
}

// batch is a row of commands under way.
type batch struct {
	conn    *conn
	replies []<-chan *cdproto.Message
	methods []string
}

func (b *batch) send(s session, commands []command) error {
	b.conn = s.conn
	for _, c := range commands {
		reply, err := s.begin(c.method, c.params)
		if err != nil {
			return err
		}
		b.replies = append(b.replies, reply)
		b.methods = append(b.methods, c.method)
	}
	return nil
}

// wait returns when all are answered, or the first error. It may be called again after a timeout.
func (b *batch) wait(ctx context.Context) error {
	for len(b.replies) > 0 {
		select {
		case answer := <-b.replies[0]:
			if answer.Error != nil {
				return fmt.Errorf("%s: %w", b.methods[0], answer.Error)
			}
			b.replies, b.methods = b.replies[1:], b.methods[1:]
		case <-b.conn.lost:
			return errLost
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func resume(ctx context.Context, s session) error {
	return call(ctx, s, runtime.RunIfWaitingForDebugger, cdp.Empty{})
}

// call sends a command whose answer says nothing.
func call[P, R any](ctx context.Context, s session, command cdp.Command[P, R], params P) error {
	if _, err := cdp.Call(ctx, s, command, params); err != nil {
		return fmt.Errorf("%s: %w", command.Method, err)
	}
	return nil
}

// callTimeout bounds what asks a page something: a page may be busy for ever.
const callTimeout = 3 * time.Second
