package cobrowse

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

var (
	errNoRight = Errorf(CodeDenied, "no_right", "You may not do this in this session.")
	errPaused  = Errorf(CodeConflict, "paused", "The customer has paused the session.")
	errAway    = Errorf(CodeConflict, "customer_away", "The customer is not here at this moment.")
	errTabGone = Errorf(CodeNotFound, "tab_gone", "This tab is no longer open.")
	errTooMany = Errorf(CodeLimited, "busy", "The shared browser is still busy. Please try again in a moment.")
	errNotHere = Errorf(CodeDenied, "not_here", "You are not connected to this session.")
	errUnknown = Errorf(CodeInvalid, "unknown", "This is not something that a session does.")
)

// command carries out what a person asks for; see Session.Do.
func (s *Session) command(who string, c Command) error {
	if s.ending.begun {
		return ErrOver
	}
	p := s.people.byID[who]
	if p == nil || !p.Here {
		return errNotHere
	}
	switch c := c.(type) {
	case Input:
		return s.input(p, c)
	case Point:
		return s.point(p, c)
	case Navigate:
		return s.navigate(p, c)
	case History:
		return s.history(p, c)
	case TabCommand:
		return s.tab(p, c)
	case Keyframe:
		p.attachment.requestKey() // the hub honours one a second
		return nil
	case Measured:
		return s.measuredLink(p, c)
	case End:
		return s.endBy(p, c)
	case Reveal:
		return s.reveal(p, c)
	case Suggest:
		return s.suggest(p, c)
	case Answer:
		return s.reply(p, c)
	case Listen:
		return s.listen(p, c)
	}
	if p.Role != RoleCustomer {
		return errNoRight
	}
	switch c := c.(type) {
	case Consent:
		return s.consented(c)
	case Pause:
		return s.pause()
	case Resume:
		return s.resume()
	case CancelDownload:
		return s.cancelDownload(c)
	case EndUpload:
		return s.endUpload(p, c)
	case SetViewport:
		s.setViewport(c.Viewport)
		return nil
	}
	return errUnknown
}

// mayAct tells whether p may act with this right at this moment. Without the customer, who could stop it, no agent acts.
func (s *Session) mayAct(p *person, r Right) error {
	switch state := s.State(); {
	case !p.can(r):
		return errNoRight
	case state != StateLive && state != StatePaused:
		return errNotNow
	case p.Role == RoleCustomer:
		return nil
	case state == StatePaused:
		return errPaused
	case !s.people.here(RoleCustomer):
		return errAway
	}
	return nil
}

func rightFor(k InputKind) Right {
	switch k {
	case InputWheel:
		return RightScroll
	case InputKeyDown, InputKeyUp, InputText, InputCompose:
		return RightType
	default:
		return RightClick
	}
}

func (s *Session) input(p *person, in Input) error {
	err := s.mayAct(p, rightFor(in.Ev.Kind))
	if err == nil && !s.hasTab(in.Tab) {
		err = errTabGone
	}
	if err == nil && gated(p.Role) && !s.inPicture(in.Tab) && !p.pointer.lets(in.Ev) {
		err = ErrUnseen
	}
	if err != nil {
		if in.Ev.Kind == InputMove && err != errNoRight || err == ErrUnseen && in.Ev.Kind.Release() {
			return nil // a pointer that moves on for a moment is not worth an answer, nor is the end of what did not begin
		}
		return err
	}
	if s.heldUp(in.Tab) && !in.Ev.Kind.Release() {
		return nil // the page could not take it in
	}
	s.pressedBeside(p, in)
	in.Ev.X, in.Ev.Y = s.clamp(in.Ev.X, in.Ev.Y)
	l := s.shared.lanes[in.Tab]
	if l == nil {
		l = s.openLane(in.Tab)
		s.shared.lanes[in.Tab] = l
	}
	j := job{who: p.ID, role: p.Role, ev: in.Ev}
	if gated(p.Role) {
		j.while = s.acting.ctx
	}
	if !l.push(j) {
		p.attachment.close(ErrTooMuch)
		return ErrTooMuch
	}
	s.follow(p, in)
	return nil
}

// inPicture tells whether agents see this tab as it is now.
func (s *Session) inPicture(tab TabID) bool { return s.shared.gate.Open && s.shared.tabs.Shown == tab }

// follow draws the cursor and keeps what the person holds.
func (s *Session) follow(p *person, in Input) {
	ev := in.Ev
	switch ev.Kind {
	case InputDown:
		p.pointer.hold(in.Tab, ev.Button)
	case InputUp:
		p.pointer.letGo(ev.Button)
	case InputKeyDown:
		p.pointer.holdKey(ev)
	case InputKeyUp:
		p.pointer.letKeyGo(ev)
	}
	switch ev.Kind {
	case InputMove, InputDown, InputUp, InputWheel:
		s.pointAt(p, in.Tab, ev.X, ev.Y, len(p.pointer.held) > 0)
	}
}

// actionOf names what counts as an action, "" for what does not.
func actionOf(j job) string {
	switch j.ev.Kind {
	case InputDown:
		if j.ev.Clicks == 0 && j.role == RoleCustomer { // a finger on its way
			return "scroll"
		}
		return "click"
	case InputWheel:
		return "scroll"
	case InputKeyDown, InputText:
		return "key"
	}
	return ""
}

// acted counts an action that was carried out, without its content.
func (s *Session) acted(tab TabID, j job) {
	p, what := s.people.byID[j.who], actionOf(j)
	if s.ending.begun || s.State() != StateLive || !s.story.act(p, what, time.Now()) {
		return
	}
	x, y := j.ev.X, j.ev.Y
	if what == "key" {
		x, y = p.pointer.x, p.pointer.y
	}
	if s.keptBack(p, tab, x, y) {
		return
	}
	s.track(TrackEvent{Kind: "input", By: p.Role, Name: p.Name, Tab: tab, What: what, X: x, Y: y})
}

func (s *Session) point(p *person, at Point) error {
	if err := s.mayAct(p, RightPoint); err == errNoRight {
		return err
	} else if err != nil || !s.hasTab(at.Tab) {
		return nil
	}
	x, y := s.clamp(at.X, at.Y)
	s.pointAt(p, at.Tab, x, y, false)
	return nil
}

func (s *Session) clamp(x, y float64) (float64, float64) {
	v := s.shared.wanted.viewport
	return min(max(x, 0), float64(v.Width)), min(max(y, 0), float64(v.Height))
}

func (s *Session) hasTab(id TabID) bool {
	return slices.ContainsFunc(s.shared.tabs.Tabs, func(t Tab) bool { return t.ID == id })
}

// mayMove tells whether p may take this tab elsewhere, show or close it. A page that is the customer's alone is theirs to leave.
func (s *Session) mayMove(p *person, tab TabID) error {
	switch i := slices.IndexFunc(s.shared.tabs.Tabs, func(t Tab) bool { return t.ID == tab }); {
	case i < 0:
		return errTabGone
	case gated(p.Role) && s.shared.tabs.Tabs[i].Withheld:
		return ErrUnseen
	}
	return nil
}

func (s *Session) navigate(p *person, c Navigate) error {
	c.URL = addressFrom(p, c.URL)
	return s.travel(p, c.Tab, false, func(ctx context.Context, b Browser) error { return b.Navigate(ctx, c.Tab, p.Role, c.URL) }, c.URL)
}

// addressFrom is an address as its giver may have it opened. What comes after :~: makes the browser search the page, and scroll to what it
// finds: with that an agent could ask whether a hidden text is a certain one.
func addressFrom(p *person, address string) string {
	page, place, has := strings.Cut(address, "#")
	if !gated(p.Role) || !has {
		return address
	}
	place, _, _ = strings.Cut(place, ":~:")
	return page + "#" + place
}

func (s *Session) history(p *person, c History) error {
	return s.travel(p, c.Tab, c.Delta != 0, func(ctx context.Context, b Browser) error { return b.History(ctx, c.Tab, p.Role, c.Delta) }, "")
}

// trip is a person's way with a tab to somewhere else.
type trip struct {
	by       *person
	step     bool          // through the history, from where the person is by then
	over     chan struct{} // closed when the browser has taken it in, or it has come to nothing
	overtake context.CancelFunc
}

// before tells whether a trip must come off before another one by p: who presses back twice wants to be two pages back.
func (t *trip) before(p *person, step bool) bool {
	select {
	case <-t.over:
		return false
	default:
		return t.step && step && t.by == p
	}
}

// travel takes a tab somewhere else. Whoever is still on the way with it is overtaken, but for the same person's steps through the history.
func (s *Session) travel(p *person, tab TabID, step bool, do func(context.Context, Browser) error, url string) error {
	if err := s.mayAct(p, RightNavigate); err != nil {
		return err
	}
	if err := s.mayMove(p, tab); err != nil {
		return err
	}
	current, end := context.WithCancel(s.work)
	t := &trip{by: p, step: step, over: make(chan struct{}), overtake: end}
	turn := make(chan struct{})
	if last := s.shared.going[tab]; last != nil && last.before(p, step) {
		turn = last.over
		t.overtake = func() { last.overtake(); end() }
	} else {
		if last != nil {
			last.overtake()
		}
		close(turn)
	}
	browser := s.shared.browser
	started := s.task(openLimit, func(context.Context) error {
		defer close(t.over)
		ctx, cancel := context.WithTimeout(current, openLimit)
		defer cancel()
		select {
		case <-turn:
			return do(ctx, browser)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}, func(err error) {
		if current.Err() == nil {
			s.arrived(p, url, err)
		}
		end()
	})
	if !started {
		end()
		return errTooMany
	}
	s.shared.going[tab] = t
	return nil
}

// open opens an address in a new tab; p is nil for the session's first page.
func (s *Session) open(p *person, url string) {
	browser, by := s.shared.browser, RoleCustomer
	if p != nil {
		by = p.Role
	}
	started := s.task(openLimit, func(ctx context.Context) error {
		_, err := browser.Open(ctx, by, url)
		return err
	}, func(err error) { s.arrived(p, url, err) })
	if !started && p != nil {
		p.send(FailureOf(errTooMany))
	}
}

// arrived tells people about an address that the policy refuses. Pages that fail are told by the browser's event.
func (s *Session) arrived(p *person, url string, err error) {
	switch {
	case err == nil, errors.Is(err, ErrGuarded):
	case CodeOf(err) == CodeRefused:
		s.notice(Notice{Code: "url_refused", Params: map[string]any{"host": HostOf(url)}})
	default:
		s.cfg.Log.Debug("a page was not reached", "session", s.cfg.ID, "error", err)
		if e, ok := asError(err); ok && p != nil {
			p.send(FailureOf(e))
		}
	}
}

func (s *Session) tab(p *person, c TabCommand) error {
	if err := s.mayAct(p, RightTabs); err != nil {
		return err
	}
	browser := s.shared.browser
	var do func(context.Context) error
	switch c.Op {
	case "open":
		s.open(p, addressFrom(p, c.URL))
		return nil
	case "show":
		do = func(ctx context.Context) error { return browser.Show(ctx, c.Tab) }
	case "close":
		do = func(ctx context.Context) error { return browser.CloseTab(ctx, c.Tab) }
	case "move":
		do = func(ctx context.Context) error { return browser.MoveTab(ctx, c.Tab, c.To) }
	default:
		return errUnknown
	}
	if err := s.mayMove(p, c.Tab); err != nil {
		return err
	}
	queued := s.shared.order.add(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, inputTime)
		defer cancel()
		if err := do(ctx); err != nil {
			s.post(func() { p.send(FailureOf(err)) })
		}
	})
	if !queued {
		return errTooMany
	}
	return nil
}

// endBy ends the session. The outcome is the agent's to pick.
func (s *Session) endBy(p *person, c End) error {
	switch {
	case p.Role == RoleCustomer:
		c = End{}
	case p.Role != RoleAgent:
		return errNoRight
	case c.Outcome != "":
		if err := CheckOutcome(c.Outcome); err != nil {
			return err
		}
	}
	s.end(p.Role, "ended", c)
	return nil
}
