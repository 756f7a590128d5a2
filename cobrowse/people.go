package cobrowse

import "slices"

// person is one participant as the actor knows them.
type person struct {
	Participant
	attachment *Attachment // nil while they are away
	codecs     []string
	pointer    pointer
	hint       hint
	tabs       TabsChanged // as sent last
	out        outward
	link       link
	quality    QualityChanged // as told last
}

// send is the only way of a message to a person.
func (p *person) send(m Message) {
	if gated(p.Role) {
		told, may := p.out.theirs(m)
		if !may {
			return
		}
		m = told
	}
	if tabs, ok := m.(TabsChanged); ok {
		p.tabs = tabs
	}
	if p.attachment != nil {
		p.attachment.send(m)
	}
}

func (p *person) can(r Right) bool { return slices.Contains(p.Rights, r) }

// people are everybody who may be in the session, in the order in which they came.
type people struct {
	out   outward
	byID  map[string]*person
	order []*person
}

func (ps *people) add(p Participant) *person {
	one := &person{Participant: p, out: ps.out}
	ps.byID[p.ID] = one
	ps.order = append(ps.order, one)
	return one
}

func (ps *people) each(f func(*person)) {
	for _, p := range ps.order {
		f(p)
	}
}

func (ps *people) list() []Participant {
	all := make([]Participant, 0, len(ps.order))
	ps.each(func(p *person) { all = append(all, p.Participant) })
	return all
}

// here tells whether somebody of this role is connected.
func (ps *people) here(r Role) bool {
	return slices.ContainsFunc(ps.order, func(p *person) bool { return p.Role == r && p.Here })
}

func (ps *people) customer() *person {
	i := slices.IndexFunc(ps.order, func(p *person) bool { return p.Role == RoleCustomer })
	if i < 0 {
		return nil
	}
	return ps.order[i]
}

// rightsOf is what a participant may do: everything for the customer, looking for a supervisor, the policy's for an agent
// (narrowed by what the agent brings along).
func rightsOf(p Participant, policy Policy) []Right {
	switch p.Role {
	case RoleCustomer:
		return slices.Concat(AllAgentRights, GrantedRights)
	case RoleSupervisor:
		return []Right{RightView}
	case RoleAgent:
		if policy.Rights == nil {
			return narrowed(AllAgentRights, p.Rights)
		}
		return narrowed(narrowed(slices.Concat(AllAgentRights, GrantedRights), policy.Rights), p.Rights)
	}
	return nil
}

// narrowed leaves of rights those in only, and looking, without which nobody is in a session. Nil narrows nothing; an empty
// list leaves looking alone.
func narrowed(rights, only []Right) []Right {
	if only == nil {
		return slices.Clone(rights)
	}
	return slices.DeleteFunc(slices.Clone(rights), func(r Right) bool { return r != RightView && !slices.Contains(only, r) })
}

// attach lets a person in; see Session.Attach.
func (s *Session) attach(who Participant, v Viewer) (*Attachment, error) {
	if err := s.mayAttach(who); err != nil {
		return nil, err
	}
	p := s.people.byID[who.ID]
	if p == nil {
		p = s.people.add(who)
	}
	p.Name, p.Rights, p.codecs = who.Name, rightsOf(who, s.cfg.Policy), v.Codecs
	if p.attachment != nil {
		p.attachment.close(ErrReplaced)
	}
	again := p.Here
	p.Here = true
	p.attachment = newAttachment(s, p)
	if p.Role == RoleCustomer {
		s.setViewport(v.Viewport)
		s.setLanguage(v.Language)
	}
	p.link, p.quality = link{}, QualityChanged{}
	p.send(s.welcome(p))
	s.returned(p, again)
	s.tellQuality()
	s.chooseCodec(p)
	s.tellUnseeing(p)
	s.show(p)
	return p.attachment, nil
}

func (s *Session) mayAttach(p Participant) error {
	customer := s.people.customer()
	switch {
	case s.ending.begun:
		return ErrOver
	case p.Role == RoleCustomer && customer != nil && customer.ID != p.ID:
		return Errorf(CodeDenied, "not_invited", "Somebody is in this session already.")
	case p.Role == RoleAgent && s.claimedBy == "":
		return Errorf(CodeConflict, "not_claimed", "Nobody has taken this session yet.")
	case p.Role == RoleAgent && s.claimedBy != p.ID:
		return Errorf(CodeDenied, "not_invited", "Another agent has taken this session.")
	case p.Role != RoleCustomer && p.Role != RoleAgent && p.Role != RoleSupervisor:
		return Errorf(CodeDenied, "not_invited", "You are not part of this session.")
	case s.people.byID[p.ID] != nil && s.people.byID[p.ID].Role != p.Role:
		return Errorf(CodeDenied, "not_invited", "You are part of this session already.")
	}
	return nil
}

// returned tells the others and stops the clock of the rejoin window.
func (s *Session) returned(p *person, again bool) {
	if again {
		return
	}
	s.deadlines.cancel("gone " + string(p.Role))
	s.track(TrackEvent{Kind: "joined", By: p.Role, Name: p.Name})
	s.tellPeople(p)
}

// detach is called when a connection is gone.
func (s *Session) detach(a *Attachment) {
	p := a.person
	a.close(ErrOver)
	if p.attachment != a {
		return
	}
	p.attachment, p.Here = nil, false
	s.releaseHands(p)
	s.forgetPointer(p)
	if s.ending.begun {
		return
	}
	s.track(TrackEvent{Kind: "left", By: p.Role, Name: p.Name})
	s.tellPeople(nil)
	s.tellQuality()
	s.awaitReturn(p.Role)
	s.putAsideOf(p.Role)
}

// awaitReturn ends the session when a customer or an agent stays away for longer than the rejoin window. While nobody has
// claimed the session, only the PIN's life counts.
func (s *Session) awaitReturn(r Role) {
	if r == RoleSupervisor || s.claimedBy == "" || s.people.here(r) {
		return
	}
	s.deadlines.in("gone "+string(r), s.cfg.Limits.Rejoin, func() { s.end(r, string(r)+"_left", End{}) })
}

func (s *Session) tellPeople(but *person) {
	list := s.people.list()
	s.people.each(func(p *person) {
		if p != but {
			p.send(ParticipantsChanged{list})
		}
	})
}

func (s *Session) welcome(p *person) Welcome {
	return Welcome{
		Session: s.cfg.ID, You: p.Participant, State: s.State(), Participants: s.people.list(), Company: s.cfg.CompanyView,
		AgentName: s.agentName(), Recording: s.recordingState(), Channel: s.cfg.Channel, Rights: p.Rights,
		Viewport: s.shared.wanted.viewport,
	}
}

func (s *Session) agentName() string {
	if p := s.people.byID[s.claimedBy]; p != nil {
		return p.Name
	}
	return ""
}

// sees tells whether p may be shown what happens in the browser at this moment: the customer while they share, the others
// only while the session is live.
func (s *Session) sees(p *person) bool {
	switch s.State() {
	case StateLive:
		return p.can(RightView)
	case StatePaused:
		return p.Role == RoleCustomer
	}
	return false
}

// watchers calls f for everybody who sees the browser.
func (s *Session) watchers(f func(*person)) {
	s.people.each(func(p *person) {
		if s.sees(p) {
			f(p)
		}
	})
}

// show gives p everything that they may see now: after a join, when the session becomes live, after a pause.
func (s *Session) show(p *person) {
	if p.attachment == nil || !s.mayWatch(p) {
		return
	}
	s.watch(p)
	if !s.sees(p) {
		return
	}
	p.send(s.tabsNow())
	s.tellFocus(p)
	s.tellHidden(p)
	s.showAsks(p)
	if p.Role == RoleCustomer && s.shared.layer != nil {
		p.send(LayerChanged{*s.shared.layer})
	}
	if p.Role == RoleCustomer {
		s.showFiles(p)
	}
	if p.Role == RoleCustomer && s.shared.stuck {
		p.send(Stuck{s.shared.gate.Reason})
	}
}
