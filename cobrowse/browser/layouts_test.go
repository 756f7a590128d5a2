package browser

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// layout is what somebody types on a keyboard, as their page sends it (connector/web/src/live/layouts.test.ts), and what a field of the
// shared page has in it then.
type layout struct {
	Layout, Start, Typed string
	Composing            string // what the page is told meanwhile
	Sent                 []struct {
		Key, Code string
		Mods      int
		Text      string
		Compose   *string
	}
}

const layoutPage = `<title>start</title><body style="margin:0"><textarea id=f style="position:absolute;left:0;top:0;width:600px;height:100px"></textarea><script>
let composing = ''
for (const type of ['compositionstart', 'compositionupdate', 'compositionend']) f.addEventListener(type, e => { composing += type[11] + e.data + ' ' })
window.begin = text => { f.value = text; composing = ''; f.setSelectionRange(0, 0) }
</script>`

// TestLayouts types what people of many layouts and systems type, into a real page.
func TestLayouts(t *testing.T) {
	text, err := os.ReadFile("testdata/layouts.json")
	if err != nil {
		t.Fatal(err)
	}
	var layouts []layout
	if err := json.Unmarshal(text, &layouts); err != nil {
		t.Fatal(err)
	}
	s := site(t, map[string]string{"/": layoutPage})
	r := launch(t, Spec{Session: "layouts"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "start")
	r.click(tab, 300, 50)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layouts {
		quoted, err := json.Marshal(l.Start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := evaluate[any](t.Context(), p.session, "", "begin("+string(quoted)+")"); err != nil {
			t.Fatal(err)
		}
		for _, k := range l.Sent {
			switch {
			case k.Compose != nil:
				r.says(tab, cobrowse.InputCompose, *k.Compose)
			case k.Key == "":
				r.says(tab, cobrowse.InputText, k.Text)
			default:
				r.key(tab, cobrowse.RoleCustomer, k.Key, k.Code, k.Mods)
			}
		}
		r.reads(p, l)
	}
}

// reads waits until the field has in it what was typed.
func (r *rig) reads(p *page, l layout) {
	r.t.Helper()
	var got [2]string
	for deadline := time.Now().Add(testTime); time.Now().Before(deadline); {
		var err error
		got, err = evaluate[[2]string](r.t.Context(), p.session, "", "new Promise(done => setTimeout(() => done([f.value, composing]), 20))")
		if err != nil {
			r.t.Fatal(err)
		}
		if got[0] == l.Typed && (l.Composing == "" || got[1] == l.Composing) {
			return
		}
	}
	r.t.Errorf("%s: %q, want %q", l.Layout, got, l.Typed)
}

func (r *rig) says(tab cobrowse.TabID, kind cobrowse.InputKind, text string) {
	r.t.Helper()
	if refusal, err := r.Input(r.t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, Text: text}); refusal != nil || err != nil {
		r.t.Fatal(refusal, err)
	}
}
