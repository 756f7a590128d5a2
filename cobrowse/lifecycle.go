package cobrowse

import "time"

const (
	openLimit  = 60 * time.Second // for making the browser ready and opening a page
	stuckAfter = 3 * time.Second  // a gate closed for this long is told to the customer
)

// claim puts the session into an agent's hands; see Session.Claim.
func (s *Session) claim(agent Participant, customer string) error {
	if s.ending.begun {
		return ErrOver
	}
	if s.claimedBy != "" {
		if s.claimedBy == agent.ID {
			return nil
		}
		return Errorf(CodeConflict, "claimed", "Another agent has taken this session.")
	}
	if agent.Role != RoleAgent || agent.ID == "" {
		return Errorf(CodeDenied, "not_agent", "Only an agent can take a session.")
	}
	agent.Rights = rightsOf(agent, s.cfg.Policy)
	agent.Here = false
	s.people.add(agent)
	s.claimedBy = agent.ID
	if p := s.people.customer(); p != nil && p.Name == "" {
		p.Name = customer
	}
	s.move(eventClaimed, RoleAgent, "claimed")
	s.tellPeople(nil)
	s.deadlines.in("expiry", s.cfg.Limits.Join, func() { s.end(RoleSystem, "expired", End{}) })
	s.awaitReturn(RoleAgent)
	if s.people.customer() != nil {
		s.awaitReturn(RoleCustomer) // one who has never been here has the whole join window
	}
	s.launch()
	return nil
}

// launch makes the browser ready and opens the first page, outside the actor.
func (s *Session) launch() {
	first := s.shared.wanted
	s.running.Go(func() {
		ctx, cancel := Patience(s.work, openLimit)
		defer cancel()
		b, err := s.cfg.Launch(ctx)
		if err != nil {
			s.post(func() { s.launchFailed(err) })
			return
		}
		// The size comes first: a page that opens on a phone must never see a desktop's.
		err = b.SetViewport(ctx, first.viewport)
		if err == nil && first.codec != "" {
			err = b.SetPicture(ctx, first.codec)
		}
		if err == nil && first.language != "" {
			err = b.SetLanguage(ctx, first.language)
		}
		s.post(func() { s.launched(b, first, err) })
	})
}

func (s *Session) launchFailed(err error) {
	if s.ending.begun {
		return
	}
	s.cfg.Log.Error("browser did not start", "session", s.cfg.ID, "error", err)
	s.end(RoleSystem, "failed", End{})
}

// launched takes the browser over. It is kept even when the session is ending, so that the ending closes it.
func (s *Session) launched(b Browser, applied settings, err error) {
	s.shared.browser = b
	if s.ending.begun {
		return
	}
	if err != nil {
		s.launchFailed(err)
		return
	}
	s.shared.events, s.shared.applied = b.Events(), applied
	s.shared.order = newQueue(s.work, &s.running)
	s.applySettings()
	if s.cfg.StartURL == "" {
		s.ready()
		return
	}
	// Ready does not wait for the page: one that never loads must not keep people out.
	s.open(nil, s.cfg.StartURL)
	s.ready()
}

func (s *Session) ready() {
	if s.move(eventBrowserReady, RoleSystem, "ready") && s.consent != nil {
		s.goLive()
	}
}

// consented takes the customer's answer, which may come before the browser is ready.
func (s *Session) consented(c Consent) error {
	switch s.State() {
	case StateProvisioning, StateWaiting:
	case StateRequested:
		return Errorf(CodeConflict, "not_claimed", "Nobody has asked to share yet.")
	default:
		return Errorf(CodeConflict, "consent_given", "You have answered already.")
	}
	if !c.Granted {
		s.end(RoleCustomer, "declined", End{})
		return nil
	}
	s.consent = &c
	s.story.tell(Moment{At: time.Now(), Kind: "consent", By: RoleCustomer, What: s.agreedTo(c)})
	if s.State() == StateWaiting {
		s.goLive()
	}
	return nil
}

// agreedTo says what became of the question whether to record; "" where it was none.
func (s *Session) agreedTo(c Consent) string {
	switch {
	case s.cfg.NewRecorder == nil:
		return ""
	case c.Recording || s.cfg.RecordAlways:
		return "recording"
	}
	return "no_recording"
}

func (s *Session) goLive() {
	if !s.move(eventConsented, RoleCustomer, "consented") {
		return
	}
	s.deadlines.cancel("expiry")
	if s.cfg.Limits.Live > 0 {
		s.deadlines.in("live", s.cfg.Limits.Live, func() { s.end(RoleSystem, "limit", End{}) })
	}
	s.story.begin(time.Now())
	s.storyPage()
	s.people.each(s.show)
	s.tellMissed()
	s.watchGate()
	s.tellSecluded()
	if s.consent.Recording || s.cfg.RecordAlways {
		s.startRecording()
	}
}

// pause blinds agents before anybody is told, so that no picture follows the news.
func (s *Session) pause() error {
	if _, ok := s.State().next(eventPaused); !ok {
		return errNotNow
	}
	s.acting.turn(s.work, false)
	s.shared.browser.Pause(true)
	s.people.each(func(p *person) {
		if gated(p.Role) {
			s.releaseHands(p)
			s.forgetPointer(p)
		}
	})
	s.track(TrackEvent{Kind: "pause", By: RoleCustomer})
	s.story.pause(time.Now())
	s.move(eventPaused, RoleCustomer, "paused")
	s.watchGate()
	return nil
}

func (s *Session) resume() error {
	if !s.move(eventResumed, RoleCustomer, "resumed") {
		return errNotNow
	}
	s.story.resume(time.Now())
	s.track(TrackEvent{Kind: "resume", By: RoleCustomer})
	s.storyPage()
	s.people.each(func(p *person) {
		if gated(p.Role) && s.sees(p) {
			p.send(s.tabsNow())
			s.tellFocus(p)
			s.tellHidden(p)
			s.showAsks(p)
		}
	})
	s.shared.browser.Pause(false)
	s.watchGate()
	return nil
}

// watchGate tells the customer when agents have seen nothing for a while although they should.
func (s *Session) watchGate() {
	if s.State() == StateLive && !s.shared.gate.Open {
		if !s.shared.stuck && !s.deadlines.set("stuck") {
			s.deadlines.in("stuck", stuckAfter, func() { s.tellStuck(s.shared.gate.Reason) })
		}
		return
	}
	s.deadlines.cancel("stuck")
	if s.shared.stuck {
		s.tellStuck("")
	}
}

func (s *Session) tellStuck(reason string) {
	s.shared.stuck = reason != ""
	if p := s.people.customer(); p != nil {
		p.send(Stuck{reason})
	}
}

var errNotNow = Errorf(CodeConflict, "not_now", "That is not possible at this moment.")
