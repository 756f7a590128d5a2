package privacy

import (
	"fmt"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// labelCases: which element a name rule is about.
var labelCases = []guardCase{
	{name: "sentence-link", html: `<p>With Buy now you accept our <a id=b href=FIRE>terms of sale</a></p>`, do: clickOn("#b"), free: true},
	{name: "sentence-button", html: `<div tabindex=-1>Place order when you like <button id=b onclick=fire()>See details</button></div>`, do: clickOn("#b"), free: true},
	{name: "sentence-label", html: `<label><input type=checkbox> I agree to the <a id=b href=FIRE>terms</a></label>`, do: clickOn("#b"), free: true},
	{name: "sentence-key", html: `<p>With Buy now you accept our <a id=b href=FIRE>terms of sale</a></p>`, do: keysIn("#b", "Enter"), free: true},
	{name: "label-itself", html: `<label><input type=checkbox onchange=fire()> <i id=b>I agree</i> to the <a href=x>terms</a></label>`, do: clickOn("#b")},
	{name: "acting-container", html: `<div onclick=fire()>Buy now <a id=b href="#x">for 9.90</a></div>`, do: clickOn("#b")},
	{name: "pointer-container", html: `<div id=c style="cursor:pointer;width:200px">Buy now <button id=b>9.90</button></div><script>c.addEventListener('click',fire)</script>`, do: clickOn("#b")},
	{name: "plain-text", html: `<div id=b style="width:200px">Buy now for 9.90</div><script>b.addEventListener('click',fire)</script>`, do: clickOn("#b")},
	{name: "cyrillic-letters", html: `<button id=b onclick=fire()>Вuу nоw</button>`, do: clickOn("#b")},
	{name: "greek-letters", html: `<button id=b onclick=fire()>ΡLΑCE ΟRDER</button>`, do: clickOn("#b")},
	{name: "capitals-turkish", html: `<button id=b onclick=fire()>SATIN AL</button>`, do: clickOn("#b")},
	{name: "capitals-russian", html: `<button id=b onclick=fire()>КУПИТЬ</button>`, do: clickOn("#b")},
}

func TestNameRules(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(guardPolicy())
	if err != nil {
		t.Fatal(err)
	}
	runGuardCases(t, bundle, labelCases)
}

// TestReservedNames presses a button of each language's every name.
func TestReservedNames(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, Defaults())
	var html strings.Builder
	count := 0
	for _, l := range reservedNames {
		for _, name := range l.names {
			fmt.Fprintf(&html, `<button id=n%d>%s…</button>`, count, strings.ToUpper(name))
			count++
		}
	}
	if len(reservedNames) < 13 {
		t.Errorf("%d languages", len(reservedNames))
	}
	if err := p.visit(site.serve(1, "reserved", `<button id=free>Show more</button>`+html.String(), nil)); err != nil {
		t.Fatal(err)
	}
	blocked := func(id string) string {
		if err := p.eval(fmt.Sprintf("document.getElementById(%q).scrollIntoView()", id), nil); err != nil {
			t.Fatal(err)
		}
		at, err := p.where("#" + id)
		if err != nil {
			t.Fatal(err)
		}
		return p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)).Rule
	}
	if got := blocked("free"); got != "" {
		t.Errorf("a neutral button is blocked by %s", got)
	}
	for i := range count {
		if blocked(fmt.Sprintf("n%d", i)) == "" {
			t.Errorf("button %d is not blocked", i)
		}
	}
}

func kindsPolicy() cobrowse.Policy {
	return cobrowse.Policy{Guards: []cobrowse.GuardRule{
		{ID: "transfer", Link: "a.test*/transfer/*"},
		{ID: "elsewhere", Link: "*.b.test"},
		{ID: "calls", Link: "tel://*"},
		{ID: "downloads", Downloads: true},
		{ID: "frames", Frame: "b.test"},
	}}
}

const goes = `<script>addEventListener('click',e=>{const a=e.target.closest('a,area,button');if(a){fire();e.preventDefault()}})</script>`

var kindCases = []guardCase{
	{name: "link", html: goes + `<a id=b href=/transfer/x>go</a>`, do: clickOn("#b")},
	{name: "link-child", html: goes + `<a href=/transfer/x><b id=b>go</b></a>`, do: clickOn("#b")},
	{name: "link-encoded", html: goes + `<a id=b href=/tr%61nsfer/x>go</a>`, do: clickOn("#b")},
	{name: "link-case", html: goes + `<a id=b href=/Transfer/x>go</a>`, do: clickOn("#b")},
	{name: "link-base", html: `<base href=/transfer/>` + goes + `<a id=b href=x>go</a>`, do: clickOn("#b")},
	{name: "link-svg", html: goes + `<svg width=90 height=40><a href="/transfer/x"><rect id=b width=80 height=30 /></a></svg>`, do: clickOn("#b")},
	{name: "link-host", html: goes + `<a id=b href=//x.b.test/>go</a>`, do: clickOn("#b")},
	{name: "link-key", html: goes + `<a id=b href=/transfer/x>go</a>`, do: keysIn("#b", "Enter")},
	{name: "link-tel", html: goes + `<a id=b href=tel:123>go</a>`, do: clickOn("#b")},
	{name: "link-formaction", html: `<form action=/x onsubmit="fire();return false"><button id=b formaction=/transfer/x>go</button></form>`, do: clickOn("#b")},
	{name: "link-action", html: `<form action=/transfer/x onsubmit="fire();return false"><input id=i></form>`, do: keysIn("#i", "Enter")},
	{name: "link-script", html: `<script>addEventListener('pagehide',()=>navigator.sendBeacon('FIRE'))</script><button id=b onclick="location='/transfer/x'">go</button>`, do: clickOn("#b")},
	{name: "link-free", html: goes + `<a id=b href=/other/x>go</a>`, do: clickOn("#b"), free: true},
	{name: "link-form-typing", html: `<form action=/transfer/x><input id=i oninput=fire()></form>`, do: keysIn("#i", "x"), free: true},
	{name: "download", html: goes + `<a id=b download href=/x>go</a>`, do: clickOn("#b")},
	{name: "download-free", html: goes + `<a id=b href=/x>go</a>`, do: clickOn("#b"), free: true},
	{name: "frame-cross", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": neutralButton}, do: inFrame()},
	{name: "frame-nested", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<style>iframe{position:fixed;inset:0;width:100%;height:100%;border:0}</style><iframe src=HEREg.html></iframe>`, "g.html": neutralButton}, do: inFrame()},
	{name: "frame-key", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<input autofocus oninput="fetch('FIRE',{method:'POST',mode:'no-cors'})" style="position:fixed;inset:0;width:100%">`}, do: func(p *page) error {
		if err := inFrame()(p); err != nil {
			return err
		}
		return p.keys("x")
	}},
	{name: "frame-free", html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": neutralButton}, do: inFrame(), free: true},
}

const neutralButton = `<style>button{position:fixed;inset:0;width:100%;height:100%}</style><script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script><button onclick=fire()>more</button>`

func TestGuardKinds(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(kindsPolicy())
	if err != nil {
		t.Fatal(err)
	}
	runGuardCases(t, bundle, kindCases)
}

// fieldsOnlyCases: what of an agent's keyboard reaches a page when agents type into text fields only.
var fieldsOnlyCases = []guardCase{
	{name: "hot-key", html: `<script>addEventListener('keydown',e=>e.key=='b'&&fire())</script><p>x`, do: func(p *page) error { return p.keys("b") }},
	{name: "hot-key-up", html: `<script>addEventListener('keyup',e=>e.key=='b'&&fire())</script><p>x`, do: func(p *page) error { return p.keys("b") }},
	{name: "button-enter", html: `<button id=b onclick=fire()>go</button>`, do: keysIn("#b", "Enter")},
	{name: "button-space", html: `<button id=b onclick=fire()>go</button>`, do: keysIn("#b", " ")},
	{name: "select-arrow", html: `<select id=b onchange=fire()><option>a<option>b</select>`, do: keysIn("#b", "ArrowDown")},
	{name: "arrow-heard", html: `<script>addEventListener('keydown',e=>e.key=='ArrowDown'&&fire())</script><p>x`, do: func(p *page) error { return p.keys("ArrowDown") }, quiet: true},
	{name: "tab-heard", html: `<script>addEventListener('keydown',e=>e.key=='Tab'&&fire())</script><a href=x>x</a>`, do: func(p *page) error { return p.keys("Tab") }, quiet: true},
	{name: "in-frame", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<script>addEventListener('keydown',e=>e.key=='b'&&fetch('FIRE',{method:'POST',mode:'no-cors'}))</script><p>x`}, do: func(p *page) error {
		if err := inFrame()(p); err != nil {
			return err
		}
		return p.keys("b")
	}},
	{name: "field-free", html: `<input id=i oninput=fire()>`, do: keysIn("#i", "b"), free: true},
	{name: "editable-free", html: `<p id=i contenteditable oninput=fire()>x</p>`, do: keysIn("#i", "b"), free: true},
	{name: "tab-free", html: `<a id=a href=x>x</a><button onfocus=fire()>y</button>`, do: keysIn("#a", "Tab"), free: true},
	{name: "scroll-free", html: `<div style="height:3000px">x</div><script>addEventListener('scroll',()=>fire(),{once:true})</script>`, do: func(p *page) error { return p.keys("ArrowDown") }, free: true},
	{name: "click-free", html: `<button id=b onclick=fire()>go</button>`, do: clickOn("#b"), free: true},
}

func TestFieldsOnly(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(cobrowse.Policy{FieldsOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	runGuardCases(t, bundle, fieldsOnlyCases)
}
