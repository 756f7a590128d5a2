package cobrowse_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// kinds are those of a transcript's moments, with what they say.
func kinds(sum cobrowse.Summary) (told []string) {
	for _, m := range sum.Moments {
		told = append(told, strings.TrimSpace(m.Kind+" "+m.What))
	}
	return told
}

// TestTranscriptWithoutARecording: it is the session's and not the recording's.
func TestTranscriptWithoutARecording(t *testing.T) {
	for want, change := range map[string]func(*cobrowse.Config, *scene){
		"consent no_recording": nil,
		"consent":              func(c *cobrowse.Config, _ *scene) { c.NewRecorder = nil },
		"consent recording":    func(c *cobrowse.Config, _ *scene) { c.RecordAlways = true },
		"consent recording.": func(c *cobrowse.Config, _ *scene) {
			c.RecordAlways = true
			c.NewRecorder = func(context.Context) (cobrowse.Recorder, error) { return nil, errors.New("the bucket is away") }
		},
	} {
		play(t, change, func(sc *scene) {
			sc.claim()
			customer := sc.join(ana)
			customer.must(cobrowse.Consent{Granted: true})
			agent := sc.join(bo)
			sc.b.Gate(true, "")
			sc.is(cobrowse.StateLive)
			agent.must(click("t1"))
			sc.is(cobrowse.StateLive)
			agent.must(cobrowse.End{})
			got := kinds(sc.over().Summary)
			expected := []string{"joined", strings.TrimSuffix(want, "."), "live", "page Page https://shop.example/", "joined", "input click", "end ended"}
			switch want {
			case "consent recording":
				expected = slices.Insert(expected, 4, "recording")
			case "consent recording.":
				expected = slices.Insert(expected, 4, "notice recording_stopped")
			}
			if !slices.Equal(got, expected) {
				t.Errorf("%q: %q, want %q", want, got, expected)
			}
		})
	}
}

// TestSwipesAreNoClicks: a finger of the customer's that is on its way scrolls; what agents say of theirs is not believed.
func TestSwipesAreNoClicks(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		customer.must(input("t1", cobrowse.InputDown))
		sc.is(cobrowse.StateLive)
		customer.must(click("t1"))
		sc.is(cobrowse.StateLive)
		agent.must(input("t1", cobrowse.InputDown))
		sc.is(cobrowse.StateLive)
		agent.must(cobrowse.End{})
		var told []string
		for _, m := range sc.over().Summary.Moments {
			if m.Kind == "input" {
				told = append(told, string(m.By)+" "+m.What)
			}
		}
		if want := []string{"customer scroll", "customer click", "agent click"}; !slices.Equal(told, want) {
			t.Errorf("%q, want %q", told, want)
		}
	})
}

// TestTranscriptOfPages: each with the title that it turned out to have, at the time when it came; of one that only the customer sees
// neither title nor address.
func TestTranscriptOfPages(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		began := time.Now()
		show := func(address, title, vetted string, withheld bool) {
			sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{{
				ID: "t1", URL: address, Title: title, Vetted: cobrowse.Page{URL: vetted, Title: map[bool]string{true: title}[vetted == address]}, Withheld: withheld,
			}}})
			time.Sleep(time.Second)
		}
		show("https://shop.example/cart", "", "https://shop.example/", false)
		show("https://shop.example/cart", "", "https://shop.example/cart", false)
		show("https://shop.example/cart", "Your cart", "https://shop.example/cart", false)
		show("https://bank.example/statements", "Balance", "https://bank.example/", false)
		show("https://bank.example/statements", "Balance", "https://bank.example/", true)
		show("https://clinic.example/", "Findings", "https://clinic.example/", true)
		show("https://slow.example/page", "", "https://slow.example/", false)
		show("https://shop.example/", "Shop", "https://shop.example/", false)
		agent.must(cobrowse.End{})
		var got []string
		for _, m := range sc.over().Summary.Moments {
			if m.Kind == "page" || m.Kind == "private" {
				got = append(got, fmt.Sprintf("%v %s %s %s", m.At.Sub(began), m.Kind, m.What, m.URL))
			}
		}
		want := []string{
			"0s page Shop https://shop.example/", "0s page Your cart https://shop.example/cart", "3s private  ", "5s private  ",
			"6s page  https://slow.example/", "7s page Shop https://shop.example/",
		}
		if !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}

// TestTranscriptForgetsWhatTurnsOutToBePrivate, also of what was written down before.
func TestTranscriptForgetsWhatTurnsOutToBePrivate(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.Redact = &literals{} }, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Visit("t1", "https://shop.example/souza", "Orders of Souza")
		sc.is(cobrowse.StateLive)
		sc.b.Guard(cobrowse.InputDown, "Pay for Souza")
		agent.must(click("t1"))
		customer.must(input("t1", cobrowse.InputKeyDown))
		sc.is(cobrowse.StateLive)
		sc.b.Emit(cobrowse.HiddenEvent{Values: []string{"Souza", "souza"}})
		sc.is(cobrowse.StateLive)
		agent.must(cobrowse.End{})
		sum := sc.over().Summary
		text, err := json.Marshal(sum.Moments)
		if err != nil || strings.Contains(strings.ToLower(string(text)), "souza") || !slices.ContainsFunc(kinds(sum), func(s string) bool { return strings.HasPrefix(s, "refusal Pay for") }) {
			t.Errorf("the transcript says %s (%v)", text, err)
		}
	})
}

// TestTranscriptIsBounded: a page can make any number of titles, of any length. The end is told all the same, and how much is not.
func TestTranscriptIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		visits int
		title  string
	}{"moments": {700, "x"}, "texts": {200, strings.Repeat("x", 1900)}} {
		play(t, nil, func(sc *scene) {
			customer, agent := sc.live()
			for n := range c.visits {
				sc.b.Visit("t1", fmt.Sprintf("https://shop.example/%d", n%250), c.title)
				customer.must(click("t1"))
			}
			sc.is(cobrowse.StateLive)
			agent.must(cobrowse.End{})
			sum := sc.over().Summary
			text, err := json.Marshal(sum.Moments)
			if err != nil || len(text) > 400<<10 || len(sum.Moments) > 1001 || sum.Untold == 0 || len(sum.Moments)+sum.Untold < c.visits {
				t.Errorf("%s: %d bytes in %d moments and %d untold (%v)", name, len(text), len(sum.Moments), sum.Untold, err)
			}
			if last := sum.Moments[len(sum.Moments)-1]; last.Kind != "end" {
				t.Errorf("%s: it ends with %+v", name, last)
			}
		})
	}
}

// TestTranscriptNamesSitesOnly where agents get no more.
func TestTranscriptNamesSitesOnly(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.Policy.HideLinks = true }, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Visit("t1", "https://shop.example/orders/17", "Order 17")
		sc.is(cobrowse.StateLive)
		agent.must(cobrowse.End{})
		sum := sc.over().Summary
		text, err := json.Marshal(sum.Moments)
		if err != nil || strings.Contains(string(text), "17") || !slices.Contains(kinds(sum), "page shop.example") {
			t.Errorf("the transcript says %s (%v)", text, err)
		}
	})
}

// TestATabThatIsOnlyJustMade is no page: it has neither title nor address.
func TestATabThatIsOnlyJustMade(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		for _, address := range []string{"", "about:blank"} {
			sc.b.Emit(cobrowse.TabsEvent{Shown: "t2", Tabs: []cobrowse.Tab{{ID: "t2", URL: address}}})
			time.Sleep(time.Second)
		}
		sc.b.Visit("t1", "https://shop.example/cart", "Your cart")
		sc.is(cobrowse.StateLive)
		agent.must(cobrowse.End{})
		sum := sc.over().Summary
		if got := kinds(sum); len(sum.Pages) != 2 || sum.Untold > 0 || slices.Contains(got, "page") || !slices.Contains(got, "page Your cart") {
			t.Errorf("pages %+v, transcript %q", sum.Pages, got)
		}
	})
}
