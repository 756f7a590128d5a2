package customerpage

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

// crowded names what of the bar lies over its neighbour or has left the window, and an address that cannot be read.
const crowded = `(() => {
	const boxes = ['.bar form', '.tabs-button', '.recording', '.sees-status', '.bar .stop'].map((s) => [s, document.querySelector(s).getBoundingClientRect()]);
	const wrong = boxes.filter(([, r]) => r.width === 0 || r.left < 0 || r.right > innerWidth || r.top < 0 || r.bottom > document.querySelector('.bar').getBoundingClientRect().bottom).map(([s]) => s);
	boxes.forEach(([a, r], i) => boxes.slice(i + 1).forEach(([b, o]) => {
		if (r.left < o.right - 1 && o.left < r.right - 1 && r.top < o.bottom - 1 && o.top < r.bottom - 1) wrong.push(a + ' over ' + b);
	}));
	if (boxes[0][1].width < 100) wrong.push('address');
	return wrong;
})()`

// TestTheBarHasRoom on tablets and on phones that lie on their side, while it is recorded, in both languages.
func TestTheBarHasRoom(t *testing.T) {
	for name, screen := range map[string]people.Screen{"tablet": {Width: 820, Height: 1180, Phone: true}, "sideways": {Width: 844, Height: 390, Phone: true}} {
		for _, language := range []string{"en", "pt-BR"} {
			t.Run(fmt.Sprint(name, " ", language), func(t *testing.T) {
				p, peer, _ := withPage(t, device{name: name, screen: screen}, language)
				peer.say(object{"type": "state", "state": "live", "by": "customer", "reason": "", "recording": object{"possible": true, "on": true}})
				p.See(".recording")
				if wrong := people.Eval[[]string](p, crowded); len(wrong) > 0 {
					t.Errorf("too little room: %v", wrong)
				}
				look(t, p, fmt.Sprint("bar-", name, "-", language))
			})
		}
	}
}
