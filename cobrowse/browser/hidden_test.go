package browser

import (
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestTabsInTheBackgroundTellWhatTheyHide: their titles stay in people's lists, and may be what the page hides only now.
func TestTabsInTheBackgroundTellWhatTheyHide(t *testing.T) {
	s := site(t, map[string]string{
		"/": `<title>Ana Souza</title><p id=p>text</p><script>
			onstorage = () => p.outerHTML = '<p class=person>Ana Souza</p>'</script>`,
		"/2": `<title>two</title><script>onclick = () => localStorage.x = Math.random()</script><body style="height:500px">`,
	})
	r := launch(t, Spec{Session: "background", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "p", Selector: ".person"}}}})
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "the title", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Vetted.Title == "Ana Souza" })
	second := r.openPage(s.URL + "/2")
	await(r, "the second tab", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 2 && e.Tabs[1].Title == "two" })
	r.click(second, 50, 50)
	await(r, "what the first hides", func(e cobrowse.HiddenEvent) bool { return slices.Contains(e.Values, "Ana Souza") })
}

// TestHealthOfRules: each document tells once which rules apply to it, and which of them have found something.
func TestHealthOfRules(t *testing.T) {
	inner := site(t, map[string]string{"/": `<p class=person>Bob</p>`})
	s := site(t, map[string]string{"/": `<title>t</title><p class=person>Ana</p><p onclick="this.className='late'">click</p><iframe src="` + otherHost(inner.URL) + `"></iframe>`})
	r := launch(t, Spec{Session: "health", Policy: cobrowse.Policy{
		Masks: []cobrowse.MaskRule{{ID: "person", Selector: ".person"}, {ID: "late", Selector: ".late"}, {ID: "elsewhere", Site: "shop.example", Selector: "p"}},
	}})
	r.openPage(s.URL)
	both := []string{"late", "person"}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		await(r, host, func(e cobrowse.RulesEvent) bool {
			return e.Host == host && slices.Equal(e.Applied, both) && slices.Equal(e.Matched, both[1:])
		})
	}
	r.forget()
	r.click(r.shownTab(), 20, 50)
	await(r, "the late match", func(e cobrowse.RulesEvent) bool {
		return e.Host == "127.0.0.1" && len(e.Applied) == 0 && slices.Equal(e.Matched, both[:1])
	})
}
