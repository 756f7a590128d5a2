package browser

import (
	"strconv"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestMailsAndCallsAreTheCustomers: whether a link or a script asks for them, and whoever pressed. The page goes on after each: Chromium's
// own question, which nobody sees, would hold it.
func TestMailsAndCallsAreTheCustomers(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><style>*{margin:0}a,button{position:absolute;left:0;width:200px;height:30px}</style>
<a style="top:0" href="mailto:help@shop.example?subject=Order">mail</a><button style="top:40px" onclick="location = 'TEL:+4912345'">call</button>
<a style="top:80px" href="sms:4912345" target=_blank>text</a><a style="top:120px" href="ms-msdt:/id">tool</a>
<button style="top:160px" onclick="document.title = ++n">x</button><script>n = 0</script>`})
	r := launch(t, Spec{Session: "external"})
	tab := r.openPage(s.URL)
	for i, test := range []struct {
		y    float64
		want string
	}{{10, "mailto:help@shop.example?subject=Order"}, {50, "tel:+4912345"}, {90, "sms:4912345"}, {130, ""}} {
		r.forget()
		r.press(tab, cobrowse.RoleAgent, 50, test.y)
		if test.want != "" {
			if a := r.asks(cobrowse.AskExternal); a.Default != test.want || a.Host != "127.0.0.1" {
				t.Errorf("%+v", a)
			}
		}
		r.press(tab, cobrowse.RoleCustomer, 50, 170)
		r.titled(strconv.Itoa(i + 1))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.said {
		if e, ok := e.(cobrowse.AskEvent); ok {
			t.Errorf("offered to the customer's device: %+v", e.Ask)
		}
	}
}

// TestWindowsForMailsAndCallsAreClosed: whether a script opens them with the address or sends them there, and whether they know their opener.
// The page that opened them asks, and goes on.
func TestWindowsForMailsAndCallsAreClosed(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><style>*{margin:0}button{position:absolute;left:0;width:200px;height:30px}</style>
<button style="top:0" onclick="window.open('sms:1')">x</button><button style="top:40px" onclick="window.open('tel:2', '', 'noopener')">x</button>
<button style="top:80px" onclick="window.open().location = 'mailto:3'">x</button>
<button style="top:120px" onclick="w = window.open('', 'w'); setTimeout(() => { w.location = 'mailto:4' }, 500)">x</button>
<form action="mailto:5" target=_blank><button style="top:160px">x</button></form>
<button style="top:200px" onclick="document.title = ++n">x</button><script>n = 0</script>`})
	r := launch(t, Spec{Session: "windows"})
	tab := r.openPage(s.URL)
	for i, want := range []string{"sms:1", "tel:2", "mailto:3", "mailto:4", "mailto:5?"} {
		r.forget()
		r.press(tab, cobrowse.RoleCustomer, 50, float64(10+40*i))
		if a := r.asks(cobrowse.AskExternal); a.Default != want || a.Tab != tab || a.Host != "127.0.0.1" {
			t.Errorf("%+v", a)
		}
		r.see(tab, map[bool]string{true: "start", false: strconv.Itoa(i)}[i == 0])
		r.press(tab, cobrowse.RoleCustomer, 50, 210)
		await(r, "one tab that goes on", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 1 && e.Tabs[0].Title == strconv.Itoa(i+1) })
	}
}
