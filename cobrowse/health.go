package cobrowse

import (
	"cmp"
	"maps"
	"slices"
)

// mostHealth bounds what is kept of rules: a session that visits more hosts has told enough.
const mostHealth = 2000

// ruleAt is a rule on the pages of a host.
type ruleAt struct{ rule, host string }

// health counts, without content, how often rules found something. Owned by the actor.
type health map[ruleAt]RuleHealth

func (h health) count(host string, rules []string, add func(*RuleHealth)) {
	for _, rule := range rules {
		at := ruleAt{rule, host}
		one, known := h[at]
		if !known && len(h) >= mostHealth {
			continue
		}
		one.Rule, one.Host = rule, host
		add(&one)
		h[at] = one
	}
}

func (h health) list() []RuleHealth {
	return slices.SortedFunc(maps.Values(h), func(a, b RuleHealth) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Host, b.Host))
	})
}

// ruled counts a document, but for what the customer keeps to themselves.
func (s *Session) ruled(e RulesEvent) {
	if s.State() != StateLive || s.secluded() {
		return
	}
	host := s.out.Text(e.Host)
	s.health.count(host, e.Applied, func(r *RuleHealth) { r.Pages++ })
	s.health.count(host, e.Matched, func(r *RuleHealth) { r.Matched++ })
}
