package browser

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"cobrowse-connector/cobrowse"
)

// standStill is what a page does to stand still until the test lets it go on.
const standStill = `const x = new XMLHttpRequest(); x.open('GET', '/still', false); x.send()`

// stillSite serves pages by path that may stand still. stands tells that one does.
func stillSite(t *testing.T, pages map[string]string) (s *httptest.Server, stands <-chan struct{}, goOn chan<- struct{}) {
	t.Helper()
	began, end := make(chan struct{}, 1), make(chan struct{}, 1)
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/still" {
			began <- struct{}{}
			select {
			case <-end:
			case <-r.Context().Done():
			}
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pages[r.URL.Path]))
	}))
	t.Cleanup(s.Close)
	return s, began, end
}

// TestPeopleAreAskedOfAPageThatDoesNotRespond: they wait, and the question is gone when it goes on; or they leave it.
func TestPeopleAreAskedOfAPageThatDoesNotRespond(t *testing.T) {
	s, stands, goOn := stillSite(t, map[string]string{
		"/": `<title>start</title>`, "/busy": `<title>busy</title><body style="height:500px" onclick="` + standStill + `; document.title = 'over'">`,
		"/never": `<title>never</title><body style="height:500px" onclick="for (;;);">`,
	})
	r := launch(t, Spec{Session: "silence"})
	tab := r.openPage(s.URL)
	visit := func(title string) {
		if err := r.Navigate(t.Context(), tab, s.URL+"/"+title); err != nil {
			t.Fatal(err)
		}
		r.see(tab, title)
		r.forget()
		r.press(tab, cobrowse.RoleCustomer, 50, 50)
	}
	visit("busy")
	<-stands
	a := r.asks(cobrowse.AskStuck)
	goOn <- struct{}{}
	await(r, "it goes on", func(e cobrowse.AskGoneEvent) bool { return e.ID == a.ID })
	r.titled("over")
	visit("never")
	a = r.asks(cobrowse.AskStuck)
	r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{OK: true})
	await(r, "where they came from", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/busy" })
	r.titled("busy")
}
