package cobrowse

import (
	"context"
	"slices"
	"time"
)

const (
	cursorEvery = time.Second / 30 // how often one person's cursor is sent to the others
	sampleEvery = time.Second / 10 // how often it is recorded
	hintEvery   = time.Second / 10 // how often the page is asked what an agent's pointer is over
)

// pointer is where a person's mouse or finger is. Owned by the actor.
type pointer struct {
	tab     TabID
	x, y    float64
	down    bool // as it is
	press   bool // it was down since the last time it was sent
	shown   bool // what was sent last
	sent    time.Time
	sampled time.Time
	heldTab TabID
	held    []int // buttons
	keys    []string
}

func (p *pointer) hold(tab TabID, button int) {
	p.heldTab = tab
	if !slices.Contains(p.held, button) {
		p.held = append(p.held, button)
	}
}

func (p *pointer) letGo(button int) {
	p.held = slices.DeleteFunc(p.held, func(b int) bool { return b == button })
}

// mostKeys is more than anybody's fingers hold. When it is full a key's end may be lost behind a closed gate.
const mostKeys = 16

func (p *pointer) holdKey(ev InputEvent) {
	if key := ev.Key + ev.Code; len(p.keys) < mostKeys && !slices.Contains(p.keys, key) {
		p.keys = append(p.keys, key)
	}
}

func (p *pointer) letKeyGo(ev InputEvent) {
	p.keys = slices.DeleteFunc(p.keys, func(key string) bool { return key == ev.Key+ev.Code })
}

// lets tells whether ev ends what p holds.
func (p *pointer) lets(ev InputEvent) bool {
	return ev.Kind == InputUp && slices.Contains(p.held, ev.Button) || ev.Kind == InputKeyUp && slices.Contains(p.keys, ev.Key+ev.Code)
}

// pointAt shows p's cursor to the others, at most 30 times a second; a press in between is not lost.
func (s *Session) pointAt(p *person, tab TabID, x, y float64, down bool) {
	pt := &p.pointer
	pt.tab, pt.x, pt.y, pt.down = tab, x, y, down
	pt.press = pt.press || down
	s.hint(p)
	if !p.can(RightPoint) {
		return
	}
	now := time.Now()
	if now.Sub(pt.sampled) >= sampleEvery && !s.keptBack(p, tab, x, y) {
		pt.sampled = now
		s.trackShared(TrackEvent{Kind: "cursor", By: p.Role, Name: p.Name, Tab: tab, X: x, Y: y})
	}
	if wait := cursorEvery - now.Sub(pt.sent); wait > 0 {
		if name := "cursor " + p.ID; !s.deadlines.set(name) {
			s.deadlines.in(name, wait, func() { s.sendCursor(p) })
		}
		return
	}
	s.sendCursor(p)
}

// keptBack tells whether nobody but the customer may know what p points at.
func (s *Session) keptBack(p *person, tab TabID, x, y float64) bool {
	return s.secluded() || p.Role == RoleCustomer && s.shared.layer != nil && s.shared.layer.Tab == tab && onKeypad(*s.shared.layer, x, y)
}

// padEdge is how far around the digits of a pad its keys may be pressed.
const padEdge = 24

// onKeypad tells whether a point is on a pad for a password, or in a hidden field for one: where it is pressed says what it is.
func onKeypad(l Layer, x, y float64) bool {
	var pad LayerRect
	for _, item := range l.Items {
		switch {
		case item.Reason != "password":
		case item.Kind == "field":
			if inside(item.Rect, x, y, 0) {
				return true
			}
		case pad.W == 0:
			pad = item.Rect
		default:
			pad = around(pad, item.Rect)
		}
	}
	return pad.W > 0 && inside(pad, x, y, padEdge)
}

func inside(r LayerRect, x, y, edge float64) bool {
	return x >= r.X-edge && x <= r.X+r.W+edge && y >= r.Y-edge && y <= r.Y+r.H+edge
}

func (s *Session) sendCursor(p *person) {
	pt := &p.pointer
	pt.sent, pt.shown, pt.press = time.Now(), pt.press, false
	s.watchers(func(other *person) {
		if other != p && (!gated(other.Role) || !s.keptBack(p, pt.tab, pt.x, pt.y)) {
			other.send(Cursor{Who: p.ID, Role: p.Role, Name: p.Name, Tab: pt.tab, X: pt.x, Y: pt.y, Down: pt.shown})
		}
	})
	if pt.shown != pt.down {
		s.deadlines.in("cursor "+p.ID, cursorEvery, func() { s.sendCursor(p) })
	}
}

func (s *Session) forgetPointer(p *person) {
	s.deadlines.cancel("cursor " + p.ID)
	s.deadlines.cancel("hint " + p.ID)
	p.hint.name = ""
}

// releaseHands lets go of the buttons that p held, outside the page so that nothing is clicked by it: a person who is gone
// or paused must not leave the other one with a mouse that drags.
func (s *Session) releaseHands(p *person) {
	if l := s.shared.lanes[p.pointer.heldTab]; l != nil {
		for _, button := range p.pointer.held {
			l.push(job{who: p.ID, role: p.Role, ev: InputEvent{Kind: InputUp, X: -1, Y: -1, Button: button, Clicks: 1}})
		}
	}
	p.pointer.held, p.pointer.keys = nil, nil
}

// hint is what an agent was told about the thing under the pointer. Owned by the actor.
type hint struct {
	asking bool
	asked  time.Time
	name   string
}

// hint asks the page whether the agent may press what the pointer is over, at most ten times a second.
func (s *Session) hint(p *person) {
	if p.Role != RoleAgent || !p.can(RightClick) || s.State() != StateLive || !s.inPicture(p.pointer.tab) || p.hint.asking {
		return
	}
	name := "hint " + p.ID
	if wait := hintEvery - time.Since(p.hint.asked); wait > 0 {
		if !s.deadlines.set(name) {
			s.deadlines.in(name, wait, func() { s.hint(p) })
		}
		return
	}
	browser, tab, x, y := s.shared.browser, p.pointer.tab, p.pointer.x, p.pointer.y
	var refusal *Refusal
	p.hint.asked = time.Now()
	p.hint.asking = s.task(time.Second, func(ctx context.Context) (err error) {
		refusal, err = browser.Blocked(ctx, tab, x, y)
		return err
	}, func(err error) {
		p.hint.asking = false
		if err == nil {
			s.hinted(p, tab, x, y, refusal)
		}
		if p.pointer.x != x || p.pointer.y != y || p.pointer.tab != tab {
			s.hint(p) // it has moved on meanwhile
		}
	})
}

func (s *Session) hinted(p *person, tab TabID, x, y float64, r *Refusal) {
	name := ""
	if r != nil {
		name = orDots(r.Name)
	}
	if name == p.hint.name || !s.sees(p) {
		return
	}
	p.hint.name = name
	p.send(Blocked{Tab: tab, X: x, Y: y, Name: name})
}
