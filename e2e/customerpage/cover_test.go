package customerpage

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestNothingReachesAPageUnseen: while the first page is being opened the bar works, and what is tapped or typed at the page goes nowhere
// and is told so. The keyboard is the page's from the first picture on.
func TestNothingReachesAPageUnseen(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer early", d.screen)
			peer := s.sharing(p, int(d.screen.Width), 752)
			p.Press("Reload")
			peer.hear("history")
			if d.screen.Phone {
				p.ClickAt(p.Rect(".cover").Center())
			} else {
				people.Eval[bool](p, `(document.querySelector('.live-keyboard').focus(), true)`)
				p.Type("s")
			}
			p.Hears("did not reach the page")
			look(t, p, "missed "+d.name)
			people.Eval[bool](p, `(document.querySelector('.live-keyboard').focus(), true)`)
			shared(t, p, peer, d)
			p.Type("t")
			if ev := peer.hear("input")["ev"].(object); ev["key"] != "t" && ev["text"] != "t" {
				t.Errorf("the page got %v", ev)
			}
		})
	}
}
