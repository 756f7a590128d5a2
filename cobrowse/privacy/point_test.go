package privacy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// deployment is a piece of a page before and after the site's next deployment. What the administrator points at, and what the rule must
// still find then and nothing else, carries the attribute "target"; by is what the best choice relies on.
type deployment struct {
	name, by, before, after string
}

var deployments = []deployment{
	{"chosen id", "id", `<input id=card-number target>`, `<div><p>New</p></div><section><input id=card-number target></section><input>`},
	{"id after a redesign", "id", `<span id=accountBalance target>x</span>`, `<b id=accountBalance target>x</b><span>y</span>`},
	{"react useId", "name", `<input id=":r1:" name=iban target><input id=":r2:">`, `<input id=":r1:"><input id=":r7:" name=iban target>`},
	{"react 19 useId", "name", `<input id="«r1»" name=iban target>`, `<input id="«r1»" name=x><input id="«r4»" name=iban target>`},
	{"radix id", "label", `<button id=radix-3 aria-label="Show balance" target>x</button>`, `<button id=radix-3>Menu</button><button id=radix-9 aria-label="Show balance" target>x</button>`},
	{"ember id", "name", `<input id=ember123 name=holder target>`, `<input id=ember123 name=other><input id=ember140 name=holder target>`},
	{"angular material", "name", `<input id=mat-input-3 formcontrolname=taxId target>`, `<input id=mat-input-3><input id=mat-input-4 formcontrolname=taxId target>`},
	{"vuetify counter", "autocomplete", `<input id=input-42 autocomplete=cc-number target>`, `<input id=input-42><input id=input-51 autocomplete="section-a cc-number" target>`},
	{"long digits", "test", `<table><tr><td id=row-4821377 data-testid=balance target>x</td></tr></table>`, `<table><tr><td id=row-4821377>y</td><td id=row-99121 data-testid=balance target>x</td></tr></table>`},
	{"hash id", "label", `<input id=a8f3k2q9 placeholder="Tax number" target>`, `<input id=zz81ka02 placeholder="Tax number" target><input id=a8f3k2q9>`},
	{"meaningful number", "id", `<input id=address-line-2 target><input id=address-line-1>`, `<input id=address-line-1><p>x</p><input id=address-line-2 target>`},
	{"name", "name", `<input name=q><input name=ssn target>`, `<input name=ssn target><input name=q><input name=z>`},
	{"nested name", "name", `<input name="order[items][0].note" target><input name=b>`, `<input name=b><input name="order[items][0].note" target>`},
	{"one radio of a group", "name", `<input type=radio name=pay value=card target><input type=radio name=pay value=invoice>`, `<input type=radio name=pay value=invoice><input type=radio name=pay value=card target>`},
	{"name in two forms", "name", `<form id=billing><input name=city target></form><form id=shipping><input name=city></form>`, `<form id=shipping><input name=city></form><main><form id=billing><p><input name=city target></p></form></main>`},
	{"autocomplete", "autocomplete", `<input class=css-1q2w3e autocomplete=cc-csc target>`, `<input class=css-9z8y7x><input class=css-1q2w3e autocomplete=cc-csc target>`},
	{"autocomplete of two addresses", "autocomplete", `<input autocomplete="billing postal-code" target><input autocomplete="shipping postal-code">`, `<input autocomplete="shipping postal-code"><input autocomplete="billing postal-code" target>`},
	{"test id", "test", `<div data-testid=order-total target>x</div>`, `<div>y</div><div data-testid=order-total target>x</div>`},
	{"cypress attribute", "test", `<div data-cy=balance class=sc-bdVaJa target>x</div>`, `<div class=sc-bdVaJa>y</div><div data-cy=balance class=sc-kLmnOp target>x</div>`},
	{"aria-label", "label", `<div role=img aria-label="Your signature" target style="height:20px"></div><div role=img>`, `<p></p><div role=img></div><div role=img aria-label="Your signature" target></div>`},
	{"title", "label", `<abbr title="Account number" target>x</abbr>`, `<abbr title=Bank>y</abbr><abbr title="Account number" target>x</abbr>`},
	{"only e-mail field", "role", `<input class=css-1a2b3c type=email target><input class=css-1a2b3c>`, `<input class=css-9z><input class=css-77 type=email target>`},
	{"role in a landmark", "inside", `<nav><ul role=menu target><li>a</ul></nav><aside><ul role=menu><li>b</ul></aside>`, `<aside><ul role=menu><li>b</ul></aside><nav><div><ul role=menu target><li>a</ul></div></nav>`},
	{"styled-components", "class", `<div class="sc-gsnTZi fLPEwH account-balance" target>x</div><div class="sc-gsnTZi">y</div>`, `<div class="sc-gsnTZi fLPEwH">y</div><div class="sc-aaBbCc kHjPqR account-balance" target>x</div>`},
	{"emotion and a chosen class", "class", `<div class="css-1dbjc4n customer-name" target>x</div>`, `<div class="css-1dbjc4n">y</div><div class="css-9kq1 customer-name" target>x</div>`},
	{"css modules", "class", `<div class=Checkout_total__x7Yz2 target>x</div><div class=Checkout_line__a1B2c>y</div>`, `<div class=Checkout_line__q9Q9q>y</div><div class=Checkout_total__M3n4O target>x</div>`},
	{"tailwind", "inside", `<section id=profile><p class="mt-4 text-sm flex" target>x</p></section><p class="mt-4 text-sm flex">y</p>`, `<p class="mt-4 text-sm flex">y</p><section id=profile><div><p class="px-2 grid" target>x</p></div></section>`},
	{"state class", "class", `<div class="is-active open statement-row" target>x</div>`, `<div class="is-active open">y</div><div class="statement-row" target>x</div>`},
	{"bootstrap grid", "class", `<div class="col-md-6 mb-3 invoice-address" target>x</div><div class="col-md-6 mb-3">y</div>`, `<div class="col-md-6 mb-3">y</div><div class="col-lg-4 invoice-address" target>x</div>`},
	{"link", "link", `<a class=css-1 href=/account/statements?ref=77 target>x</a><a href=/help>y</a>`, `<a href=/help>y</a><a href=/account/statements?ref=99 target>x</a>`},
	{"payment frame", "link", `<iframe src="HEREpay.html?s=1" target></iframe><iframe src=about:blank></iframe>`, `<iframe src=about:blank></iframe><iframe src="HEREpay.html?s=2" target></iframe>`},
	{"value after its term", "inside", `<dl><dt id=birth-date>Born<dd target>x<dt id=nationality>From<dd>y</dl>`, `<dl><dt id=nationality>From<dd>y<dt id=birth-date>Born<dd target>x</dl>`},
	{"cell of an anchored table", "class", `<table><tr><td class=amount target>x</td></tr></table>`, `<table><tr><th>q</th><td class="amount right" target>x</td></tr></table>`},
	{"list of the same kind", "class", `<ul><li class="order-price" target>1<li class="order-price" target>2</ul>`, `<ul><li class="order-price" target>1<li>ad<li class="order-price" target>2<li class="order-price" target>3</ul>`},
	{"heading", "role", `<h1 class=css-77aa1 target>Ana</h1>`, `<header><div><h1 class=css-99 target>Ana</h1></div></header><h2>x</h2>`},
	{"custom element", "role", `<account-card target style="display:block;height:20px"></account-card><div>x</div>`, `<div>x</div><section><account-card target></account-card></section>`},
	{"open shadow root", "name", `<pay-form><template shadowrootmode=open><input name=pan target></template></pay-form>`, `<x-a><template shadowrootmode=open><input name=other></template></x-a><pay-form><template shadowrootmode=open><p><input name=pan target></p></template></pay-form>`},
	{"shadow root, class", "class", `<pay-form><template shadowrootmode=open><div class=card-holder target>x</div><div>y</div></template></pay-form>`, `<pay-form><template shadowrootmode=open><div>y</div><div class="new card-holder" target>x</div></template></pay-form>`},
	{"icon in a button", "label", `<button aria-label="Delete account" target><svg width=20 height=20><path d="M0 0h20v20z"/></svg></button>`, `<button aria-label=Help>?</button><button class=x aria-label="Delete account" target>y</button>`},
	{"odd characters in an id", "id", `<input id="form:tax" target>`, `<input id=form><input id="form:tax" target>`},
}

// TestRulesSurviveADeployment is the point of pointing: the best choice finds, on the page as it is deployed next, what was meant.
func TestRulesSurviveADeployment(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{})
	for i, c := range deployments {
		t.Run(c.name, func(t *testing.T) {
			frame := map[string]string{"pay.html": "pay"}
			before := site.serve(i, fmt.Sprintf("point-%d-before", i), c.before, frame)
			after := site.serve(i, fmt.Sprintf("point-%d-after", i), c.after, frame)
			picked := p.pointed(t, before)
			if len(picked.Choices) == 0 {
				t.Fatalf("no choice: %+v", picked)
			}
			best := picked.Choices[0]
			if c.by != best.By {
				t.Errorf("by %s, want %s: %+v", best.By, c.by, picked.Choices)
			}
			if !selectorOK(best.Selector) {
				t.Errorf("%s is refused by Validate", best.Selector)
			}
			if c.name == "payment frame" { // its host and folder are part of the rule
				after = site.serve(i, fmt.Sprintf("point-%d-before", i), c.after, frame)
			}
			if found := p.found(t, after, best.Selector); found.Wrong != 0 || found.Missed != 0 || found.Right == 0 {
				t.Errorf("%s after the deployment: %+v", best.Selector, found)
			}
		})
	}
}

// targets finds what is meant, through the page's own open roots.
const targets = `(()=>{const all=[],look=r=>{for(const e of r.querySelectorAll('*')){if(e.hasAttribute('target'))all.push(e);if(e.shadowRoot)look(e.shadowRoot)}};look(document);return all})()`

// pointed picks the middle of the first target of a page.
func (p *page) pointed(t *testing.T, url string) (picked cobrowse.Picked) {
	t.Helper()
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	js := `(()=>{const t=` + targets + `[0];if(!t)return null;t.scrollIntoView({block:'center'});const r=t.getClientRects()[0];return __cobrowse.pick(r.x+Math.min(r.width/2,8),r.y+r.height/2)})()`
	p.inTop(t, js, &picked)
	return picked
}

// inTop evaluates in the top document's engine.
func (p *page) inTop(t *testing.T, js string, result any) {
	t.Helper()
	answered := false
	err := p.inEngines(`window===top?`+js+`:undefined`, func(_ string, v json.RawMessage) {
		if len(v) > 0 && string(v) != "null" {
			answered = true
			if err := json.Unmarshal(v, result); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !answered {
		t.Fatalf("no answer to %s", js)
	}
}

type found struct{ Right, Wrong, Missed int }

// found compares what a selector matches in each tree of a page with what is meant.
func (p *page) found(t *testing.T, url, selector string) (f found) {
	t.Helper()
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	js := fmt.Sprintf(`(()=>{const want=new Set(%s),hit=new Set(),look=r=>{for(const e of r.querySelectorAll(%q))hit.add(e);for(const e of r.querySelectorAll('*'))if(e.shadowRoot)look(e.shadowRoot)};
look(document);return {Right:[...hit].filter(e=>want.has(e)).length,Wrong:[...hit].filter(e=>!want.has(e)).length,Missed:[...want].filter(e=>!hit.has(e)).length}})()`, targets, selector)
	if err := p.eval(js, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestPointingTells holds what a person reads about a thing, and how they reach the larger ones around it.
func TestPointingTells(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: ".secret"}}})
	picked := p.pointed(t, site.serve(1, "tells", `<section id=orders style="padding:20px"><ul style="padding:10px"><li style="padding:5px"><span class=secret target>Ana Silva</span></ul></section>`, nil))
	if picked.Tag != "span" || picked.Hidden != "rule" || picked.Host != "a.test" || strings.Contains(picked.Name, "Ana") {
		t.Errorf("%+v", picked)
	}
	if picked.Rect.W <= 0 || picked.Rect.X <= 0 {
		t.Errorf("rect %+v", picked.Rect)
	}
	tags := ""
	for _, a := range picked.Above {
		tags += a.Tag + " "
		if strings.Contains(a.Name, "Ana") {
			t.Errorf("a name repeats what is hidden: %q", a.Name)
		}
	}
	if tags != "li ul section " || picked.Above[2].Choices[0].Selector != "#orders" {
		t.Errorf("above: %s%+v", tags, picked.Above)
	}
	named := p.pointed(t, site.serve(2, "field", `<label for=mail>E-mail</label><input id=mail value="ana@private.example" target>`, nil))
	if named.Name != "E-mail" {
		t.Errorf("the field is called %q", named.Name)
	}
	var none any
	err := p.inEngines(`__cobrowse.pick(470,310)`, func(_ string, v json.RawMessage) { none = string(v) })
	if err != nil || none != "null" {
		t.Errorf("beside everything: %v %v", none, err)
	}
}

// TestOutlineHoldsNoContent: what is kept of a page has its shape, and nothing that anybody wrote or typed.
func TestOutlineHoldsNoContent(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{})
	if err := p.visit(site.serve(1, "outline", `<form id=billing class="css-1q2w3e payment-form"><input id=ana.silva@private.example name=holder autocomplete=name value="Ana Silva" placeholder="Ana Silva">
<p id=customer-4711982 title="Ana Silva" data-owner="Ana Silva">Ana Silva</p><a href=/users/ana-silva>x</a></form>
<pay-form><template shadowrootmode=open><input name=pan></template></pay-form><script>const x="Ana Silva"</script>`, nil)); err != nil {
		t.Fatal(err)
	}
	var shape string
	p.inTop(t, `__cobrowse.outline()`, &shape)
	for _, private := range []string{"Ana", "ana", "Silva", "4711982", "private"} {
		if strings.Contains(shape, private) {
			t.Errorf("the shape holds %q: %s", private, shape)
		}
	}
	for _, kept := range []string{`<form id="billing" class="payment-form">`, `<input name="holder" autocomplete="name">`, `<pay-form><template><input name="pan"></template></pay-form>`} {
		if !strings.Contains(shape, kept) {
			t.Errorf("the shape lacks %s: %s", kept, shape)
		}
	}
}
