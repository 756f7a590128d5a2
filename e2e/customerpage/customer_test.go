// Package customerpage holds the customer's pages to their promises in a real Chromium, against a service that follows a script.
package customerpage

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

type device struct {
	name   string
	screen people.Screen
	// language is the one to look at it in where one will do: the longer texts on the smaller screen.
	language string
}

var devices = []device{{"desktop", people.Desktop, "en"}, {"phone", people.Phone, "pt-BR"}}

// look keeps a picture of the page when somebody wants to see it, and lets axe judge it.
func look(t *testing.T, p *people.Person, name string) {
	t.Helper()
	p.Shot(name)
	p.Accessible()
}

func TestByPhone(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer "+d.name, d.screen)
			p.Open(s.url + "/join/casa-lume")
			p.Hears("Nothing is installed")
			look(t, p, "1-start")
			p.Press("Get my PIN")
			peer := s.customer()
			peer.say(s.welcome("requested", 1280, 752))
			p.Reads(".pin", "483")
			look(t, p, "2-pin")
			if spoken := people.Eval[string](p, `document.querySelector('.pin .visually-hidden').textContent`); spoken != "Your PIN is 4, 8, 3, 9, 2, 0" {
				t.Errorf("a screen reader says %q", spoken)
			}

			peer.say(object{"type": "participants", "participants": []object{customerView, agentView}}, state("provisioning", "agent", false))
			p.Hears("Ana Ribeiro from Casa Lume asks")
			look(t, p, "3-consent")
			p.Click("#record")
			p.Press("Allow")
			p.Hears("Getting the browser ready")
			peer.say(state("waiting", "system", false))
			if answer := peer.hear("consent"); answer["granted"] != true || answer["recording"] != true {
				t.Errorf("consent: %v", answer)
			}

			peer.say(state("live", "customer", true), tabs("https://shop.casa-lume.example/checkout", "https://priceowl.example/compare/aurora"))
			size := shared(t, p, peer, d)
			look(t, p, "4-live")
			sharing(t, p, peer, d, size)
			look(t, p, "5-private-layer")
			stopping(t, p, peer)

			peer.say(object{"type": "ended", "by": "agent", "reason": "ended", "outcome": "solved", "seconds": 272})
			p.Hears("It lasted 4:32")
			look(t, p, "9-ended")
			if left := people.Eval[int](p, `sessionStorage.length + localStorage.length`); left != 0 {
				t.Errorf("%d things are still remembered after the end", left)
			}
		})
	}
}

// shared waits for the page to ask for its size and shows a picture of the shop in that size.
func shared(t *testing.T, p *people.Person, peer *peer, d device) people.Rect {
	t.Helper()
	p.See(".live")
	stage := p.Rect(".stage")
	if stage.W != float64(d.screen.Width) || stage.H < float64(d.screen.Height)-100 {
		t.Errorf("the picture has %v of the screen", stage)
	}
	width, height := int(stage.W)/2*2, int(stage.H)/2*2
	peer.say(object{"type": "viewport", "viewport": object{"width": width, "height": height, "scale": 1, "mobile": d.screen.Phone}})
	peer.show(1, shopPicture(t, width, height, d.screen.Phone), width, height)
	p.Gone(".cover")
	return stage
}

func sharing(t *testing.T, p *people.Person, peer *peer, d device, stage people.Rect) {
	t.Helper()
	p.Reads(".sees-status", "Ana Ribeiro sees this page")
	peer.say(object{"type": "cursor", "who": "a", "role": "agent", "name": "Ana Ribeiro", "tab": "1", "x": 180, "y": 210, "down": true})
	p.Reads(".live-cursor", "Ana Ribeiro")
	if c := p.Rect(".live-cursor svg"); c.X < stage.X+170 || c.X > stage.X+190 || c.Y < stage.Y+200 || c.Y > stage.Y+220 {
		t.Errorf("the cursor stands at %v", c)
	}

	p.ClickAt(stage.X+100, stage.Y+120)
	down := peer.input("down")
	if x, y := down["x"].(float64), down["y"].(float64); x < 98 || x > 102 || y < 118 || y > 122 {
		t.Errorf("the press arrived at %v, %v", x, y)
	}
	peer.say(object{"type": "focus", "tab": "1", "editable": true, "inputMode": "numeric", "masked": true})
	p.Until("the on-screen keyboard is numeric", `document.querySelector('.live-keyboard').inputMode === 'numeric'`)
	p.Type("48")
	p.Wheel(stage.X+50, stage.Y+50, 10) // after the keys
	var typed []string
	peer.hearThat("input", func(m object) bool {
		ev := m["ev"].(object)
		if text, ok := ev["text"].(string); ok {
			typed = append(typed, fmt.Sprint(ev["kind"], " ", text))
		}
		return ev["kind"] == "wheel"
	})
	if !slices.Equal(typed, []string{"keydown 4", "keydown 8"}) {
		t.Errorf("typing 48 arrived as %q", typed)
	}

	// The explanation stands there for a moment only.
	people.Eval[bool](p, `(window.explained = false, new MutationObserver(() => explained ||= document.querySelector('.private-caption:not([hidden])')?.innerText.includes('Only you see this'))
		.observe(document.querySelector('.private-caption'), {attributes: true}), true)`)
	rect := object{"x": 30, "y": 400, "w": 330, "h": 44}
	peer.say(object{"type": "layer", "tab": "1", "items": []object{
		{
			"id": "1", "rect": rect, "clip": rect, "text": "4111 1111 1111 1111", "font": `16px "Liberation Sans"`, "color": "rgb(42, 33, 28)",
			"align": "left", "padding": "11px 13px", "kind": "field", "reason": "card", "focused": true, "caret": 19,
		},
		{
			"id": "2", "rect": object{"x": 30, "y": 320, "w": 220, "h": 20}, "clip": object{"x": 30, "y": 320, "w": 220, "h": 20},
			"text": "julia.santos@mail.example", "font": `16px "Liberation Sans"`, "color": "rgb(42, 33, 28)", "align": "left", "kind": "text", "reason": "email",
		},
	}})
	p.Reads(".private-field", "4111 1111 1111 1111")
	if r := p.Rect(".private-window"); r.X != stage.X+30 || r.Y != stage.Y+400 {
		t.Errorf("the private value stands at %v, the stage at %v", r, stage)
	}
	p.Until("it is explained", `explained`)
	peer.say(object{"type": "refused", "by": "agent", "how": "mouse", "name": "Buy now", "tab": "1"})
	p.Hears("Only you can press “Buy now”")
	if d.screen.Phone {
		touching(t, p, peer, stage)
		return
	}
	p.Click(".tabs-button")
	p.Reads(".tabs-menu", "priceowl.example")
	p.Click(".tab-row:nth-child(2) .tab-show")
	if m := peer.hear("tab"); m["op"] != "show" || m["tab"] != "2" {
		t.Errorf("tab: %v", m)
	}
}

// touching sends what a finger sends: a tap is a click, a drag is the finger's own on a phone's page, a long press is the right button.
func touching(t *testing.T, p *people.Person, peer *peer, stage people.Rect) {
	t.Helper()
	moves(p, stage, finger{"pointerdown", 7, 60, 200}, finger{"pointerup", 7, 60, 200})
	if down := peer.input("down"); down["x"] != 60.0 || down["y"] != 200.0 || down["clicks"] != 1.0 {
		t.Errorf("a tap arrived as %v", down)
	}
	drag := []finger{{"pointerdown", 7, 100, 400}, {"pointermove", 7, 100, 340}, {"pointerup", 7, 100, 340}}
	moves(p, stage, drag...)
	down, move, up := peer.input("down"), peer.input("move"), peer.input("up")
	if down["y"] != 400.0 || down["clicks"] != 0.0 || move["y"] != 340.0 || up["y"] != 340.0 || up["time"].(float64) < down["time"].(float64) {
		t.Errorf("a drag arrived as %v, %v, %v", down, move, up)
	}
	people.Eval[bool](p, `(() => { const ask = window.matchMedia; window.matchMedia = (q) => q.includes('reduced-motion') ? { matches: true } : ask(q); return true })()`)
	moves(p, stage, drag...)
	if _, move, up := peer.input("down"), peer.input("move"), peer.input("up"); up["time"].(float64) < move["time"].(float64)+500 {
		t.Errorf("the page would go on scrolling for somebody who wants less motion: %v, %v", move, up)
	}
	moves(p, stage, finger{"pointerdown", 7, 50, 300})
	if right := peer.input("down"); right["button"] != 2.0 {
		t.Errorf("a long press arrived as %v", right)
	}
	moves(p, stage, finger{"pointerup", 7, 50, 300})
}

// finger is a step of one of them on the shared page, and where.
type finger struct {
	kind string
	id   int
	x, y float64
}

// moves takes steps at once: a machine that stops between two of them makes a long press of a tap.
func moves(p *people.Person, stage people.Rect, steps ...finger) {
	var all strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&all, `document.querySelector('.live-stage').dispatchEvent(new PointerEvent(%q, {pointerType: 'touch', pointerId: %d, clientX: %v, clientY: %v, bubbles: true})), `,
			s.kind, s.id, stage.X+s.x, stage.Y+s.y)
	}
	people.Eval[bool](p, "("+all.String()+"true)")
}

func stopping(t *testing.T, p *people.Person, peer *peer) {
	t.Helper()
	p.Press("Stop")
	peer.hear("pause")
	peer.say(state("paused", "customer", true))
	p.Hears("Ana Ribeiro sees nothing and can do nothing")
	look(t, p, "6-paused")
	p.Press("Continue")
	peer.hear("resume")
	peer.say(state("live", "customer", true))
	p.Gone("dialog[open]")
	p.Press("Stop")
	peer.hear("pause")
	p.Press("End the session")
	peer.hear("end")
}

// shopPicture is what the shared browser would show: the shop's checkout, by its own browser.
func shopPicture(t *testing.T, width, height int, phone bool) []byte {
	t.Helper()
	shop := httptest.NewServer(demo.NewShop("http://127.0.0.1:1", "http://127.0.0.1:1"))
	t.Cleanup(shop.Close)
	b := people.New(t, "shared browser", people.Screen{Width: int64(width), Height: int64(height), Phone: phone})
	b.Open(shop.URL + "/p/aurora")
	people.Eval[bool](b, `fetch('/cart', {method: 'POST', body: new URLSearchParams({id: 'aurora', quantity: '+'})}).then(r => r.ok)`)
	b.Open(shop.URL + "/checkout")
	return people.KeyFrame(t, b.JPEG())
}

func TestStopWithoutConnection(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer offline", people.Desktop)
	p.Open(s.url + "/join/casa-lume#from=" + "https%3A%2F%2Fshop.example%2Fcart")
	first := s.customer()
	first.say(s.welcome("live", 1280, 752), tabs("https://shop.example/cart"))
	p.See(".live")
	first.conn.CloseNow()
	p.Hears("Connection lost")
	p.Press("Stop")
	second := s.customer()
	second.say(s.welcome("live", 1280, 752))
	second.hear("pause")
	if !people.Eval[bool](p, `document.querySelector('dialog.pause').open`) {
		t.Error("the pause is not shown although the customer asked for it")
	}
}

func TestReloadComesBack(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer reloading", people.Desktop)
	p.Open(s.url + "/join/casa-lume")
	p.Press("Get my PIN")
	s.customer().say(s.welcome("requested", 1280, 752))
	p.Reads(".pin", "483")
	p.Reload()
	back := s.customer()
	back.say(s.welcome("requested", 1280, 752))
	p.Reads(".pin", "483")
	if n := s.pins.Load(); n != 1 {
		t.Errorf("%d PINs were made", n)
	}
	back.conn.Close(4001, "opened elsewhere")
	p.Hears("Open in another window")
	p.Shot("elsewhere")
	p.Press("Go on here")
	s.customer()
}

func TestPINExpires(t *testing.T) {
	s := newService(t)
	s.pinLife = 0
	p := people.New(t, "customer late", people.Phone)
	p.Open(s.url + "/join/casa-lume")
	p.Press("Get my PIN")
	s.customer().say(s.welcome("requested", 390, 756))
	p.Hears("This PIN has expired")
	look(t, p, "expired")
	s.pinLife = 50e9
	p.Press("Get a new PIN")
	s.customer().say(s.welcome("requested", 390, 756))
	p.Reads(".pin", "920")
	if spoken := people.Eval[string](p, `document.querySelector('.quiet [role=status]').textContent`); spoken != "Valid for one more minute" {
		t.Errorf("a screen reader says %q", spoken)
	}
}

func TestChatLink(t *testing.T) {
	s := newService(t)
	s.company["recording"] = "on"
	p := people.New(t, "customer chatting", people.Phone)
	p.BeforeEveryPage(`Object.defineProperty(navigator, 'languages', {get: () => ['pt-PT', 'en']})`)
	p.Open(s.url + "/j#bad")
	p.Hears("Este link não vale mais")
	look(t, p, "bad-link")
	p.Open(s.url + "/j?#good") // the query makes it a navigation
	peer := s.customer()
	peer.say(s.welcome("waiting", 390, 756))
	p.Hears("pede para ver este navegador")
	p.Hears("A sessão é gravada")
	look(t, p, "consent-pt")
	p.Press("Não")
	if m := peer.hear("consent"); m["granted"] != false {
		t.Errorf("consent: %v", m)
	}
	p.Hears("Ninguém viu nada")
}

func TestScriptLine(t *testing.T) {
	s := newService(t)
	const strict = "default-src 'none'; style-src 'none'; script-src %s; connect-src %s"
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(strict, s.url, s.url))
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><html lang="pt"><title>Site</title><body><h1>Site</h1>`+
			`<script src="%s/cobrowse.js" data-company="%s" async></script>`, s.url, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(site.Close)

	p := people.New(t, "visitor", people.Desktop)
	p.Open(site.URL + "/casa-lume?basket=1")
	p.Hears("Compartilhar tela com o suporte")
	p.Shot("button")
	tab := p.NewTab(func() { p.Press("Compartilhar tela com o suporte") })
	s.customer().say(s.welcome("requested", 1280, 752)) // whoever pressed the button gets a PIN at once
	tab.Reads(".pin", "483")

	p.BeforeEveryPage(`window.said = []; console.error = (...a) => said.push(a.join(' '))`)
	p.Open(site.URL + "/nobody")
	p.Until("the console names the mistake", `said.some(s => s.includes('no company "nobody"'))`)
	if people.Eval[bool](p, `!!document.querySelector('cobrowse-button') || 'Cobrowse' in window`) {
		t.Error("a button is shown for a company that does not exist")
	}
}
