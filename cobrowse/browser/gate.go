package browser

import (
	"context"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse"
)

const (
	// gateHolder is who this package is to the hub's gate.
	gateHolder = "browser"
	// gateMargin is how much later than the word that all masks stand a picture must have been captured: more than one frame.
	gateMargin = 40 * time.Millisecond
	// lastNudge is the longest wait for a first picture before another repaint; together they are about 1.3 s.
	lastNudge = 640 * time.Millisecond
)

// gateState is what the hub and the session were told last. Guarded by Browser.mu.
type gateState struct {
	open   bool
	reason string
	turn   uint64        // grows with every closing: an opening under way is void
	after  time.Duration // while open: pictures captured later pass
	passed bool          // while open: the key that begins them was there
}

// reasonNow says why the shown tab may not be seen, "" when it may. Caller holds mu.
func (b *Browser) reasonNow() string {
	if b.paused {
		return cobrowse.GatePaused
	}
	if b.shown == nil {
		return cobrowse.GateLoading
	}
	if b.shown.page == nil { // Chromium is being replaced
		return cobrowse.GateCrashed
	}
	if b.shown.page.withheld() {
		return cobrowse.GatePrivate
	}
	if reason, _ := b.shown.page.gate.State(time.Now()); reason != "" {
		return reason
	}
	if b.shown.page.unruled() {
		return cobrowse.GateMasks
	}
	if b.picture.filmed != b.shown.page {
		return cobrowse.GateLoading // the frames that arrive may still be another tab's
	}
	return ""
}

// refreshGate closes the gate at once when it must be closed, and leaves the opening to gateLoop. Caller holds mu.
func (b *Browser) refreshGate() {
	reason := b.reasonNow()
	if reason == "" {
		if !b.gate.open {
			wake(b.wakeGate)
		}
		return
	}
	if !b.gate.open && b.gate.reason == reason {
		b.gate.turn++
		return
	}
	b.closeGate(reason)
}

// closeGate withholds the picture. Caller holds mu.
func (b *Browser) closeGate(reason string) {
	b.gate = gateState{reason: reason, turn: b.gate.turn + 1}
	b.hub.Hold(gateHolder, reason)
	b.emit(cobrowse.GateEvent{Reason: reason})
	wake(b.wakeGate) // its timer is another one now
}

// gateLoop opens the gate and watches for frames that fall silent.
func (b *Browser) gateLoop() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeGate:
		case <-timer.C:
		}
		b.mu.Lock()
		b.refreshGate()
		opening, turn, chrome := !b.gate.open && b.reasonNow() == "", b.gate.turn, b.chrome
		timer.Reset(b.nextLook(time.Now()))
		b.mu.Unlock()
		if opening && chrome != nil {
			b.logError("gate", b.open(chrome, turn))
		}
	}
}

// nextLook is when to look at the gate again although nothing happened. Caller holds mu.
func (b *Browser) nextLook(now time.Time) time.Duration {
	wait := time.Hour
	if b.shown != nil && b.shown.page != nil {
		if next, ok := b.shown.page.gate.Next(now); ok {
			wait = next.Sub(now)
		}
	}
	if next := b.watchSilence(now); !next.IsZero() {
		wait = min(wait, next.Sub(now))
	}
	return max(wait, time.Millisecond)
}

// open lets pictures pass that were captured safely after now, beginning with a key, and makes the page paint one.
func (b *Browser) open(chrome *chromium, turn uint64) error {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	after := captureNow() + gateMargin
	if _, err := evaluate[any](ctx, chrome.capture, "", fmt.Sprintf("capture.keyAfter(%d)", after.Microseconds())); err != nil {
		return err
	}
	b.mu.Lock()
	if b.gate.turn != turn || b.chrome != chrome || b.reasonNow() != "" {
		b.mu.Unlock()
		return nil // closed again meanwhile; that has left its own hint
	}
	b.gate = gateState{open: true, turn: turn, after: after}
	b.hub.Release(gateHolder, after)
	b.emit(cobrowse.GateEvent{Open: true})
	b.spawn(func() { b.firstPicture(turn) })
	b.mu.Unlock()
	return nil
}

// holdPictures tells the encoder that the filmed page has a new document: the first picture behind its masks is a key for everybody.
func (b *Browser) holdPictures(chrome *chromium) {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	_, err := evaluate[any](ctx, chrome.capture, "", "capture.hold()")
	b.logError("hold", err)
}

// firstPicture makes the page paint until the key that opens the gate has passed: a page at rest yields no picture, and a repaint
// may come to nothing. One earlier than the margin would be too old to pass.
func (b *Browser) firstPicture(turn uint64) {
	for wait := gateMargin; wait <= lastNudge; wait *= 2 {
		select {
		case <-time.After(wait):
		case <-b.ctx.Done():
			return
		}
		b.mu.Lock()
		done := b.gate.turn != turn || b.gate.passed
		if !done {
			b.nudgeShown()
		}
		b.mu.Unlock()
		if done {
			return
		}
	}
}

// paintForCustomer makes a page paint that nobody else sees: no key opens a gate then, and the customer would be left with what was there
// before if the capture had missed its one picture.
func (b *Browser) paintForCustomer(p *page) {
	for wait := gateMargin; wait <= lastNudge; wait *= 4 {
		select {
		case <-time.After(wait):
		case <-b.ctx.Done():
			return
		}
		b.mu.Lock()
		if b.shown != nil && b.shown.page == p {
			b.nudgeShown()
		}
		b.mu.Unlock()
	}
}

// nudgeShown makes the shown page paint once, as a page at rest produces no picture. Caller holds mu.
func (b *Browser) nudgeShown() {
	if b.shown == nil || b.shown.page == nil {
		return
	}
	p := b.shown.page
	for _, w := range p.worlds() {
		if string(w.frame) != string(p.target) {
			continue
		}
		b.spawn(func() {
			ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
			defer cancel()
			_, err := evaluate[any](ctx, w.session, w.world, "void __cobrowse.nudge()")
			b.logError("nudge", err)
		})
	}
}
