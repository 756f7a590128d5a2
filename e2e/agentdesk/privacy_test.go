package agentdesk

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

func hidden(areas ...object) object { return object{"type": "hidden", "tab": "t1", "areas": areas} }

func area(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }

// TestTheAgentSeesThatSomethingIsHidden: an empty place in the picture is no mistake of the page.
func TestTheAgentSeesThatSomethingIsHidden(t *testing.T) {
	for language, says := range map[string]struct{ hidden, you, typing string }{
		"en":    {"Hidden for privacy", "You", "In a hidden field"},
		"pt-BR": {"Oculto por privacidade", "Você", "Em um campo oculto"},
	} {
		t.Run(language, func(t *testing.T) {
			ana, s := sharing(t, people.Desktop, language)
			s.say(hidden(area(96, 160, 320, 48), area(96, 232, 144, 24), area(640, 160, 400, 240)),
				object{"type": "focus", "tab": "t1", "editable": true, "inputMode": "numeric", "masked": true})
			ana.See(".hidden-area.locked")
			ana.Reads(".typing", says.typing)
			page, drawn := ana.Rect(".live-stage"), ana.Rect(".hidden-area")
			scale := page.W / 1280
			if x := (drawn.X - page.X) / scale; x < 95 || x > 97 || drawn.W/scale < 319 || drawn.W/scale > 321 {
				t.Errorf("an area of 320 at 96 stands at %v of %v", drawn, page)
			}
			x, y := drawn.Center()
			ana.MoveTo(x, y)
			ana.Reads(".pointer-tag", says.hidden)
			ana.Accessible() // which waits for what fades in
			ana.Shot("hidden-areas")
			ana.MoveTo(page.X+page.W/2, page.Y+page.H-20)
			ana.Reads(".pointer-tag", says.you)
			s.say(object{"type": "blocked", "tab": "t1", "x": 1, "y": 1, "name": "Buy now"})
			ana.Until("the pointer says that it may not", `getComputedStyle(document.querySelector('.live-stage')).cursor === 'not-allowed'`)
			s.say(object{"type": "gate", "open": false, "reason": "masks"})
			ana.Gone(".hidden-area")
		})
	}
}

func TestHideSomething(t *testing.T) {
	for language, says := range map[string][]string{
		"en":    {"“Balance” is hidden from now on", "This is hidden from now on", "nothing there that could be hidden"},
		"pt-BR": {"“Balance” fica oculto a partir de agora", "Isto fica oculto a partir de agora", "Não há nada ali que possa ser ocultado"},
	} {
		t.Run(language, func(t *testing.T) {
			ana, s := sharing(t, people.Desktop, language)
			ana.Click("#suggest")
			ana.See(".picker .cross")
			page := ana.Rect(".live-stage")
			scale := page.W / 1280
			ana.MoveTo(page.X+300*scale, page.Y+200*scale)
			ana.Shot("picking")
			ana.Accessible()
			ana.ClickAt(page.X+300*scale, page.Y+200*scale)
			if m := s.hears("suggest"); m["tab"] != "t1" || m["x"].(float64) < 298 || m["x"].(float64) > 302 || m["y"].(float64) < 198 || m["y"].(float64) > 202 {
				t.Errorf("suggest: %v", m)
			}
			ana.Gone(".picker")
			s.say(object{"type": "notice", "code": "mask_suggested", "params": object{"name": "Balance"}})
			ana.Reads(".toast", says[0])
			s.say(object{"type": "notice", "code": "mask_suggested", "params": object{"name": "…"}},
				object{"type": "error", "code": "not_found", "reason": "nothing_there", "message": "English"})
			ana.Hears(says[1])
			ana.Hears(says[2])
			ana.Shot("suggested")
		})
	}
}

// TestHideSomethingByKeyboard: and without a mouse, in the narrowest pane.
func TestHideSomethingByKeyboard(t *testing.T) {
	ana, s := sharing(t, narrow, "pt-BR")
	key := func(name string) {
		people.Eval[bool](ana, fmt.Sprintf(`(document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %q, bubbles: true, cancelable: true})), true)`, name))
	}
	focused := func() { ana.Until("the keyboard moves the cross", `document.activeElement.className === 'picker'`) }
	ana.Click("#suggest")
	focused()
	fits(t, ana, "picking-narrow")
	key("Escape")
	ana.Gone(".picker")
	ana.Click("#suggest")
	focused()
	before := ana.Rect(".cross")
	for range 3 {
		key("ArrowRight")
	}
	ana.Until("the cross moved", fmt.Sprintf(`Math.round(document.querySelector('.cross').getBoundingClientRect().x) === %v`, int(before.X+36+0.5)))
	x := before.X + before.W/2 + 36 - ana.Rect(".live-stage").X
	scale := ana.Rect(".live-stage").W / 1280
	key("Enter")
	if m := s.hears("suggest"); m["x"].(float64) < x/scale-8 || m["x"].(float64) > x/scale+8 {
		t.Errorf("suggest: %v, the cross stood at %v", m, x/scale)
	}
	ana.Gone(".picker")
	// A page that goes away takes the tool along.
	ana.Click("#suggest")
	focused()
	s.say(object{"type": "gate", "open": false, "reason": "private"})
	ana.Reads(".veil", "Esta página é só do cliente")
	ana.Gone(".picker")
	fits(t, ana, "veil-private")
}
