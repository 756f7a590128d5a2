package cobrowse_test

import (
	"context"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestWordlessSites: where agents see no text they are told neither titles nor what a dialog says, from the moment on at which the rules
// say so.
func TestWordlessSites(t *testing.T) {
	modes := func(c *cobrowse.Config, _ *scene) {
		c.Policy.Modes = []cobrowse.SiteMode{{Site: "*.bank.example", Mode: "text"}, {Site: "shop.example", Mode: "inputs"}}
	}
	play(t, modes, func(sc *scene) {
		customer, agent := sc.live()
		title := func(v *viewer, url string) string {
			sc.b.Visit("t1", url, "Saldo")
			tabs := only[cobrowse.TabsChanged](v.heard())
			return tabs[len(tabs)-1].Tabs[0].Title
		}
		for url, want := range map[string]string{
			"https://shop.example/": "Saldo", "https://bank.example/": "bank.example", "https://www.Bank.example./": "www.Bank.example", "https://notbank.example/": "Saldo",
			"about:blank": "",
		} {
			if got := title(agent, url); got != want {
				t.Errorf("%s: %q", url, got)
			}
		}
		if got := title(customer, "https://bank.example/"); got != "Saldo" {
			t.Errorf("the customer is told %q", got)
		}
		said := func(page, frame string) any {
			sc.b.Visit("t1", page, "x")
			agent.heard()
			sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", URL: frame, Kind: "alert", Message: "Saldo"})
			return only[cobrowse.Notice](agent.heard())[0].Params["message"]
		}
		const shop, bank = "https://shop.example/", "https://bank.example/"
		for _, c := range []struct{ page, frame, want string }{{shop, shop, "Saldo"}, {bank, bank, "…"}, {shop, bank, "…"}, {bank, shop, "…"}} {
			if got := said(c.page, c.frame); got != c.want {
				t.Errorf("%s in %s: %q", c.frame, c.page, got)
			}
		}
		title(agent, shop)
		if err := sc.s.SetPolicy(context.Background(), cobrowse.Policy{Modes: []cobrowse.SiteMode{{Mode: "listed"}}}); err != nil {
			t.Fatal(err)
		}
		tabs := only[cobrowse.TabsChanged](agent.heard())
		if n := len(tabs); n == 0 || tabs[n-1].Tabs[0].Title != "shop.example" {
			t.Errorf("not taken back: %+v", tabs)
		}
	})
}
