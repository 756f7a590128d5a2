package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

var aPhone = cobrowse.Viewport{Width: 390, Height: 844, Mobile: true}

// TestSitesHearOfAPhone: in requests and scripts, in frames of other sites, too, where the company wants it and only as long as it is one.
func TestSitesHearOfAPhone(t *testing.T) {
	no := false
	for name, says := range map[string]*bool{"as usual": nil, "not here": &no} {
		t.Run(name, func(t *testing.T) {
			heard := make(chan string, 100)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if !forAnIcon(r) {
					heard <- fmt.Sprintf("%s %v %s", r.URL.Path, strings.Contains(r.UserAgent(), "Mobile"), r.Header.Get("Sec-CH-UA-Mobile"))
				}
				if r.URL.Path == "/" {
					fmt.Fprintf(w, `<title>x</title><script>document.title=[navigator.userAgentData?.mobile, /Android/.test(navigator.userAgent), /Headless/.test(navigator.userAgent)]</script><iframe src="%s/frame"></iframe>`,
						"http://localhost:"+strings.Split(r.Host, ":")[1])
				}
			}))
			t.Cleanup(s.Close)
			r := launch(t, Spec{Session: "phone agent", Policy: cobrowse.Policy{MobileAgent: says}})
			is := says == nil
			expect := func(paths ...string) {
				t.Helper()
				for _, path := range paths {
					want := fmt.Sprintf("%s %v ?%d", path, is, map[bool]int{true: 1}[is])
					if got := <-heard; got != want {
						t.Errorf("the site hears %q, want %q", got, want)
					}
				}
			}
			if err := r.SetViewport(t.Context(), aPhone); err != nil {
				t.Fatal(err)
			}
			tab, err := r.Open(t.Context(), s.URL+"/")
			if err != nil {
				t.Fatal(err)
			}
			expect("/", "/frame")
			await(r, "what scripts hear", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == fmt.Sprintf("%v,%v,%v", is, is, !is) })
			if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 800, Height: 600}); err != nil {
				t.Fatal(err)
			}
			is = false
			if err := r.Navigate(t.Context(), tab, s.URL+"/desktop"); err != nil {
				t.Fatal(err)
			}
			expect("/desktop")
		})
	}
}

const handsPage = `<title>0</title><meta name=viewport content="width=device-width"><body style="margin:0;height:3000px"><script>
let done = []
for (const type of ['contextmenu', 'mouseover', 'click', 'dblclick', 'touchstart']) addEventListener(type, e => { const what = type + (e.type === 'click' && e.detail === 2 ? 'again' : ''); if (done.at(-1) !== what) done.push(what); document.title = done }, true)
</script>`

// TestHandsOnAPhonesPage: a long press is a long press and no tap, two taps are a double click, and an agent's mouse passes over things.
func TestHandsOnAPhonesPage(t *testing.T) {
	s := site(t, map[string]string{"/": handsPage})
	r := launch(t, Spec{Session: "phone hands"})
	if err := r.SetViewport(t.Context(), aPhone); err != nil {
		t.Fatal(err)
	}
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "0")
	if _, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, cobrowse.InputEvent{Kind: cobrowse.InputMove, X: 100, Y: 100}); err != nil {
		t.Fatal(err)
	}
	await(r, "a mouse that passes over", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "mouseover" })
	r.pressWith(tab, cobrowse.InputEvent{X: 100, Y: 100, Button: 2})
	await(r, "a long press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "mouseover,contextmenu" })
	twice := func(title string) bool { return strings.Contains(title, ",clickagain,dblclick") }
	for taps := 2; ; taps += 2 { // where the machine stands still between two, they are single ones
		r.pressWith(tab, cobrowse.InputEvent{X: 200, Y: 200})
		r.pressWith(tab, cobrowse.InputEvent{X: 200, Y: 200})
		tapped := await(r, "two taps, or a double one", func(e cobrowse.TabsEvent) bool {
			title := e.Tabs[0].Title
			return twice(title) || strings.Count(title, ",click") == taps && !strings.Contains(title, "again")
		}).Tabs[0].Title
		if !strings.HasPrefix(tapped, "mouseover,contextmenu,touchstart") || taps > 20 {
			t.Fatalf("the page saw %s", tapped)
		}
		if twice(tapped) {
			return
		}
	}
}
