package privacy

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// guardCase is one way to carry out an action. Without protection and for the customer it must fire, for the agent it must not.
// Pages call fire() or submit to FIRE.
type guardCase struct {
	name  string
	html  string
	files map[string]string
	do    func(p *page) error
	ms    int  // how long a refused action is given to fire after all
	free  bool // not guarded: the agent may do it too
	quiet bool // the agent is stopped without a word (passing by, or nothing that a person tried)
}

// guardPolicy is the defaults and two rules of the company.
func guardPolicy() cobrowse.Policy {
	p := Defaults()
	p.Guards = append(p.Guards,
		cobrowse.GuardRule{ID: "selector", Selector: "[data-guarded], .g"},
		cobrowse.GuardRule{ID: "submits", Site: "a.test", Selector: "form.whole"})
	return p
}

func runGuardCases(t *testing.T, bundle *Bundle, cases []guardCase) {
	site := newCaseSite(t)
	control := caseTab(t, startChromium(t, nil), nil)
	guarded := caseTab(t, startChromium(t, bundle), bundle)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			done := make(chan string, 1)
			go func() {
				done <- mustFire(control, site, c, site.serve(2*i, c.name+"-control", c.html, c.files), "", "control")
			}()
			if c.free {
				if problem := mustFire(guarded, site, c, site.serve(2*i, c.name+"-agent", c.html, c.files), "agent", "agent"); problem != "" {
					t.Error(problem)
				}
			} else {
				mustNotFire(t, guarded, site, c, site.serve(2*i, c.name+"-agent", c.html, c.files))
			}
			url := site.serve(2*i+1, c.name+"-customer", c.html, c.files)
			if problem := mustFire(guarded, site, c, url, "customer", "customer"); problem != "" {
				t.Error(problem)
			}
			if problem := <-done; problem != "" {
				t.Error(problem)
			}
		})
	}
}

func act(p *page, c guardCase, url, actor string) error {
	if err := p.visit(url); err != nil {
		return err
	}
	if actor != "" {
		if err := p.inEngines(fmt.Sprintf("__cobrowse.setActor(%q)", actor), nil); err != nil {
			return err
		}
	}
	return c.do(p)
}

// mustFire says what is wrong when the action does not have its effect. The control, which nothing of ours holds back and nothing makes
// slower, is tried twice: Chromium may drop a press in a frame of another site that it has only just painted.
func mustFire(p *page, site *caseSite, c guardCase, url, actor, who string) string {
	if who == "control" && fires(p, site, c, url, actor, who, 3*time.Second) == "" {
		return ""
	}
	return fires(p, site, c, url, actor, who, time.Minute)
}

func fires(p *page, site *caseSite, c guardCase, url, actor, who string, within time.Duration) string {
	if err := act(p, c, url, actor); err != nil {
		return fmt.Sprintf("%s: %v", who, err)
	}
	late := time.After(within)
	for {
		n, news := site.count(c.name + "-" + who)
		if n > 0 {
			return ""
		}
		select {
		case <-news:
		case <-late:
			return fmt.Sprintf("%s: nothing fired", who)
		}
	}
}

func mustNotFire(t *testing.T, p *page, site *caseSite, c guardCase, url string) {
	t.Helper()
	if err := act(p, c, url, "agent"); err != nil {
		t.Errorf("agent: %v", err)
		return
	}
	if !c.quiet {
		if err := p.until("a word to the agent why", p.refused); err != nil {
			t.Errorf("agent: %v", err)
		}
	}
	if err := p.pause(max(c.ms, 60)); err != nil {
		t.Errorf("agent: %v", err)
	}
	if n, _ := site.count(c.name + "-agent"); n > 0 {
		t.Errorf("agent: fired %d times", n)
	}
}

// refused tells whether any engine of the tab has reported a refusal with a name and a rule.
func (p *page) refused() bool {
	p.state.Lock()
	defer p.state.Unlock()
	for _, m := range p.told {
		if m.T == "refused" && m.Name != "" && m.Rule != "" && m.How != "" {
			return true
		}
	}
	for _, c := range p.children {
		if c.refused() {
			return true
		}
	}
	return false
}

// TestPreCheck holds what the service asks before it dispatches an agent's input.
func TestPreCheck(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(guardPolicy())
	if err != nil {
		t.Fatal(err)
	}
	site := newCaseSite(t)
	p := caseTab(t, startChromium(t, bundle), bundle)
	url := site.serve(1, "precheck", `<style>button{width:100px;height:30px}#over{position:absolute;inset:150px auto auto 200px;background:#fff}
#dialog{position:absolute;inset:200px auto auto 0;background:#fff;width:200px;height:60px}</style>
<button id=buy>Buy now</button><button id=look>Look</button>
<form><input id=field><input id=plain><button id=order>Place order</button></form><form><input id=free><button>Search</button></form>
<div style="position:relative"><button id=under style="position:absolute;left:0;top:0">Buy now</button><div id=glass style="position:absolute;left:0;top:0;width:100px;height:30px"></div></div>
<button style="position:absolute;left:0;top:210px">Pay</button><div id=dialog>A question</div>`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]string{"#buy": "Buy now", "#look": "", "#order": "Place order", "#glass": "Buy now", "#dialog": ""} {
		at, err := p.where(selector)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)); got.Name != want {
			t.Errorf("point %s: got %+v, want %q", selector, got, want)
		}
	}
	for _, c := range []struct{ focus, key, want string }{
		{"#buy", "Enter", "Buy now"}, {"#buy", " ", "Buy now"}, {"#buy", "Tab", ""}, {"#buy", "Escape", ""}, {"#look", "Enter", ""},
		{"#field", "Enter", "Place order"}, {"#field", "x", ""}, {"#free", "Enter", ""},
	} {
		if err := p.eval(fmt.Sprintf("document.querySelector(%q).focus()", c.focus), nil); err != nil {
			t.Fatal(err)
		}
		if got := p.ask(t, fmt.Sprintf("__cobrowse.keyBlocked({key:%q,code:'',mods:0})", c.key)); got.Name != c.want {
			t.Errorf("key %q in %s: got %+v, want %q", c.key, c.focus, got, c.want)
		}
	}
	url = site.serve(2, "precheckframe", `<iframe id=f src=f.html></iframe><input id=plain>`, map[string]string{"f.html": bigButton})
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ focus, want string }{{"f.contentDocument.querySelector('button')", "Buy now"}, {"plain", ""}} {
		if err := p.eval(c.focus+".focus()", nil); err != nil {
			t.Fatal(err)
		}
		if got := p.ask(t, "__cobrowse.keyBlocked({key:'Enter'})"); got.Name != c.want {
			t.Errorf("focus on %s: got %+v, want %q", c.focus, got, c.want)
		}
	}
	if err := p.visit(site.serve(3, "accesskey", `<p accesskey=b class=g>guarded</p>`, nil)); err != nil {
		t.Fatal(err)
	}
	if got := p.ask(t, "__cobrowse.keyBlocked({key:'b',code:'KeyB',mods:1})"); got.Name != "guarded" {
		t.Errorf("access key: got %+v", got)
	}
}

// TestNamesHoldNoContent: what a refusal names is told to everybody, so it is a label, never what was typed or what is hidden.
func TestNamesHoldNoContent(t *testing.T) {
	t.Parallel()
	policy := guardPolicy()
	policy.Masks = append(policy.Masks, cobrowse.MaskRule{ID: "name", Selector: ".person"})
	bundle, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	p := caseTab(t, startChromium(t, bundle), bundle)
	url := newCaseSite(t).serve(1, "names", `<style>*{margin:0!important;padding:0!important;font-size:12px!important}input,textarea,select,button,.g{display:block;width:300px;height:16px}</style>
<label>Card to pay with <input id=field value="my secret"></label><input id=bare class=g value="my secret"><label>Pay note <textarea id=area>my secret</textarea></label>
<label>Pay by <select id=select><option>my secret</select></label><div id=edit class=g contenteditable>my secret</div>
<span id=label>Pay to</span><input id=by aria-labelledby=label class=g value="my secret"><div id=about class=g>Order of <b class=person>my secret</b></div>
<div class=person><button id=hidden class=g>my secret</button></div><p id=person class="g person" aria-label="my secret">my secret</p>
<input id=submit type=submit class=g value="Buy now">`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]string{
		"#field": "Card to pay with", "#bare": "input", "#area": "Pay note", "#select": "Pay by", "#edit": "div", "#by": "Pay to", "#about": "Order of",
		"#hidden": "button", "#person": "p", "#submit": "Buy now",
	} {
		at, err := p.where(selector)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)); got.Name != want {
			t.Errorf("%s is named %q, want %q", selector, got.Name, want)
		}
	}
}

func (p *page) ask(t *testing.T, js string) (v struct{ Rule, Name string }) {
	t.Helper()
	err := p.inEngines(js, func(_ string, data json.RawMessage) {
		if string(data) == "null" {
			return
		}
		if err := json.Unmarshal(data, &v); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
