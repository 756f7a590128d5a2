package cobrowse_test

import (
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
)

// listeningAgents lets the company give its agents sound.
func listeningAgents(c *cobrowse.Config, _ *scene) {
	c.Policy.Rights = append(slices.Clone(cobrowse.AllAgentRights), cobrowse.RightSound)
}

func sounds(all []cobrowse.Message) (heard []string) {
	for _, p := range only[cobrowse.Sound](all) {
		heard = append(heard, string(p.Packet.Data))
	}
	return heard
}

func TestSoundIsOffUntilAskedFor(t *testing.T) {
	play(t, listeningAgents, func(sc *scene) {
		customer, agent := sc.live()
		hears := func(what string, v *viewer, want ...string) {
			t.Helper()
			if got := sounds(v.heard()); !slices.Equal(got, want) {
				t.Errorf("%s: %s hears %q", what, v.Name, got)
			}
		}
		sc.b.Sound("a")
		hears("not asked for", customer)
		customer.must(cobrowse.Listen{On: true})
		sc.b.Sound("b")
		hears("on", customer, "b")
		hears("not asked for", agent)
		agent.must(cobrowse.Listen{On: true})
		customer.must(cobrowse.Listen{})
		sc.b.Sound("c")
		hears("off", customer)
		hears("on", agent, "c")
		customer.must(cobrowse.Listen{On: true})
		customer.must(cobrowse.Pause{})
		sc.b.Sound("d")
		hears("paused", agent)
		hears("paused", customer, "d")
		customer.must(cobrowse.Resume{})
		sc.b.Gate(false, "masks")
		sc.b.Sound("e")
		hears("closed gate", agent)
		sc.b.Gate(true, "")
		sc.b.Sound("f")
		hears("open gate", agent, "f")
		customer.leave()
		agent.leave()
		if sc.b.Hub().Listening() {
			t.Error("somebody listens who has left")
		}
		agent = sc.join(bo)
		sc.b.Sound("g")
		hears("came back", agent)
	})
}

func TestSoundIsARightOfItsOwn(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sue := sc.join(sue)
		for _, v := range []*viewer{agent, sue} {
			if got := reasonOf(v.do(cobrowse.Listen{On: true})); got != "no_right" {
				t.Errorf("%s may listen: %q", v.Name, got)
			}
		}
		customer.must(cobrowse.Listen{On: true})
		sc.b.Sound("a")
		if heard := slices.Concat(sounds(agent.heard()), sounds(sue.heard())); len(heard) > 0 {
			t.Errorf("others hear %q", heard)
		}
	})
}

func TestNobodyLearnsThatAPrivatePageMakesSound(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{{ID: "t1", URL: "https://shop.example/", Audible: true, Withheld: true}}})
		for _, m := range only[cobrowse.TabsChanged](agent.heard()) {
			if m.Tabs[0].Audible {
				t.Error("the agent is told")
			}
		}
	})
}
