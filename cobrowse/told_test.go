package cobrowse_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cobrowse-connector/cobrowse"
)

// memory redacts what it was told to remember.
type memory struct{ values []string }

func (m *memory) Remember(values ...string) { m.values = append(m.values, values...) }

func (m *memory) Text(s string) string {
	for _, v := range m.values {
		s = strings.ReplaceAll(s, v, "•••")
	}
	return s
}

func (m *memory) URL(s string) string { return m.Text(s) }

func TestWhatWasMaskedIsRedactedElsewhere(t *testing.T) {
	redact := func(c *cobrowse.Config, _ *scene) { c.Redact = &memory{} }
	play(t, redact, func(sc *scene) {
		_, agent := sc.live()
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{{Text: "Weber"}}}})
		sc.b.Visit("t1", "https://shop.example/?name=Weber", "Hello Weber")
		tabs := only[cobrowse.TabsChanged](agent.heard())
		last := tabs[len(tabs)-1].Tabs[0]
		if last.Title != "Hello •••" || last.URL != "https://shop.example/?name=•••" {
			t.Errorf("the agent got %q at %q", last.Title, last.URL)
		}
	})
}

// TestUnvettedPagesAreTheirHost: what a page hides is not known before its first layer, so neither title nor address leaves.
func TestUnvettedPagesAreTheirHost(t *testing.T) {
	redact := func(c *cobrowse.Config, _ *scene) { c.Redact = &memory{} }
	play(t, redact, func(sc *scene) {
		customer, agent := sc.live()
		const address, host = "https://shop.example/orders?of=Weber", "https://shop.example/"
		visit := func(vetted cobrowse.Page) {
			tab := cobrowse.Tab{ID: "t1", Title: "Orders of Weber", URL: address, Vetted: vetted}
			sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{tab}})
		}
		last := func(v *viewer) cobrowse.TabView {
			tabs := only[cobrowse.TabsChanged](v.heard())
			return tabs[len(tabs)-1].Tabs[0]
		}
		time.Sleep(time.Second)
		sc.b.Emit(cobrowse.NavigatedEvent{Tab: "t1", URL: address})
		visit(cobrowse.Page{URL: host})
		sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "Hello Weber"})
		sc.b.Emit(cobrowse.PageFailedEvent{Tab: "t1", URL: address, Code: "dns"})
		synctest.Wait()
		if got := sc.tracked("navigation"); len(got) != 0 {
			t.Errorf("recorded before it is vetted: %+v", got)
		}
		heard := agent.heard()
		tabs, notices := only[cobrowse.TabsChanged](heard), only[cobrowse.Notice](heard)
		if got := tabs[len(tabs)-1].Tabs[0]; got.Title != "" || got.URL != host {
			t.Errorf("the agent got %q at %q", got.Title, got.URL)
		}
		if notices[0].Params["message"] != "…" || notices[1].Params["url"] != host {
			t.Errorf("the agent got %+v", notices)
		}
		if got := sc.tracked("notice"); len(got) != 2 || got[1].What != "page_failed.dns" {
			t.Errorf("recorded: %+v", got)
		}
		if got := last(customer); got.Title != "Orders of Weber" || got.URL != address {
			t.Errorf("the customer got %q at %q", got.Title, got.URL)
		}
		time.Sleep(time.Second)
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Values: []string{"Weber"}}}) // it is out of sight
		visit(cobrowse.Page{Title: "Orders of Weber", URL: address})
		if got := last(agent); got.Title != "Orders of •••" || got.URL != "https://shop.example/orders?of=•••" {
			t.Errorf("the agent got %q at %q", got.Title, got.URL)
		}
		if got := sc.tracked("navigation"); len(got) != 1 || got[0].URL != "https://shop.example/orders?of=•••" {
			t.Errorf("recorded: %+v", got)
		}
		time.Sleep(time.Second)
		// One that is left before it is vetted remains its host.
		sc.b.Emit(cobrowse.NavigatedEvent{Tab: "t1", URL: "https://two.example/Lima"})
		sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{{ID: "t1", URL: "https://two.example/Lima", Vetted: cobrowse.Page{URL: "https://two.example/"}}}})
		synctest.Wait()
		time.Sleep(time.Second)
		sc.b.Visit("t1", "https://shop.example/", "Shop of Lima")
		if got := sc.tracked("navigation"); len(got) != 3 || got[1].URL != "https://two.example/" {
			t.Errorf("recorded: %+v", got)
		}
		// Learned only now: the summary has not left yet.
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Values: []string{"Lima"}}})
		synctest.Wait()
		customer.must(cobrowse.End{})
		want := []cobrowse.PageVisit{
			{Title: "Shop of •••", URL: "https://shop.example/", Time: time.Second}, {Title: "Orders of •••", URL: "https://shop.example/orders?of=•••", Time: 2 * time.Second},
			{URL: "https://two.example/", Time: time.Second},
		}
		if diff := cmp.Diff(want, sc.over().Summary.Pages); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
	})
}

func TestSummaryIsBounded(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, _ := sc.live()
		for i := range 1000 {
			sc.b.Visit("t1", fmt.Sprintf("https://shop.example/%d", i), "")
			synctest.Wait()
		}
		customer.must(cobrowse.End{})
		if n := len(sc.over().Summary.Pages); n != 300 {
			t.Errorf("%d pages", n)
		}
	})
}

func TestWhoLearnsWhat(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Guard(cobrowse.InputDown, "Pay secret")
		agent.must(click("t1"))
		sc.b.Visit("t1", "https://shop.example/secret", "My secret")
		sc.b.Emit(cobrowse.PageFailedEvent{Tab: "t1", URL: "https://secret.example/", Code: "dns"})
		sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "secret!"})
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{{Text: "4111"}}}})
		sc.b.Emit(cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: "t1", Editable: true, InputMode: "numeric"}})
		raw, masked := customer.heard(), agent.heard()
		texts := func(got []cobrowse.Message) []any {
			tabs := only[cobrowse.TabsChanged](got)
			notices := only[cobrowse.Notice](got)
			last := tabs[len(tabs)-1].Tabs[0]
			return []any{only[cobrowse.Refused](got)[0].Name, last.Title, last.URL, last.Private, notices[0].Params["url"], notices[1].Params["message"],
				len(only[cobrowse.LayerChanged](got)), len(only[cobrowse.FocusChanged](got))}
		}
		if diff := cmp.Diff([]any{"Pay secret", "My secret", "https://shop.example/secret", false, "https://secret.example/", "secret!", 1, 1}, texts(raw)); diff != "" {
			t.Errorf("customer (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{"Pay •••", "My •••", "https://shop.example/x", true, "https://x.example/", "•••!", 0, 1}, texts(masked)); diff != "" {
			t.Errorf("agent (-want +got):\n%s", diff)
		}
		for _, e := range sc.rec.Events() {
			if e.What == "My secret" || e.What == "Pay secret" || e.URL == "https://shop.example/secret" {
				t.Errorf("recorded raw: %+v", e)
			}
		}
		// A customer who comes back gets the layer and the focus again, an agent only the focus.
		if got := sc.join(ana).heard(); len(only[cobrowse.LayerChanged](got)) != 1 || len(only[cobrowse.FocusChanged](got)) != 1 {
			t.Error("the customer who comes back gets no layer")
		}
		if got := sc.join(bo).heard(); len(only[cobrowse.LayerChanged](got)) != 0 || len(only[cobrowse.FocusChanged](got)) != 1 {
			t.Error("the agent who comes back gets a layer, or no focus")
		}
	})
}
