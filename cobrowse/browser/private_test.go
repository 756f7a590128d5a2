package browser

import (
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// TestPagesThatPause: nobody but the customer gets a picture, a title or an address of them, whatever way leads there.
func TestPagesThatPause(t *testing.T) {
	inner := site(t, map[string]string{"/statements/1": blue + "<title>inner</title>", "/fine": green})
	foreign := otherHost(inner.URL)
	s := site(t, map[string]string{
		"/":                 red + "<title>home</title>",
		"/statements/1":     blue + "<title>balance</title>",
		"/moves":            `<title>app</title><script>onclick = () => { history.pushState(0, '', '/statements/app'); document.title = 'balance' }</script>` + red, // a page that is red listens
		"/framed":           `<title>framed</title><script>onclick = () => document.querySelector('iframe').src = '` + foreign + `/statements/1'</script>` + red + `<iframe src="` + foreign + `/fine" style="position:absolute;left:0;top:0;width:90px;height:90px"></iframe>`,
		"/statements/opens": `<title>opens</title><script>onclick = () => open('').document.write('<title>balance</title>` + `<body bgcolor=blue>')</script>` + blue,
		"/hops":             `<meta http-equiv=refresh content="0;url=/statements/1">`,
	})
	r := launch(t, Spec{Session: "pauses", Policy: cobrowse.Policy{Pauses: []cobrowse.PageRule{{ID: "p", URL: "*/statements/*"}}}})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ways := []struct {
		name string
		from string
		act  func(tab cobrowse.TabID) error
	}{
		{"an address", "/", func(tab cobrowse.TabID) error { return r.Navigate(t.Context(), tab, s.URL+"/statements/1") }},
		{"an escaped address", "/", func(tab cobrowse.TabID) error { return r.Navigate(t.Context(), tab, s.URL+"/st%61tements/1") }},
		{"a page that sends on", "/", func(tab cobrowse.TabID) error { return r.Navigate(t.Context(), tab, s.URL+"/hops") }},
		{"a step within a page", "/moves", func(tab cobrowse.TabID) error { r.click(tab, 400, 300); return nil }},
		{"a frame", "/framed", func(tab cobrowse.TabID) error { r.click(tab, 400, 300); return nil }},
	}
	for _, way := range ways {
		if err := r.Navigate(t.Context(), tab, s.URL+way.from); err != nil {
			t.Fatal(err)
		}
		awaitColour(t, r, sub, redPixel)
		r.forget()
		gated, own := r.Hub().Subscribe(true), r.Hub().Subscribe(false)
		if err := way.act(tab); err != nil {
			t.Fatal(err)
		}
		await(r, way.name+": closed gate", func(e cobrowse.GateEvent) bool { return e.Reason == "private" })
		await(r, way.name+": a tab without title", func(e cobrowse.TabsEvent) bool {
			return e.Tabs[0].Withheld && e.Tabs[0].Vetted == cobrowse.Page{URL: s.URL + "/"}
		})
		if way.from != "/framed" && way.name != "a step within a page" {
			awaitColour(t, r, own, bluePixel) // the customer goes on
		}
		if refusal, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 5, Y: 5, Clicks: 1}); err != cobrowse.ErrUnseen {
			t.Errorf("%s: the agent presses: %v %v", way.name, refusal, err)
		}
		noneIs(t, r, gated, bluePixel)
		for _, name := range vettedSince(r) {
			if name.Title == "balance" || name.Title == "inner" {
				t.Errorf("%s: told was %+v", way.name, name)
			}
		}
		gated.Close()
		own.Close()
	}
	if err := r.Navigate(t.Context(), tab, s.URL+"/statements/opens"); err != nil {
		t.Fatal(err)
	}
	await(r, "its title", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "opens" })
	own := r.Hub().Subscribe(false)
	defer own.Close()
	awaitColour(t, r, own, bluePixel)
	r.forget()
	r.click(tab, 400, 300)
	await(r, "a window without an address", func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) == 2 && e.Tabs[1].Withheld && e.Shown == e.Tabs[1].ID
	})
	if err := r.Navigate(t.Context(), r.shownTab(), s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
}

// noneIs reads what a subscription has by now: no key frame shows the colour.
func noneIs(t *testing.T, r *rig, sub *stream.Subscription, never [3]int) {
	t.Helper()
	var config *stream.Config
	for {
		c, chunk, err := next(t, sub, 700*time.Millisecond)
		if c != nil {
			config = c
		}
		if err != nil {
			return
		}
		if chunk.Key && config != nil && near(decodeColour(t, r, config, chunk), never) {
			t.Fatalf("a picture shows %v", never)
		}
	}
}

// vettedSince are the titles and addresses that others could have got since forget.
func vettedSince(r *rig) []cobrowse.Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []cobrowse.Page
	for _, ev := range r.said {
		if e, ok := ev.(cobrowse.TabsEvent); ok {
			for _, t := range e.Tabs {
				all = append(all, t.Vetted)
			}
		}
	}
	return all
}
