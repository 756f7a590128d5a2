package customerpage

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

func (s *service) goLive(t *testing.T, screen people.Screen, urls ...string) (*people.Person, *peer, people.Rect) {
	t.Helper()
	p := people.New(t, "customer", screen)
	p.Open(s.url + "/join/casa-lume")
	p.Press("Get my PIN")
	peer := s.customer()
	peer.say(s.welcome("live", int(screen.Width), 752), tabs(urls...))
	return p, peer, shared(t, p, peer, device{screen: screen})
}

// TestTabsOfTheCustomer: on a phone as on a desktop they are seen, moved, opened and closed in one list.
func TestTabsOfTheCustomer(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p, peer, _ := s.goLive(t, d.screen, "https://shop.example/1", "https://shop.example/2", "https://price.example/3")
			p.Click(".tabs-button")
			p.Reads(".tabs-menu", "price.example")
			look(t, p, "tabs")
			p.Click(".tab-row:nth-child(3) .move-tab")
			if m := peer.hear("tab"); m["op"] != "move" || m["tab"] != "3" || m["to"] != 1.0 {
				t.Errorf("moved by its button: %v", m)
			}
			from, to := p.Rect(".tab-row:nth-child(1) .tab-show"), p.Rect(".tab-row:nth-child(3)")
			x, y := from.Center()
			p.Drag(x, y, x, to.Y+to.H-4)
			if m := peer.hear("tab"); m["op"] != "move" || m["tab"] != "1" || m["to"] != 2.0 {
				t.Errorf("dragged: %v", m)
			}
			p.Press("New tab")
			if m := peer.hear("tab"); m["op"] != "open" {
				t.Errorf("a new tab: %v", m)
			}
			p.Until("the address may be typed", `document.activeElement.getAttribute('aria-label') === 'Address'`)
			peer.say(object{"type": "notice", "code": "tabs_full", "params": object{"most": 3}})
			p.Hears("3 can be open")
			peer.say(object{"type": "error", "code": "limited", "reason": "too_many_tabs", "message": ""})
			p.Hears("Close one first")
		})
	}
}

// TestPinchOnAPhone: two fingers come closer, for the customer alone, and one finger then moves the view before it scrolls the page.
func TestPinchOnAPhone(t *testing.T) {
	s := newService(t)
	p, peer, stage := s.goLive(t, people.Phone, "https://shop.example/1")
	moves(p, stage, finger{"pointerdown", 1, 100, 300}, finger{"pointerdown", 2, 200, 300}, finger{"pointermove", 2, 300, 300},
		finger{"pointerup", 1, 100, 300}, finger{"pointerup", 2, 300, 300})
	if w := p.Rect(".live-stage").W; w < 1.9*stage.W || w > 2.1*stage.W {
		t.Errorf("the page is %v wide after a pinch, was %v", w, stage.W)
	}
	p.Shot("pinched")
	moves(p, stage, finger{"pointerdown", 3, 200, 300}, finger{"pointerup", 3, 200, 300}) // what lies there stood in the middle before
	if down := peer.input("down"); down["x"] != 200.0 || down["y"] != 300.0 {
		t.Errorf("a tap on the closer view arrived as %v", down)
	}
	moves(p, stage, finger{"pointerdown", 4, 200, 600}, finger{"pointermove", 4, 200, 100}, finger{"pointermove", 4, 200, -300})
	if wheel := peer.input("wheel"); wheel["dy"].(float64) <= 0 || wheel["dy"].(float64) >= 450 {
		t.Errorf("what was left for the page: %v", wheel)
	}
}

// TestInputMethods: what is composed goes to the page as it is composed, and into a hidden field when it is done.
func TestInputMethods(t *testing.T) {
	s := newService(t)
	p, peer, stage := s.goLive(t, people.Desktop, "https://shop.example/1")
	p.ClickAt(stage.X+100, stage.Y+100)
	peer.input("down")
	for _, masked := range []bool{false, true} {
		peer.say(object{"type": "focus", "tab": "1", "editable": true, "inputMode": "text", "masked": masked, "enterKey": "next"})
		p.Until("the label of Enter", `document.querySelector('.live-keyboard').enterKeyHint === 'next'`)
		p.Compose("に", "にほん", "日本")
		want := "compose に, compose にほん, compose 日本, text 日本"
		if masked {
			want = "text 日本"
		}
		got := ""
		for got != want {
			m := peer.hear("input")["ev"].(object)
			if m["kind"] != "compose" && m["kind"] != "text" {
				continue
			}
			if got != "" {
				got += ", "
			}
			if got += fmt.Sprint(m["kind"], " ", m["text"]); len(got) >= len(want) && got != want {
				t.Fatalf("masked %v: %q, want %q", masked, got, want)
			}
		}
	}
}

// TestKeyboardsThatNeedAPress: on an iPhone the focus of a field opens none by itself, so there is a button for it.
func TestKeyboardsThatNeedAPress(t *testing.T) {
	for platform, needs := range map[string]bool{"iPhone": true, "Linux armv81": false} {
		t.Run(platform, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer", people.Phone)
			p.BeforeEveryPage(fmt.Sprintf(`Object.defineProperty(navigator, 'platform', {get: () => %q})`, platform))
			p.Open(s.url + "/join/casa-lume")
			p.Press("Get my PIN")
			peer := s.customer()
			peer.say(s.welcome("live", 390, 752), tabs("https://shop.example/1"))
			stage := shared(t, p, peer, device{screen: people.Phone})
			moves(p, stage, finger{"pointerdown", 7, 60, 60}, finger{"pointerup", 7, 60, 60})
			peer.input("down")
			peer.say(object{"type": "focus", "tab": "1", "editable": true, "inputMode": "tel", "masked": false})
			p.Until("the keyboard would be for numbers", `document.querySelector('.live-keyboard').inputMode === 'tel'`)
			if shown := people.Eval[bool](p, `!document.querySelector('.keyboard-button').hidden`); shown != needs {
				t.Errorf("the button is there: %v", shown)
			}
			if !needs {
				return
			}
			p.Shot("keyboard-button")
			p.Click(".keyboard-button")
			p.Gone(".keyboard-button")
		})
	}
}
