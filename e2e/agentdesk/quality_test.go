package agentdesk

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestConnectionSign: milliseconds while all is well, words when it is not.
func TestConnectionSign(t *testing.T) {
	for _, one := range []struct {
		language string
		screen   people.Screen
		words    [3]string
	}{
		{"en", people.Screen{Width: 344, Height: 720}, [3]string{"Your connection is slow", "Customer’s connection is slow", "Customer is reconnecting"}},
		{"pt-BR", people.Phone, [3]string{"Sua conexão está lenta", "A conexão do cliente está lenta", "O cliente está se reconectando"}},
		{"en", people.Desktop, [3]string{"Your connection is slow", "Customer’s connection is slow", "Customer is reconnecting"}},
	} {
		t.Run(fmt.Sprint(one.language, one.screen.Width), func(t *testing.T) {
			ana, s := sharing(t, one.screen, one.language)
			s.say(quality("good", "", 42))
			ana.Reads(".connection[data-level=good]", "42 ms")
			fits(t, ana, fmt.Sprintf("connection-good-%d", one.screen.Width))
			for i, q := range []object{quality("slow", "you", 900), quality("slow", "other", 42), quality("reconnecting", "other", 42)} {
				s.say(q)
				ana.Reads(".connection [role=status]", one.words[i])
			}
			fits(t, ana, fmt.Sprintf("connection-slow-%d", one.screen.Width))
		})
	}
}

func quality(level, reason string, rtt int) object {
	return object{"type": "quality", "level": level, "reason": reason, "rtt": rtt}
}
