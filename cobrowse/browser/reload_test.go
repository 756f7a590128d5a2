package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// orderShop takes orders by a form that it answers with a page of its own, and counts them. /asked counts what is asked for.
type orderShop struct {
	*httptest.Server
	orders, asked atomic.Int64
}

func newOrderShop(t *testing.T) *orderShop {
	t.Helper()
	s := &orderShop{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.URL.Path == "/favicon.ico":
			http.NotFound(w, r)
		case r.Method == http.MethodPost:
			fmt.Fprintf(w, "<title>Order %d</title>%s", s.orders.Add(1), red)
		case r.URL.Path == "/order":
			if body, _ := io.ReadAll(r.Body); len(body) > 0 || r.Header.Get("Content-Type") != "" || r.Header.Get("Origin") != "" {
				t.Errorf("asked for with %q and %v", body, r.Header)
			}
			fmt.Fprintf(w, "<title>Asked %d</title>%s<iframe srcdoc=x></iframe>", s.asked.Add(1), red)
		default:
			fmt.Fprint(w, `<title>Shop</title><body style="margin:0"><form method=post action="/order#done" `+r.URL.RawQuery+`>
				<input type=hidden name=item value=mug><button style="width:300px;height:100px">Buy</button></form>`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestReloadRepeatsNoOrder: whoever reloads and for whatever reason, a form is not sent again: nobody could be asked whether it should.
func TestReloadRepeatsNoOrder(t *testing.T) {
	s := newOrderShop(t)
	r := launch(t, Spec{Session: "order"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	// title waits until a page with this title is seen, and so takes presses.
	title := func(want string) {
		t.Helper()
		for deadline := time.After(testTime); ; {
			r.Browser.mu.Lock()
			seen := r.gate.open && r.shown.title == want && !r.shown.loading
			r.Browser.mu.Unlock()
			if seen {
				return
			}
			select {
			case <-r.changed:
			case <-deadline:
				t.Fatalf("%s was never seen; %d orders, asked for %d times; said were %+v", want, s.orders.Load(), s.asked.Load(), r.said)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	title("Shop")
	r.click(tab, 50, 50)
	title("Order 1")
	must(r.History(t.Context(), tab, 0))
	title("Asked 1")
	must(r.History(t.Context(), tab, 0))
	title("Asked 2")
	must(r.History(t.Context(), tab, -1))
	title("Shop")

	// A way back to the order's page shows no page, or the one that was kept.
	r.click(tab, 50, 50)
	title("Order 2")
	must(r.History(t.Context(), tab, -1))
	title("Shop")
	r.forget()
	must(r.History(t.Context(), tab, 1))
	await(r, "the order's page", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].URL == s.URL+"/order#done" && !e.Tabs[0].Loading })
	must(r.History(t.Context(), tab, 0))
	title("Asked 3")

	// The page's process dies.
	must(r.History(t.Context(), tab, -1))
	title("Shop")
	r.click(tab, 50, 50)
	title("Order 3")
	p, err := r.pageOf(tab)
	must(err)
	_, err = p.session.begin("Page.crash", nil)
	must(err)
	title("Asked 4")

	// A window that the form opened.
	must(r.Navigate(t.Context(), tab, s.URL+"/?target=_blank"))
	title("Shop")
	r.click(tab, 50, 50)
	title("Order 4")
	must(r.History(t.Context(), r.shownTab(), 0))
	title("Asked 5")
	if n := s.orders.Load(); n != 4 {
		t.Errorf("%d orders", n)
	}
}
