package cobrowse_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

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
			all("no_right", map[string]string{"navigate": "", "back": "", "open": "", "show": "", "keyframe": ""})},
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

func TestCodecs(t *testing.T) {
	tests := map[string]struct {
		customer, agent []string
		want            string
	}{
		"best of both":     {allCodecs, allCodecs, "av1"},
		"the agent's wish": {allCodecs, []string{"vp09.00.40.08", "avc1.42E028"}, "vp9"},
		"only one":         {[]string{"avc1.42E028"}, allCodecs, "h264"},
		"none for one":     {[]string{"vp09.00.40.08"}, []string{}, "vp9"},
		"none in common":   {[]string{"avc1.42E028"}, []string{"av01.0.08M.08"}, "h264"},
		"order of a page":  {[]string{"avc1.42E028", "vp09.00.40.08"}, allCodecs, "vp9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, nil, func(sc *scene) {
				customer := sc.join(ana, test.customer...)
				sc.claim()
				agent := sc.join(bo, test.agent...)
				customer.must(cobrowse.Consent{Granted: true})
				sc.b.Gate(true, "")
				last := ""
				for _, c := range sc.b.Calls() {
					if c.What == "picture" {
						last = c.Arg
					}
				}
				if last != test.want {
					t.Errorf("encoded as %q, want %q", last, test.want)
				}
				sc.b.Picture(true, "x")
				got := agent.heard()
				can := len(test.agent) > 0 && name != "none in common"
				if told := len(only[cobrowse.Failure](got)) == 1; told == can {
					t.Errorf("told of a missing codec: %v", told)
				}
				if shown := len(pictures(got)) == 1; shown != can {
					t.Errorf("gets pictures: %v", shown)
				}
			})
		})
	}
}

func TestCursors(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		for x := range 1000 {
			time.Sleep(time.Millisecond)
			agent.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputMove, X: float64(x)}})
		}
		time.Sleep(100 * time.Millisecond)
		got := only[cobrowse.Cursor](customer.heard())
		if n := len(got); n < 25 || n > 31 || got[n-1].X != 999 || got[n-1].Name != "Bo" {
			t.Errorf("%d cursors in a second, the last %+v", n, got[max(n-1, 0)])
		}
		if own := only[cobrowse.Cursor](agent.heard()); len(own) != 0 {
			t.Errorf("the agent gets their own: %+v", own[0])
		}
		if n := len(sc.tracked("cursor")); n < 9 || n > 11 {
			t.Errorf("%d cursors recorded", n)
		}
		// A quick click between two moves is not lost.
		time.Sleep(time.Second)
		agent.must(input("t1", cobrowse.InputMove))
		agent.must(click("t1"))
		agent.must(input("t1", cobrowse.InputUp))
		time.Sleep(time.Second)
		var downs []bool
		for _, c := range only[cobrowse.Cursor](customer.heard()) {
			downs = append(downs, c.Down)
		}
		if !slices.Equal(downs, []bool{false, true, false}) {
			t.Errorf("presses: %v", downs)
		}
	})
}

func TestNoCursorWithoutTheRight(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.Policy.Rights = []cobrowse.Right{cobrowse.RightView, cobrowse.RightClick}
	}, func(sc *scene) {
		customer, agent := sc.live()
		agent.must(click("t1"))
		if got := only[cobrowse.Cursor](customer.heard()); len(got) != 0 {
			t.Errorf("shown: %+v", got)
		}
	})
}

func TestHint(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Guard(cobrowse.InputDown, "Buy secret")
		move := func(x float64) {
			agent.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputMove, X: x}})
		}
		var names []string
		for _, x := range []float64{300, 50, 60, 70, 300, 310} {
			move(x)
			time.Sleep(200 * time.Millisecond)
		}
		for _, b := range only[cobrowse.Blocked](agent.heard()) {
			names = append(names, b.Name)
		}
		if !slices.Equal(names, []string{"Buy •••", ""}) {
			t.Errorf("hints: %q", names)
		}
		// The last of a fast series counts.
		for x := range 300 {
			move(float64(300 - x))
		}
		time.Sleep(200 * time.Millisecond)
		if got := only[cobrowse.Blocked](agent.heard()); len(got) != 1 {
			t.Errorf("hints of a fast series: %+v", got)
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

// memory redacts what it was told to remember.
type memory struct{ values []string }

func (m *memory) Remember(values ...string) { m.values = append(m.values, values...) }

func (m *memory) Text(s string) string {
	for _, v := range m.values {
		s = strings.ReplaceAll(s, v, "•••")
	}
	return s
}

func (m *memory) URL(s string) string { return m.Text(s) }

func TestWhatWasMaskedIsRedactedElsewhere(t *testing.T) {
	redact := func(c *cobrowse.Config, _ *scene) { c.Redact = &memory{} }
	play(t, redact, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{{Text: "Weber"}}}})
		sc.b.Visit("t1", "https://shop.example/?name=Weber", "Hello Weber")
		tabs := only[cobrowse.TabsChanged](agent.heard())
		last := tabs[len(tabs)-1].Tabs[0]
		if last.Title != "Hello •••" || last.URL != "https://shop.example/?name=•••" {
			t.Errorf("the agent got %q at %q", last.Title, last.URL)
		}
	})
}

// TestUnvettedPagesAreTheirHost: what a page hides is not known before its first layer, so neither title nor address leaves.
func TestUnvettedPagesAreTheirHost(t *testing.T) {
	redact := func(c *cobrowse.Config, _ *scene) { c.Redact = &memory{} }
	play(t, redact, func(sc *scene) {
		customer, agent := sc.live()
		const address, host = "https://shop.example/orders?of=Weber", "https://shop.example/"
		visit := func(vetted cobrowse.Page) {
			tab := cobrowse.Tab{ID: "t1", Title: "Orders of Weber", URL: address, Vetted: vetted}
			sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{tab}})
		}
		last := func(v *viewer) cobrowse.TabView {
			tabs := only[cobrowse.TabsChanged](v.heard())
			return tabs[len(tabs)-1].Tabs[0]
		}
		time.Sleep(time.Second)
		sc.b.Emit(cobrowse.NavigatedEvent{Tab: "t1", URL: address})
		visit(cobrowse.Page{URL: host})
		sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "Hello Weber"})
		sc.b.Emit(cobrowse.PageFailedEvent{Tab: "t1", URL: address, Code: "dns"})
		synctest.Wait()
		if got := sc.tracked("navigation"); len(got) != 0 {
			t.Errorf("recorded before it is vetted: %+v", got)
		}
		heard := agent.heard()
		tabs, notices := only[cobrowse.TabsChanged](heard), only[cobrowse.Notice](heard)
		if got := tabs[len(tabs)-1].Tabs[0]; got.Title != "" || got.URL != host {
			t.Errorf("the agent got %q at %q", got.Title, got.URL)
		}
		if notices[0].Params["message"] != "…" || notices[1].Params["url"] != host {
			t.Errorf("the agent got %+v", notices)
		}
		if got := sc.tracked("notice"); len(got) != 2 || got[1].What != "page_failed.dns" {
			t.Errorf("recorded: %+v", got)
		}
		if got := last(customer); got.Title != "Orders of Weber" || got.URL != address {
			t.Errorf("the customer got %q at %q", got.Title, got.URL)
		}
		time.Sleep(time.Second)
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Values: []string{"Weber"}}}) // it is out of sight
		visit(cobrowse.Page{Title: "Orders of Weber", URL: address})
		if got := last(agent); got.Title != "Orders of •••" || got.URL != "https://shop.example/orders?of=•••" {
			t.Errorf("the agent got %q at %q", got.Title, got.URL)
		}
		if got := sc.tracked("navigation"); len(got) != 1 || got[0].URL != "https://shop.example/orders?of=•••" {
			t.Errorf("recorded: %+v", got)
		}
		time.Sleep(time.Second)
		// One that is left before it is vetted remains its host.
		sc.b.Emit(cobrowse.NavigatedEvent{Tab: "t1", URL: "https://two.example/Lima"})
		sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{{ID: "t1", URL: "https://two.example/Lima", Vetted: cobrowse.Page{URL: "https://two.example/"}}}})
		synctest.Wait()
		time.Sleep(time.Second)
		sc.b.Visit("t1", "https://shop.example/", "Shop of Lima")
		if got := sc.tracked("navigation"); len(got) != 3 || got[1].URL != "https://two.example/" {
			t.Errorf("recorded: %+v", got)
		}
		// Learned only now: the summary has not left yet.
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Values: []string{"Lima"}}})
		synctest.Wait()
		customer.must(cobrowse.End{})
		want := []cobrowse.PageVisit{
			{Title: "Shop of •••", URL: "https://shop.example/", Time: time.Second}, {Title: "Orders of •••", URL: "https://shop.example/orders?of=•••", Time: 2 * time.Second},
			{URL: "https://two.example/", Time: time.Second},
		}
		if diff := cmp.Diff(want, sc.over().Summary.Pages); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
	})
}

func TestSummaryIsBounded(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, _ := sc.live()
		for i := range 1000 {
			sc.b.Visit("t1", fmt.Sprintf("https://shop.example/%d", i), "")
			synctest.Wait()
		}
		customer.must(cobrowse.End{})
		if n := len(sc.over().Summary.Pages); n != 300 {
			t.Errorf("%d pages", n)
		}
	})
}

// TestLayerComesBehindItsTab: also to a slow connection, where newer messages take the place of older ones.
func TestLayerComesBehindItsTab(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		agent.must(cobrowse.TabCommand{Op: "open", URL: "https://two.example/"})
		agent.must(cobrowse.TabCommand{Op: "show", Tab: "t1"})
		a, err := sc.s.Attach(sc.t.Context(), ana, cobrowse.Viewer{Codecs: allCodecs})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		agent.must(cobrowse.TabCommand{Op: "show", Tab: "t2"})
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t2"}})
		sc.b.Visit("t2", "https://two.example/", "A title of its own")
		synctest.Wait()
		customer := &viewer{sc: sc, Participant: ana, a: a}
		go customer.read()
		got := customer.heard()
		tabs := slices.IndexFunc(got, func(m cobrowse.Message) bool { _, ok := m.(cobrowse.TabsChanged); return ok })
		layer := slices.IndexFunc(got, func(m cobrowse.Message) bool { _, ok := m.(cobrowse.LayerChanged); return ok })
		if last := only[cobrowse.TabsChanged](got); len(last) != 1 || last[0].Tabs[1].Title != "A title of its own" || tabs > layer {
			t.Errorf("tabs at %d, layer at %d of %+v", tabs, layer, got)
		}
	})
}

func TestWhoLearnsWhat(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Guard(cobrowse.InputDown, "Pay secret")
		agent.must(click("t1"))
		sc.b.Visit("t1", "https://shop.example/secret", "My secret")
		sc.b.Emit(cobrowse.PageFailedEvent{Tab: "t1", URL: "https://secret.example/", Code: "dns"})
		sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "secret!"})
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{{Text: "4111"}}}})
		sc.b.Emit(cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: "t1", Editable: true, InputMode: "numeric"}})
		raw, masked := customer.heard(), agent.heard()
		texts := func(got []cobrowse.Message) []any {
			tabs := only[cobrowse.TabsChanged](got)
			notices := only[cobrowse.Notice](got)
			last := tabs[len(tabs)-1].Tabs[0]
			return []any{only[cobrowse.Refused](got)[0].Name, last.Title, last.URL, last.Private, notices[0].Params["url"], notices[1].Params["message"],
				len(only[cobrowse.LayerChanged](got)), len(only[cobrowse.FocusChanged](got))}
		}
		if diff := cmp.Diff([]any{"Pay secret", "My secret", "https://shop.example/secret", false, "https://secret.example/", "secret!", 1, 1}, texts(raw)); diff != "" {
			t.Errorf("customer (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{"Pay •••", "My •••", "https://shop.example/x", true, "https://x.example/", "•••!", 0, 1}, texts(masked)); diff != "" {
			t.Errorf("agent (-want +got):\n%s", diff)
		}
		for _, e := range sc.rec.Events() {
			if e.What == "My secret" || e.What == "Pay secret" || e.URL == "https://shop.example/secret" {
				t.Errorf("recorded raw: %+v", e)
			}
		}
		// A customer who comes back gets the layer and the focus again, an agent only the focus.
		if got := sc.join(ana).heard(); len(only[cobrowse.LayerChanged](got)) != 1 || len(only[cobrowse.FocusChanged](got)) != 1 {
			t.Error("the customer who comes back gets no layer")
		}
		if got := sc.join(bo).heard(); len(only[cobrowse.LayerChanged](got)) != 0 || len(only[cobrowse.FocusChanged](got)) != 1 {
			t.Error("the agent who comes back gets a layer, or no focus")
		}
	})
}

func TestStuck(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		stuck := func() []cobrowse.Stuck { return only[cobrowse.Stuck](customer.heard()) }
		sc.b.Gate(false, "navigating")
		time.Sleep(2 * time.Second)
		sc.b.Gate(true, "")
		time.Sleep(5 * time.Second)
		if got := stuck(); len(got) != 0 {
			t.Errorf("told of a short while: %+v", got)
		}
		sc.b.Gate(false, "masks")
		time.Sleep(4 * time.Second)
		sc.b.Gate(true, "")
		if got := stuck(); len(got) != 2 || got[0].Reason != "masks" || got[1].Reason != "" {
			t.Errorf("told %+v", got)
		}
		sc.b.Gate(false, "masks")
		customer.must(cobrowse.Pause{})
		time.Sleep(10 * time.Second)
		if got := stuck(); len(got) != 0 {
			t.Errorf("told while paused: %+v", got)
		}
		if got := only[cobrowse.Stuck](agent.heard()); len(got) != 0 {
			t.Errorf("the agent is told: %+v", got)
		}
	})
}

func TestViewportIsTheCustomers(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		phone := cobrowse.Viewport{Width: 391, Height: 845, Scale: 9, Mobile: true}
		customer.must(cobrowse.SetViewport{Viewport: phone})
		want := cobrowse.Viewport{Width: 390, Height: 844, Scale: 2, Mobile: true}
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.ViewportChanged](v.heard()); len(got) != 1 || got[0].Viewport != want {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		if got := sc.tracked("viewport"); len(got) != 2 || got[1].Width != 390 || got[1].Height != 844 {
			t.Errorf("track: %+v", got)
		}
		// What is outside is pulled in.
		agent.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputMove, X: 5000, Y: -3}})
		if got := sc.b.Inputs(cobrowse.RoleAgent); got[0].X != 390 || got[0].Y != 0 {
			t.Errorf("carried out at %v, %v", got[0].X, got[0].Y)
		}
	})
}

func TestAddresses(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://slow.example/"})
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://fast.example/"})
		tabs := only[cobrowse.TabsChanged](agent.heard())
		if n := len(tabs); n == 0 || tabs[n-1].Tabs[0].URL != "https://fast.example/" {
			t.Errorf("a page that never loads is not overtaken: %+v", tabs)
		}
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://forbidden.example/secret"})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "url_refused" || got[0].Params["host"] != "forbidden.example" {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		customer.must(cobrowse.TabCommand{Op: "open", URL: "https://two.example/"})
		customer.must(cobrowse.TabCommand{Op: "close", Tab: "t1"})
		tabs = only[cobrowse.TabsChanged](agent.heard())
		if last := tabs[len(tabs)-1]; len(last.Tabs) != 1 || last.Shown != "t2" {
			t.Errorf("tabs: %+v", last)
		}
		if got := reasonOf(agent.do(click("t1"))); got != "tab_gone" {
			t.Errorf("a click on a closed tab: %q", got)
		}
	})
}

func TestFirstPageIsRefused(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.StartURL = "ftp://shop.example/" }, func(sc *scene) {
		customer, agent := sc.join(ana), (*viewer)(nil)
		sc.claim()
		agent = sc.join(bo)
		customer.must(cobrowse.Consent{Granted: true})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "url_refused" {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
	})
}

func TestBrowserComesBack(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Emit(cobrowse.LostEvent{Restored: true, Lost: []string{"forms"}})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "browser_lost" || got[0].Params["restored"] != true {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		sc.is(cobrowse.StateLive)
	})
}

func TestRecordingStops(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.rec.Fill()
		for _, v := range []*viewer{customer, agent} {
			got := v.heard()
			if n := only[cobrowse.Notice](got); len(n) != 1 || n[0].Code != "recording_stopped" || n[0].Params["reason"] != "storage" {
				t.Errorf("%s: %+v", v.Name, n)
			}
			if s := only[cobrowse.StateChanged](got); len(s) != 1 || s[0].Recording.On {
				t.Errorf("%s: %+v", v.Name, s)
			}
		}
		customer.must(cobrowse.End{})
		if r := sc.over(); r.Recording == nil {
			t.Error("what was recorded is lost")
		}
	})
}

func TestRecordingDoesNotStart(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.NewRecorder = func(context.Context) (cobrowse.Recorder, error) { return nil, errors.New("disk full") }
	}, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		customer.must(cobrowse.Consent{Granted: true, Recording: true})
		if got := only[cobrowse.Notice](customer.heard()); len(got) != 1 || got[0].Code != "recording_stopped" {
			t.Errorf("%+v", got)
		}
		customer.must(cobrowse.End{})
		if r := sc.over(); r.Recording != nil || r.State != cobrowse.StateEnded {
			t.Errorf("%+v", r)
		}
	})
}
