package browser

import (
	"fmt"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestHintsOfEveryGuard: what the pointer of an agent says before anything is pressed, for each kind of guard, also in a foreign frame.
func TestHintsOfEveryGuard(t *testing.T) {
	at := func(i int) string {
		return fmt.Sprintf(` style="position:absolute;left:0;top:%dpx;width:90px;height:30px"`, 40*i)
	}
	things := `<body style="margin:0">` +
		`<button id=sel` + at(0) + `>One</button><button` + at(1) + `>Delete account</button><a href="https://shop.example/orders/7/cancel"` + at(2) + `>Two</a>` +
		`<a download href="/file.pdf"` + at(3) + `>Three</a><form` + at(4) + `><button style="width:90px;height:30px">Four</button></form><button` + at(5) + `>Five</button>`
	inner := site(t, map[string]string{"/": things, "/pay": `<body style="margin:0"><p` + at(0) + `>text`})
	host := strings.TrimPrefix(otherHost(inner.URL), "http://")
	s := site(t, map[string]string{"/": things + fmt.Sprintf(`<iframe src="http://%s/" style="position:absolute;left:200px;top:0;width:100px;height:300px;border:0"></iframe>
		<iframe src="http://%s/pay" style="position:absolute;left:400px;top:0;width:100px;height:300px;border:0"></iframe>`, host, strings.Replace(host, "localhost", "pay.localhost", 1))})
	r := launch(t, Spec{Session: "hints", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{
		{ID: "selector", Selector: "#sel"}, {ID: "name", Name: "delete account"}, {ID: "link", Link: "shop.example/orders/*/cancel"},
		{ID: "download", Downloads: true}, {ID: "submit", Submits: true}, {ID: "frame", Frame: "pay.localhost"},
	}}})
	tab := r.openPage(s.URL)
	for _, left := range []float64{45, 245} {
		for i, want := range []string{"selector", "name", "link", "download", "submit", ""} {
			refusal, err := r.Blocked(t.Context(), tab, left, float64(40*i+15))
			got := ""
			if refusal != nil {
				got = refusal.Rule
			}
			if err != nil || got != want {
				t.Errorf("at %g, thing %d: %q %v, want %q", left, i, got, err, want)
			}
		}
	}
	if refusal, err := r.Blocked(t.Context(), tab, 445, 200); err != nil || refusal == nil || refusal.Rule != "frame" {
		t.Errorf("in a frame that is the customer's: %+v %v", refusal, err)
	}
}

// TestFieldsOnly: an agent types into text fields and nowhere else, key by key and as a whole.
func TestFieldsOnly(t *testing.T) {
	s := site(t, map[string]string{"/": formPage})
	r := launch(t, Spec{Session: "fields", Policy: cobrowse.Policy{FieldsOnly: true}})
	tab := r.openPage(s.URL)
	typed := func() (refused []string) {
		for _, ev := range []cobrowse.InputEvent{{Kind: cobrowse.InputKeyDown, Key: "x", Code: "KeyX"}, {Kind: cobrowse.InputText, Text: "yz"}} {
			if refusal := r.act(tab, cobrowse.RoleAgent, ev); refusal != nil {
				refused = append(refused, string(ev.Kind))
			}
		}
		return refused
	}
	if got := typed(); len(got) != 2 {
		t.Errorf("outside of fields: refused were %v", got)
	}
	r.click(tab, 100, 20)
	await(r, "focus", func(e cobrowse.FocusEvent) bool { return e.Focus.Editable })
	if got := typed(); len(got) != 0 {
		t.Errorf("in a field: refused were %v", got)
	}
}
