package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"cobrowse-connector/cobrowse"
)

func TestTabsAndPopups(t *testing.T) {
	s := site(t, map[string]string{
		"/":      red + `<a id=a target=_blank href=/blank style="position:absolute;left:0;top:0;width:100px;height:100px">x</a><div onclick="window.open('/popup')" style="position:absolute;left:200px;top:0;width:100px;height:100px">y</div>`,
		"/blank": "<title>Blank</title>" + green, "/popup": "<title>Popup</title>" + blue,
	})
	r := launch(t, Spec{Session: "tabs"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	first, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.click(first, 50, 50)
	shown := await(r, "target=_blank is shown", func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) == 2 && e.Shown == e.Tabs[1].ID && e.Tabs[1].Title == "Blank"
	})
	if config := awaitColour(t, r, sub, greenPixel); config.Tab != string(shown.Shown) {
		t.Errorf("config %+v, shown %s", config, shown.Shown)
	}
	if err := r.Show(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.click(first, 250, 50)
	shown = await(r, "window.open is shown", func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) == 3 && e.Shown == e.Tabs[2].ID && e.Tabs[2].Title == "Popup"
	})
	awaitColour(t, r, sub, bluePixel)
	r.forget()
	if err := r.CloseTab(t.Context(), shown.Shown); err != nil {
		t.Fatal(err)
	}
	await(r, "the popup is closed", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 2 && e.Shown == first })
	awaitColour(t, r, sub, redPixel)
	for _, tab := range []cobrowse.TabID{first, shown.Tabs[1].ID} {
		if err := r.CloseTab(t.Context(), tab); err != nil {
			t.Fatal(err)
		}
	}
	await(r, "an empty tab after the last", func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) == 1 && e.Tabs[0].ID != first && e.Tabs[0].URL == ""
	})
	if err := r.Show(t.Context(), first); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		t.Errorf("a closed tab: %v", err)
	}
}

func TestAddressesAndHistory(t *testing.T) {
	s := site(t, map[string]string{"/1": "<title>One</title>", "/2": "<title>Two</title>"})
	r := launch(t, Spec{Session: "history"})
	tab, err := r.Open(t.Context(), s.URL+"/1")
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		"javascript:alert(1)", "chrome://settings", "chrome-extension://" + extensionID + "/capture.html", "file:///etc/passwd",
		"data:text/html,x", "view-source:http://a.example", "about:blank", "//x", "shop.example",
	} {
		if err := r.Navigate(t.Context(), tab, address); cobrowse.CodeOf(err) != cobrowse.CodeRefused {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := r.Open(t.Context(), address); cobrowse.CodeOf(err) != cobrowse.CodeRefused {
			t.Errorf("open %s: %v", address, err)
		}
	}
	title := func(name string, back, fwd bool) {
		t.Helper()
		await(r, name, func(e cobrowse.TabsEvent) bool {
			return e.Tabs[0].Title == name && e.Tabs[0].CanBack == back && e.Tabs[0].CanFwd == fwd
		})
		r.forget()
	}
	title("One", false, false)
	if err := r.Navigate(t.Context(), tab, s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	title("Two", true, false)
	if err := r.History(t.Context(), tab, -1); err != nil {
		t.Fatal(err)
	}
	title("One", false, true)
	if err := r.History(t.Context(), tab, -1); err != nil {
		t.Errorf("back at the beginning: %v", err)
	}
	if err := r.History(t.Context(), tab, 1); err != nil {
		t.Fatal(err)
	}
	title("Two", true, false)
	if err := r.Navigate(t.Context(), tab, "http://127.0.0.1:9/"); err != nil {
		t.Fatal(err)
	}
	failed := await(r, "failure", func(cobrowse.PageFailedEvent) bool { return true })
	if failed.URL != "http://127.0.0.1:9/" || failed.Code != "refused" || failed.Tab != tab {
		t.Errorf("%+v", failed)
	}
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	if words, err := evaluate[string](t.Context(), p.session, "", "location.protocol + document.documentElement.textContent"); err != nil || words != "chrome-error:" {
		t.Errorf("Chromium's own words: %q %v", words, err)
	}
}

// TestTitlesWaitForTheirMasks: a title is told as vetted after what its document hides, which is told although it is out of sight.
func TestTitlesWaitForTheirMasks(t *testing.T) {
	s := site(t, map[string]string{
		"/1": `<title>Orders of Ana Souza</title><div class=person style="position:absolute;top:5000px">Ana Souza</div>`,
		"/2": `<title>Public</title><p onclick="document.title='Bob Weber'">text`,
	})
	r := launch(t, Spec{Session: "titles", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "p", Selector: ".person"}}}})
	tab, err := r.Open(t.Context(), s.URL+"/1?of=Ana")
	if err != nil {
		t.Fatal(err)
	}
	vetted := func(want cobrowse.Page) {
		t.Helper()
		await(r, want.Title, func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Vetted == want })
	}
	vetted(cobrowse.Page{Title: "Orders of Ana Souza", URL: s.URL + "/1?of=Ana"})
	if err := r.Navigate(t.Context(), tab, s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	vetted(cobrowse.Page{Title: "Public", URL: s.URL + "/2"})
	r.see(tab, "Public")
	r.click(tab, 20, 20)
	vetted(cobrowse.Page{Title: "Bob Weber", URL: s.URL + "/2"})
	r.mu.Lock()
	defer r.mu.Unlock()
	known, left := false, false
	for _, ev := range r.said {
		switch e := ev.(type) {
		case cobrowse.LayerEvent:
			known = known || slices.Contains(e.Layer.Values, "Ana Souza")
		case cobrowse.NavigatedEvent:
			left = e.URL == s.URL+"/2"
		case cobrowse.TabsEvent:
			said := e.Tabs[0].Vetted
			if !known && said != (cobrowse.Page{}) && said != (cobrowse.Page{URL: s.URL + "/"}) || left && strings.Contains(said.Title, "Ana") {
				t.Errorf("vetted too early, or for too long: %+v", said)
			}
		}
	}
	if !known {
		t.Error("nothing was told of what the page hides")
	}
}

// TestLayerOfAnotherDocumentGoes: with its document, and it comes again with its tab.
func TestLayerOfAnotherDocumentGoes(t *testing.T) {
	s := site(t, map[string]string{"/": `<div class=person>Ana Souza</div>`, "/2": "next"})
	r := launch(t, Spec{Session: "layers", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "p", Selector: ".person"}}}})
	first, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	layer := func(what string, items int) {
		t.Helper()
		await(r, what, func(e cobrowse.LayerEvent) bool { return e.Layer.Tab == first && len(e.Layer.Items) == items })
		r.forget()
	}
	layer("the layer", 1)
	second, err := r.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	await(r, "the other tab's", func(e cobrowse.LayerEvent) bool { return e.Layer.Tab == second })
	if err := r.Show(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	layer("the layer again", 1)
	r.Browser.mu.Lock()
	r.showNow(r.tabs[1]) // a tab that is too busy to be asked for its own
	r.showNow(r.tabs[0])
	r.Browser.mu.Unlock()
	layer("the layer once more", 1)
	if err := r.Navigate(t.Context(), first, s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	await(r, "the next page", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/2" })
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.said {
		if e, ok := ev.(cobrowse.LayerEvent); ok && len(e.Layer.Items) == 0 {
			return
		}
		if _, ok := ev.(cobrowse.NavigatedEvent); ok {
			t.Error("the next page came while the layer of the one before was still there")
			return
		}
	}
}

// TestFilmedWhileSitesSwap: a page that goes from site to site while it is shown and hidden is filmed in the end.
func TestFilmedWhileSitesSwap(t *testing.T) {
	var left atomic.Int64
	left.Store(20)
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		other := otherHost(s.URL)
		if strings.HasPrefix(r.Host, "localhost") {
			other = s.URL
		}
		w.Header().Set("Content-Type", "text/html")
		if n := left.Add(-1); n > 0 {
			fmt.Fprintf(w, "%s<script>setTimeout(()=>location='%s/%d',30)</script>", red, other, n)
			return
		}
		fmt.Fprint(w, green)
	}))
	defer s.Close()
	plain := site(t, map[string]string{"/": blue})
	r := launch(t, Spec{Session: "swap"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	first, err := r.Open(t.Context(), plain.URL)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		r.forget() // before it is looked whether a page is still to come
		if left.Load() <= 0 {
			break
		}
		if err := r.Show(t.Context(), []cobrowse.TabID{first, second}[i%2]); err != nil {
			t.Fatal(err)
		}
		await(r, "the next page", func(e cobrowse.NavigatedEvent) bool { return e.Tab == second })
	}
	for tab, colour := range map[cobrowse.TabID][3]int{first: bluePixel, second: greenPixel} {
		if err := r.Show(t.Context(), tab); err != nil {
			t.Fatal(err)
		}
		awaitColour(t, r, sub, colour)
	}
}
