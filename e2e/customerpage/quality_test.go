package customerpage

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

func quality(level, reason string, rtt int) object {
	return object{"type": "quality", "level": level, "reason": reason, "rtt": rtt}
}

// TestConnectionSign: a small sign that is always there, words when the level changes and when it is pressed.
func TestConnectionSign(t *testing.T) {
	for _, one := range []struct {
		language, slow, other, good, answers string
		screen                               people.Screen
	}{
		{"en", "Your connection is slow", "Ana Ribeiro has a slow connection", "The connection is good", "An answer takes 42 ms", people.Desktop},
		{"pt-BR", "Sua conexão está lenta", "A conexão de Ana Ribeiro está lenta", "A conexão está boa", "Uma resposta leva 42 ms", people.Phone},
	} {
		t.Run(one.language, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer connected "+one.language, one.screen)
			speaking(p, one.language)
			width, height := int(one.screen.Width), int(one.screen.Height)-48
			if one.screen.Phone {
				height = 756
			}
			peer := s.sharing(p, width, height)
			peer.say(quality("good", "", 42))
			p.See(".signal-button[data-level=good]")
			look(t, p, "connection-good")
			p.Click(".signal-button")
			p.Reads(".toasts", one.answers)
			peer.say(quality("slow", "you", 900))
			p.See(".signal-button[data-level=slow]")
			p.Reads(".toasts", one.slow)
			peer.say(quality("slow", "other", 42))
			p.Reads(".toasts", one.other)
			look(t, p, "connection-slow")
			peer.say(quality("good", "", 40))
			p.Until("it is said that all is well", `[...document.querySelectorAll('.toasts p')].some(e => e.innerText === '`+one.good+`')`)
			peer.lose()
			p.See(".signal-button[data-level=reconnecting]")
			next := s.customer()
			next.say(s.welcome("live", width, height), tabs("https://shop.example/cart"), quality("reconnecting", "other", 0))
			p.See(".signal-button[data-level=reconnecting]")
		})
	}
}
