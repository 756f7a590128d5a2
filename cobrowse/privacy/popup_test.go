package privacy

import (
	"fmt"
	"testing"
)

// popupCases open a window whose document shows a secret and holds a guarded button. Some of them use a window again for another
// document, where scripts of the usual ways of injection do not run.
var popupCases = []struct{ name, html string }{
	{"same-origin", `<button id=o onclick="window.open('x.html')">open</button>`},
	{"blank-then-written", `<button id=o onclick="const w=window.open('');fetch('x.html').then(r=>r.text()).then(t=>{w.document.write(t);w.document.close()})">open</button>`},
	{"blank-then-navigated", `<button id=o onclick="const w=window.open('');w.location='x.html'">open</button>`},
	{"cross-site", `<button id=o onclick="window.open('OTHERx.html')">open</button>`},
	{"noopener", `<a id=o href="OTHERx.html" target=_blank rel=noopener>open</a>`},
}

func TestPopups(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(guardPolicy())
	if err != nil {
		t.Fatal(err)
	}
	site := newCaseSite(t)
	control, guarded := startChromium(t, nil), startChromium(t, bundle)
	const body = `<!doctype html><meta charset=utf-8><title>popup</title><body><p style="color:#f0f;font:bold 30px sans-serif">` + card + `</p>
<div style="position:fixed;left:0;top:0;width:20px;height:20px;background:rgb(0,160,CASE)"></div>
<button id=b onclick="fetch('FIRE',{method:'POST',mode:'no-cors'})" style="width:200px;height:60px">Buy now</button>`
	for i, c := range popupCases {
		t.Run(c.name, func(t *testing.T) {
			url := site.serve(i+1, c.name, c.html, map[string]string{"x.html": body})
			secret, marker := openPopup(t, control, nil, url, nil)
			if secret < enough || marker != i+1 {
				t.Errorf("control: %d pixels of the secret, marker %d", secret, marker)
			}
			secret, marker = openPopup(t, guarded, bundle, url, func(popup *page) {
				for _, who := range []string{"agent", "customer"} {
					before, news := site.count(c.name)
					if err := popup.inEngines(fmt.Sprintf("__cobrowse.setActor(%q)", who), nil); err != nil {
						t.Error(err)
					}
					if err := popup.click("#b"); err != nil {
						t.Error(err)
					}
					if who == "customer" {
						select {
						case <-news:
						case <-popup.ctx.Done():
							t.Error("customer: nothing fired")
						}
						continue
					}
					if err := popup.pause(80); err != nil {
						t.Error(err)
					}
					if after, _ := site.count(c.name); after != before {
						t.Error("agent: fired")
					}
				}
			})
			if secret >= enough || marker != i+1 {
				t.Errorf("%d pixels of the secret, marker %d", secret, marker)
			}
		})
	}
}

// openPopup presses #o on a page and looks at the window that opens.
func openPopup(t *testing.T, c *chromium, bundle *Bundle, url string, then func(*page)) (secret, marker int) {
	t.Helper()
	p := caseTab(t, c, bundle)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if err := p.inEngines(`__cobrowse.setActor("customer")`, nil); err != nil {
		t.Fatal(err)
	}
	known := p.targets(t)
	if err := p.click("#o"); err != nil {
		t.Fatal(err)
	}
	popup := p.attach(t, p.newTarget(t, known))
	if err := popup.appears("#b"); err != nil {
		t.Fatal(err)
	}
	if err := popup.settle(); err != nil {
		t.Fatal(err)
	}
	if err := popup.pause(100); err != nil {
		t.Fatal(err)
	}
	shot, err := popup.screenshot()
	if err != nil {
		t.Fatal(err)
	}
	if then != nil {
		then(popup)
	}
	secret, _, marker = pixels(t, shot)
	return secret, marker
}

// appears waits for an element, also over navigations.
func (p *page) appears(selector string) error {
	js := fmt.Sprintf(`new Promise(r=>(function f(){document.querySelector(%q)?r(1):setTimeout(f,20)})())`, selector)
	err := p.eval(js, nil)
	for err != nil && contextLost(err) {
		err = p.eval(js, nil)
	}
	return err
}

func (p *page) targets(t *testing.T) map[string]bool {
	t.Helper()
	var all struct {
		TargetInfos []struct{ TargetID, Type string }
	}
	if err := p.try(p.ctx, "", "Target.getTargets", nil, &all); err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, info := range all.TargetInfos {
		if info.Type == "page" {
			pages[info.TargetID] = true
		}
	}
	return pages
}

func (p *page) newTarget(t *testing.T, known map[string]bool) string {
	t.Helper()
	for p.ctx.Err() == nil {
		for id := range p.targets(t) {
			if !known[id] {
				return id
			}
		}
		if err := p.try(p.ctx, "", "Browser.getVersion", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("no window was opened")
	return ""
}
