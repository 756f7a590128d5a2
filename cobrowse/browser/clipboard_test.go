package browser

import (
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

func copySite(t *testing.T) *httptest.Server {
	return site(t, map[string]string{
		"/": `<!doctype html><title>Copies</title><style>body{margin:0}button,p{display:block;width:300px;height:50px;margin:0}</style>
			<p>an order number</p>
			<button onclick="navigator.clipboard.writeText('by script')">script</button>
			<p id=private class=secret>Ana Souza</p>
			<button onclick="getSelection().selectAllChildren(document.body); document.execCommand('copy')">all</button>
			<p oncopy="event.preventDefault(); event.clipboardData.setData('text/plain', 'other words')">own words</p>
			<button onclick="navigator.clipboard.readText().then((t) => document.title = 'read ' + t, (e) => document.title = 'read ' + e.name)">read</button>
			<script>navigator.clipboard.writeText('own idea').catch(() => {}).then(() => { document.title = 'Ready' })</script>`,
	})
}

// selectRow selects the text of a row as a person does, with three presses.
func (r *rig) selectRow(by cobrowse.Role, row int) {
	r.t.Helper()
	for clicks := 1; clicks <= 3; clicks++ {
		for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
			r.act(r.shownTab(), by, cobrowse.InputEvent{Kind: kind, X: 20, Y: float64(row)*50 + 10, Clicks: clicks})
		}
	}
}

func (r *rig) pressCopy(by cobrowse.Role) {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputKeyDown, cobrowse.InputKeyUp} {
		r.act(r.shownTab(), by, cobrowse.InputEvent{Kind: kind, Key: "c", Code: "KeyC", Mods: modCtrl})
	}
}

// copiedText waits for the next copy.
func (r *rig) copiedText(by cobrowse.Role, text string) {
	r.t.Helper()
	e := await(r, "a copy", func(e cobrowse.CopiedEvent) bool { return true })
	if e.By != by || strings.TrimSpace(e.Text) != text {
		r.t.Errorf("%+v, want %q of %s", e, text, by)
	}
	r.forget()
}

func TestCopies(t *testing.T) {
	s := copySite(t)
	r := launch(t, Spec{Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "secret", Selector: ".secret"}}}})
	open(t, r, s.URL)
	r.titled("Ready") // its own idea has been heard of, and counts for nothing
	for _, by := range []cobrowse.Role{cobrowse.RoleCustomer, cobrowse.RoleAgent} {
		r.selectRow(by, 0)
		r.pressCopy(by)
		r.copiedText(by, "an order number")
		r.pressRow(by, 1)
		r.copiedText(by, "by script")
		r.selectRow(by, 4)
		r.pressCopy(by)
		r.copiedText(by, "other words")
	}
	r.selectRow(cobrowse.RoleCustomer, 2)
	r.pressCopy(cobrowse.RoleCustomer)
	r.copiedText(cobrowse.RoleCustomer, "Ana Souza")

	// An agent's copy of something hidden is none: the next one is the next that is heard of.
	r.selectRow(cobrowse.RoleAgent, 2)
	r.pressCopy(cobrowse.RoleAgent)
	r.pressRow(cobrowse.RoleAgent, 3) // all of the page
	r.pressRow(cobrowse.RoleAgent, 1)
	r.copiedText(cobrowse.RoleAgent, "by script")
}

// TestClipboardsAreApart: a page reads no clipboard, not even that of its own browser, and what one session copies is in no other.
func TestClipboardsAreApart(t *testing.T) {
	s := copySite(t)
	l := testLauncher(t)
	r := launchBy(t, l, Spec{})
	open(t, r, s.URL)
	r.titled("Ready")
	r.pressRow(cobrowse.RoleCustomer, 1)
	r.copiedText(cobrowse.RoleCustomer, "by script")
	r.pressRow(cobrowse.RoleCustomer, 5)
	r.titled("read NotAllowedError")

	other, err := l.Launch(t.Context(), Spec{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	id, err := other.Open(t.Context(), cobrowse.RoleCustomer, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for ev := range other.Events() {
		if tabs, ok := ev.(cobrowse.TabsEvent); ok && len(tabs.Tabs) > 0 && tabs.Tabs[0].Title == "Ready" {
			break
		}
	}
	go func() {
		for range other.Events() {
		}
	}()
	p, err := other.pageOf(id)
	if err != nil {
		t.Fatal(err)
	}
	pasted, err := evaluate[string](t.Context(), p.session, "", pastes)
	if err != nil || pasted != "" {
		t.Errorf("the other session pastes %q, %v", pasted, err)
	}
	mine, err := r.pageOf(r.shownTab())
	if err != nil {
		t.Fatal(err)
	}
	if pasted, err := evaluate[string](t.Context(), mine.session, "", pastes); err != nil || pasted != "" {
		t.Errorf("a page's script pastes %q, %v", pasted, err)
	}
}

// pastes is what a script of the page gets by pasting.
const pastes = `(() => {
	const field = document.body.appendChild(document.createElement('textarea'));
	field.focus();
	document.execCommand('paste');
	return field.value;
})()`
