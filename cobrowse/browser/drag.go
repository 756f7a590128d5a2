package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/input"

	"cobrowse-connector/cobrowse"
)

// dropTime bounds how long the end of a drag waits for a busy page.
const dropTime = time.Second

// follow keeps whether a button is held and the mouse has moved since.
func (h *hands) follow(ev cobrowse.InputEvent) {
	switch {
	case ev.Kind == cobrowse.InputDown:
		h.dragging = false
	case ev.Kind == cobrowse.InputMove && ev.Buttons&1 != 0:
		h.dragging = true
	}
}

// settleDrag moves the mouse once more to where a drag ends, and waits for the page. Something is dropped only where the page has said
// before that it takes it; the last move has brought it there and the page has not been asked. An agent who does not see the page only
// lets go.
func (b *Browser) settleDrag(t *tab, p *page, j *job) error {
	if j.ev.Kind != cobrowse.InputUp || j.ev.Button != 0 || !p.hands.dragging {
		return nil
	}
	p.hands.dragging = false
	b.mu.Lock()
	seen := j.by == cobrowse.RoleCustomer || b.gate.open && b.shown == t
	b.mu.Unlock()
	if !seen {
		return nil
	}
	there := j.ev
	there.Kind, there.Buttons = cobrowse.InputMove, 1
	reply, err := p.session.begin(input.CommandDispatchMouseEvent, mouseEvent(there))
	if err != nil {
		return err
	}
	p.hands.settled = append(unanswered(p.hands.settled), reply)
	timeout := time.After(dropTime)
	for len(p.hands.settled) > 0 {
		select {
		case <-p.hands.settled[0]:
			p.hands.settled = p.hands.settled[1:]
		case <-timeout:
			return nil // what it has not taken in yet the next change of hands waits for
		case <-p.chrome.conn.lost:
			return errLost
		case <-b.ctx.Done():
			return context.Cause(b.ctx)
		}
	}
	return nil
}
