package browser

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/domstorage"

	"cobrowse-connector/cobrowse"
)

// shop signs people in by cookies of every kind, and has a cart in the browser's stores. Its title says what of them it finds.
func shop(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/login" {
			for _, c := range []string{
				"sid=S; HttpOnly", "__Host-own=H; Secure; Path=/; HttpOnly", "lasting=L; Max-Age=3600; SameSite=Lax", "strict=T; SameSite=Strict",
				"wide=W; Domain=shop.example", "parted=P; Secure; Path=/; SameSite=None; Partitioned", "deep=D; Path=/account",
			} {
				w.Header().Add("Set-Cookie", c)
			}
		}
		var cookies []string
		for _, c := range r.Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		sort.Strings(cookies)
		fmt.Fprintf(w, `<!doctype html><title>…</title><body style="height:9000px" onmousedown="
			localStorage.cart = 'seven red shoes'; sessionStorage.step = 'pay'; window.scrollTo(0, 1234)"><script>
			const found = () => { document.title = %q + '|' + localStorage.cart + '|' + sessionStorage.step + '|' + Math.round(scrollY) };
			const first = localStorage.cart; addEventListener('load', () => setTimeout(found, 50)); addEventListener('scroll', found);
			if (first) localStorage.cart = first + '!';
			</script>`, html.EscapeString(strings.Join(cookies, " ")))
	}))
	t.Cleanup(s.Close)
	return s
}

// fill signs in, fills the cart and waits until both are kept.
func fill(t *testing.T, r *rig, s *httptest.Server) cobrowse.TabID {
	t.Helper()
	tab, err := r.Open(t.Context(), s.URL+"/login")
	if err != nil {
		t.Fatal(err)
	}
	await(r, "signed in", func(e cobrowse.TabsEvent) bool { return strings.HasPrefix(e.Tabs[0].Title, "|") })
	if err := r.Navigate(t.Context(), tab, s.URL+"/account/cart"); err != nil {
		t.Fatal(err)
	}
	r.see(tab, signedIn+"|undefined|undefined|0")
	r.click(tab, 50, 50)
	r.awaitKept(func() bool {
		t, _, err := r.find(tab)
		return err == nil && len(r.kept.cookies) > 0 && len(r.kept.local[s.URL]) > 0 && t.kept.scroll.Y > 0
	})
	return tab
}

// awaitKept waits until what is kept is as wanted.
func (r *rig) awaitKept(wanted func() bool) {
	r.t.Helper()
	r.until("it is kept", wanted)
}

// killed ends Chromium and returns what is said of it.
func (r *rig) killed() cobrowse.LostEvent {
	r.t.Helper()
	r.forget()
	if err := syscall.Kill(r.running().process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		r.t.Fatal(err)
	}
	return await(r, "restored", func(e cobrowse.LostEvent) bool { return e.Restored })
}

const signedIn = "__Host-own=H deep=D lasting=L parted=P sid=S strict=T"

// TestSignInAndCartComeBack: who was signed in still is, their cart is there and the page where they read on.
func TestSignInAndCartComeBack(t *testing.T) {
	s := shop(t)
	r := launch(t, Spec{Session: "kept"})
	tab := fill(t, r, s)
	if lost := r.killed().Lost; !slices.Equal(lost, []string{"forms", "history"}) {
		t.Errorf("said to be lost: %q", lost)
	}
	await(r, "signed in, cart, step and place", func(e cobrowse.TabsEvent) bool {
		return e.Tabs[0].Title == signedIn+"|seven red shoes!|pay|1234"
	})
	// Once only: what the page stores from now on is not taken back by the next document.
	if err := r.Navigate(t.Context(), tab, s.URL+"/account/next"); err != nil {
		t.Fatal(err)
	}
	await(r, "the cart as it is now", func(e cobrowse.TabsEvent) bool {
		return e.Tabs[0].Title == signedIn+"|seven red shoes!!|pay|0"
	})
}

// TestCookiesKeepTheirHosts: one for a whole domain comes back for all of it, one for a host for that host alone.
func TestCookiesKeepTheirHosts(t *testing.T) {
	s := shop(t)
	r := launch(t, Spec{Session: "hosts", ProxyAddr: s.Listener.Addr().String()}) // it answers for every host
	tab, err := r.Open(t.Context(), "http://www.shop.example/login")
	if err != nil {
		t.Fatal(err)
	}
	r.awaitKept(func() bool { return len(r.kept.cookies) == 5 }) // the secure ones are not for http
	r.killed()
	for address, cookies := range map[string]string{
		"http://www.shop.example/account/": "deep=D lasting=L sid=S strict=T wide=W", "http://m.shop.example/account/": "wide=W",
	} {
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		await(r, address+" with "+cookies, func(e cobrowse.TabsEvent) bool {
			return e.Tabs[0].URL == address && strings.HasPrefix(e.Tabs[0].Title, cookies+"|")
		})
	}
}

// TestTooMuchIsNotKept: a site cannot fill the service's memory, and what is left of its stores is said to be lost.
func TestTooMuchIsNotKept(t *testing.T) {
	first, second := &tab{}, &tab{}
	b := &Browser{tabs: []*tab{first, second}}
	half := []domstorage.Item{{"k", strings.Repeat("x", mostKept/2)}}
	b.note(first, "https://a.example", half, nil, databases{All: true})
	b.note(second, "https://b.example", nil, half, databases{All: true})
	if len(b.kept.local["https://a.example"]) == 0 || len(second.kept.session) != 0 || !b.kept.unkept["https://b.example"] {
		t.Error("more is kept than there is room for")
	}
	if lost := b.kept.lostStores(); !slices.Equal(lost, []string{"storage"}) {
		t.Errorf("said to be lost: %q", lost)
	}
}
