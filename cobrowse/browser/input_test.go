package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// press clicks as somebody and returns what the guard said.
func (r *rig) press(tab cobrowse.TabID, by cobrowse.Role, x, y float64) *cobrowse.Refusal {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp} {
		refusal, err := r.Input(r.t.Context(), tab, by, cobrowse.InputEvent{Kind: kind, X: x, Y: y, Clicks: 1})
		if err != nil {
			r.t.Fatal(err)
		}
		if refusal != nil {
			return refusal
		}
	}
	return nil
}

func (r *rig) click(tab cobrowse.TabID, x, y float64) {
	r.t.Helper()
	if refusal := r.press(tab, cobrowse.RoleCustomer, x, y); refusal != nil {
		r.t.Fatalf("the customer was refused: %+v", refusal)
	}
}

func (r *rig) key(tab cobrowse.TabID, by cobrowse.Role, key, code string, mods int) *cobrowse.Refusal {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputKeyDown, cobrowse.InputKeyUp} {
		refusal, err := r.Input(r.t.Context(), tab, by, cobrowse.InputEvent{Kind: kind, Key: key, Code: code, Mods: mods})
		if err != nil {
			r.t.Fatal(err)
		}
		if refusal != nil {
			return refusal
		}
	}
	return nil
}

const formPage = `<title>form</title><body style="margin:0">
<input id=a style="position:absolute;left:0;top:0;width:200px;height:40px" onkeydown="window.codes=(window.codes||'')+event.keyCode+' '">
<input id=b style="position:absolute;left:0;top:60px;width:200px;height:40px">
<form onsubmit="event.preventDefault();document.title=[a.value,b.value,codes].join('|')"><input id=c style="position:absolute;left:0;top:120px;width:200px;height:40px"></form>
<div style="height:5000px"></div><script>onscroll=()=>document.title='scrolled'</script>`

func TestTyping(t *testing.T) {
	s := site(t, map[string]string{"/": formPage})
	r := launch(t, Spec{Session: "typing"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	r.click(tab, 100, 20)
	await(r, "focus", func(e cobrowse.FocusEvent) bool { return e.Focus.Tab == tab && e.Focus.Editable })
	customer := cobrowse.RoleCustomer
	for _, k := range []struct {
		key, code string
		mods      int
	}{
		{"x", "KeyX", 0}, {"a", "KeyA", modCtrl}, {"A", "KeyA", modShift}, {"1", "Digit1", 0}, {"z", "KeyZ", 0}, {"Backspace", "Backspace", 0},
		{"ç", "Semicolon", 0}, {"Tab", "Tab", 0},
	} {
		r.key(tab, customer, k.key, k.code, k.mods)
	}
	if _, err := r.Input(t.Context(), tab, customer, cobrowse.InputEvent{Kind: cobrowse.InputText, Text: "ação 日本"}); err != nil {
		t.Fatal(err)
	}
	r.click(tab, 100, 140)
	r.key(tab, customer, "Enter", "Enter", 0)
	await(r, "the typed text", func(e cobrowse.TabsEvent) bool {
		return e.Tabs[0].Title == "A1ç|ação 日本|88 65 65 49 90 8 186 9"
	})
	if _, err := r.Input(t.Context(), tab, customer, cobrowse.InputEvent{Kind: cobrowse.InputWheel, X: 400, Y: 300, DY: 300}); err != nil {
		t.Fatal(err)
	}
	await(r, "scrolling", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "scrolled" })
	for _, ev := range []cobrowse.InputEvent{{Kind: "shout"}, {Kind: cobrowse.InputDown, Button: 7}, {Kind: cobrowse.InputKeyDown}} {
		if _, err := r.Input(t.Context(), tab, customer, ev); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%+v: %v", ev, err)
		}
	}
}

const guardedPage = `<title>shop</title><body style="margin:0">
<button id=buy onclick="document.title+='bought'" style="position:absolute;left:0;top:0;width:200px;height:40px">Buy now</button>
<button onclick="document.title+='looked'" style="position:absolute;left:0;top:60px;width:200px;height:40px">Look</button>`

func TestAgentIsGuarded(t *testing.T) {
	s := site(t, map[string]string{
		"/":      guardedPage,
		"/frame": `<title>frame</title><body style="margin:0"><iframe src="FRAME" style="border:0;position:absolute;left:100px;top:100px;width:300px;height:200px"></iframe>`,
	})
	r := launch(t, Spec{Session: "guard", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buying", Selector: "#buy"}}}})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	want := cobrowse.Refusal{Tab: tab, By: cobrowse.RoleAgent, How: "mouse", Name: "Buy now", Rule: "buying"}
	if refusal, err := r.Blocked(t.Context(), tab, 100, 20); err != nil || refusal == nil || *refusal != want {
		t.Errorf("blocked: %+v %v", refusal, err)
	}
	if refusal, err := r.Blocked(t.Context(), tab, 100, 80); err != nil || refusal != nil {
		t.Errorf("not blocked: %+v %v", refusal, err)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 100, 20); refusal == nil || *refusal != want {
		t.Errorf("agent: %+v", refusal)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 100, 80); refusal != nil {
		t.Errorf("agent on a free button: %+v", refusal)
	}
	await(r, "the free button", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "shoplooked" })
	r.click(tab, 100, 20)
	await(r, "the customer's press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "shoplookedbought" })
	if refusal := r.key(tab, cobrowse.RoleAgent, "Enter", "Enter", 0); refusal == nil || refusal.How != "key" {
		t.Errorf("agent's Enter on the focused button: %+v", refusal)
	}
}

func TestLayerFollowsFrames(t *testing.T) {
	secret := `<body style="margin:0"><input type=password value=hunter2 style="position:absolute;left:10px;top:20px;width:100px;height:30px;border:0;padding:0">`
	inner := site(t, map[string]string{"/": secret})
	outer := site(t, map[string]string{"/": secret + `<iframe src="` + otherHost(inner.URL) + `" style="border:5px solid;position:absolute;left:200px;top:100px;width:300px;height:200px"></iframe>`})
	r := launch(t, Spec{Session: "layer", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "pw", Selector: "input[type=password]"}}}})
	if _, err := r.Open(t.Context(), outer.URL); err != nil {
		t.Fatal(err)
	}
	at := func(l cobrowse.Layer, x, y float64) bool {
		for _, item := range l.Items {
			if item.Rect == (cobrowse.LayerRect{X: x, Y: y, W: 100, H: 30}) {
				return true
			}
		}
		return false
	}
	await(r, "both fields", func(e cobrowse.LayerEvent) bool {
		return len(e.Layer.Items) == 2 && at(e.Layer, 10, 20) && at(e.Layer, 215, 125)
	})
}
