package cobrowse_test

import (
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

func copies(by cobrowse.Role, text string) cobrowse.CopiedEvent {
	return cobrowse.CopiedEvent{Tab: "t1", By: by, Text: text}
}

// TestCopies: what somebody copies is theirs alone, and an agent's is redacted.
func TestCopies(t *testing.T) {
	withRight := func(c *cobrowse.Config, _ *scene) {
		c.Policy.Rights = slices.Concat(cobrowse.AllAgentRights, cobrowse.GrantedRights)
	}
	play(t, withRight, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Emit(copies(cobrowse.RoleCustomer, "my secret"))
		if got := only[cobrowse.Copied](customer.heard()); len(got) != 1 || got[0].Text != "my secret" {
			t.Errorf("the customer gets %+v", got)
		}
		sc.b.Emit(copies(cobrowse.RoleAgent, "no secret"))
		if got := only[cobrowse.Copied](agent.heard()); len(got) != 1 || got[0].Text != "no •••" {
			t.Errorf("the agent gets %+v", got)
		}
		sc.b.Emit(copies(cobrowse.RoleAgent, strings.Repeat("long ", 1000)))
		sc.b.Withhold("t1")
		sc.b.Emit(copies(cobrowse.RoleAgent, "private page"))
		customer.must(cobrowse.Pause{})
		sc.b.Emit(copies(cobrowse.RoleAgent, "in the pause"))
		if got := only[cobrowse.Copied](append(agent.heard(), customer.heard()...)); len(got) > 0 {
			t.Errorf("somebody gets %+v", got)
		}
	})
}

// TestCopyingIsNoAgentsRight: the company has to give it.
func TestCopyingIsNoAgentsRight(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Emit(copies(cobrowse.RoleAgent, "text"))
		if got := only[cobrowse.Copied](agent.heard()); len(got) > 0 {
			t.Errorf("the agent gets %+v", got)
		}
	})
}
