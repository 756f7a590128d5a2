package cobrowse

import (
	"context"
	"sync"
	"time"
)

// closeLimit is how long a browser may take to end and to remove its profile before that is logged as a failure.
const closeLimit = 30 * time.Second

// ending is what was said at the end. Owned by the actor.
type ending struct {
	begun   bool
	by      Role
	reason  string
	outcome string
	note    string
	at      time.Time
}

// endHold is the session's hold on the hub while people do not know yet that it is over.
const endHold = "end"

// end begins the ending: nobody does or sees anything more, and what is known of the session is stored; then people hear of it, what
// was recorded is closed and the browser removed. Only the first call counts.
func (s *Session) end(by Role, reason string, said End) {
	if s.ending.begun {
		return
	}
	now := time.Now()
	s.track(TrackEvent{Kind: "end", By: by, What: reason})
	s.story.finish(now)
	s.ending = ending{begun: true, by: by, reason: reason, outcome: said.Outcome, note: said.Note, at: now}
	s.move(eventEnd, by, reason)
	if s.recording.sub != nil {
		s.recording.sub.Close() // what is queued for it is kept: before the hold, which drops what is queued
	}
	if hub := s.hub(); hub != nil {
		hub.Hold(endHold, GateEnding)
	}
	clear(s.deadlines)
	sum := s.summary()
	go s.windUp(Result{State: sum.FinalState(), Summary: sum, Health: s.health.list()})
}

// windUp closes what the session held, in its own goroutine: the actor goes on answering that the session is over. It is
// the last thing that runs; the actor ends with it.
func (s *Session) windUp(result Result) {
	s.stopWork()
	s.cfg.OnEnding(result)
	s.post(s.tellEnded)
	s.running.Wait()
	// A browser that was just being made ready has been handed over by now: the inbox keeps the order.
	held := make(chan held, 1)
	s.post(func() { held <- s.letGo() })
	h := <-held
	h.recording.drain()
	var closing sync.WaitGroup
	closing.Go(func() { s.closeBrowser(h.browser) }) // neither waits for the other: both may take long
	result.Recording = s.closeRecording(h.recording)
	s.told.finish()
	s.cfg.OnEnd(result)
	closing.Wait()
	s.handing.Wait()
	s.post(func() {
		if result.State == StateEnded {
			s.move(eventClosed, RoleSystem, s.ending.reason)
		} else {
			s.move(eventFailed, RoleSystem, s.ending.reason)
		}
	})
}

// tellEnded tells people and lets them go.
func (s *Session) tellEnded() {
	e := s.ending
	last := Ended{By: e.by, Reason: e.reason, Outcome: e.outcome, Seconds: int(s.story.lasted().Seconds())}
	s.people.each(func(p *person) {
		if p.attachment != nil {
			p.send(last)
			p.attachment.close(ErrOver)
		}
		p.attachment, p.Here = nil, false
	})
}

// held is what the actor owned, on its way to be closed.
type held struct {
	browser   Browser // nil without one
	recording recording
}

func (s *Session) letGo() held {
	h := held{s.shared.browser, s.recording}
	s.shared.browser, s.shared.events, s.recording.stopped = nil, nil, nil
	return h
}

func (s *Session) closeRecording(r recording) *Recording {
	kept, err := r.close()
	if err != nil {
		s.cfg.Log.Error("recording did not close", "session", s.cfg.ID, "error", err)
	}
	return kept
}

func (s *Session) closeBrowser(b Browser) {
	if b == nil {
		return
	}
	go drain(b.Events())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.work), closeLimit)
	defer cancel()
	if err := b.Close(ctx); err != nil {
		s.cfg.Log.Error("browser did not close", "session", s.cfg.ID, "error", err)
	}
}

// drain reads what a closing browser still tells, until it is closed.
func drain(events <-chan BrowserEvent) {
	for range events {
	}
}

func (s *Session) summary() Summary {
	sum := s.story.summary()
	sum.Session, sum.Company, sum.Channel, sum.Agent = s.cfg.ID, s.cfg.Company, s.cfg.Channel, s.agentName()
	sum.Ended, sum.EndedBy, sum.EndReason = s.ending.at, s.ending.by, s.ending.reason
	sum.Outcome, sum.Note = s.ending.outcome, s.out.Text(s.ending.note)
	return sum
}
