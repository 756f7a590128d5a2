package browser

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cobrowse-connector/cobrowse"
)

const told = `<script>for (const n of ['input', 'change']) addEventListener(n, (e) => { const el = e.composedPath()[0]; if (n === 'change') top.document.title = el.id + '=' + (el.multiple ? [...el.selectedOptions].map((o) => o.value) : el.value); else window.input = true })</script>`

const places = `<style>select,input{position:absolute;left:0;width:120px;height:30px;margin:0;box-sizing:border-box}</style>`

// TestFieldsAsk: the lists that the page does not draw itself, and what else Chromium would show in a window of its own is asked, at the field's place, and what is chosen is the field's.
func TestFieldsAsk(t *testing.T) {
	list := func(id string, top int) string {
		return fmt.Sprintf(`<select id=%s size=1 style="top:%dpx"><option value=a>Red<optgroup label=More><option value=b disabled>Green<option value=c selected>Blue</optgroup></select>`, id, top)
	}
	s := site(t, map[string]string{
		"/": `<title>start</title>` + places + told + list("plain", 0) + `<div id=host></div><script>const root = host.attachShadow({mode: 'closed'}); root.innerHTML = ` + "`" + places + list("deep", 40) + "`" + `; root.addEventListener('change', (e) => document.title = 'deep=' + e.target.value)</script>
<iframe src=/in style="position:absolute;left:200px;top:100px;width:300px;height:100px;border:0"></iframe>
<input id=day type=date min=2026-01-01 step=7 value=2026-03-01 style="top:80px"><input id=tint type=color value=#ff0000 style="top:120px">
<input id=free list=some style="top:160px"><datalist id=some><option value=1>One<option>Two</datalist><select id=many multiple style="top:200px;height:60px"><option>x<option>y</select>
<button id=b style="position:absolute;left:0;top:300px;width:120px;height:30px" onclick="day.showPicker()">pick</button><button style="position:absolute;left:0;top:340px;width:120px;height:30px" onclick="plain.disabled = true; document.title = 'off'">off</button>`,
		"/in": places + told + list("framed", 20),
	})
	choices := []cobrowse.AskChoice{{Label: "Red"}, {Label: "Green", Group: "More", Disabled: true}, {Label: "Blue", Group: "More", Selected: true}}
	rect := func(x, y, h float64) cobrowse.LayerRect { return cobrowse.LayerRect{X: x, Y: y, W: 120, H: h} }
	tests := []struct {
		x, y   float64
		want   cobrowse.Ask
		values []string
		title  string
	}{
		{10, 10, cobrowse.Ask{Kind: cobrowse.AskChoose, Choices: choices, Rect: rect(0, 0, 30)}, []string{"0"}, "plain=a"},
		{10, 50, cobrowse.Ask{Kind: cobrowse.AskChoose, Choices: choices, Rect: rect(0, 40, 30)}, []string{"0"}, "deep=a"},
		{210, 130, cobrowse.Ask{Kind: cobrowse.AskChoose, Choices: choices, Rect: rect(200, 120, 30)}, []string{"0"}, "framed=a"},
		{110, 95, cobrowse.Ask{Kind: cobrowse.AskDate, Default: "2026-03-01", Min: "2026-01-01", Step: "7", Rect: rect(0, 80, 30)}, []string{"2026-03-08"}, "day=2026-03-08"},
		{50, 135, cobrowse.Ask{Kind: cobrowse.AskColor, Default: "#ff0000", Rect: rect(0, 120, 30)}, []string{"#00ff00"}, "tint=#00ff00"},
		{110, 175, cobrowse.Ask{Kind: cobrowse.AskSuggest, Choices: []cobrowse.AskChoice{{Label: "One"}, {Label: "Two"}}, Rect: rect(0, 160, 30)}, []string{"1"}, "free=Two"},
		{10, 310, cobrowse.Ask{Kind: cobrowse.AskDate, Default: "2026-03-08", Min: "2026-01-01", Step: "7", Rect: rect(0, 80, 30)}, []string{"2026-03-15"}, "day=2026-03-15"},
	}
	r := launch(t, Spec{Session: "fields"})
	tab := r.openPage(s.URL)
	for _, test := range tests {
		r.forget()
		r.press(tab, cobrowse.RoleCustomer, test.x, test.y)
		got := r.asks(test.want.Kind)
		test.want.ID, test.want.Tab, test.want.Host, test.want.By, test.want.URL = got.ID, tab, "127.0.0.1", cobrowse.RoleCustomer, got.URL
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.title, diff)
		}
		r.answer(got, cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: test.values})
		r.titled(test.title)
	}
	r.forget()
	r.press(tab, cobrowse.RoleCustomer, 10, 10)
	r.answer(r.asks(cobrowse.AskChoose), cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"1"}}) // is disabled
	r.press(tab, cobrowse.RoleCustomer, 10, 10)
	a := r.asks(cobrowse.AskChoose)
	r.key(tab, cobrowse.RoleCustomer, " ", "Space", 0) // by the keyboard: the one before is gone
	await(r, "the one before is gone", func(e cobrowse.AskGoneEvent) bool { return e.ID == a.ID })
	await(r, "a new list", func(e cobrowse.AskEvent) bool { return e.Ask.Kind == cobrowse.AskChoose && e.Ask.ID != a.ID })
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 800, Height: 600, Scale: 1, Mobile: true}); err != nil {
		t.Fatal(err)
	}
	r.forget()
	r.press(tab, cobrowse.RoleCustomer, 20, 215)
	many := r.asks(cobrowse.AskChoose)
	if !many.Multiple || len(many.Choices) != 2 {
		t.Errorf("several by finger: %+v", many)
	}
	r.answer(many, cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"0", "1"}})
	r.titled("many=x,y")
	r.press(tab, cobrowse.RoleCustomer, 20, 95) // a finger opens a date wherever it is
	r.asks(cobrowse.AskDate)
}

// TestAgentsLists: an agent chooses from what they see. What is hidden has no list for them, and what is guarded cannot be chosen.
func TestAgentsLists(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title>` + places + told + `<select id=open size=1 style="top:0"><option>Look<option class=buy>Buy now</select>
<select id=own size=1 style="top:40px"><option>4111 1111 1111 1111<option>other</select><select id=site size=1 aria-label=Branch style="top:80px"><option>Rome<option>Lima</select>`})
	r := launch(t, Spec{Session: "lists", Policy: cobrowse.Policy{
		PII: []string{"card"}, Guards: []cobrowse.GuardRule{{ID: "buy", Selector: "option.buy"}}, Masks: []cobrowse.MaskRule{{ID: "m", Selector: "#site"}},
	}})
	tab := r.openPage(s.URL)
	for _, y := range []float64{50, 90} {
		r.forget()
		r.press(tab, cobrowse.RoleAgent, 20, y)
		await(r, "hidden", func(e cobrowse.RefusedEvent) bool {
			return e.Refusal.Rule == "hidden" && e.Refusal.By == cobrowse.RoleAgent
		})
	}
	r.press(tab, cobrowse.RoleAgent, 20, 10)
	a := r.asks(cobrowse.AskChoose)
	if a.By != cobrowse.RoleAgent || len(a.Choices) != 2 || a.Choices[0].Label != "Look" {
		t.Fatalf("%+v", a)
	}
	if err := r.Answer(t.Context(), a.ID, cobrowse.RoleAgent, cobrowse.Reply{OK: true, Values: []string{"1"}}); !errors.Is(err, cobrowse.ErrGuarded) {
		t.Errorf("an agent chose what is guarded: %v", err)
	}
	await(r, "refused", func(e cobrowse.RefusedEvent) bool { return e.Refusal.Rule == "buy" })
	r.press(tab, cobrowse.RoleCustomer, 20, 50)
	a = await(r, "the customer's", func(e cobrowse.AskEvent) bool { return e.Ask.By == cobrowse.RoleCustomer }).Ask
	r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"1"}})
	r.titled("own=other")
	r.forget()
	r.press(tab, cobrowse.RoleAgent, 20, 10)
	r.answer(r.asks(cobrowse.AskChoose), cobrowse.RoleAgent, cobrowse.Reply{OK: true, Values: []string{"0"}}) // as it was: nothing changes
	r.press(tab, cobrowse.RoleCustomer, 20, 10)
	r.answer(r.asks(cobrowse.AskChoose), cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"1"}})
	r.titled("open=Buy now")
}
