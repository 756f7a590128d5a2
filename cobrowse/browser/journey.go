package browser

import (
	"context"
	"net/http"
	"time"

	"cobrowse-connector/cobrowse"
)

// Who takes a tab somewhere answers for what the new document does by itself: it is in their hand from its beginning.

// guarded tells whether a rule keeps an agent from an address, and tells people then. A rule's site says on whose pages a link counts;
// an address that is typed is on none, so it counts everywhere.
func (b *Browser) guarded(id cobrowse.TabID, by cobrowse.Role, address string) bool {
	if by == cobrowse.RoleCustomer {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rule := b.ruleAgainst(address)
	if rule == "" {
		return false
	}
	b.emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: id, By: by, How: "address", Name: cobrowse.HostOf(address), Rule: rule}})
	return true
}

// ruleAgainst is the rule that keeps agents from getting an address, "" when none does. Caller holds mu.
func (b *Browser) ruleAgainst(address string) string {
	if rule := b.linkAgainst(address); rule != "" {
		return rule
	}
	for _, r := range b.requests {
		if r.names(http.MethodGet, address) {
			return r.id
		}
	}
	return ""
}

// linkAgainst is the rule for links that keeps agents from an address, "" when none does. Caller holds mu.
func (b *Browser) linkAgainst(address string) string {
	for _, g := range b.spec.Policy.Guards {
		if g.Link != "" && cobrowse.AddressOrAll(g.Link).Matches(address) {
			return g.ID
		}
	}
	return ""
}

// takeOver puts a tab into the hand of the person who takes it elsewhere, between two events of its input. Where a page is too busy for
// that, the customer goes all the same, and what it then does does not count as theirs.
func (b *Browser) takeOver(t *tab, p *page, by cobrowse.Role) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	agents := by != cobrowse.RoleCustomer
	if err := b.handOver(t, p, &job{by: by, ev: cobrowse.InputEvent{Kind: cobrowse.InputDown}}); err != nil && agents {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if agents {
		t.agentActed(time.Now())
	}
	return nil
}

// agentActed notes that an agent did something other than to move the mouse. Caller holds Browser.mu.
func (in *inputs) agentActed(now time.Time) { in.agentAt, in.agentActedAt = now, now }

// pressed notes whose press a page gets. Caller holds Browser.mu.
func (in *inputs) pressed(by cobrowse.Role, now time.Time) {
	in.pressedBy, in.pressedAt, in.asked = by, now, 0
	if by == cobrowse.RoleCustomer {
		in.customerAt = now
	}
}

// openedBy says in whose hand a new tab is, "" when it is not known. Caller holds mu.
func (in *inputs) openedBy(by cobrowse.Role) {
	if in.by = by; by != "" && by != cobrowse.RoleCustomer {
		in.agentActed(time.Now())
	}
}

// onTheWay notes that a tab goes to another document, or that it is there or stays: as long as it is on its way in an agent's hand the
// customer's mouse that moves by does not make it theirs, and for a while after that neither. Caller holds Browser.mu.
func (in *inputs) onTheWay(yes bool) {
	if in.away && !yes && in.by != "" && in.by != cobrowse.RoleCustomer {
		in.agentAt = time.Now()
	}
	in.away = yes
}

// take puts a tab into a person's hand before they take it to an address, unless a rule keeps them from it.
func (b *Browser) take(ctx context.Context, id cobrowse.TabID, by cobrowse.Role, address string) error {
	b.mu.Lock()
	t, p, err := b.find(id)
	b.mu.Unlock()
	if err != nil {
		return err
	}
	if b.guarded(id, by, address) {
		return cobrowse.ErrGuarded
	}
	b.mu.Lock()
	asks := b.asksOf(p)
	b.mu.Unlock()
	b.putAside(ctx, asks)
	b.mu.Lock()
	t.asked = 0
	b.mu.Unlock()
	if err := b.free(ctx, p, address); err != nil {
		return err
	}
	return b.takeOver(t, p, by)
}
