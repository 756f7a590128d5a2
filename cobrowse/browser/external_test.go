package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestMailsAndCallsAreTheCustomers: whether a link or a script asks for them, and whoever pressed; the page goes on.
func TestMailsAndCallsAreTheCustomers(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><style>*{margin:0}a,button{position:absolute;left:0;width:200px;height:30px}</style>
<a style="top:0" href="mailto:help@shop.example?subject=Order">mail</a><button style="top:40px" onclick="location = 'TEL:+4912345'">call</button>
<a style="top:80px" href="ms-msdt:/id">tool</a><button style="top:120px" onclick="document.title = 'goes on'">x</button>`})
	r := launch(t, Spec{Session: "external"})
	tab := r.openPage(s.URL)
	for y, want := range map[float64]string{10: "mailto:help@shop.example?subject=Order", 50: "tel:+4912345"} {
		r.forget()
		r.press(tab, cobrowse.RoleAgent, 50, y)
		if a := r.asks(cobrowse.AskExternal); a.Default != want || a.Host != "127.0.0.1" {
			t.Errorf("%+v", a)
		} else {
			r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{OK: true})
		}
	}
	r.forget()
	r.press(tab, cobrowse.RoleCustomer, 50, 90)
	r.press(tab, cobrowse.RoleCustomer, 50, 130)
	r.titled("goes on")
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.said {
		if e, ok := e.(cobrowse.AskEvent); ok {
			t.Errorf("offered to the customer's device: %+v", e.Ask)
		}
	}
}
