package browser

import (
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestPickAndOutlineInAFrame: what lies in a frame of another site is named by that site's rules, at its place in the tab.
func TestPickAndOutlineInAFrame(t *testing.T) {
	inner := site(t, map[string]string{"/": `<body style="margin:0"><form id=payment style="margin:10px;padding:20px;width:200px"><input name=cardnumber value="4111 1111 1111 1111" style="display:block;width:150px;height:30px"></form>`})
	outer := site(t, map[string]string{"/": `<title>shop</title><h1 id=greeting>Ana Silva</h1><iframe src="` + otherHost(inner.URL) + `" style="border:0;position:absolute;left:100px;top:100px;width:300px;height:200px"></iframe>`})
	r := launch(t, Spec{})
	tab, err := r.Open(t.Context(), outer.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "the page with its frame", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "shop" && !e.Tabs[0].Loading })
	r.see(tab, "shop")
	picked, err := r.Pick(t.Context(), tab, 160, 145)
	if err != nil {
		t.Fatal(err)
	}
	if picked.Tag != "input" || picked.Host != "localhost" || len(picked.Choices) == 0 || picked.Choices[0].Selector != `input[name="cardnumber"]` {
		t.Errorf("picked %+v", picked)
	}
	if picked.Rect.X != 130 || picked.Rect.Y != 130 {
		t.Errorf("the field stands at %+v", picked.Rect)
	}
	if len(picked.Above) != 1 || picked.Above[0].Tag != "form" || picked.Above[0].Rect.X != 110 || picked.Above[0].Host != "localhost" {
		t.Errorf("around it: %+v", picked.Above)
	}
	outlines, err := r.Outline(t.Context(), tab)
	if err != nil {
		t.Fatal(err)
	}
	hosts := map[string]string{}
	for _, o := range outlines {
		hosts[o.Host] += o.HTML
	}
	if !strings.Contains(hosts["127.0.0.1"], `<h1 id="greeting"></h1>`) || !strings.Contains(hosts["localhost"], `<input name="cardnumber">`) {
		t.Errorf("outlines: %+v", outlines)
	}
	for _, private := range []string{"Ana", "4111"} {
		if strings.Contains(hosts["127.0.0.1"]+hosts["localhost"], private) {
			t.Errorf("an outline holds %q", private)
		}
	}
}
