package browser

import (
	"context"
	"errors"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/input"

	"cobrowse-connector/cobrowse"
)

const (
	// tabJobs bounds what waits for one tab. When it is full, input is refused with an error: nothing is dropped in silence.
	tabJobs = 256
	// settleTimeout bounds how long a change of hands waits for a busy page to take in what the other person did.
	settleTimeout = 5 * time.Second
	// agentsTime is how long what an agent did keeps the page in the agent's hands although the customer moves the mouse.
	agentsTime = 2 * time.Second
)

// inputs is the ordered input of one tab. Guarded by Browser.mu.
type inputs struct {
	queue  []*job
	hint   chan struct{}
	closed chan struct{}
	moving bool // a move is under way; the next waits, so that newer ones can take its place

	by        cobrowse.Role // whose hand the page knows
	pressedBy cobrowse.Role // who pressed last
	pressedAt time.Time
	agentAt   time.Time // of an agent's last input of any kind
	// agentActedAt is that of one that was more than a mouse that moves.
	agentActedAt time.Time
	customerAt   time.Time // of the customer's last press
	asked        int       // questions of the page since the last press
	// handled has the page's answer to the last event that was more than that, when it has taken it in, and handledOf says whose it was.
	handled   <-chan *cdproto.Message
	handledOf cobrowse.Role
	beside    bool       // the last press asks for a tab behind this one
	away      bool       // on the way to another document
	turn      sync.Mutex // held by whoever acts: one event, or one journey, at a time; before Browser.mu
}

// hands is what people's hands do on one page. It belongs to runInputs of its tab, and ends with the page.
type hands struct {
	settled []<-chan *cdproto.Message // input that the page had not taken in when it was looked at last
	held    cobrowse.Role             // who holds the left button, "" when nobody does
	press   cobrowse.InputEvent       // where they began to
	moved   bool                      // the mouse has moved since
	drag    *drag                     // nil when none is on
	// cancelled: the page was told that a drag is over. A press that overtook this would end it, and its source never hear of it.
	cancelled bool
	finger    finger
}

// job is one input that waits for its turn.
type job struct {
	ctx    context.Context // whoever asked may have given up by the time it is its turn
	by     cobrowse.Role
	ev     cobrowse.InputEvent // without a kind: the page has begun a drag
	result chan outcome        // nil for moves: nobody waits for them
}

type outcome struct {
	refusal *cobrowse.Refusal
	err     error
}

func (in *inputs) init() {
	in.hint = make(chan struct{}, 1)
	in.closed = make(chan struct{})
}

// end is called once, when the tab is gone.
func (in *inputs) end() { close(in.closed) }

// Input carries out one event for a person, after everything that came before it on that tab. Moves return at once.
func (b *Browser) Input(ctx context.Context, id cobrowse.TabID, by cobrowse.Role, ev cobrowse.InputEvent) (*cobrowse.Refusal, error) {
	if err := checkInput(ev); err != nil {
		return nil, err
	}
	if ev.Kind == cobrowse.InputKeyDown || ev.Kind == cobrowse.InputKeyUp {
		var may bool
		if ev, may = ofPage(ev); !may {
			b.keyRefused(id, ev)
			return nil, nil // there is nothing that it could do in a shared browser
		}
	}
	b.mu.Lock()
	t, _, err := b.find(id)
	if err != nil {
		b.mu.Unlock()
		return nil, err
	}
	j := &job{ctx: ctx, by: by, ev: ev}
	if ev.Kind == cobrowse.InputMove {
		err = t.addMove(j)
		b.mu.Unlock()
		return nil, err
	}
	j.result = make(chan outcome, 1)
	err = t.add(j)
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case done := <-j.result:
		wake(b.wakeKeep)
		return done.refusal, done.err
	case <-t.closed:
		return nil, nil // most often by this very press: nobody misses its answer
	case <-b.ctx.Done():
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "browser_closed", "the shared browser is closed")
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func checkInput(ev cobrowse.InputEvent) error {
	switch ev.Kind {
	case cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp, cobrowse.InputWheel, cobrowse.InputText, cobrowse.InputCompose:
	case cobrowse.InputKeyDown, cobrowse.InputKeyUp:
		if ev.Key == "" {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "input_invalid", "key is missing")
		}
	default:
		return cobrowse.Errorf(cobrowse.CodeInvalid, "input_invalid", "there is no input of kind %q", ev.Kind)
	}
	return nil
}

// add queues a job. Caller holds Browser.mu.
func (in *inputs) add(j *job) error {
	if len(in.queue) >= tabJobs {
		return cobrowse.Errorf(cobrowse.CodeLimited, "input_backlog", "the page does not keep up with the input")
	}
	in.queue = append(in.queue, j)
	wake(in.hint)
	return nil
}

// addMove queues a move in place of one by the same person that is still the last to wait. Caller holds Browser.mu.
func (in *inputs) addMove(j *job) error {
	if n := len(in.queue); n > 0 && in.queue[n-1].ev.Kind == cobrowse.InputMove && in.queue[n-1].by == j.by {
		in.queue[n-1] = j
		return nil
	}
	return in.add(j)
}

// runInputs carries out a tab's input, one after the other, until the tab is gone.
func (b *Browser) runInputs(t *tab) {
	for {
		j := b.nextInput(t)
		if j == nil {
			return
		}
		refusal, err := b.carryOut(t, j)
		if j.result != nil {
			j.result <- outcome{refusal, err}
		} else {
			b.logError("move", err)
		}
	}
}

func (b *Browser) nextInput(t *tab) *job {
	for {
		b.mu.Lock()
		if n := len(t.queue); n > 1 || (n == 1 && (t.queue[0].ev.Kind != cobrowse.InputMove || !t.moving)) {
			j := t.queue[0]
			t.queue = t.queue[1:]
			b.mu.Unlock()
			return j
		}
		b.mu.Unlock()
		select {
		case <-t.hint:
		case <-t.closed:
			return nil
		case <-b.ctx.Done():
			return nil
		}
	}
}

// carryOut makes the page know whose hand it is, asks its guard for agents, and dispatches.
func (b *Browser) carryOut(t *tab, j *job) (*cobrowse.Refusal, error) {
	t.turn.Lock()
	defer t.turn.Unlock()
	b.mu.Lock()
	p := t.page
	finger := p != nil && p.hands.byFinger(b.viewport, j)
	held := p != nil && b.heldUp(p)
	b.mu.Unlock()
	switch {
	case p == nil:
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "browser_restarting", "the tab is being opened again")
	case j.ev.Kind == "":
		return nil, b.takeUp(t, p)
	case held && p.hands.drag != nil && letsGo(j.ev):
		return nil, b.cancelDrag(t, p)
	case held && j.ev.Kind.Release():
		p.hands.follow(j)
		return nil, b.dispatch(t, p, j, finger)
	case held: // it would be done after the answer, to another page than the person saw
		return nil, nil
	}
	if j.ev.Kind != cobrowse.InputMove {
		b.filmingSettled(b.ctx) // a press may navigate
	}
	if err := b.handOver(t, p, j); err != nil {
		return nil, err
	}
	if j.by != cobrowse.RoleCustomer {
		if refusal, err := b.askGuard(p, t.id, j); refusal != nil || err != nil {
			return refusal, err
		}
	}
	if may, err := b.lastLook(t, j); !may {
		return nil, err
	}
	if !finger || p.hands.drag != nil {
		if goesOn, refusal, err := b.steer(t, p, j); !goesOn || err != nil {
			return refusal, err
		}
	}
	if p.hands.cancelled {
		p.hands.cancelled = false
		if err := b.awaitTakenIn(p); err != nil {
			return nil, err
		}
	}
	return nil, b.dispatch(t, p, j, finger)
}

func isPress(k cobrowse.InputKind) bool {
	return k == cobrowse.InputDown || k == cobrowse.InputKeyDown || k == cobrowse.InputText || k == cobrowse.InputCompose
}

// lastLook tells, just before an event is sent, whether it may be, and notes it. Agents act only on what they see: behind a closed
// gate their picture is an old one, and there may be nothing that could stop them.
func (b *Browser) lastLook(t *tab, j *job) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, agents := time.Now(), j.by != cobrowse.RoleCustomer
	switch {
	case j.ev.Kind.Release():
	case j.ctx.Err() != nil && j.ev.Kind != cobrowse.InputMove:
		return false, context.Cause(j.ctx)
	case agents && (!b.gate.open || b.shown != t):
		if j.ev.Kind == cobrowse.InputMove {
			return false, nil
		}
		return false, cobrowse.ErrUnseen
	}
	switch {
	case agents && j.ev.Kind == cobrowse.InputMove:
		t.agentAt = now
	case agents:
		t.agentActed(now)
	}
	if j.ev.Kind != cobrowse.InputMove {
		t.handled, t.handledOf = make(chan *cdproto.Message), j.by // until it is sent
	}
	if isPress(j.ev.Kind) {
		t.pressed(j.by, now)
		t.beside = asksBeside(j.ev)
	}
	return true, nil
}

// dispatch sends an event as what it is for the page, if anything.
func (b *Browser) dispatch(t *tab, p *page, j *job, finger bool) error {
	method, params, err := inputCommand(p, j, finger)
	if method == "" {
		return err
	}
	return b.send(t, p, j.ev.Kind, method, params)
}

// send sends what an event is for the page. It does not wait for the page: what a page takes in, it takes in in this order.
func (b *Browser) send(t *tab, p *page, kind cobrowse.InputKind, method string, params any) error {
	reply, err := p.session.begin(method, params)
	if err != nil {
		return err
	}
	p.hands.settled = append(unanswered(p.hands.settled), reply)
	if kind == cobrowse.InputMove {
		b.holdMoves(t, p, reply)
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t.handled = reply
	return nil
}

func unanswered(replies []<-chan *cdproto.Message) []<-chan *cdproto.Message {
	kept := replies[:0]
	for _, r := range replies {
		if len(r) == 0 {
			kept = append(kept, r)
		}
	}
	return kept
}

// settle waits until a page has taken in what was sent to it.
func (b *Browser) settle(p *page, limit time.Duration) error {
	timeout := time.After(limit)
	for len(p.hands.settled) > 0 {
		if err := b.awaitAnswer(p, p.hands.settled[0], timeout); err != nil {
			return err
		}
		p.hands.settled = p.hands.settled[1:] // an answer that was read is none to wait for again
	}
	return nil
}

// holdMoves keeps further moves back until the page has taken this one in.
func (b *Browser) holdMoves(t *tab, p *page, reply <-chan *cdproto.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.moving = true
	relay := make(chan *cdproto.Message, 1)
	p.hands.settled[len(p.hands.settled)-1] = relay
	goesOn := sync.OnceFunc(func() {
		b.mu.Lock()
		t.moving = false
		b.mu.Unlock()
		wake(t.hint)
	})
	b.spawn(func() {
		defer goesOn()
		defer time.AfterFunc(settleTimeout, goesOn).Stop()
		select {
		case answer := <-reply:
			relay <- answer // however late: a change of hands waits for it
		case <-p.chrome.conn.lost:
		case <-b.ctx.Done():
		}
	})
}

// handOver tells all worlds of the page whose hand it is now, after the page has taken in what the other person did: else a
// press of the agent could be taken for the customer's.
func (b *Browser) handOver(t *tab, p *page, j *job) error {
	b.mu.Lock()
	takes := t.takesOver(j)
	b.mu.Unlock()
	if !takes {
		return nil
	}
	if err := b.settle(p, settleTimeout); err != nil {
		return err
	}
	err := b.tell(p, func() (cobrowse.Role, []place) {
		t.by = j.by // worlds that are made from here on hear it by themselves
		return j.by, p.worlds()
	})
	if err != nil {
		b.mu.Lock()
		t.by = ""
		b.mu.Unlock()
	}
	return err
}

// takesOver tells whether an event puts the page into the hand of its person. An agent's always does. The customer's mouse that moves
// by does not while the page may still be busy with what an agent did: that would then pass as theirs. Caller holds Browser.mu.
func (in *inputs) takesOver(j *job) bool {
	switch {
	case in.by == j.by:
		return false
	case j.by != cobrowse.RoleCustomer, isPress(j.ev.Kind), j.ev.Kind.Release() && in.pressedBy == j.by:
		return true
	}
	return !in.away && time.Since(in.agentAt) > agentsTime
}

var errBusy = cobrowse.Errorf(cobrowse.CodeUnavailable, "page_busy", "the page is busy and does not answer")

// inputCommand translates an event into its DevTools command, "" when there is nothing to send.
func inputCommand(p *page, j *job, finger bool) (string, any, error) {
	ev := j.ev
	switch ev.Kind {
	case cobrowse.InputText:
		return input.CommandInsertText, input.InsertTextParams{Text: ev.Text}, nil
	case cobrowse.InputCompose:
		end := int64(len(utf16.Encode([]rune(ev.Text))))
		return input.CommandImeSetComposition, input.ImeSetCompositionParams{Text: ev.Text, SelectionStart: end, SelectionEnd: end}, nil
	case cobrowse.InputKeyDown, cobrowse.InputKeyUp:
		return input.CommandDispatchKeyEvent, keyEvent(ev), nil
	case cobrowse.InputWheel:
		return input.CommandDispatchMouseEvent, wheelEvent{
			Type: input.DispatchMouseEventTypeMouseWheel, X: ev.X, Y: ev.Y, DeltaX: ev.DX, DeltaY: ev.DY, Modifiers: ev.Mods,
		}, nil
	}
	if d := p.hands.drag; d != nil && ev.Kind == cobrowse.InputMove {
		return input.CommandDispatchDragEvent, d.event(input.DispatchDragEventTypeDragEnter, ev), nil // what it enters may be another process
	}
	if finger && !asMouse(ev) {
		return p.hands.touch(j)
	}
	return input.CommandDispatchMouseEvent, mouseEvent(ev), nil
}

// asMouse tells of what a finger cannot do on a phone's page: a long press is the right button, and touched once it would be a tap.
func asMouse(ev cobrowse.InputEvent) bool {
	return (ev.Kind == cobrowse.InputDown || ev.Kind == cobrowse.InputUp) && ev.Button != 0
}

// wheelEvent is DispatchMouseEventParams with both deltas always there: Chromium refuses a wheel without them.
type wheelEvent struct {
	Type      input.DispatchMouseEventType `json:"type"`
	X         float64                      `json:"x"`
	Y         float64                      `json:"y"`
	DeltaX    float64                      `json:"deltaX"`
	DeltaY    float64                      `json:"deltaY"`
	Modifiers int                          `json:"modifiers"`
}

func mouseEvent(ev cobrowse.InputEvent) input.DispatchMouseEventParams {
	m := input.DispatchMouseEventParams{
		Type: input.DispatchMouseEventTypeMouseMoved, X: ev.X, Y: ev.Y, Modifiers: int64(ev.Mods), Buttons: int64(ev.Buttons),
		Button: input.MouseButtonNone,
	}
	names := []input.MouseButton{input.MouseButtonLeft, input.MouseButtonMiddle, input.MouseButtonRight}
	switch ev.Kind {
	case cobrowse.InputDown:
		m.Type, m.Button, m.ClickCount = input.DispatchMouseEventTypeMousePressed, names[ev.Button], int64(max(ev.Clicks, 1))
	case cobrowse.InputUp:
		m.Type, m.Button, m.ClickCount = input.DispatchMouseEventTypeMouseReleased, names[ev.Button], int64(max(ev.Clicks, 1))
	case cobrowse.InputMove:
		m.Button = heldButton(ev.Buttons)
	}
	return m
}

// heldButton names the button of a drag: pages see none otherwise.
func heldButton(buttons int) input.MouseButton {
	switch {
	case buttons&1 != 0:
		return input.MouseButtonLeft
	case buttons&2 != 0:
		return input.MouseButtonRight
	case buttons&4 != 0:
		return input.MouseButtonMiddle
	}
	return input.MouseButtonNone
}

// isTimeout tells whether a page did not answer in time.
func isTimeout(err error) bool { return errors.Is(err, context.DeadlineExceeded) }
