package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestServersAskForPasswords: the customer answers, or the page says that it needs one; another site's picture gets none.
func TestServersAskForPasswords(t *testing.T) {
	closed := func(w http.ResponseWriter, r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		if user == "ana" && password == "hunter2" {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="Members"`)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, "<title>closed</title>")
		return true
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { closed(w, r) }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/open":
			fmt.Fprintf(w, `<title>open</title><img src=%q onerror="document.title = 'no picture'">`, otherHost(other.URL))
		case !closed(w, r):
			fmt.Fprint(w, "<title>members</title>")
		}
	}))
	defer s.Close()
	r := launch(t, Spec{Session: "login"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	a := r.asks(cobrowse.AskLogin)
	if a.Host != "127.0.0.1" || a.Message != "" {
		t.Errorf("%+v", a)
	}
	r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{})
	r.titled("closed")
	r.forget()
	if err := r.Navigate(t.Context(), tab, s.URL+"/open"); err != nil {
		t.Fatal(err)
	}
	r.titled("no picture")
	r.forget()
	if err := r.Navigate(t.Context(), tab, s.URL); err != nil {
		t.Fatal(err)
	}
	r.answer(r.asks(cobrowse.AskLogin), cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"ana", "wrong"}})
	r.answer(r.asks(cobrowse.AskLogin), cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"ana", "hunter2"}})
	r.titled("members")
}
