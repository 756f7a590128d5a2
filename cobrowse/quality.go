package cobrowse

import "time"

// Levels of a person's connection to the session.
const (
	QualityGood         = "good"
	QualitySlow         = "slow"
	QualityReconnecting = "reconnecting"
)

// Whose trouble it is that the level is not good.
const (
	QualityYou   = "you"
	QualityOther = "other"
	QualityHost  = "host" // the machine that runs the shared browser has too much to do
)

const (
	// slowRoundTrip is what people notice when they act together.
	slowRoundTrip = 400 * time.Millisecond
	// slowAfter is how many measurements in a row change the mind: one odd one does not.
	slowAfter = 2
)

// link is how a person's connection does. Owned by the actor.
type link struct {
	rtt     time.Duration // 0 = not measured yet
	slow    bool
	against int // measurements in a row that say otherwise than slow
}

// measured takes in a round trip. That pictures had to be left out says it at once: nothing is left out of a connection that keeps up.
func (l *link) measured(rtt time.Duration, leftOut bool) {
	l.rtt = rtt
	if (leftOut || rtt > slowRoundTrip) == l.slow {
		l.against = 0
		return
	}
	if l.against++; leftOut || l.against >= slowAfter {
		l.slow, l.against = !l.slow, 0
	}
}

// measuredLink takes in what a person's page measured.
func (s *Session) measuredLink(p *person, m Measured) error {
	p.link.measured(m.RoundTrip, p.attachment.leftOut())
	s.tellQuality()
	return nil
}

// tellQuality tells everybody how the session's connections do, where that is news for them.
func (s *Session) tellQuality() {
	s.people.each(func(p *person) {
		if now := s.qualityFor(p); p.Here && now.isNewsAfter(p.quality) {
			p.quality = now
			p.send(now)
		}
	})
}

// qualityFor is how things are for p. What is nearest to them comes first: it is what they can do something about.
func (s *Session) qualityFor(p *person) QualityChanged {
	q := QualityChanged{Level: QualityGood, RTT: int(p.link.rtt.Milliseconds())}
	away, slow := s.others(p)
	switch {
	case p.link.slow:
		q.Level, q.Reason = QualitySlow, QualityYou
	case away:
		q.Level, q.Reason = QualityReconnecting, QualityOther
	case slow:
		q.Level, q.Reason = QualitySlow, QualityOther
	case s.shared.slowed:
		q.Level, q.Reason = QualitySlow, QualityHost
	}
	return q
}

// others tells whether somebody with whom p shares the page has lost their connection, or has a slow one. Who only looks on is nobody's
// trouble.
func (s *Session) others(p *person) (away, slow bool) {
	s.people.each(func(other *person) {
		if other == p || other.Role == RoleSupervisor {
			return
		}
		away = away || !other.Here
		slow = slow || other.Here && other.link.slow
	})
	return away, slow
}

func (q QualityChanged) isNewsAfter(told QualityChanged) bool {
	if q.Level != told.Level || q.Reason != told.Reason {
		return true
	}
	const little = 10 // ms: a number that dances helps nobody
	apart := max(q.RTT-told.RTT, told.RTT-q.RTT)
	return apart > max(little, told.RTT/4)
}
