package cobrowse_test

import (
	"slices"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

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
