package cobrowse

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// mostChoices bounds a list. What comes after them cannot be chosen in a shared browser.
	mostChoices = 1000
	// askTime is how long a question of a page waits for people: then it is answered with no.
	askTime = time.Minute
	// mostAsks bounds what waits in one session. Further questions are answered with no.
	mostAsks = 16
)

// asked puts a question of a page before people. Without somebody who could answer it is answered with no.
func (s *Session) asked(a Ask) {
	if a.Choices == nil {
		a.Choices = []AskChoice{}
	}
	if state := s.State(); state != StateLive && state != StatePaused || !s.people.here(RoleCustomer) || len(s.shared.asks) >= mostAsks {
		s.putAside(a)
		return
	}
	s.shared.asks = append(s.shared.asks, a)
	s.deadlines.in("ask "+string(a.ID), askTime, func() { s.putAside(a) })
	if a.Kind.Holds() {
		s.trackShared(TrackEvent{Kind: "notice", Tab: a.Tab, What: "dialog"})
	}
	s.watchers(func(p *person) { s.ask(p, a) })
}

// ask shows a question to p. What a page asks that only the customer sees is nobody else's business, nor what is chosen in one that agents
// do not see.
func (s *Session) ask(p *person, a Ask) {
	if !gated(p.Role) {
		p.send(Asked{Ask: a, May: a.saysTo(p.Role), By: a.By})
		return
	}
	if s.withholds(a.Tab) {
		return
	}
	told := a
	told.Message, told.Default = s.textOf(a), ""
	if a.saysTo(p.Role) != sayAll {
		told.Min, told.Max, told.Step = "", "", ""
	} else if !a.Kind.Holds() {
		told.Default = a.Default
	}
	if a.saysTo(p.Role) != sayAll {
		told.Choices = []AskChoice{}
	}
	p.send(Asked{Ask: told, May: a.saysTo(p.Role), By: a.By})
}

func (s *Session) withholds(tab TabID) bool {
	return slices.ContainsFunc(s.shared.tabs.Tabs, func(t Tab) bool { return t.ID == tab && t.Withheld })
}

// textOf is what agents may read of a question, before it is redacted. A prompt's and a server's words are part of what the customer types.
func (s *Session) textOf(a Ask) string {
	if a.Message == "" || a.Kind == AskLogin {
		return ""
	}
	return s.questionOf(DialogEvent{Tab: a.Tab, URL: a.URL, Message: a.Message})
}

// showAsks shows p what waits for an answer.
func (s *Session) showAsks(p *person) {
	for _, a := range s.shared.asks {
		s.ask(p, a)
	}
}

// askGone takes a question back that nobody needs to answer any more.
func (s *Session) askGone(id AskID) {
	i := s.askAt(id)
	if i < 0 {
		return
	}
	s.shared.asks = slices.Delete(s.shared.asks, i, i+1)
	s.deadlines.cancel("ask " + string(id))
	s.people.each(func(p *person) { p.send(AskGone{id}) })
}

func (s *Session) askAt(id AskID) int {
	return slices.IndexFunc(s.shared.asks, func(a Ask) bool { return a.ID == id })
}

// putAside gives the answer that does nothing.
func (s *Session) putAside(a Ask) {
	browser := s.shared.browser
	s.task(inputTime, func(ctx context.Context) error { return browser.Answer(ctx, a.ID, RoleCustomer, Reply{}) }, func(err error) {
		if err != nil {
			s.cfg.Log.Debug("a question of a page was not put aside", "session", s.cfg.ID, "kind", a.Kind, "error", err)
		}
	})
}

// putAsideOf gives the answer for somebody who is gone: the customer answers everything, an agent their own lists.
func (s *Session) putAsideOf(r Role) {
	for _, a := range s.shared.asks {
		if r == RoleCustomer || r == a.By && !a.Kind.Holds() {
			s.putAside(a)
		}
	}
}

// reply answers a question of a page. One that is gone already needs no answer.
func (s *Session) reply(p *person, c Answer) error {
	i := s.askAt(c.ID)
	if i < 0 {
		return nil
	}
	a := s.shared.asks[i]
	if err := s.mayReply(p, a, c.Reply); err != nil {
		return err
	}
	if a.Kind == AskLogin && len(c.Values) == 2 {
		s.out.remember(c.Values[1])
	}
	browser := s.shared.browser
	started := s.task(inputTime, func(ctx context.Context) error { return browser.Answer(ctx, c.ID, p.Role, c.Reply) }, func(err error) {
		if !errors.Is(err, ErrGuarded) { // of which people hear by a refusal
			s.answer(p)(err)
		}
	})
	if !started {
		return errTooMany
	}
	return nil
}

func (s *Session) mayReply(p *person, a Ask, r Reply) error {
	err := s.mayAct(p, RightClick)
	said := a.saysTo(p.Role)
	switch {
	case err != nil:
		return err
	case said == sayNone, said == sayNo && r.OK, gated(p.Role) && s.withholds(a.Tab):
		return errNoRight
	case r.OK && gated(p.Role) && !a.Kind.Holds() && !s.inPicture(a.Tab):
		return ErrUnseen
	}
	return nil
}

// heldUp tells whether the page of a tab waits for an answer: nothing that people do reaches it.
func (s *Session) heldUp(tab TabID) bool {
	return slices.ContainsFunc(s.shared.asks, func(a Ask) bool { return a.Tab == tab && a.Kind.Holds() })
}

// pressedBeside closes the lists of a tab, as a press beside one does.
func (s *Session) pressedBeside(p *person, in Input) {
	if in.Ev.Kind != InputDown && in.Ev.Kind != InputWheel {
		return
	}
	for _, a := range s.shared.asks {
		if a.Tab == in.Tab && !a.Kind.Holds() && (p.Role == RoleCustomer || p.Role == a.By) {
			s.putAside(a)
		}
	}
}

// ask is what agents get of a question: its words redacted.
func (o outward) ask(m Asked) Asked {
	m.Message, m.Default, m.Host = o.Text(m.Message), o.Text(boundText(m.Default)), o.Text(m.Host)
	m.Min, m.Max, m.Step = o.Text(m.Min), o.Text(m.Max), o.Text(m.Step)
	choices := make([]AskChoice, len(m.Choices))
	for i, c := range m.Choices {
		c.Label, c.Group = o.Text(boundText(c.Label)), o.Text(boundText(c.Group))
		choices[i] = c
	}
	m.Choices = choices
	return m
}

// boundAsk is a question with words as long as they may be.
func boundAsk(a Ask) Ask {
	a.Choices = slices.Clone(a.Choices[:min(len(a.Choices), mostChoices)])
	for i := range a.Choices {
		a.Choices[i].Label, a.Choices[i].Group = shortened(a.Choices[i].Label), shortened(a.Choices[i].Group)
	}
	a.Message, a.Default = shortened(a.Message), shortened(a.Default)
	return a
}
