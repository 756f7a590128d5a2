package browser

import (
	"slices"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// titles are those of the row, in its order.
func titles(e cobrowse.TabsEvent) []string {
	var list []string
	for _, t := range e.Tabs {
		list = append(list, t.Title)
	}
	return list
}

func (r *rig) pressWith(tab cobrowse.TabID, ev cobrowse.InputEvent) {
	r.t.Helper()
	ev.Clicks = 1
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		ev.Kind = kind
		if refusal, err := r.Input(r.t.Context(), tab, cobrowse.RoleCustomer, ev); refusal != nil || err != nil {
			r.t.Fatal(refusal, err)
		}
	}
}

// see waits until a tab stands in everybody's picture with this title: before that Chromium lets no press through.
func (r *rig) see(tab cobrowse.TabID, title string) {
	r.t.Helper()
	for deadline := time.After(testTime); ; {
		r.Browser.mu.Lock()
		seen := r.gate.open && r.shown.id == tab && r.shown.vetted.Title == title
		r.Browser.mu.Unlock()
		if seen {
			return
		}
		select {
		case <-r.changed:
		case <-deadline:
			r.t.Fatalf("nobody sees %q", title)
		}
	}
}

// TestTabsBeyondTheLimit: neither people nor pages open more than the company allows, and people are told.
func TestTabsBeyondTheLimit(t *testing.T) {
	s := site(t, map[string]string{
		"/": `<title>one</title><body style="height:100vh" onclick="let w=window.open('/popup');setInterval(()=>{if(!w||w.closed)document.title='refused'},50)">`, "/popup": "<title>popup</title>",
	})
	r := launch(t, Spec{Session: "limit", Policy: cobrowse.Policy{MaxTabs: 2}})
	if _, err := r.Open(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "one")
	if _, err := r.Open(t.Context(), s.URL); cobrowse.CodeOf(err) != cobrowse.CodeLimited {
		t.Errorf("a third tab: %v", err)
	}
	r.click(tab, 300, 300)
	await(r, "a word about the window", func(e cobrowse.TabsFullEvent) bool { return e.Most == 2 })
	await(r, "no window", func(e cobrowse.TabsEvent) bool { return slices.Contains(titles(e), "refused") && len(e.Tabs) == 2 })
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.said {
		if e, ok := ev.(cobrowse.TabsEvent); ok && len(e.Tabs) > 2 {
			t.Errorf("there were %d tabs", len(e.Tabs))
		}
	}
}

// TestTabsBeside: the middle button and Ctrl open a link behind the page that people look at, a plain press on target=_blank before it.
func TestTabsBeside(t *testing.T) {
	link := `style="position:absolute;left:0;width:100px;height:100px;top:`
	s := site(t, map[string]string{
		"/":       `<title>list</title><a href=/middle ` + link + `0">x</a><a href=/control ` + link + `100px">x</a><a href=/blank target=_blank ` + link + `200px">x</a>`,
		"/middle": "<title>middle</title>", "/control": "<title>control</title>", "/blank": "<title>blank</title>",
	})
	r := launch(t, Spec{Session: "beside"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "list")
	r.pressWith(tab, cobrowse.InputEvent{X: 50, Y: 50, Button: 1})
	r.pressWith(tab, cobrowse.InputEvent{X: 50, Y: 150, Mods: modCtrl})
	await(r, "two tabs behind", func(e cobrowse.TabsEvent) bool {
		return e.Shown == tab && slices.Equal(titles(e), []string{"list", "middle", "control"})
	})
	r.pressWith(tab, cobrowse.InputEvent{X: 50, Y: 250})
	await(r, "one before", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 4 && e.Shown == e.Tabs[3].ID })
}

// TestMiddleButtonPastesNothing: what somebody has selected is nobody's to put into another field.
func TestMiddleButtonPastesNothing(t *testing.T) {
	s := site(t, map[string]string{"/": `<title></title><body style="margin:0" onpaste="document.title+='paste'" onauxclick="document.title+='aux'+f.value">
		<input id=s value="4111 1111" style="position:absolute;left:0;top:0;width:200px;height:40px"><input id=f style="position:absolute;left:0;top:60px;width:200px;height:40px">
		<script>f.oninput=()=>document.title+='input'</script>`})
	r := launch(t, Spec{Session: "primary"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	r.click(tab, 100, 20)
	r.key(tab, cobrowse.RoleCustomer, "a", "KeyA", modCtrl)
	r.pressWith(tab, cobrowse.InputEvent{X: 100, Y: 80, Button: 1})
	r.pressWith(tab, cobrowse.InputEvent{X: 100, Y: 80, Button: 1})
	await(r, "both presses", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "auxaux" })
}

const openerPage = `<title>opener</title><body style="margin:0;height:100vh"><script>
onmessage = e => document.title = e.data
onmousedown = e => open(e.clientX < 100 ? '/child' : '/alone', '_blank', e.clientX < 100 ? '' : 'noopener')
</script>`

// TestWindowsAndTheirOpeners: a window speaks with its opener unless that wants none of it, and gives place to it when it closes itself.
func TestWindowsAndTheirOpeners(t *testing.T) {
	s := site(t, map[string]string{
		"/": openerPage, "/other": "<title>other</title>",
		"/child": `<title>child</title><body style="height:100vh" onload="opener.postMessage('hello','*')" onclick="window.close()">`,
		"/alone": `<title>alone</title><script>document.title += opener</script>`,
	})
	r := launch(t, Spec{Session: "openers"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(t.Context(), s.URL+"/other"); err != nil {
		t.Fatal(err)
	}
	if err := r.Show(t.Context(), tab); err != nil {
		t.Fatal(err)
	}
	r.see(tab, "opener")
	r.click(tab, 50, 50)
	opened := await(r, "a child that speaks", func(e cobrowse.TabsEvent) bool {
		return slices.Equal(titles(e), []string{"hello", "other", "child"}) && e.Shown == e.Tabs[2].ID
	})
	r.see(opened.Shown, "child")
	r.forget()
	r.click(opened.Shown, 50, 50)
	await(r, "the opener again", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 2 && e.Shown == tab })
	r.see(tab, "hello")
	r.click(tab, 150, 50)
	await(r, "a window without an opener", func(e cobrowse.TabsEvent) bool {
		return slices.Equal(titles(e), []string{"hello", "other", "alonenull"}) && e.Shown == e.Tabs[2].ID
	})
}

// TestTabsAreMoved: within the row, and not beyond its ends. A tab out of sight goes on with what it does.
func TestTabsAreMoved(t *testing.T) {
	s := site(t, map[string]string{
		"/1": `<title>1</title><script>setInterval(()=>{if(document.title<'1+++')document.title+='+'},50)</script>`, "/2": "<title>2</title>", "/3": "<title>3</title>",
	})
	r := launch(t, Spec{Session: "moved"})
	var tabs []cobrowse.TabID
	for _, page := range []string{"/1", "/2", "/3"} {
		tab, err := r.Open(t.Context(), s.URL+page)
		if err != nil {
			t.Fatal(err)
		}
		tabs = append(tabs, tab)
	}
	await(r, "the background goes on", func(e cobrowse.TabsEvent) bool { return slices.Equal(titles(e), []string{"1+++", "2", "3"}) })
	for _, move := range []struct {
		tab, to int
		want    []string
	}{{0, 2, []string{"2", "3", "1+++"}}, {0, 0, []string{"1+++", "2", "3"}}, {1, 99, []string{"1+++", "3", "2"}}} {
		r.forget()
		if err := r.MoveTab(t.Context(), tabs[move.tab], move.to); err != nil {
			t.Fatal(err)
		}
		await(r, "another order", func(e cobrowse.TabsEvent) bool { return slices.Equal(titles(e), move.want) && e.Shown == tabs[2] })
	}
	if err := r.MoveTab(t.Context(), "t99", 0); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		t.Errorf("a tab that is not there: %v", err)
	}
}
