package cobrowse

import "time"

// Summary is what stands on the CRM record: deterministic, made of redacted strings only.
type Summary struct {
	Session   string        `json:"session"`
	Company   string        `json:"company"`
	Agent     string        `json:"agent"`
	Channel   string        `json:"channel"` // chat, voice
	Started   time.Time     `json:"started"` // first moment Live
	Ended     time.Time     `json:"ended"`
	EndedBy   Role          `json:"endedBy"`
	EndReason string        `json:"endReason"` // ended, declined, expired, customer_left, agent_left, replaced, failed, shutdown, limit
	Outcome   string        `json:"outcome"`   // solved, followup, notsolved, "" when nobody picked one
	Note      string        `json:"note,omitempty"`
	Pages     []PageVisit   `json:"pages"`
	Actions   map[Role]int  `json:"actions"` // clicks, bursts of keys and bursts of scrolling, by role
	Refusals  []RefusalLine `json:"refusals"`
	Pauses    int           `json:"pauses"`
	Paused    time.Duration `json:"paused"`
	Moments   []Moment      `json:"moments"` // the transcript; nil in what was stored before there were any
	Untold    int           `json:"untold"`  // moments that it had no room for
}

// FinalState is where a session with this summary comes to.
func (s Summary) FinalState() State {
	if s.EndReason == "failed" {
		return StateFailed
	}
	return StateEnded
}

// PageVisit is one page in the order of the first visit.
type PageVisit struct {
	Title string        `json:"title"`
	URL   string        `json:"url"`
	Time  time.Duration `json:"time"` // shown, all visits together
}

// RefusalLine counts refusals of one element by one rule.
type RefusalLine struct {
	Name  string `json:"name"`
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}
