package cobrowse_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

// answers are the answers that the browser got so far.
func (sc *scene) answers() []string {
	synctest.Wait()
	var all []string
	for _, c := range sc.b.Calls() {
		if c.What == "answer" {
			all = append(all, string(c.By)+" "+c.Arg)
		}
	}
	return all
}

func (sc *scene) asks(a cobrowse.Ask) {
	a.Tab = "t1"
	sc.b.Emit(cobrowse.AskEvent{Ask: a})
	synctest.Wait()
}

// asked is what a person was asked last.
func (v *viewer) asked() cobrowse.Asked {
	v.sc.t.Helper()
	all := only[cobrowse.Asked](v.heard())
	if len(all) == 0 {
		return cobrowse.Asked{}
	}
	return all[len(all)-1]
}

// TestWhoAnswersAPage: only who made the page ask answers, agents agree to nothing where something is guarded, and what is typed is the
// customer's.
func TestWhoAnswersAPage(t *testing.T) {
	const customer, agent = cobrowse.RoleCustomer, cobrowse.RoleAgent
	tests := []struct {
		ask               cobrowse.Ask
		customers, agents string
		agentYes, agentNo string // reasons of refusals
		hasItems          string
	}{
		{ask: cobrowse.Ask{Kind: cobrowse.AskAlert, By: customer}, customers: "all", agents: "all"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskConfirm, By: customer}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskConfirm}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskConfirm, By: agent}, customers: "all", agents: "all"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskConfirm, By: agent, Guarded: true}, customers: "all", agents: "no", agentYes: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskLeave, By: agent, Guarded: true}, customers: "all", agents: "no", agentYes: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskPrompt, By: agent}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskLogin, By: agent}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskExternal, By: agent}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskChoose, By: customer}, customers: "all", agentYes: "no_right", agentNo: "no_right"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskChoose, By: agent, Guarded: true}, customers: "no", agents: "all", hasItems: "Blue •••"},
		{ask: cobrowse.Ask{Kind: cobrowse.AskSuggest, By: agent}, customers: "no", agents: "all", hasItems: "Blue •••"},
	}
	for _, test := range tests {
		play(t, nil, func(sc *scene) {
			customer, agent := sc.live()
			test.ask.ID, test.ask.Message, test.ask.Default, test.ask.Host = "q1", "The secret?", "secret default", "shop.example"
			test.ask.Min = "2026-01-01"
			if !test.ask.Kind.Holds() {
				test.ask.Choices = []cobrowse.AskChoice{{Label: "Blue secret"}}
			}
			sc.asks(test.ask)
			theirs, told := customer.asked(), agent.asked()
			if string(theirs.May) != test.customers || theirs.Message != "The secret?" || theirs.Default != "secret default" || len(theirs.Choices) != len(test.ask.Choices) {
				t.Errorf("%+v: the customer got %+v", test.ask, theirs)
			}
			items := ""
			for _, c := range told.Choices {
				items += c.Label
			}
			if string(told.May) != test.agents || told.Host != "shop.example" || items != test.hasItems || told.May != "all" && told.Default+told.Min != "" {
				t.Errorf("%+v: the agent got %+v", test.ask, told)
			}
			if got := reasonOf(agent.do(cobrowse.Answer{ID: "q1", Reply: cobrowse.Reply{OK: true}})); got != test.agentYes {
				t.Errorf("%+v: yes is answered by %q", test.ask, got)
			}
			test.ask.ID = "q2"
			sc.asks(test.ask)
			if got := reasonOf(agent.do(cobrowse.Answer{ID: "q2"})); got != test.agentNo {
				t.Errorf("%+v: no is answered by %q", test.ask, got)
			}
		})
	}
}

func TestAnswersReachThePage(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.asks(cobrowse.Ask{ID: "q1", Kind: cobrowse.AskPrompt, Message: "Name?"})
		agent.must(click("t1")) // reaches nobody
		customer.must(click("t1"))
		customer.must(input("t1", cobrowse.InputUp)) // lets go all the same
		customer.must(cobrowse.Answer{ID: "q1", Reply: cobrowse.Reply{OK: true, Values: []string{"Ana"}}})
		customer.must(cobrowse.Answer{ID: "q1"}) // too late
		if got := sc.answers(); len(got) != 1 || got[0] != "customer q1 true [Ana]" {
			t.Errorf("answered: %v", got)
		}
		if n := len(sc.b.Inputs(cobrowse.RoleAgent)) + len(sc.b.Inputs(cobrowse.RoleCustomer)); n != 1 {
			t.Errorf("%d events reached a page that waits", n)
		}
		for _, v := range []*viewer{customer, agent} {
			if gone := only[cobrowse.AskGone](v.heard()); len(gone) != 1 || gone[0].ID != "q1" {
				t.Errorf("%s was told %+v", v.Name, gone)
			}
		}
		if got := sc.tracked("notice"); len(got) != 1 || got[0].What != "dialog" {
			t.Errorf("recorded %+v", got)
		}
		agent.must(click("t1"))
		if n := len(sc.b.Inputs(cobrowse.RoleAgent)); n != 1 {
			t.Errorf("%d events after the answer", n)
		}
	})
}

// TestNobodyAnswers: after a minute, without a customer, and where nobody looks, the answer is no.
func TestNobodyAnswers(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		sc.asks(cobrowse.Ask{ID: "early", Kind: cobrowse.AskConfirm})
		agent := sc.join(bo)
		customer.must(cobrowse.Consent{Granted: true})
		sc.is(cobrowse.StateLive)
		sc.b.Gate(true, "")
		sc.asks(cobrowse.Ask{ID: "slow", Kind: cobrowse.AskConfirm})
		time.Sleep(61 * time.Second)
		sc.asks(cobrowse.Ask{ID: "list", Kind: cobrowse.AskChoose, By: cobrowse.RoleAgent})
		sc.asks(cobrowse.Ask{ID: "left", Kind: cobrowse.AskConfirm})
		agent.leave()
		customer.leave()
		sc.asks(cobrowse.Ask{ID: "alone", Kind: cobrowse.AskConfirm})
		want := []string{"customer early false []", "customer slow false []", "customer list false []", "customer left false []", "customer alone false []"}
		if got := sc.answers(); !slices.Equal(got, want) {
			t.Errorf("answered: %v", got)
		}
	})
}

func TestListsCloseWithAPressBeside(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.asks(cobrowse.Ask{ID: "q1", Kind: cobrowse.AskChoose, By: cobrowse.RoleCustomer})
		agent.must(click("t1"))
		if got := sc.answers(); len(got) != 0 {
			t.Errorf("an agent's press closes the customer's list: %v", got)
		}
		customer.must(click("t1"))
		if got := sc.answers(); len(got) != 1 || len(sc.b.Inputs(cobrowse.RoleCustomer)) != 1 {
			t.Errorf("answered: %v, input %v", got, sc.b.Inputs(cobrowse.RoleCustomer))
		}
	})
}

// TestAsksAreTheCustomersOnTheirPages: agents hear nothing of a page that only the customer sees, nothing in a pause, and learn afterwards
// what is still open.
func TestAsksAreTheCustomersOnTheirPages(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		customer.must(cobrowse.Pause{})
		sc.asks(cobrowse.Ask{ID: "q1", Kind: cobrowse.AskAlert, Message: "Hello"})
		if got := agent.asked(); got.ID != "" || customer.asked().ID != "q1" {
			t.Errorf("in a pause the agent got %+v", got)
		}
		if got := reasonOf(agent.do(cobrowse.Answer{ID: "q1"})); got != "paused" {
			t.Errorf("answered in a pause: %q", got)
		}
		customer.must(cobrowse.Resume{})
		if got := agent.asked(); got.ID != "q1" || got.Message != "Hello" {
			t.Errorf("after it the agent got %+v", got)
		}
		customer.leave()
		customer = sc.join(ana)
		if got := customer.asked(); got.ID != "" {
			t.Errorf("it was put aside when they left: %+v", got)
		}
		sc.b.Withhold("t1")
		agent.heard()
		sc.asks(cobrowse.Ask{ID: "q2", Kind: cobrowse.AskAlert, Message: "Private"})
		if got := agent.asked(); got.ID != "" || customer.asked().ID != "q2" {
			t.Errorf("of a private page the agent got %+v", got)
		}
		if got := reasonOf(agent.do(cobrowse.Answer{ID: "q2"})); got != "no_right" {
			t.Errorf("answered on a private page: %q", got)
		}
	})
}
