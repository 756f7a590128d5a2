package customerpage

import (
	"fmt"
	"slices"
	"testing"

	"cobrowse-connector/e2e/people"
)

// asked is a question of the shared page with what a test wants to be different.
func asked(id, kind string, more object) object {
	m := object{"type": "ask", "id": id, "tab": "1", "kind": kind, "host": "shop.example", "rect": box(40, 120, 200, 36), "may": "all", "by": "customer"}
	for k, v := range more {
		m[k] = v
	}
	return m
}

// says waits for the answer to a question and compares it.
func (p *peer) says(id string, ok bool, values ...string) {
	p.t.Helper()
	m := p.hear("answer")
	var got []string
	for _, v := range m["values"].([]any) {
		got = append(got, v.(string))
	}
	if m["id"] != id || m["ok"] != ok || !slices.Equal(got, values) {
		p.t.Errorf("answered %v, not %s %v %q", m, id, ok, values)
	}
}

// TestThePageAsks: dialogs, lists, dates and passwords of the shared page, with mouse, finger and keyboard.
func TestThePageAsks(t *testing.T) {
	texts := map[string][]string{
		"en":    {"shop.example says", "OK", "Cancel", "Leave this page?", "Stay", "Sign in to shop.example", "Only you see what you type here.", "Ana Ribeiro is choosing", "Done", "The page does not respond", "Wait"},
		"pt-BR": {"shop.example diz", "OK", "Cancelar", "Sair desta página?", "Ficar", "Entrar em shop.example", "Só você vê o que digita aqui.", "Ana Ribeiro está escolhendo", "Pronto", "A página não responde", "Esperar"},
	}
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			words := texts[d.language]
			p, peer, _ := withPage(t, d, d.language)
			peer.say(asked("q1", "confirm", object{"message": "Remove this item from your cart?"}))
			p.Hears(words[0])
			look(t, p, "ask-confirm")
			p.Type("\r") // the keyboard is there
			peer.says("q1", true)
			p.Gone(".ask")
			p.Until("the keyboard is the page's again", `document.activeElement.matches('.live-keyboard')`)

			peer.say(asked("q2", "leave", nil))
			p.Hears(words[3])
			p.Press(words[4])
			peer.says("q2", false)

			peer.say(asked("q3", "prompt", object{"message": "Your name?", "default": "J."}))
			p.Hears("Your name?")
			p.Type("Julia") // in place of what was proposed
			look(t, p, "ask-prompt")
			p.Press(words[1])
			peer.says("q3", true, "Julia")

			peer.say(asked("q4", "login", nil))
			p.Hears(words[5])
			p.Hears(words[6])
			p.Fill(".ask input[type=text]", "julia")
			p.Fill(".ask input[type=password]", "secret")
			look(t, p, "ask-login")
			p.Type("\r")
			peer.says("q4", true, "julia", "secret")

			colours := []object{{"label": "Red", "selected": true}, {"label": "Green", "group": "More", "disabled": true}, {"label": "Blue", "group": "More"}}
			peer.say(asked("q5", "choose", object{"choices": colours}))
			p.Hears("Blue")
			look(t, p, "ask-list")
			if !d.screen.Phone {
				dropsFrom(t, p)
			}
			people.Eval[bool](p, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}))`)
			p.Until("what is disabled is passed over", `document.activeElement.textContent.includes('Blue')`)
			p.Click(".ask [data-at='2']")
			peer.says("q5", true, "2")

			peer.say(asked("q6", "choose", object{"choices": colours, "multiple": true}))
			p.Click(".ask [data-at='1']")
			p.Click(".ask [data-at='2']")
			p.Press(words[8])
			peer.says("q6", true, "0", "2")

			peer.say(asked("q7", "date", object{"default": "2026-03-01", "min": "2026-01-01"}))
			p.See(".ask input[type=date]")
			look(t, p, "ask-date")
			people.Eval[bool](p, `(document.querySelector('.ask input').value = '2026-04-02', true)`)
			p.Click(".ask .primary")
			peer.says("q7", true, "2026-04-02")

			peer.say(asked("q9", "external", object{"default": "mailto:help@shop.example?subject=Order"}))
			p.Hears("help@shop.example")
			look(t, p, "ask-external")
			if to := people.Eval[string](p, `document.querySelector('.ask a').href`); to != "mailto:help@shop.example?subject=Order" {
				t.Errorf("this device would open %q", to)
			}
			p.Press(words[2])
			peer.says("q9", false)

			peer.say(asked("q10", "stuck", object{"by": ""}))
			p.Hears(words[9])
			look(t, p, "ask-stuck")
			p.Press(words[10])
			peer.says("q10", false)

			peer.say(asked("q8", "choose", object{"by": "agent", "may": "no", "choices": []object{}}))
			p.Hears(words[7])
			look(t, p, "ask-others")
			peer.say(object{"type": "askGone", "id": "q8"})
			p.Gone(".ask")
		})
	}
}

// dropsFrom compares where a list stands with the field that it belongs to.
func dropsFrom(t *testing.T, p *people.Person) {
	t.Helper()
	list, stage := p.Rect(".ask"), p.Rect(".live-stage")
	if list.X < stage.X+38 || list.X > stage.X+42 || list.Y < stage.Y+156 || list.Y > stage.Y+164 {
		t.Errorf("the list stands at %s, the page at %s", fmt.Sprint(list), fmt.Sprint(stage))
	}
}
