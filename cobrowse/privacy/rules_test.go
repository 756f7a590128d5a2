package privacy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// change does what the service does: it writes the new files and tells the documents there are.
func (p *page) change(t *testing.T, b *Bundle) {
	t.Helper()
	for name, data := range b.Files {
		path := filepath.Join(p.extension, name)
		if err := os.WriteFile(path+".new", data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	err := p.inEngines(fmt.Sprintf("__cobrowse.setRules(%s)", b.Rules), func(_ string, v json.RawMessage) {
		if string(v) == "null" || string(v) == "0" {
			t.Errorf("setRules answered %s", v)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shows tells how much of the secret and of what must stay one picture has.
func (p *page) shows(t *testing.T) (secret, keep int) {
	t.Helper()
	shot, err := p.screenshot()
	if err != nil {
		t.Fatal(err)
	}
	secret, keep, _ = pixels(t, shot)
	return secret, keep
}

func withMask(p cobrowse.Policy, m cobrowse.MaskRule) cobrowse.Policy {
	p.Masks = append(append([]cobrowse.MaskRule{}, p.Masks...), m)
	return p
}

// TestSetRules: changed rules hold at once in documents that are there, in every tree and frame, and in later ones from the beginning.
func TestSetRules(t *testing.T) {
	t.Parallel()
	first, err := Compile(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	p, site := caseTab(t, startChromium(t, first), first), newCaseSite(t)
	frame := map[string]string{"f.html": `<p class=late style="color:#f0f">secret`}
	const html = `<p class=k>stays<p class="s late">secret</p><div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p class=late style="color:#f0f">secret'</script><iframe src=OTHERf.html></iframe>`
	url := site.serve(1, "setrules", html, frame)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if secret, _ := p.shows(t); secret < enough {
		t.Fatalf("control: %d pixels of the secret", secret)
	}
	second, err := first.With(withMask(withMask(Defaults(), cobrowse.MaskRule{ID: "late", Selector: ".late"}), cobrowse.MaskRule{ID: "site", Site: "a.test", Selector: ".here"}))
	if err != nil {
		t.Fatal(err)
	}
	p.change(t, second)
	if secret, keep := p.shows(t); secret >= enough || keep < enough {
		t.Errorf("changed rules: %d pixels of the secret, %d of what must stay", secret, keep)
	}
	if err := p.visit(site.serve(2, "setrules2", strings.ReplaceAll(html, `"s late"`, `"s here"`), frame)); err != nil {
		t.Fatal(err)
	}
	shot, err := p.screenshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range append(p.painted(), shot) {
		if secret, _, _ := pixels(t, frame); secret >= enough {
			t.Errorf("a later document: %d pixels of the secret", secret)
		}
	}
	third, err := second.With(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	p.change(t, third)
	if secret, _ := p.shows(t); secret < enough {
		t.Errorf("a rule that is gone still hides: %d pixels", secret)
	}
	broken, err := third.With(withMask(Defaults(), cobrowse.MaskRule{ID: "typo", Selector: "p:no-such-class"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.inEngines(fmt.Sprintf("__cobrowse.setRules(%s)", broken.Rules), nil); err == nil || !strings.Contains(err.Error(), "rule typo") {
		t.Errorf("a rule that the browser does not understand: %v", err)
	}
	if secret, _ := p.shows(t); secret < enough {
		t.Error("rules that were refused had an effect")
	}
}

// TestReveal: the customer shows what only our defaults hide, never what the company hides.
func TestReveal(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, withMask(Defaults(), cobrowse.MaskRule{ID: "company", Selector: ".m"}))
	const paint = `<script>for(const c of document.querySelectorAll('canvas')){const g=c.getContext('2d');g.fillStyle='#f0f';g.fillRect(0,0,99,50)}</script>`
	url := site.serve(1, "reveal", `<canvas id=a width=100 height=50></canvas><canvas class=m width=100 height=50></canvas><p class="s">`+card+`</p><input type=password value=hunter22>`+paint, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if secret, _ := p.shows(t); secret >= enough {
		t.Fatalf("%d pixels before anything was shown", secret)
	}
	done := map[string]bool{}
	for _, item := range p.layer(t) {
		var ok bool
		err := p.inEngines(fmt.Sprintf(`__cobrowse.reveal(%q,true)`, item.ID), func(_ string, v json.RawMessage) { ok = string(v) == "true" })
		if err != nil {
			t.Fatal(err)
		}
		done[item.Kind+" "+item.Reason] = done[item.Kind+" "+item.Reason] || ok
		if ok && item.Kind != "canvas" {
			t.Errorf("%s could be shown", item.Kind)
		}
	}
	if !done["canvas picture"] || len(done) != 3 {
		t.Errorf("shown: %v", done)
	}
	if secret, _ := p.shows(t); secret < enough || secret > 6000 {
		t.Errorf("%d pixels: one canvas has 5000", secret)
	}
	shown := ""
	for _, item := range p.layer(t) {
		if item.Shown {
			shown = item.ID
		}
	}
	if err := p.eval(`void a.classList.add('m')`, nil); err != nil {
		t.Fatal(err)
	}
	if secret, _ := p.shows(t); secret >= enough || shown == "" {
		t.Errorf("shown %q, still %d pixels when the company's rule came to match", shown, secret)
	}
}

func (p *page) layer(t *testing.T) (items []cobrowse.LayerItem) {
	t.Helper()
	err := p.inEngines(`__cobrowse.collect()`, func(_ string, v json.RawMessage) {
		var layer struct{ Items []cobrowse.LayerItem }
		if err := json.Unmarshal(v, &layer); err != nil {
			t.Error(err)
		}
		items = append(items, layer.Items...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// TestRuleHealth counts what a company's rules find, and none of the product's.
func TestRuleHealth(t *testing.T) {
	t.Parallel()
	policy := withMask(withMask(Defaults(), cobrowse.MaskRule{ID: "two", Selector: ".m"}), cobrowse.MaskRule{ID: "none", Selector: ".gone"})
	policy.Guards = append(policy.Guards, cobrowse.GuardRule{ID: "name", Name: "Empty the cart"}, cobrowse.GuardRule{ID: "selector", Selector: "[data-x]"})
	p, site := engineTab(t, policy)
	if err := p.visit(site.serve(1, "health", `<p class=m>a<p class=m>b<button>Empty the cart</button><i data-x></i>`, nil)); err != nil {
		t.Fatal(err)
	}
	var got struct{ Rules map[string]int }
	if err := p.inEngines(`__cobrowse.collect()`, func(_ string, v json.RawMessage) { _ = json.Unmarshal(v, &got) }); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{"two": 2, "none": 0, "name": 1, "selector": 1} {
		if n, ok := got.Rules[id]; !ok || n != want {
			t.Errorf("%s matches %d (%v), want %d", id, n, ok, want)
		}
	}
	if len(got.Rules) != 4 {
		t.Errorf("%d rules are counted", len(got.Rules))
	}
}
