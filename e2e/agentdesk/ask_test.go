package agentdesk

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestWhatThePageAsksTheAgent: the agent reads what is asked, and has only the answers that they may give.
func TestWhatThePageAsksTheAgent(t *testing.T) {
	ask := func(id, kind, may, by string, more object) object {
		m := object{"type": "ask", "id": id, "tab": "1", "kind": kind, "host": "shop.example", "rect": object{"x": 40, "y": 120, "w": 200, "h": 36}, "may": may, "by": by}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	for language, look := range map[string]struct {
		screen people.Screen // the longer texts on the smaller one
		words  []string
	}{
		"en":    {people.Desktop, []string{"Only the customer can answer this.", "Only the customer can agree to this.", "Cancel", "The customer is asked for their user name", "Customer is choosing"}},
		"pt-BR": {narrow, []string{"Só o cliente pode responder.", "Só o cliente pode concordar.", "Cancelar", "A página pede ao cliente o nome de usuário", "Cliente está escolhendo"}},
	} {
		t.Run(language, func(t *testing.T) {
			words := look.words
			ana, s := sharing(t, look.screen, language)
			s.say(ask("q1", "confirm", "", "customer", object{"message": "Remove this item?"}))
			ana.Hears("Remove this item?")
			ana.Hears(words[0])
			fits(t, ana, "ask-customers")
			if n := people.Eval[int](ana, `document.querySelectorAll('.ask button').length`); n != 0 {
				t.Errorf("%d buttons for what only the customer answers", n)
			}
			s.say(object{"type": "askGone", "id": "q1"}, ask("q2", "confirm", "no", "agent", object{"message": "Really?"}))
			ana.Hears(words[1])
			fits(t, ana, "ask-no")
			ana.Press(words[2])
			if m := s.hears("answer"); m["id"] != "q2" || m["ok"] != false {
				t.Errorf("answered %v", m)
			}
			s.say(ask("q3", "login", "", "customer", nil))
			ana.Hears(words[3])
			s.say(object{"type": "askGone", "id": "q3"}, ask("q4", "choose", "", "customer", nil))
			ana.Hears(words[4])
			s.say(object{"type": "askGone", "id": "q4"}, ask("q5", "choose", "all", "agent", object{"choices": []object{{"label": "Red"}, {"label": "Blue"}}}))
			ana.Hears("Blue")
			fits(t, ana, "ask-list")
			ana.Click(".ask [data-at='1']")
			if m := s.hears("answer"); m["id"] != "q5" || m["ok"] != true || m["values"].([]any)[0] != "1" {
				t.Errorf("answered %v", m)
			}
			ana.Gone(".ask")
		})
	}
}
