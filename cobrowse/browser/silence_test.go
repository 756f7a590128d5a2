package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestPeopleAreAskedOfAPageThatDoesNotRespond: they wait, and the question is gone when it goes on; or they leave it.
func TestPeopleAreAskedOfAPageThatDoesNotRespond(t *testing.T) {
	s := site(t, map[string]string{
		"/": `<title>start</title>`, "/busy": `<title>busy</title><body style="height:500px" onclick="const until = Date.now() + 8500; while (Date.now() < until); document.title = 'over'">`,
		"/never": `<title>never</title><body style="height:500px" onclick="for (;;);">`,
	})
	r := launch(t, Spec{Session: "silence"})
	tab := r.openPage(s.URL)
	visit := func(path string) {
		r.forget()
		if err := r.Navigate(t.Context(), tab, s.URL+path); err != nil {
			t.Fatal(err)
		}
		await(r, path, func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+path })
		r.forget()
		await(r, "gate", func(e cobrowse.GateEvent) bool { return e.Open })
		r.press(tab, cobrowse.RoleCustomer, 50, 50)
	}
	visit("/busy")
	a := r.asks(cobrowse.AskStuck)
	await(r, "it goes on", func(e cobrowse.AskGoneEvent) bool { return e.ID == a.ID })
	r.titled("over")
	visit("/never")
	a = r.asks(cobrowse.AskStuck)
	r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{OK: true})
	await(r, "where they came from", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/busy" })
	r.titled("busy")
}
