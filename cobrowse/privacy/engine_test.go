package privacy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

func engineTab(t testing.TB, policy cobrowse.Policy) (*page, *caseSite) {
	t.Helper()
	bundle, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	return caseTab(t, startChromium(t, bundle), bundle), newCaseSite(t)
}

// said waits for a message of the tab's engines that fits.
func (p *page) said(what string, fits func(Message) bool) error {
	return p.until(what, func() bool { return p.last(fits) != nil })
}

func (p *page) last(fits func(Message) bool) *Message {
	p.state.Lock()
	defer p.state.Unlock()
	for i := len(p.told) - 1; i >= 0; i-- {
		if fits(p.told[i]) {
			return &p.told[i]
		}
	}
	return nil
}

func kind(t string) func(Message) bool { return func(m Message) bool { return m.T == t } }

func TestEngineSays(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, Defaults())
	url := site.serve(1, "says", `<input id=a inputmode=numeric enterkeyhint=next><form><input id=b type=email></form><input id=c type=password><button id=d>x</button><p id=e>`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if err := p.said("ready", func(m Message) bool { return m.T == "ready" && m.At > 1.7e12 }); err != nil {
		t.Fatal(err)
	}
	ready := *p.last(kind("ready"))
	if err := p.said("a beat with the proof", func(m Message) bool { return m.T == "beat" && m.At == ready.At }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		click string
		want  Message
	}{
		{"#a", Message{T: "focus", Editable: true, InputMode: "numeric", EnterKey: "next"}},
		{"#b", Message{T: "focus", Editable: true, InputMode: "email", EnterKey: "go"}},
		{"#c", Message{T: "focus", Editable: true, InputMode: "text", Masked: true}},
		{"#d", Message{T: "focus", InputMode: "none"}},
	} {
		if err := p.click(c.click); err != nil {
			t.Fatal(err)
		}
		if err := p.said(fmt.Sprintf("%+v", c.want), func(m Message) bool { return reflect.DeepEqual(m, c.want) }); err != nil {
			t.Fatal(err)
		}
	}
	p.state.Lock()
	p.told = nil
	p.state.Unlock()
	if err := p.eval(`void (e.textContent='`+card+`')`, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.said("layer", kind("layer")); err != nil {
		t.Fatal(err)
	}
	if !p.layerHolds(card) {
		t.Error("the new text is not in the layer")
	}
}

// TestLayer holds what the customer gets: the right text at the right place, cut as the page cuts it.
func TestLayer(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, Defaults())
	url := site.serve(1, "layer", `<style>body{margin:0;font:16px/20px monospace}input{padding:3px 5px}</style>
<div style="position:absolute;left:40px;top:50px;width:110px">`+card+`</div>
<input id=i style="position:absolute;left:10px;top:120px;width:200px" value="ana@example.com">
<div style="position:absolute;left:10px;top:160px;width:300px;height:10px;overflow:hidden"><p style="margin:0">bob@example.com</p></div>
<div style="position:absolute;left:10px;top:2000px">far@example.com</div>`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if err := p.eval(`i.focus();i.setSelectionRange(3,3)`, nil); err != nil {
		t.Fatal(err)
	}
	items := map[string]cobrowse.LayerItem{}
	err := p.inEngines(`__cobrowse.collect()`, func(_ string, v json.RawMessage) {
		var layer struct{ Items []cobrowse.LayerItem }
		if err := json.Unmarshal(v, &layer); err != nil {
			t.Error(err)
		}
		for _, item := range layer.Items {
			items[item.Reason+" "+strings.ReplaceAll(item.Text, "\n", "|")] = item
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 3 {
		t.Errorf("%d items: %+v", len(items), items)
	}
	wrapped := items["card 4111 1111|1111 1111"]
	if r := wrapped.Rect; r.X != 40 || r.Y != 50 || r.W != 110 || len(wrapped.Lines) != 2 || wrapped.Lines[1].Rect.Y <= wrapped.Lines[0].Rect.Y {
		t.Errorf("wrapped text: %+v", wrapped)
	}
	field := items["email ana@example.com"]
	if !field.Focused || field.Caret != 3 || field.Kind != "field" || field.Padding != "3px 5px 3px 5px" || field.Color != "rgb(0, 0, 0)" {
		t.Errorf("field: %+v", field)
	}
	if cut := items["email bob@example.com"]; cut.Rect.H < 15 || cut.Clip.H != 10 {
		t.Errorf("cut text: %+v", cut)
	}
}

// TestValues: what is hidden is named in full, also out of sight, in its parts and over lines; passwords too, which no item shows.
func TestValues(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "name", Selector: ".person"}}})
	url := site.serve(1, "values", `<div class=person style="width:10px">Ana
  <b>Souza</b></div><p>public</p><input type=password value=hunter22><div class=person style="position:absolute;top:5000px">Bob Weber</div>
<input class=person value="Eve Lima" style="display:none">`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Values []string
		Parsed bool
	}
	err := p.inEngines(`__cobrowse.collect()`, func(_ string, v json.RawMessage) {
		if err := json.Unmarshal(v, &got); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got.Values)
	if want := []string{"Ana", "Ana Souza", "Bob Weber", "Eve Lima", "Souza", "eve lima", "hunter22"}; !slices.Equal(got.Values, want) || !got.Parsed {
		t.Errorf("%+v, want %q", got, want)
	}
}

// TestBrokenRule: a selector that only the browser finds wrong must not leave its data visible.
func TestBrokenRule(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "typo", Selector: ".m:no-such-class"}}})
	if err := p.try(p.ctx, p.session, "Page.navigate", map[string]any{"url": site.serve(1, "broken", `<p class="s m">secret`, nil)}, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.said("failed", func(m Message) bool { return m.T == "failed" && m.Reason == "rule typo" }); err != nil {
		t.Fatal(err)
	}
	if err := p.said("a beat without proof", func(m Message) bool { return m.T == "beat" && m.At == 0 }); err != nil {
		t.Fatal(err)
	}
	shot, err := p.screenshot()
	if err != nil {
		t.Fatal(err)
	}
	if secret, _, marker := pixels(t, shot); secret > 0 || marker >= 0 {
		t.Errorf("the page is visible: %d pixels of the secret, marker %d", secret, marker)
	}
}

// TestBrokenGuard: a guard that cannot be understood stops everything an agent does.
func TestBrokenGuard(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "typo", Selector: "button:no-such-class"}}})
	url := site.serve(1, "brokenguard", `<button id=b onclick=fire()>x</button>`, nil)
	if err := p.try(p.ctx, p.session, "Page.navigate", map[string]any{"url": url}, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.said("failed", kind("failed")); err != nil {
		t.Fatal(err)
	}
	if err := p.inEngines(`__cobrowse.setActor("agent")`, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.click("#b"); err != nil {
		t.Fatal(err)
	}
	if err := p.said("refused", func(m Message) bool { return m.T == "refused" && m.Rule == "typo" }); err != nil {
		t.Fatal(err)
	}
	if n, _ := site.count("brokenguard"); n > 0 {
		t.Error("fired")
	}
}

// TestRestored: a document from the back/forward cache proves itself again.
func TestRestored(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, Defaults())
	first := site.serve(1, "first", `<p class=s>`+card, nil)
	if err := p.visit(first); err != nil {
		t.Fatal(err)
	}
	if err := p.said("ready", kind("ready")); err != nil {
		t.Fatal(err)
	}
	before := *p.last(kind("ready"))
	if err := p.visit(site.serve(2, "second", `<p>second`, nil)); err != nil {
		t.Fatal(err)
	}
	p.state.Lock()
	p.told, p.frames = nil, nil
	p.state.Unlock()
	if err := p.eval(`void setTimeout(()=>history.back())`, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.said("ready again", func(m Message) bool { return m.T == "ready" && m.At > before.At }); err != nil {
		t.Fatal(err)
	}
	shot, err := p.screenshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range append(p.painted(), shot) {
		if secret, _, _ := pixels(t, frame); secret >= enough {
			t.Errorf("%d pixels of the secret", secret)
		}
	}
}

// TestFight: a page that undoes what the engine does without end is not shown, and does not hang.
func TestFight(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"marks":   `<p class=s id=x>` + card + `</p><script>new MutationObserver(()=>{for(const a of [...x.attributes])if(a.name!='id'&&a.name!='class')x.removeAttribute(a.name)}).observe(x,{attributes:true});setTimeout(()=>x.dataset.y=1,100)</script>`,
		"curtain": `<p class=s>` + card + `</p><script>new MutationObserver(()=>{for(const a of [...document.documentElement.attributes])document.documentElement.removeAttribute(a.name)}).observe(document.documentElement,{attributes:true})</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, site := engineTab(t, Defaults())
			if err := p.try(p.ctx, p.session, "Page.navigate", map[string]any{"url": site.serve(1, "fight", page, nil)}, nil); err != nil {
				t.Fatal(err)
			}
			if err := p.said("failed", func(m Message) bool { return m.T == "failed" && m.Reason == "fight" }); err != nil {
				t.Fatal(err)
			}
			if err := p.try(p.ctx, p.session, "Runtime.evaluate", map[string]any{"expression": "1"}, nil); err != nil {
				t.Fatalf("the page hangs: %v", err)
			}
		})
	}
}

// TestManyRestored: a framework that sets an element's attributes anew takes many marks away at once, and is no fight.
func TestManyRestored(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, Defaults())
	url := site.serve(1, "many", `<div id=d></div><script>for(let i=0;i<300;i++)d.insertAdjacentHTML('beforeend','<p class=s>`+card+`</p>');setTimeout(()=>{for(const e of d.children)for(const a of [...e.attributes])if(a.name!='class')e.removeAttribute(a.name);document.title='done'},100)</script>`, nil)
	if err := p.try(p.ctx, p.session, "Page.navigate", map[string]any{"url": url}, nil); err != nil {
		t.Fatal(err)
	}
	after := map[string]any{"awaitPromise": true, "expression": "new Promise((r) => (function look() { document.title === 'done' ? setTimeout(r) : setTimeout(look, 20) })())"}
	if err := p.try(p.ctx, p.session, "Runtime.evaluate", after, nil); err != nil {
		t.Fatal(err)
	}
	if p.last(kind("failed")) != nil {
		t.Error("taken for a fight")
	}
}
