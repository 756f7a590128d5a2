package cobrowse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cobrowse-connector/cobrowse"
)

func masked(kind, text string, x, y, w, h float64) cobrowse.LayerItem {
	r := cobrowse.LayerRect{X: x, Y: y, W: w, H: h}
	return cobrowse.LayerItem{ID: text, Kind: kind, Text: text, Rect: r, Clip: r, Reason: "rule"}
}

func TestAgentsLearnWhereSomethingIsHidden(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		layer := func(items ...cobrowse.LayerItem) {
			sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: items}})
		}
		wants := func(v *viewer, want ...[]cobrowse.LayerRect) {
			t.Helper()
			var got [][]cobrowse.LayerRect
			for _, m := range only[cobrowse.HiddenChanged](v.heard()) {
				got = append(got, m.Areas)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("areas (-want +got):\n%s", diff)
			}
		}
		short := []cobrowse.LayerRect{{X: 96, Y: 96, W: 208, H: 48}, {X: 96, Y: 200, W: 48, H: 24}}
		layer(masked("field", "4111", 100, 100, 200, 40), masked("text", "Ana", 100, 200, 33, 20))
		wants(agent, short)
		// Another text and another length are no news to them; what the customer shows to both is not hidden.
		shown := masked("canvas", "", 500, 100, 100, 100)
		shown.Shown = true
		layer(masked("field", "4111 1111", 100, 100, 200, 40), masked("text", "Maria", 100, 200, 43, 20), shown)
		wants(agent)
		// The lines of a text are one block.
		layer(masked("text", "one", 10, 10, 80, 20), masked("text", "two", 10, 30, 60, 20))
		wants(agent, []cobrowse.LayerRect{{X: 8, Y: 8, W: 96, H: 48}})
		if got := only[cobrowse.HiddenChanged](customer.heard()); len(got) != 0 {
			t.Errorf("the customer, who has the layer, got %v", got)
		}

		sc.b.Gate(false, "private")
		layer(masked("field", "balance", 100, 100, 200, 40))
		wants(agent)
		layer()
		sc.b.Gate(true, "")
		wants(agent, []cobrowse.LayerRect{})
	})
}
