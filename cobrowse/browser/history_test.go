package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

// TestForwardAtOnceAfterBack: who goes back and thinks better of it is where they were, also at the moment in which the page before arrives.
func TestForwardAtOnceAfterBack(t *testing.T) {
	leaves := make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/1":
			fmt.Fprint(w, "<title>One</title>")
		case "/2": // it keeps the page before from taking its place for a moment
			fmt.Fprint(w, `<title>Two</title><script>onpagehide = () => {
				navigator.sendBeacon('/leaves')
				for (const since = Date.now(); Date.now() - since < 300;);
			}</script>`)
		case "/leaves":
			leaves <- struct{}{}
		}
	}))
	t.Cleanup(s.Close)
	r := launch(t, Spec{Session: "forward"})
	tab, err := r.Open(t.Context(), s.URL+"/1")
	if err != nil {
		t.Fatal(err)
	}
	loaded := func(title string) {
		t.Helper()
		await(r, title, func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == title && !e.Tabs[0].Loading })
		r.forget()
	}
	loaded("One")
	if err := r.Navigate(t.Context(), tab, s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	loaded("Two")
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	entries, at, err := history(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.History(t.Context(), tab, -1); err != nil {
		t.Fatal(err)
	}
	select {
	case <-leaves:
	case <-t.Context().Done():
		t.Fatal("nothing left")
	}
	if err := r.step(t.Context(), p, entries[at]); err != nil { // History would wait for a page as busy as this one
		t.Fatal(err)
	}
	await(r, "One", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/1" })
	await(r, "Two", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/2" })
}

// TestTwiceBackAtOnce: who presses back twice is two pages back, however soon the second press came.
func TestTwiceBackAtOnce(t *testing.T) {
	s := site(t, map[string]string{"/1": "<title>One</title>", "/2": "<title>Two</title>", "/3": "<title>Three</title>"})
	tg := share(t, testLauncher(t), cobrowse.Policy{}, s.URL+"/1")
	titled := func(title string) {
		t.Helper()
		hears(t, tg.customer, title, func(m cobrowse.TabsChanged) bool {
			return len(m.Tabs) > 0 && m.Tabs[0].Title == title && !m.Tabs[0].Loading
		})
		tg.customer.forget()
	}
	titled("One")
	for path, title := range []string{2: "Two", 3: "Three"} {
		if title == "" {
			continue
		}
		if err := tg.s.Do(t.Context(), "c", cobrowse.Navigate{Tab: "t1", URL: fmt.Sprint(s.URL, "/", path)}); err != nil {
			t.Fatal(err)
		}
		titled(title)
	}
	for range 2 {
		if err := tg.s.Do(t.Context(), "c", cobrowse.History{Tab: "t1", Delta: -1}); err != nil {
			t.Fatal(err)
		}
	}
	titled("One")
}

// TestTitlesOfTheDocumentBefore: one that is told when the next document is there is not taken for that one's, which hides other things.
func TestTitlesOfTheDocumentBefore(t *testing.T) {
	b, p, pipe := answeringPage(t)
	shared := &tab{id: "t1", page: p}
	p.tab = shared
	pipe.result = func(string) string {
		b.mu.Lock()
		b.navigated(p, p.session, &cdp.Frame{ID: "main", LoaderID: "next", URL: "https://shop.example/next"})
		b.mu.Unlock()
		return `{"currentIndex":0,"entries":[{"id":1,"url":"https://shop.example/","title":"Ana Souza","transitionType":"typed"}]}`
	}
	b.learnHistory(shared)
	b.mu.Lock()
	defer b.mu.Unlock()
	if shared.title != "" || shared.url != "https://shop.example/next" {
		t.Errorf("%s is said to be %q", shared.url, shared.title)
	}
}
