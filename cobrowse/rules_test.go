package cobrowse_test

import (
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// literals is a Redactor that knows what the layer showed, as the real one does.
type literals struct{ known []string }

func (l *literals) Text(s string) string {
	for _, v := range l.known {
		s = strings.ReplaceAll(s, v, "•••")
	}
	return strings.ReplaceAll(s, "secret", "•••")
}
func (l *literals) URL(s string) string       { return l.Text(s) }
func (l *literals) Remember(values ...string) { l.known = append(l.known, values...) }

var balance = cobrowse.Picked{
	Tag: "button", Name: "Balance 17.30", Host: "shop.example",
	Choices: []cobrowse.Choice{{Selector: `[title="secret"]`, By: "label", Matches: 1}, {Selector: "#balance", By: "id", Matches: 1}},
}

func TestSuggestedMask(t *testing.T) {
	var made []cobrowse.Suggestion
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.Redact = &literals{}
		c.Policy.Masks = []cobrowse.MaskRule{{ID: "a", Selector: "#a"}}
		c.OnSuggestion = func(s cobrowse.Suggestion) { made = append(made, s) }
	}, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Point(balance)
		sc.b.Hide(cobrowse.Layer{Tab: "t1", Values: []string{"17.30"}})
		agent.must(cobrowse.Suggest{Tab: "t1", X: 5, Y: 6})
		policies := sc.b.Policies()
		if len(policies) != 1 || len(policies[0].Masks) != 2 {
			t.Fatalf("the browser got %+v", policies)
		}
		rule := policies[0].Masks[1]
		if rule.Site != "shop.example" || rule.Selector != "#balance" || !strings.HasPrefix(rule.ID, "suggested-") {
			t.Errorf("rule %+v", rule)
		}
		for v, want := range map[*viewer]string{customer: "Balance •••", agent: "Balance •••"} {
			if n := only[cobrowse.Notice](v.heard()); len(n) != 1 || n[0].Code != "mask_suggested" || n[0].Params["name"] != want {
				t.Errorf("%s hears %+v", v.Name, n)
			}
		}
		if len(made) != 1 || made[0].By.ID != bo.ID || made[0].Rule != rule || made[0].Picked.Name != "Balance •••" ||
			made[0].Page != "https://shop.example/" || len(made[0].Picked.Choices) != 0 {
			t.Errorf("handed on: %+v", made)
		}
		// What was suggested stays when the administrator changes something else.
		if err := sc.s.SetPolicy(sc.t.Context(), cobrowse.Policy{Masks: append(policies[0].Masks, cobrowse.MaskRule{ID: "b", Selector: "!"})}); reasonOf(err) != "policy_selector" {
			t.Errorf("a broken rule: %v", err)
		}
		agent.must(cobrowse.Suggest{Tab: "t1", X: 5, Y: 6})
		if got := sc.b.Policies(); len(got) != 2 || len(got[1].Masks) != 3 || got[1].Masks[1] != rule {
			t.Errorf("the second suggestion made %+v", got)
		}
	})
}

// TestTextsThatNoDatabaseKeeps: U+0000 goes nowhere, and tears nothing private apart.
func TestTextsThatNoDatabaseKeeps(t *testing.T) {
	var made []cobrowse.Suggestion
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.Redact = &literals{}
		c.OnSuggestion = func(s cobrowse.Suggestion) { made = append(made, s) }
	}, func(sc *scene) {
		_, agent := sc.live()
		torn := balance
		torn.Tag, torn.Name = "but\x00ton\xff", "Balance"
		sc.b.Point(torn)
		agent.must(cobrowse.Suggest{Tab: "t1", X: 5, Y: 6})
		torn.Tag, torn.Name = "button", "Bal\x00ance 1\x007.30 sec\x00ret"
		sc.b.Point(torn)
		sc.b.Hide(cobrowse.Layer{Tab: "t1", Values: []string{"17.\x0030"}})
		agent.must(cobrowse.Suggest{Tab: "t1", X: 5, Y: 6})
		if len(made) != 2 || made[0].Picked.Tag != "button" || made[1].Picked.Name != "Balance ••• •••" {
			t.Errorf("handed on: %+v", made)
		}
	})
}

// TestSuggestedTextGoesNoFurther: what an agent wanted hidden is a text of its own, or a control, whose name the site gives.
func TestSuggestedTextGoesNoFurther(t *testing.T) {
	var made []cobrowse.Suggestion
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.Redact = &literals{}
		c.OnSuggestion = func(s cobrowse.Suggestion) { made = append(made, s) }
	}, func(sc *scene) {
		_, agent := sc.live()
		text := balance
		text.Tag, text.Name = "p", "Ana Silva owes 1,204 Euro"
		sc.b.Point(text)
		agent.must(cobrowse.Suggest{Tab: "t1", X: 5, Y: 6})
		if n := only[cobrowse.Notice](agent.heard()); len(n) != 1 || n[0].Params["name"] != "…" {
			t.Errorf("the agent hears %+v", n)
		}
		if len(made) != 1 || made[0].Picked.Name != "" {
			t.Errorf("handed on: %+v", made)
		}
	})
}

func TestSuggestionsThatAreNone(t *testing.T) {
	hidden, private := balance, balance
	hidden.Hidden = "rule"
	private.Choices = balance.Choices[:1]
	for name, test := range map[string]struct {
		picked cobrowse.Picked
		before func(sc *scene, customer *viewer)
		by     cobrowse.Participant
		want   string
	}{
		"nothing":      {cobrowse.Picked{}, nil, bo, "nothing_there"},
		"hidden":       {hidden, nil, bo, "nothing_there"},
		"private name": {private, nil, bo, "nothing_there"},
		"customer":     {balance, nil, ana, "no_right"},
		"supervisor":   {balance, nil, sue, "no_right"},
		"closed gate":  {balance, func(sc *scene, _ *viewer) { sc.b.Gate(false, "masks") }, bo, "not_seen"},
		"paused":       {balance, func(_ *scene, customer *viewer) { customer.must(cobrowse.Pause{}) }, bo, "paused"},
		"away":         {balance, func(_ *scene, customer *viewer) { customer.leave() }, bo, "customer_away"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, nil, func(sc *scene) {
				customer, agent := sc.live()
				people := map[string]*viewer{ana.ID: customer, bo.ID: agent, sue.ID: sc.join(sue)}
				sc.b.Point(test.picked)
				if test.before != nil {
					test.before(sc, customer)
				}
				who := people[test.by.ID]
				who.heard()
				got := reasonOf(who.do(cobrowse.Suggest{Tab: "t1"}))
				for _, f := range only[cobrowse.Failure](who.heard()) {
					got = f.Reason
				}
				if got != test.want || len(sc.b.Policies()) != 0 {
					t.Errorf("%q, policies %+v", got, sc.b.Policies())
				}
			})
		})
	}
}

func TestSuggestionsAreBounded(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Point(balance)
		var err error
		made := 0
		for ; err == nil && made < 1000; made++ {
			err = agent.do(cobrowse.Suggest{Tab: "t1"})
		}
		if reasonOf(err) != "busy" || len(sc.b.Policies()) != made-1 {
			t.Errorf("after %d: %v", made, err)
		}
	})
}

func TestReveal(t *testing.T) {
	for name, test := range map[string]struct {
		may  bool
		by   cobrowse.Participant
		tab  cobrowse.TabID
		want string
	}{
		"customer":             {true, ana, "t1", ""},
		"customer may not":     {false, ana, "t1", "reveal_refused"},
		"agent":                {true, bo, "t1", "reveal_refused"},
		"a tab that is closed": {true, ana, "t9", "tab_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(c *cobrowse.Config, _ *scene) { c.Policy.MayReveal = test.may }, func(sc *scene) {
				customer, agent := sc.live()
				who := map[string]*viewer{ana.ID: customer, bo.ID: agent}[test.by.ID]
				if got := reasonOf(who.do(cobrowse.Reveal{Tab: test.tab, Item: "F.3", On: true})); got != test.want {
					t.Errorf("answer %q", got)
				}
				revealed := 0
				for _, c := range sc.b.Calls() {
					if c.What == "reveal" && c.Arg == "F.3 true" {
						revealed++
					}
				}
				if (revealed == 1) != (test.want == "") {
					t.Errorf("revealed %d times", revealed)
				}
			})
		})
	}
}
