package customerpage

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"cobrowse-connector/e2e/people"
)

const font = `16px "Liberation Sans"`

func box(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }

// hidden is a masked thing with what a test wants to be different.
func hidden(id, kind, reason string, rect object, more object) object {
	item := object{
		"id": id, "rect": rect, "clip": rect, "text": "", "font": font, "color": "rgb(42, 33, 28)", "align": "left", "padding": "11px 13px",
		"kind": kind, "reason": reason,
	}
	for k, v := range more {
		item[k] = v
	}
	return item
}

func layer(items ...object) object { return object{"type": "layer", "tab": "1", "items": items} }

// withPage brings a person to a shared page of which there is a picture.
func withPage(t *testing.T, d device, language string) (*people.Person, *peer, people.Rect) {
	t.Helper()
	s := newService(t)
	s.company["mayReveal"] = true
	p := people.New(t, "customer "+d.name, d.screen)
	speaking(p, language)
	peer := s.sharing(p, int(d.screen.Width), 752)
	peer.say(object{"type": "participants", "participants": []object{customerView, agentView}})
	stage := shared(t, p, peer, d)
	return p, peer, stage
}

// order is a page's worth of private things.
func order(wide bool) []object {
	width := 340
	if wide {
		width = 560
	}
	picture := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><rect width="320" height="200" fill="#dcebd9"/><path d="M0 120 L120 60 320 150" stroke="#fff" stroke-width="14" fill="none"/><circle cx="150" cy="90" r="10" fill="#c0392b"/></svg>`))
	lines := []object{
		{"rect": box(20, 90, 150, 20), "text": "Julia Santos"}, {"rect": box(20, 110, 190, 20), "text": "Rua das Flores 112"},
		{"rect": box(20, 130, 90, 20), "text": "4050 Porto"},
	}
	return []object{
		hidden("address", "text", "rule", box(20, 90, 190, 60), object{"text": "Julia Santos\nRua das Flores 112\n4050 Porto", "lines": lines}),
		hidden("email", "text", "email", box(20, 152, 190, 20), object{"text": "julia.santos@mail.example"}),
		hidden("card", "field", "card", box(20, 200, width, 44), object{"text": "4111 1111 1111 1111"}),
		hidden("password", "field", "password", box(20, 270, width, 44), object{"text": "••••••••"}),
		hidden("map", "canvas", "picture", box(20, 340, 320, 160), object{"image": picture}),
		hidden("film", "video", "picture", box(20, 520, 320, 130), object{"unread": true}),
		hidden("stamp", "image", "rule", box(240, 90, 60, 50), object{"unread": true}),
	}
}

func TestLocksExplainThemselves(t *testing.T) {
	texts := map[string][]string{
		"en":    {"Only you see this. Ana Ribeiro does not.", "It looks like a card number.", "Hidden from Ana Ribeiro: 7 places", "cannot be shown here"},
		"pt-BR": {"Só você vê isto. Ana Ribeiro não vê.", "Parece um número de cartão.", "Oculto para Ana Ribeiro: 7 partes", "não pode ser mostrada aqui"},
	}
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			says := texts[d.language]
			p, peer, stage := withPage(t, d, d.language)
			peer.say(layer(order(!d.screen.Phone)...))
			p.See(".lock")
			p.Reads(".private-unread", says[3])
			look(t, p, "locks")
			if label := people.Eval[string](p, `document.querySelector('.locks').getAttribute('aria-label')`); len(label) < len(says[2]) || label[:len(says[2])] != says[2] {
				t.Errorf("a screen reader hears %q", label)
			}
			lock := people.Eval[int](p, `[...document.querySelectorAll('.lock')].findIndex((b) => / (card number|número de cartão)/.test(b.ariaLabel))`)
			if lock < 0 {
				t.Fatal("the card number has no lock")
			}
			selector := fmt.Sprintf(".lock:nth-child(%d)", lock+1)
			x, y := p.Rect(selector).Center()
			p.ClickAt(x, y)
			p.Reads(".lock-card", says[0])
			p.Reads(".lock-card", says[1])
			look(t, p, "lock-card")
			// What is beside the lock is the page's; what is on it is not.
			p.ClickAt(stage.X+60, stage.Y+222)
			if down := peer.input("down"); down["x"] != 60.0 || down["y"] != 222.0 {
				t.Errorf("the first press that reached the page is %v", down)
			}
			p.Gone(".lock-card")
		})
	}
}

func TestLocksByKeyboard(t *testing.T) {
	p, peer, stage := withPage(t, devices[0], "en")
	peer.say(layer(order(true)...))
	p.See(".lock")
	p.ClickAt(stage.X+900, stage.Y+600) // the window has the keyboard
	people.Eval[bool](p, `(document.querySelector('.lock[tabindex="0"]').focus(), true)`)
	p.See(".lock-card")
	key := func(name string) {
		people.Eval[bool](p, fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %q, bubbles: true, cancelable: true}))`, name))
	}
	seen := map[string]bool{}
	for range 7 {
		seen[people.Eval[string](p, `document.activeElement.ariaLabel + ': ' + document.querySelector('.lock-card').innerText`)] = true
		key("ArrowRight")
	}
	if len(seen) < 4 {
		t.Errorf("the arrows go to %d locks: %v", len(seen), seen)
	}
	if stops := people.Eval[int](p, `document.querySelectorAll('.lock[tabindex="0"]').length`); stops != 1 {
		t.Errorf("the Tab key stops at %d locks", stops)
	}
	p.Accessible()
	key("Escape")
	p.Gone(".lock-card")
	p.Until("the keyboard is in the page again", `document.activeElement.classList.contains('live-keyboard')`)
}

func TestShowThisToBoth(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			p, peer, _ := withPage(t, d, "en")
			items := order(!d.screen.Phone)
			peer.say(layer(items...))
			p.See(".lock")
			open := func() {
				nth := people.Eval[int](p, `[...document.querySelectorAll('.lock')].findIndex((b) => b.getBoundingClientRect().y > document.querySelector('[data-private=picture]').getBoundingClientRect().bottom - 20 || b.classList.contains('lock-both'))`)
				x, y := p.Rect(fmt.Sprintf(".lock:nth-child(%d)", nth+1)).Center()
				p.ClickAt(x, y)
			}
			p.Click(".private-reveal") // on the thing itself
			if m := peer.hear("reveal"); m["item"] != "film" || m["on"] != true {
				t.Errorf("reveal: %v", m)
			}
			peer.say(object{"type": "error", "code": "denied", "reason": "reveal_refused", "message": ""})
			p.See(".private-reveal:enabled")
			open()
			p.Reads(".lock-card", "Neither you nor Ana Ribeiro see this part")
			look(t, p, "reveal")
			p.Click(".lock-reveal")
			if m := peer.hear("reveal"); m["item"] != "film" || m["on"] != true || m["tab"] != "1" {
				t.Errorf("reveal: %v", m)
			}
			p.Reads(".lock-card", "One moment")
			peer.say(object{"type": "error", "code": "denied", "reason": "reveal_refused", "message": ""})
			p.Hears("This part stays private")
			p.See(".lock-reveal:not([aria-disabled])")
			p.Click(".lock-reveal")
			peer.hear("reveal")
			items[5]["shown"], items[5]["unread"] = true, false
			peer.say(layer(items...))
			p.See(".lock-both")
			p.Reads(".lock-card", "You and Ana Ribeiro both see this")
			look(t, p, "revealed")
			p.Press("Hide again")
			if m := peer.hear("reveal"); m["item"] != "film" || m["on"] != false {
				t.Errorf("hide again: %v", m)
			}
		})
	}
}

// TestRulesAreNotTheCustomersToLift: what the company hides by rule, or where it lets nobody reveal, there is no button.
func TestRulesAreNotTheCustomersToLift(t *testing.T) {
	p, peer, stage := withPage(t, devices[0], "en")
	peer.say(layer(hidden("stamp", "image", "rule", box(100, 100, 200, 100), object{"unread": true})))
	x, y := p.Rect(".lock").Center()
	p.MoveTo(x, y)
	p.Reads(".lock-card", "The company keeps this part private")
	if people.Eval[bool](p, `!!document.querySelector('.lock-reveal')`) {
		t.Error("a rule's picture can be shown to both")
	}
	p.MoveTo(stage.X+600, stage.Y+600)
	p.Gone(".lock-card")
}

// TestTypingFeelsLocal: between the keys and the service's answer, what was typed stands in the field.
func TestTypingFeelsLocal(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			p, peer, _ := withPage(t, d, "en")
			people.Eval[bool](p, `(document.querySelector('.live-keyboard').focus(), true)`)
			card := func(text string, more object) object {
				item := hidden("card", "field", "card", box(20, 200, 240, 44), object{"text": text, "focused": true, "caret": len(text)})
				for k, v := range more {
					item[k] = v
				}
				return item
			}
			reads := func(want string) {
				t.Helper()
				p.Until("the field reads "+want, fmt.Sprintf(`document.querySelector('.private-field').textContent === %q`, want))
			}
			peer.say(object{"type": "focus", "tab": "1", "editable": true, "inputMode": "numeric", "masked": true}, layer(card("", nil)))
			p.See(".private-field .caret")
			// What nobody confirms is given up after a second: here when the test says so.
			people.Eval[bool](p, `(window.giveUp = [], window.later = setTimeout, window.setTimeout = (f, ms, ...more) => (ms === 1000 ? giveUp.push(f) && 0 : later(f, ms, ...more)), true)`)
			p.Type("41112")
			reads("41112")
			p.Shot("typing")
			peer.say(layer(card("4111", nil))) // an answer on its way
			peer.say(layer(card("4111 2", nil)))
			reads("4111 2")
			p.Type("3\b\b")
			reads("4111 ")
			peer.say(layer(card("4111 2", object{"reason": "password", "id": "secret", "text": "••", "caret": 2})))
			reads("••")
			p.Type("x")
			reads("•••")
			people.Eval[bool](p, `(() => { const f = document.querySelector('.live-keyboard');
				f.dispatchEvent(new CompositionEvent('compositionstart'));
				return f.dispatchEvent(new CompositionEvent('compositionupdate', {data: 'ni'})) })()`)
			reads("•••••")
			// The page would not have it, and says nothing.
			people.Eval[bool](p, `(window.setTimeout = later, giveUp.forEach((f) => f()), document.querySelector('.live-keyboard').dispatchEvent(new CompositionEvent('compositionend', {data: ''})))`)
			reads("••")
			peer.say(object{"type": "focus", "tab": "1", "editable": false, "inputMode": "none", "masked": true})
			p.Gone(".private-field .caret")
			long := "4111 1111 1111 1111 4111 1111 1111 1111 end"
			peer.say(object{"type": "focus", "tab": "1", "editable": true, "inputMode": "text", "masked": true}, layer(card(long, nil)))
			reads(long)
			p.Until("a long text is shown where the caret is", `(() => { const c = document.querySelector('.caret').getBoundingClientRect(), f = document.querySelector('.private-field').getBoundingClientRect(); return c.x > f.x && c.x < f.right })()`)
		})
	}
}

// TestTheLayerOnEveryPhone: upright, on its side, narrow, zoomed in by its owner, and with a keyboard that takes half of it.
func TestTheLayerOnEveryPhone(t *testing.T) {
	phone := devices[1]
	for name, screen := range map[string]people.Screen{
		"landscape": {Width: 844, Height: 390, Phone: true}, "small": {Width: 320, Height: 568, Phone: true}, "keyboard": {Width: 390, Height: 420, Phone: true},
	} {
		t.Run(name, func(t *testing.T) {
			p, peer, _ := withPage(t, phone, "en")
			peer.say(layer(order(false)...))
			p.See(".lock")
			people.Eval[bool](p, `(document.querySelector('.live-keyboard').focus(), true)`)
			p.Fit(screen)
			p.Until("the page has the new size", fmt.Sprintf("innerWidth === %d && innerHeight === %d", screen.Width, screen.Height))
			p.Until("the private field stands on its place in the picture", `(() => {
				const c = document.querySelector('.live-canvas').getBoundingClientRect(), f = document.querySelector('[data-private=card]').getBoundingClientRect();
				const k = c.width / 390;
				return Math.abs(f.x - c.x - 20 * k) < 1 && Math.abs(f.y - c.y - 200 * k) < 1 && Math.abs(f.width - 340 * k) < 1;
			})()`)
			if size := people.Eval[float64](p, `document.querySelector('.lock').getBoundingClientRect().width`); size < 19 || size > 21 {
				t.Errorf("a lock is %v pixels wide", size)
			}
			nearest := people.Eval[float64](p, `(() => { const at = [...document.querySelectorAll('.lock')].map((b) => b.getBoundingClientRect()).map((r) => [r.x, r.y]);
				return Math.min(...at.flatMap(([x, y], i) => at.slice(i + 1).map(([a, b]) => Math.hypot(x - a, y - b)))) })()`)
			if nearest < 24 {
				t.Errorf("two locks are %v pixels apart: a finger hits both", nearest)
			}
			people.Eval[bool](p, `(document.querySelector('.lock').click(), true)`)
			p.See(".lock-card")
			card, room := p.Rect(".lock-card"), p.Rect(".stage")
			if card.X < room.X || card.X+card.W > room.X+room.W || card.Y < room.Y || card.Y+card.H > room.Y+room.H+1 {
				t.Errorf("the card %v is not within %v", card, room)
			}
			look(t, p, name)
		})
	}
}

// corner is the colour at the edge of the picture, of those that scrolled gives it.
const corner = `((c) => { const [r, g, b] = c.getContext('2d').getImageData(c.width * 0.9, 700, 1, 1).data; return (r > 128 ? 'r' : '') + (g > 128 ? 'g' : '') + (b > 128 ? 'b' : '') })(document.querySelector('.live-canvas'))`

// fieldAt is how far down the page the private field stands.
const fieldAt = `Math.round(document.querySelector('.private-field').getBoundingClientRect().y - document.querySelector('.live-stage').getBoundingClientRect().y)`

// clock lets the page's time stand still: what is hidden while it moves comes back when the rest of the movement is late.
const clock = `(() => { const real = performance.now.bind(performance); let held, lost = 0;
	performance.now = () => (held ?? real()) - lost;
	window.holdClock = () => { held = real(); return true };
	window.goOn = () => { lost += real() - held; held = undefined; return true };
	return true })()`

// TestNothingPrivateAtAWrongPlace scrolls the page and lets the picture come before the layer, and after it.
func TestNothingPrivateAtAWrongPlace(t *testing.T) {
	p, peer, _ := withPage(t, devices[0], "en")
	width, height := 1280, 750
	pictures := scrolled(t, width, height)
	at := func(y int) object {
		return layer(hidden("card", "field", "card", box(400, y, 300, 44), object{"text": "4111"}), hidden("fixed", "text", "rule", box(1000, 20, 100, 20), object{"text": "fixed"}))
	}
	peer.show(2, pictures[0], width, height)
	p.Until("the page rests before the value comes", corner+` === 'r'`)
	peer.say(at(400))
	p.See(".private-field")
	// What a person saw of the field, once per frame: where, and which part of the page stood there.
	people.Eval[bool](p, `(window.seen = [], (function look() {
		const e = document.querySelector('.private-field');
		if (e && getComputedStyle(e).visibility === 'visible') seen.push(`+fieldAt+` + ' ' + `+corner+`);
		requestAnimationFrame(look);
	})(), true)`)
	colours := []string{"r", "g", "b"}
	still := func(step int) {
		t.Helper()
		p.Until(fmt.Sprintf("the field stands in picture %d", step), fmt.Sprintf(`seen.at(-1) === '%d %s'`, 400-120*step, colours[step]))
	}
	still(0)
	people.Eval[bool](p, `(seen.length = 0, true)`)
	people.Eval[bool](p, clock)
	people.Eval[bool](p, `holdClock()`)
	peer.show(3, pictures[1], width, height) // the picture first
	p.Until("the picture moved and the value is away", `getComputedStyle(document.querySelector('.private-field')).visibility === 'hidden'`)
	peer.say(at(280))
	p.Until("the layer followed", fieldAt+` === 280`)
	moved := time.Now()
	people.Eval[bool](p, `goOn()`)
	still(1)
	t.Logf("shown %v after the layer that followed the picture", time.Since(moved).Round(time.Millisecond))
	people.Eval[bool](p, `holdClock()`)
	peer.say(at(160)) // the layer first
	p.Until("the value waits for the picture", `getComputedStyle(document.querySelector('.private-field')).visibility === 'hidden'`)
	peer.show(4, pictures[2], width, height)
	p.Until("the picture followed", corner+` === 'b'`)
	moved = time.Now()
	people.Eval[bool](p, `goOn()`)
	still(2)
	t.Logf("shown %v after the picture that followed the layer", time.Since(moved).Round(time.Millisecond))
	wrong := people.Eval[[]string](p, `seen.filter((s) => !['400 r', '280 g', '160 b'].includes(s))`)
	t.Logf("%d frames looked at, %d of them with the value at a wrong place", people.Eval[int](p, `seen.length`), len(wrong))
	if len(wrong) > 0 {
		t.Errorf("the value was seen at %v", wrong)
	}
}

// scrolled are pictures of a long page, each 120 pixels further down, with another colour at the edge.
func scrolled(t *testing.T, width, height int) [][]byte {
	t.Helper()
	b := people.New(t, "shared browser", people.Screen{Width: int64(width), Height: int64(height)})
	b.Open("about:blank")
	people.Eval[bool](b, `(document.body.innerHTML = '<style>body{margin:0;height:3000px;font:16px sans-serif}i{position:fixed;right:0;bottom:0;width:200px;height:100px}</style><i></i>' +
		Array.from({length: 100}, (_, i) => '<p style="padding-left:' + (i * 37 % 300) + 'px">Line ' + i + ' of a page that is long enough to be scrolled, ' + 'again and '.repeat(i % 7) + '</p>').join(''), true)`)
	var out [][]byte
	for i, colour := range []string{"#f00", "#0f0", "#00f"} {
		people.Eval[bool](b, fmt.Sprintf(`(scrollTo(0, %d), document.querySelector('i').style.background = %q, true)`, 120*i, colour))
		out = append(out, people.KeyFrame(t, b.JPEG()))
	}
	return out
}
