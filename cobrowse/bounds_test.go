package cobrowse_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"cobrowse-connector/cobrowse"
)

// TestLongWordsStayOut: what a page makes too long to be searched for what is private is searched by nobody, and told to nobody.
func TestLongWordsStayOut(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		long := strings.Repeat("1.", 1<<20)
		address := "https://shop.example/?a=" + long
		page := cobrowse.Page{URL: address, Title: long}
		sc.b.Emit(cobrowse.NavigatedEvent{Tab: "t1", URL: address})
		sc.b.Emit(cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{{ID: "t1", URL: address, Title: long, Vetted: page}}})
		sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: long})
		sc.b.Emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: "t1", By: cobrowse.RoleAgent, How: "mouse", Name: long, Rule: "r"}})
		synctest.Wait()
		told := agent.heard()
		for name, got := range map[string]any{
			"the customer": customer.heard(), "the agent": told, "the track": slices.Concat(sc.tracked("navigation"), sc.tracked("refusal")),
		} {
			words, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if len(words) > 10_000 || !strings.Contains(string(words), "t1") {
				t.Errorf("%s was told %d characters", name, len(words))
			}
		}
		if tabs := only[cobrowse.TabsChanged](told); tabs[len(tabs)-1].Tabs[0].URL != "https://shop.example/" || tabs[len(tabs)-1].Tabs[0].Title != "…" {
			t.Errorf("the agent got %+v", tabs[len(tabs)-1])
		}
		customer.must(cobrowse.End{})
		if pages := sc.over().Summary.Pages; len(pages) == 0 || pages[len(pages)-1].URL != "https://shop.example/" {
			t.Errorf("the summary has %+v", pages)
		}
	})
}
