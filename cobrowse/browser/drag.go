package browser

import (
	"context"
	"errors"
	"slices"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// What a page drags (texts, links, elements with draggable=true), Chromium would hand over to a window system. It hands it to us instead,
// and we carry it: the moves and the end of the person who drags are events of that drag from then on, until it is dropped or given up.
// A page with a drag under way hears no press, so every way out of one ends in either.

const (
	// dropTime bounds how long the end of a drag waits for a busy page, as a change of hands does.
	dropTime = settleTimeout
	// mostDragged bounds what is dragged, in bytes: the page gets all of it anew with each move.
	mostDragged = 1 << 20
)

// drag is what a page has begun to drag.
type drag struct {
	data *input.DragData
	doc  cdp.LoaderID // the page's document when it began
	by   cobrowse.Role
	from cobrowse.InputEvent // the press that it began with
}

func (d *drag) event(kind input.DispatchDragEventType, at cobrowse.InputEvent) input.DispatchDragEventParams {
	return input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y, Data: d.data, Modifiers: int64(at.Mods)}
}

func letsGo(ev cobrowse.InputEvent) bool { return ev.Kind == cobrowse.InputUp && ev.Button == 0 }

// follow keeps who holds the left button, and whether the mouse has moved since.
func (h *hands) follow(j *job) {
	switch {
	case j.ev.Kind == cobrowse.InputDown && j.ev.Button == 0:
		h.held, h.press, h.moved = j.by, j.ev, false
	case j.by != h.held:
	case j.ev.Kind == cobrowse.InputMove && j.ev.Buttons&1 != 0:
		h.moved = true
	case j.ev.Kind == cobrowse.InputMove, letsGo(j.ev):
		h.held = ""
	}
}

// mayEnd tells whether an event may end a drag of whoever holds the button: anything but a mouse that goes on.
func (h *hands) mayEnd(j *job) bool {
	goesOn := j.ev.Kind == cobrowse.InputMove && (j.by != h.held || j.ev.Buttons&1 != 0)
	return h.held != "" && h.moved && !goesOn
}

// steer takes in what an event means for a drag. It returns whether the event is still to be dispatched: as one of the drag, if one is on.
func (b *Browser) steer(t *tab, p *page, j *job) (bool, *cobrowse.Refusal, error) {
	h := &p.hands
	if h.mayEnd(j) {
		if err := b.awaitTakenIn(p); err != nil {
			return false, nil, err
		}
	}
	if err := b.takeUp(t, p); err != nil {
		return false, nil, err
	}
	h.follow(j)
	move := j.ev.Kind == cobrowse.InputMove
	if h.drag == nil {
		return !move || h.held == "" || h.held == j.by, nil, nil // the other's mouse, which holds no button, would end what the page does
	}
	own := h.drag.by == j.by
	switch {
	case own && letsGo(j.ev):
		refusal, err := b.drop(t, p, j)
		return false, refusal, err
	case j.ev.Kind == cobrowse.InputKeyDown && j.ev.Key == "Escape":
		return false, nil, b.cancelDrag(t, p)
	case j.ev.Kind == cobrowse.InputDown, own && move && j.ev.Buttons&1 == 0, b.leftBehind(p):
		return true, nil, b.cancelDrag(t, p)
	}
	return own || !move, nil, nil // the other person's mouse passes over a page that hears of no mouse
}

// awaitTakenIn waits until the page has taken in what it was told. A drag that a mouse began is known of then: Chromium tells of it before it
// answers what the page was asked later.
func (b *Browser) awaitTakenIn(p *page) error {
	err := b.settle(p, dropTime)
	if err == nil {
		err = b.awaitAnswers(p, b.askDocuments(p), dropTime)
	}
	if errors.Is(err, errBusy) {
		return nil // the drag that it may yet begin is given up
	}
	return err
}

// askDocuments asks all processes of a page for nothing.
func (b *Browser) askDocuments(p *page) []<-chan *cdproto.Message {
	var answers []<-chan *cdproto.Message
	for _, s := range b.sessionsOf(p) {
		if answer, err := s.begin(runtime.CommandEvaluate, runtime.EvaluateParams{Expression: "0"}); err == nil {
			answers = append(answers, answer)
		}
	}
	return answers
}

// sessionsOf returns the sessions of a page: its own, and one for each process with frames of other sites.
func (b *Browser) sessionsOf(p *page) []session {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []session{p.session}
	for _, f := range p.frames {
		if !slices.Contains(list, f.session) {
			list = append(list, f.session)
		}
	}
	return list
}

// begins takes in that a page begins a drag. It is taken up in its turn, as one that comes when nobody holds a button must end. Caller holds mu.
func (b *Browser) begins(p *page, e *input.EventDragIntercepted) {
	p.begun = &drag{data: e.Data, doc: p.main().loader}
	if p.tab != nil {
		b.logError("drag", p.tab.add(&job{}))
	}
}

// takeUp begins the drag that Chromium has told of. An agent drags nothing that is hidden: the page's own script may have put it there.
func (b *Browser) takeUp(t *tab, p *page) error {
	h := &p.hands
	b.mu.Lock()
	begun := p.begun
	p.begun = nil
	b.mu.Unlock()
	if begun == nil {
		return nil
	}
	begun.by, begun.from = h.held, h.press
	h.drag = begun
	if h.held == "" || !h.moved || size(begun.data) > mostDragged || h.held != cobrowse.RoleCustomer && b.holdsHidden(begun.data) {
		return b.cancelDrag(t, p)
	}
	return nil
}

// leftBehind tells whether the page has gone on to another document than the one in which the drag began.
func (b *Browser) leftBehind(p *page) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return p.hands.drag.doc != p.main().loader
}

func size(data *input.DragData) (n int) {
	for _, item := range data.Items {
		n += len(item.MimeType) + len(item.Data) + len(item.Title) + len(item.BaseURL)
	}
	return n
}

// holdsHidden tells whether what is dragged holds something that is hidden from agents.
func (b *Browser) holdsHidden(data *input.DragData) bool {
	hidden := privacy.NewRedactor(nil)
	b.mu.Lock()
	hidden.Remember(b.lastLayer.Values...)
	if b.chrome != nil {
		for _, p := range b.pagesOf(b.chrome) {
			for _, f := range p.frames {
				hidden.Remember(f.forbids...)
			}
		}
	}
	b.mu.Unlock()
	return slices.ContainsFunc(data.Items, func(i *input.DragDataItem) bool {
		return slices.ContainsFunc([]string{i.Data, i.Title, i.BaseURL}, func(s string) bool { return hidden.Text(s) != s })
	})
}

// drop ends a drag where its person lets go. It is a press of theirs: the guard judges it, and nobody drops onto what they do not see.
func (b *Browser) drop(t *tab, p *page, j *job) (*cobrowse.Refusal, error) {
	d := p.hands.drag
	if b.leftBehind(p) {
		return nil, b.cancelDrag(t, p)
	}
	if j.by != cobrowse.RoleCustomer {
		if refusal, err := b.askPoint(b.ctx, p, t.id, j.by, j.ev.X, j.ev.Y); refusal != nil || err != nil {
			return refusal, errors.Join(err, b.cancelDrag(t, p))
		}
	}
	if !b.mayDrop(t, j) {
		return nil, b.cancelDrag(t, p)
	}
	crosses := b.crosses(p, d.from, j.ev)
	if crosses {
		d.data = withoutAddresses(d.data)
	}
	p.hands.drag = nil
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDrop} {
		if err := b.send(t, p, j.ev.Kind, input.CommandDispatchDragEvent, d.event(kind, j.ev)); err != nil {
			return nil, err
		}
	}
	if !crosses {
		return nil, nil
	}
	// Chromium ends the drag for what it was dropped on. Its source would go on dragging, and hear no press.
	if err := b.settle(p, dropTime); err != nil && !errors.Is(err, errBusy) {
		return nil, err
	}
	return nil, b.endDrag(t, p, d)
}

// crosses tells whether a drag goes from the frame of one site to another's.
func (b *Browser) crosses(p *page, from, to cobrowse.InputEvent) bool {
	ctx, cancel := context.WithTimeout(b.ctx, dropTime)
	defer cancel()
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	offsets := newOffsets(p, worlds)
	for _, w := range worlds {
		if w.session != p.session && offsets.holds(ctx, w, from.X, from.Y) != offsets.holds(ctx, w, to.X, to.Y) {
			return true
		}
	}
	return false
}

// withoutAddresses leaves out what Chromium would open in a tab when no element takes it. Within one frame it does not.
func withoutAddresses(data *input.DragData) *input.DragData {
	items := make([]*input.DragDataItem, 0, len(data.Items))
	for _, item := range data.Items {
		if item.MimeType != "text/uri-list" {
			items = append(items, item)
		}
	}
	return &input.DragData{Items: items, DragOperationsMask: data.DragOperationsMask}
}

// mayDrop tells whether a person sees where they let go.
func (b *Browser) mayDrop(t *tab, j *job) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	inside := j.ev.X >= 0 && j.ev.Y >= 0 && j.ev.X < float64(b.viewport.Width) && j.ev.Y < float64(b.viewport.Height)
	return inside && b.shown == t && (j.by == cobrowse.RoleCustomer || b.gate.open)
}

// cancelDrag gives a drag up: nothing is dropped.
func (b *Browser) cancelDrag(t *tab, p *page) error {
	d := p.hands.drag
	p.hands.drag, p.hands.cancelled = nil, true
	return b.endDrag(t, p, d)
}

// endDrag lets the source of a drag hear that it is over, in whatever process and place it is by now.
func (b *Browser) endDrag(t *tab, p *page, d *drag) error {
	for _, s := range b.sessionsOf(p)[1:] {
		reply, err := s.begin(input.CommandDispatchDragEvent, d.event(input.DispatchDragEventTypeDragCancel, cobrowse.InputEvent{}))
		if err != nil {
			return err
		}
		p.hands.settled = append(p.hands.settled, reply)
	}
	return b.send(t, p, cobrowse.InputUp, input.CommandDispatchDragEvent, d.event(input.DispatchDragEventTypeDragCancel, d.from))
}
