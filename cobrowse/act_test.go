package cobrowse_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestRights(t *testing.T) {
	commands := map[string]cobrowse.Command{
		"click":    click("t1"),
		"hover":    input("t1", cobrowse.InputMove),
		"scroll":   input("t1", cobrowse.InputWheel),
		"key":      input("t1", cobrowse.InputKeyDown),
		"text":     input("t1", cobrowse.InputText),
		"point":    cobrowse.Point{Tab: "t1"},
		"navigate": cobrowse.Navigate{Tab: "t1", URL: "https://a.example/"},
		"back":     cobrowse.History{Tab: "t1", Delta: -1},
		"open":     cobrowse.TabCommand{Op: "open", URL: "https://a.example/"},
		"show":     cobrowse.TabCommand{Op: "show", Tab: "t1"},
		"move":     cobrowse.TabCommand{Op: "move", Tab: "t1"},
		"nowhere":  click("t9"),
		"viewport": cobrowse.SetViewport{Viewport: desktop},
		"keyframe": cobrowse.Keyframe{},
	}
	everything := map[string]string{"nowhere": "tab_gone"}
	agentsOnly := map[string]string{"nowhere": "tab_gone", "viewport": "no_right"}
	all := func(reason string, but map[string]string) map[string]string {
		m := map[string]string{}
		for name := range commands {
			m[name] = reason
		}
		for name, r := range but {
			m[name] = r
		}
		return m
	}
	tests := map[string]struct {
		who    cobrowse.Participant
		rights []cobrowse.Right
		paused bool
		want   map[string]string // the reason of the refusal; none = allowed
	}{
		"customer":              {ana, nil, false, everything},
		"customer while paused": {ana, nil, true, everything},
		"agent":                 {bo, nil, false, agentsOnly},
		// What a hand does by itself, moving on, is dropped without a word.
		"agent while paused":   {bo, nil, true, all("paused", map[string]string{"hover": "", "point": "", "viewport": "no_right", "keyframe": ""})},
		"agent who only looks": {bo, []cobrowse.Right{}, false, all("no_right", map[string]string{"keyframe": ""})},
		"agent who points":     {bo, []cobrowse.Right{cobrowse.RightView, cobrowse.RightPoint}, false, all("no_right", map[string]string{"point": "", "keyframe": ""})},
		"agent who scrolls": {bo, []cobrowse.Right{cobrowse.RightView, cobrowse.RightScroll}, false,
			all("no_right", map[string]string{"scroll": "", "keyframe": ""})},
		"agent who types": {bo, []cobrowse.Right{cobrowse.RightType}, false, all("no_right", map[string]string{"key": "", "text": "", "keyframe": ""})},
		"agent who travels": {bo, []cobrowse.Right{cobrowse.RightNavigate, cobrowse.RightTabs}, false,
			all("no_right", map[string]string{"navigate": "", "back": "", "open": "", "show": "", "move": "", "keyframe": ""})},
		"supervisor": {sue, nil, false, all("no_right", map[string]string{"keyframe": ""})},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(c *cobrowse.Config, _ *scene) { c.Policy.Rights = test.rights }, func(sc *scene) {
				customer, agent := sc.live()
				who := map[string]*viewer{ana.ID: customer, bo.ID: agent}[test.who.ID]
				if who == nil {
					who = sc.join(test.who)
				}
				if test.paused {
					customer.must(cobrowse.Pause{})
				}
				for name, c := range commands {
					customer.must(cobrowse.TabCommand{Op: "show", Tab: "t1"})
					if got := reasonOf(who.do(c)); got != test.want[name] {
						t.Errorf("%s: %q, want %q", name, got, test.want[name])
					}
				}
			})
		})
	}
}

func TestAnAgentWithoutRightsLooks(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.Policy.Rights = []cobrowse.Right{} }, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Picture(true, "page")
		if got := pictures(agent.heard()); !slices.Equal(got, []string{"page"}) {
			t.Errorf("saw %q", got)
		}
	})
}

func TestOnlyTheCustomerPauses(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		supervisor := sc.join(sue)
		for _, v := range []*viewer{agent, supervisor} {
			for _, c := range []cobrowse.Command{cobrowse.Pause{}, cobrowse.Resume{}, cobrowse.Consent{Granted: true}} {
				if got := reasonOf(v.do(c)); got != "no_right" {
					t.Errorf("%s: %T: %q", v.Name, c, got)
				}
			}
		}
		if got := reasonOf(supervisor.do(cobrowse.End{})); got != "no_right" {
			t.Errorf("the supervisor ends: %q", got)
		}
		if got := reasonOf(agent.do(cobrowse.End{Outcome: "great"})); got != "outcome_unknown" {
			t.Errorf("unknown outcome: %q", got)
		}
		if got := reasonOf(customer.do(cobrowse.Resume{})); got != "not_now" {
			t.Errorf("resume without pause: %q", got)
		}
		if got := reasonOf(customer.do(cobrowse.Consent{Granted: true})); got != "consent_given" {
			t.Errorf("consent twice: %q", got)
		}
		sc.is(cobrowse.StateLive)
	})
}

func TestPauseBlindsAtOnce(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, _ := sc.live()
		// This agent's page reads nothing for now: everything waits in the queues.
		a, err := sc.s.Attach(sc.t.Context(), bo, cobrowse.Viewer{Codecs: allCodecs})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		sc.b.Picture(true, "before")
		goOn := sc.b.Hang()
		for range 5 {
			if err := sc.s.Do(sc.t.Context(), bo.ID, click("t1")); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		customer.must(cobrowse.Pause{})
		goOn()
		sc.b.Picture(true, "during")
		sc.b.Visit("t1", "https://bank.example/", "Account")
		customer.must(click("t1"))
		synctest.Wait()
		for _, ev := range sc.b.Inputs(cobrowse.RoleAgent) {
			if ev.Kind != cobrowse.InputUp || ev.X >= 0 {
				t.Errorf("the agent's %+v was carried out after the pause", ev)
			}
		}
		if got := len(sc.b.Inputs(cobrowse.RoleCustomer)); got != 1 {
			t.Errorf("the customer's click was not carried out")
		}
		agent := &viewer{sc: sc, Participant: bo, a: a}
		go agent.read()
		got := agent.heard()
		if shown := pictures(got); len(shown) != 0 {
			t.Errorf("the agent is shown %v", shown)
		}
		if tabs := only[cobrowse.TabsChanged](got); len(tabs) != 1 || tabs[0].Tabs[0].URL != "https://shop.example/" {
			t.Errorf("the agent learns where the customer goes: %+v", tabs)
		}
		gates := only[cobrowse.GateChanged](got)
		if n := len(gates); n == 0 || gates[n-1].Open || gates[n-1].Reason != "paused" {
			t.Errorf("gates: %+v", gates)
		}
		if shown := pictures(customer.heard()); !slices.Equal(shown, []string{"before", "during"}) {
			t.Errorf("the customer is shown %v", shown)
		}
		customer.must(cobrowse.Resume{})
		sc.b.Picture(true, "after")
		got = agent.heard()
		if shown := pictures(got); !slices.Equal(shown, []string{"after"}) {
			t.Errorf("after the pause the agent is shown %v", shown)
		}
		if tabs := only[cobrowse.TabsChanged](got); len(tabs) == 0 || tabs[0].Tabs[0].URL != "https://bank.example/" {
			t.Errorf("after the pause the agent gets %+v", tabs)
		}
		if shown := sc.rec.Pictures(); slices.Contains(shown, "during") || !slices.Contains(shown, "after") {
			t.Errorf("recorded: %v", shown)
		}
		if len(sc.tracked("navigation")) != 0 || len(sc.tracked("pause")) != 1 || len(sc.tracked("resume")) != 1 {
			t.Errorf("track: %+v", sc.rec.Events())
		}
	})
}

func TestHeldButtonIsLetGo(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		agent.must(click("t1"))
		customer.must(cobrowse.Pause{})
		got := sc.b.Inputs(cobrowse.RoleAgent)
		if len(got) != 2 || got[1].Kind != cobrowse.InputUp || got[1].X >= 0 {
			t.Errorf("the page was left with %+v", got)
		}
	})
}

// TestReleaseOnItsWayClicksNothing: what was pressed before a pause must not become a click in it.
func TestReleaseOnItsWayClicksNothing(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		agent.must(click("t1"))
		goOn := sc.b.Hang()
		customer.must(click("t1")) // the page is busy with it
		agent.must(input("t1", cobrowse.InputUp))
		agent.must(input("t1", cobrowse.InputKeyUp))
		customer.must(cobrowse.Pause{})
		goOn()
		synctest.Wait()
		got := sc.b.Inputs(cobrowse.RoleAgent)
		if len(got) != 2 || got[1].Kind != cobrowse.InputUp || got[1].X >= 0 {
			t.Errorf("the page was left with %+v", got)
		}
	})
}

func TestAgentsActOnWhatTheySee(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		key := func(kind cobrowse.InputKind, key string) cobrowse.Input {
			return cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: kind, Key: key}}
		}
		agent.must(click("t1"))
		agent.must(key(cobrowse.InputKeyDown, "a"))
		before := len(sc.b.Inputs(cobrowse.RoleAgent))
		sc.b.Gate(false, "unsupported")
		for _, c := range []struct {
			do   cobrowse.Command
			want string
		}{
			{click("t1"), "not_seen"}, {key(cobrowse.InputKeyDown, "b"), "not_seen"}, {input("t1", cobrowse.InputText), "not_seen"},
			{input("t1", cobrowse.InputWheel), "not_seen"}, {input("t1", cobrowse.InputMove), ""}, {key(cobrowse.InputKeyUp, "b"), ""},
			{key(cobrowse.InputKeyUp, "a"), ""}, {input("t1", cobrowse.InputUp), ""}, {input("t1", cobrowse.InputUp), ""},
			{cobrowse.Navigate{Tab: "t1", URL: "https://shop.example/"}, ""}, {cobrowse.History{Tab: "t1", Delta: -1}, ""},
		} {
			if got := reasonOf(agent.do(c.do)); got != c.want {
				t.Errorf("behind a closed gate %+v is answered %q, want %q", c.do, got, c.want)
			}
		}
		var kinds []cobrowse.InputKind
		for _, ev := range sc.b.Inputs(cobrowse.RoleAgent)[before:] {
			kinds = append(kinds, ev.Kind)
		}
		if !slices.Equal(kinds, []cobrowse.InputKind{cobrowse.InputKeyUp, cobrowse.InputUp}) {
			t.Errorf("carried out behind a closed gate: %v", kinds)
		}
		customer.must(click("t1"))
		sc.b.Gate(true, "")
		customer.must(cobrowse.TabCommand{Op: "open", URL: "https://two.example/"})
		if got := reasonOf(agent.do(click("t1"))); got != "not_seen" {
			t.Errorf("a click on a tab that is not shown: %q", got)
		}
		agent.must(click("t2"))
	})
}

// TestClosedWhileOnItsWay: the browser looks last; the agent hears of it.
func TestClosedWhileOnItsWay(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		goOn := sc.b.Hang()
		agent.must(click("t1"))
		sc.b.Gate(false, "masks")
		goOn()
		if got := only[cobrowse.Failure](agent.heard()); len(got) != 1 || got[0].Reason != "not_seen" {
			t.Errorf("told %+v", got)
		}
	})
}

// TestWhatIsLostIsToldOf: whoever did something that the browser then could not carry out hears of it, and only of what helps.
func TestWhatIsLostIsToldOf(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		for code, want := range map[cobrowse.Code]string{
			cobrowse.CodeConflict: "reason", cobrowse.CodeLimited: "busy", cobrowse.CodeUnavailable: "busy", cobrowse.CodeInternal: "",
		} {
			sc.b.Fail(cobrowse.Errorf(code, "reason", "Something."))
			customer.must(click("t1"))
			told := ""
			for _, f := range only[cobrowse.Failure](customer.heard()) {
				told += f.Reason
			}
			if told != want || len(only[cobrowse.Failure](agent.heard())) != 0 {
				t.Errorf("%s: the customer was told %q, want %q", code, told, want)
			}
		}
	})
}

func TestOnePressIsOneRefusal(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		refuse := func(name string) {
			sc.b.Emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: "t1", By: cobrowse.RoleAgent, Name: name}})
		}
		refuse("Buy now")
		refuse("Buy now") // the same press, refused by the page once more
		refuse("I agree")
		time.Sleep(time.Second)
		refuse("I agree")
		if got := len(only[cobrowse.Refused](agent.heard())); got != 3 {
			t.Errorf("%d refusals told, want 3", got)
		}
	})
}
