package cobrowse

import (
	"context"
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

// end begins the ending: people hear of it at once, then what was recorded is closed and the browser removed. Only the
// first call counts.
func (s *Session) end(by Role, reason string, said End) {
	if s.ending.begun {
		return
	}
	now := time.Now()
	s.track(TrackEvent{Kind: "end", By: by, What: reason})
	s.story.finish(now)
	s.ending = ending{begun: true, by: by, reason: reason, outcome: said.Outcome, note: said.Note, at: now}
	s.move(EventEnd, by, reason)
	last := Ended{By: by, Reason: reason, Outcome: said.Outcome, Seconds: int(s.story.lasted().Seconds())}
	s.people.each(func(p *person) {
		if p.attachment != nil {
			p.send(last)
			p.attachment.close(ErrOver)
		}
		p.attachment, p.Here = nil, false
	})
	clear(s.deadlines)
	go s.windUp()
}

// windUp closes what the session held, in its own goroutine: the actor goes on answering that the session is over. It is
// the last thing that runs; the actor ends with it.
func (s *Session) windUp() {
	s.stopWork()
	s.running.Wait()
	// A browser that was just being made ready has been handed over by now: the inbox keeps the order.
	held := make(chan func() Result, 1)
	s.post(func() { held <- s.letGo() })
	result := (<-held)()
	s.told.finish()
	s.cfg.OnEnd(result)
	s.post(func() {
		if result.State == StateEnded {
			s.move(EventClosed, RoleSystem, s.ending.reason)
		} else {
			s.move(EventFailed, RoleSystem, s.ending.reason)
		}
	})
}

// letGo gives up everything that the actor owned; the function it returns closes it, which takes time.
func (s *Session) letGo() func() Result {
	browser, rec := s.shared.browser, s.recording
	s.shared.browser, s.shared.events, s.recording.stopped = nil, nil, nil
	result := Result{State: StateEnded, Summary: s.summary()}
	if s.ending.reason == "failed" {
		result.State = StateFailed
	}
	return func() Result {
		if kept, err := rec.close(); err != nil {
			s.cfg.Log.Error("recording did not close", "session", s.cfg.ID, "error", err)
		} else {
			result.Recording = kept
		}
		if browser != nil {
			go drain(browser.Events())
			ctx, cancel := context.WithTimeout(context.WithoutCancel(s.work), closeLimit)
			defer cancel()
			if err := browser.Close(ctx); err != nil {
				s.cfg.Log.Error("browser did not close", "session", s.cfg.ID, "error", err)
			}
		}
		return result
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
	sum.Outcome, sum.Note = s.ending.outcome, s.cfg.Redact.Text(s.ending.note)
	return sum
}
