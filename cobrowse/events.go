package cobrowse

import (
	"maps"
	"reflect"
	"time"
)

// browserEvent takes in what the browser tells. ok is false when it is gone.
func (s *Session) browserEvent(e BrowserEvent, ok bool) {
	if !ok {
		s.shared.events = nil
	}
	if s.ending.begun {
		return
	}
	if !ok {
		s.cfg.Log.Error("browser lost", "session", s.cfg.ID)
		s.end(RoleSystem, "failed", End{})
		return
	}
	switch e := bounded(e).(type) {
	case TabsEvent:
		s.tabsChanged(e)
	case GateEvent:
		s.gateChanged(e)
	case RefusedEvent:
		s.refused(e.Refusal)
	case LayerEvent:
		s.layerChanged(e.Layer)
	case HiddenEvent:
		s.out.remember(e.Values...)
		s.retellTabs()
	case RulesEvent:
		s.ruled(e)
	case FocusEvent:
		s.shared.focus = &e.Focus
		s.watchers(s.tellFocus)
	case PictureEvent:
		s.shared.slowed = e.Reason != ""
		s.tellQuality()
	case NavigatedEvent:
		delete(s.shared.secluded, e.Tab)
		s.sayWhereTo(e.Tab)
		s.shared.unsaid[e.Tab] = HostOnly(e.URL)
	case PageFailedEvent:
		s.notice(Notice{"page_failed", map[string]any{"url": e.URL, "code": e.Code}})
	case TabsFullEvent:
		s.notice(Notice{"tabs_full", map[string]any{"most": e.Most}})
	case AskEvent:
		s.asked(e.Ask)
	case AskGoneEvent:
		s.askGone(e.ID)
	case DialogEvent:
		s.tellNotice(Notice{"dialog", map[string]any{"kind": e.Kind, "message": shortened(e.Message), "accepted": e.Accepted}},
			Notice{"dialog", map[string]any{"kind": e.Kind, "message": s.questionOf(e), "accepted": e.Accepted}})
	case CopiedEvent:
		s.copied(e)
	case DownloadEvent:
		s.downloadChanged(e.Download)
	case UploadWantedEvent:
		s.uploadWanted(e.Wanted)
	case WantedEvent:
		s.notice(Notice{"page_wanted", map[string]any{"what": e.What}})
	case LostEvent:
		s.lost(e)
	}
}

func (s *Session) tabsChanged(e TabsEvent) {
	moved, secluded := e.Shown != s.shared.tabs.Shown, s.secluded()
	s.shared.tabs = e
	if !moved {
		s.tellFocusAfter(secluded)
	}
	for id, l := range s.shared.lanes {
		if !s.hasTab(id) {
			l.stop()
			delete(s.shared.lanes, id)
		}
	}
	maps.DeleteFunc(s.shared.secluded, func(id TabID, _ bool) bool { return !s.hasTab(id) })
	maps.DeleteFunc(s.shared.unsaid, func(id TabID, _ string) bool { return !s.hasTab(id) })
	maps.DeleteFunc(s.shared.going, func(id TabID, t *trip) bool {
		gone := !s.hasTab(id)
		if gone {
			t.overtake()
		}
		return gone
	})
	for _, t := range e.Tabs {
		if _, unsaid := s.shared.unsaid[t.ID]; unsaid && t.Vetted.URL == t.URL {
			s.shared.unsaid[t.ID] = t.URL
			s.sayWhereTo(t.ID)
		}
	}
	if moved {
		s.shared.focus, s.shared.layer, s.shared.hidden = nil, nil, nil
		s.trackShownPage()
	}
	s.storyPage()
	s.watchers(func(p *person) { p.send(s.tabsNow()) })
	s.tellSecluded()
}

// retellTabs takes back titles and addresses that repeat what is known to be private only now.
func (s *Session) retellTabs() {
	s.watchers(func(p *person) {
		if gated(p.Role) && !reflect.DeepEqual(p.tabs, s.out.tabs(s.tabsNow())) {
			p.send(s.tabsNow())
		}
	})
}

// sayWhereTo records where a tab went, with as much of the address as is vetted.
func (s *Session) sayWhereTo(tab TabID) {
	if address, unsaid := s.shared.unsaid[tab]; unsaid {
		delete(s.shared.unsaid, tab)
		s.trackShared(TrackEvent{Kind: "navigation", Tab: tab, URL: s.out.URL(address)})
	}
}

// questionOf is what others than the customer may read of a dialog: nothing while it is not known what its page hides, nor where the page
// or the frame that asks shows them no text.
func (s *Session) questionOf(e DialogEvent) string {
	for _, t := range s.shared.tabs.Tabs {
		if t.ID == e.Tab && t.vetted() && !s.out.wordless.has(t.URL) && !s.out.wordless.has(e.URL) {
			return boundText(e.Message)
		}
	}
	return "…"
}

func (s *Session) tabsNow() TabsChanged {
	msg := TabsChanged{Shown: s.shared.tabs.Shown, Tabs: make([]TabView, 0, len(s.shared.tabs.Tabs))}
	for _, t := range s.shared.tabs.Tabs {
		msg.Tabs = append(msg.Tabs, TabView{Tab: t})
	}
	return msg
}

func (s *Session) shownTab() (Tab, bool) {
	for _, t := range s.shared.tabs.Tabs {
		if t.ID == s.shared.tabs.Shown {
			return t, true
		}
	}
	return Tab{}, false
}

// storyPage tells the summary which page is shown, while agents may see it.
func (s *Session) storyPage() {
	if t, ok := s.shownTab(); ok && s.State() == StateLive {
		s.story.page(t, time.Now())
	}
}

func (s *Session) trackShownPage() {
	if t, ok := s.shownTab(); ok {
		told := s.out.page(t.Vetted)
		s.trackShared(TrackEvent{Kind: "tab", Tab: t.ID, What: told.Title, URL: told.URL})
	}
}

func (s *Session) gateChanged(e GateEvent) {
	if !e.Open && e.Reason == "" {
		e.Reason = GateLoading
	}
	before, opened := s.secluded(), e.Open && !s.shared.gate.Open
	s.shared.gate = e // the recorder learns of it from the hub, in order with the pictures
	s.tellFocusAfter(before)
	if opened {
		s.watchers(s.tellHidden)
	}
	s.watchGate()
}

// tellFocusAfter tells of a focus that was kept from others while the page was the customer's alone.
func (s *Session) tellFocusAfter(secluded bool) {
	if secluded && !s.secluded() {
		s.watchers(s.tellFocus)
	}
}

// secluded tells whether the shown page is one that only the customer sees. What happens there is nobody's business but theirs.
func (s *Session) secluded() bool {
	t, _ := s.shownTab()
	return t.Withheld || s.shared.gate.Reason == GatePrivate
}

// tellSecluded tells the customer, once for each page.
func (s *Session) tellSecluded() {
	t, _ := s.shownTab() // not the gate: it may still speak of the page before
	customer := s.people.customer()
	if customer == nil || !t.Withheld || s.State() != StateLive || s.shared.secluded[t.ID] {
		return
	}
	s.shared.secluded[t.ID] = true
	customer.send(Notice{noticePrivate, map[string]any{}})
}

// tellFocus tells p of the focus, where they see the page that has it.
func (s *Session) tellFocus(p *person) {
	if f := s.shared.focus; f != nil && (!gated(p.Role) || !s.secluded()) {
		p.send(FocusChanged{*f})
	}
}

func (s *Session) layerChanged(l Layer) {
	if l.Items == nil {
		l.Items = []LayerItem{} // a list on the socket, also when it is empty
	}
	for _, item := range l.Items {
		s.out.remember(item.Text)
	}
	s.out.remember(l.Values...)
	s.retellTabs()
	s.shared.layer = &l
	s.watchers(func(p *person) {
		if p.Role == RoleCustomer {
			p.send(LayerChanged{l})
		}
	})
	s.hiddenChanged(l)
}

// refused tells both that only the customer can do this.
func (s *Session) refused(r Refusal) {
	if s.ending.begun {
		return
	}
	name := s.out.Text(r.Name)
	if !s.story.refusal(r.Tab, name, r.Rule, time.Now()) {
		return
	}
	s.trackShared(TrackEvent{Kind: "refusal", By: r.By, Tab: r.Tab, What: name})
	s.watchers(func(p *person) {
		p.send(Refused{By: r.By, How: r.How, Name: orDots(r.Name), Tab: r.Tab})
	})
}

func (s *Session) lost(e LostEvent) {
	lost := e.Lost
	if lost == nil {
		lost = []string{}
	}
	s.notice(Notice{"browser_lost", map[string]any{"restored": e.Restored, "lost": lost, "why": e.Why}})
	if !e.Restored {
		s.cfg.Log.Error("browser lost for good", "session", s.cfg.ID)
		s.end(RoleSystem, "failed", End{})
	}
}

// notice tells everybody who sees the browser.
func (s *Session) notice(n Notice) { s.tellNotice(n, n) }

// missedLimit bounds the notices that wait for the session to become live. When full the oldest goes.
const missedLimit = 8

// tellNotice tells the customer one thing and the others, who never get it raw, another. What happens before the session is live is told
// then.
func (s *Session) tellNotice(raw, redacted Notice) {
	if state := s.State(); state != StateLive && state != StatePaused {
		s.shared.missed = append(s.shared.missed, [2]Notice{raw, redacted})
		if len(s.shared.missed) > missedLimit {
			s.shared.missed = s.shared.missed[1:]
		}
		return
	}
	what := redacted.Code
	if why, ok := redacted.Params["code"].(string); ok {
		what += "." + why
	}
	s.trackShared(TrackEvent{Kind: "notice", What: what})
	s.watchers(func(p *person) {
		if gated(p.Role) {
			p.send(redacted)
		} else {
			p.send(raw)
		}
	})
}

func (s *Session) tellMissed() {
	missed := s.shared.missed
	s.shared.missed = nil
	for _, n := range missed {
		s.tellNotice(n[0], n[1])
	}
}
