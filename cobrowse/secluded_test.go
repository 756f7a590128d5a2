package cobrowse_test

import (
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// TestPagesOfTheCustomerAlone: the customer is told once for each page, and nobody else learns what happens there.
func TestPagesOfTheCustomerAlone(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		private := func() int {
			n := 0
			for _, notice := range only[cobrowse.Notice](customer.heard()) {
				if notice.Code == "page_private" {
					n++
				}
			}
			return n
		}
		sc.b.Visit("t1", "https://bank.example/statements", "Balance")
		sc.b.Withhold("t1")
		sc.b.Emit(cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: "t1", Editable: true, InputMode: "numeric"}})
		if n := private(); n != 1 {
			t.Errorf("told %d times", n)
		}
		lists := only[cobrowse.TabsChanged](agent.heard())
		if tab := lists[len(lists)-1].Tabs[0]; tab.Title != "" || tab.URL != "https://bank.example/" || !tab.Private {
			t.Errorf("the agent's tab is %+v", tab)
		}
		before := len(sc.rec.Events())
		for range 3 {
			customer.must(click("t1"))
			customer.must(input("t1", cobrowse.InputUp))
			time.Sleep(time.Second)
		}
		for _, m := range agent.heard() {
			switch m.(type) {
			case cobrowse.Cursor, cobrowse.FocusChanged, cobrowse.Notice, cobrowse.TabsChanged:
				t.Errorf("the agent gets %+v", m)
			}
		}
		if after := sc.rec.Events(); len(after) != before {
			t.Errorf("recorded: %+v", after[before:])
		}
		for _, c := range []cobrowse.Command{
			click("t1"), cobrowse.Navigate{Tab: "t1", URL: "https://a.example/"}, cobrowse.History{Tab: "t1"}, cobrowse.TabCommand{Op: "close", Tab: "t1"}, cobrowse.TabCommand{Op: "move", Tab: "t1"},
			cobrowse.Suggest{Tab: "t1"},
		} {
			if got := reasonOf(agent.do(c)); got != "not_seen" {
				t.Errorf("the agent acts: %T: %q", c, got)
			}
		}
		customer.must(cobrowse.Pause{})
		customer.must(cobrowse.Resume{})
		sc.b.Gate(false, "masks")
		sc.b.Gate(false, "private")
		if n := private(); n != 0 {
			t.Errorf("told %d times more of the same page", n)
		}
		time.Sleep(5 * time.Second)
		agent.heard()
		sc.b.Visit("t1", "https://bank.example/home", "Home")
		sc.b.Gate(true, "")
		sc.is(cobrowse.StateLive)
		customer.must(click("t1"))
		got := agent.heard()
		if len(only[cobrowse.Cursor](got)) == 0 || len(only[cobrowse.FocusChanged](got)) != 1 {
			t.Errorf("afterwards the agent gets %+v", got)
		}
		sc.b.Visit("t1", "https://bank.example/statements/2", "Balance")
		sc.b.Withhold("t1")
		if n := private(); n != 1 {
			t.Errorf("told %d times of the next page", n)
		}
	})
}

// TestTitlesAreTakenBack: one that turns out to repeat something private does not stay in an agent's list.
func TestTitlesAreTakenBack(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.Redact = &literals{} }, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Visit("t1", "https://shop.example/", "Ana Souza")
		agent.heard()
		for _, e := range []cobrowse.BrowserEvent{
			cobrowse.HiddenEvent{Values: []string{"Souza"}}, cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Values: []string{"Ana"}}},
		} {
			sc.b.Emit(e)
			lists := only[cobrowse.TabsChanged](agent.heard())
			if len(lists) != 1 || lists[0].Tabs[0].Title == "Ana Souza" || !lists[0].Tabs[0].Private {
				t.Errorf("%T: the agent gets %+v", e, lists)
			}
			sc.b.Emit(e)
			if again := agent.heard(); len(again) != 0 {
				t.Errorf("%T again: the agent gets %+v", e, again)
			}
		}
	})
}

// TestPadsForPasswords: where the customer points at on the screen's keys for a password is theirs alone, from the first press on.
func TestPadsForPasswords(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		key := func(x, y float64) cobrowse.LayerItem {
			return cobrowse.LayerItem{Kind: "text", Reason: "password", Rect: cobrowse.LayerRect{X: x, Y: y, W: 20, H: 20}}
		}
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{
			key(100, 100), key(200, 200), {Kind: "field", Reason: "password", Rect: cobrowse.LayerRect{X: 400, Y: 400, W: 100, H: 20}},
		}}})
		time.Sleep(time.Second)
		told := func(p *viewer, x, y float64) (cursors, recorded int) {
			agent.heard()
			before := len(sc.rec.Events())
			for _, kind := range []cobrowse.InputKind{cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp} {
				p.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: kind, X: x, Y: y, Clicks: 1}})
				time.Sleep(time.Second)
			}
			p.must(cobrowse.Point{Tab: "t1", X: x, Y: y})
			time.Sleep(time.Second)
			return len(only[cobrowse.Cursor](agent.heard())), len(sc.rec.Events()) - before
		}
		for _, at := range [][2]float64{{110, 110}, {150, 160}, {90, 230}, {450, 410}} {
			if cursors, recorded := told(customer, at[0], at[1]); cursors+recorded > 0 {
				t.Errorf("%v: %d cursors told, %d events recorded", at, cursors, recorded)
			}
		}
		if cursors, recorded := told(customer, 300, 300); cursors == 0 || recorded == 0 {
			t.Errorf("beside the pad: %d cursors told, %d events recorded", cursors, recorded)
		}
		if _, recorded := told(agent, 110, 110); recorded == 0 {
			t.Error("the agent's own press is not recorded")
		}
	})
}
