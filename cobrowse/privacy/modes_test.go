package privacy

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// runMaskCases holds cases to a policy, each with a control that leaks.
func runMaskCases(t *testing.T, policy cobrowse.Policy, cases []maskCase) {
	bundle, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	site := newCaseSite(t)
	control := caseTab(t, startChromium(t, nil), nil)
	guarded := caseTab(t, startChromium(t, bundle), bundle)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			url := site.serve(i+1, c.name, c.html, c.files)
			done := make(chan string, 1)
			go func() { done <- runControl(t, control, c, url, i+1) }()
			runMasked(t, guarded, c, url, i+1)
			if problem := <-done; problem != "" {
				t.Error(problem)
			}
		})
	}
}

// modePolicy hides all but what .shown names.
func modePolicy(mode string) cobrowse.Policy {
	return cobrowse.Policy{
		Modes: []cobrowse.SiteMode{{Site: "a.test", Mode: mode}},
		Masks: []cobrowse.MaskRule{{ID: "shown", Selector: ".k", Reveal: true}},
	}
}

const pixel = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="99" height="99" fill="%23f0f"/></svg>`

var inputCases = []maskCase{
	{name: "input", html: `<p class=k>stays<p><input class=s value=hello>`, keep: true, layer: "hello"},
	{name: "textarea", html: `<textarea class=s>hello</textarea>`},
	{name: "select", html: `<select class=s><option>hello there</select>`, layer: "hello there"},
	{name: "editable", html: `<div contenteditable class=s>hello</div>`},
	{name: "checkbox", html: `<input type=checkbox checked style="accent-color:#f0f;width:40px;height:40px">`, layer: "☑"},
	{name: "frame", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<input style="color:#f0f;font:bold 30px sans-serif" value=hello>`}},
	{name: "closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<input style="color:#f0f;font:bold 20px sans-serif" value=hello>'</script>`},
	{name: "hostile-style", html: `<style>input{opacity:1!important;color:#f0f!important;-webkit-text-fill-color:#f0f!important}</style><input class=s value=hello style="opacity:1!important">`},
}

var textCases = []maskCase{
	{name: "plain", html: `<p class=k>stays<p class=s>hello`, keep: true, layer: "hello"},
	{name: "reveal-inside", html: `<p class=s>hello <b class=k style="color:#0bb">stays</b></p>`, keep: true, layer: "hello"},
	{name: "image-stays", html: `<p>text <img src='` + strings.ReplaceAll(pixel, "%23f0f", "%2300bbbb") + `'></p><p class=s>hello`, keep: true},
	{name: "field", html: `<input class=s value=hello>`, layer: "hello"},
	{name: "button", html: `<button class=s>hello</button><input type=submit class=s value=hello>`},
	{name: "hostile-style", html: `<style>*{-webkit-text-fill-color:#f0f!important;text-shadow:0 0 2px #f0f!important}</style><p class=s style="-webkit-text-fill-color:#f0f!important">hello`},
	{name: "pseudo", html: `<style>p::before{content:"before";-webkit-text-fill-color:#f0f!important}p::first-line{color:#f0f;-webkit-text-fill-color:#f0f}p::first-letter{-webkit-text-fill-color:#f0f}</style><p class=s>hello<ul><li class=s style="list-style:decimal">hello</ul>`},
	{name: "placeholder", html: `<style>::placeholder{color:#f0f;opacity:1;-webkit-text-fill-color:#f0f}</style><input class=s placeholder=hello>`},
	{name: "decoration", html: `<p style="text-decoration:underline 6px #f0f;color:#f0f">hello`},
	{name: "highlight", html: `<style>::highlight(h){color:#f0f;background:#f0f}</style><p id=x style="color:#222">hello hello</p><script>const r=new Range();r.selectNodeContents(x);setInterval(()=>CSS.highlights.set('h',new Highlight(r)),20)</script>`, ms: 150},
	{name: "selection", html: `<style>::selection{color:#f0f;background:#f0f}</style><p style="color:#222">hello</p>`, do: script(`getSelection().selectAllChildren(document.querySelector('p'))`)},
	{name: "svg", html: `<svg width=300 height=60><text y=30 fill=#f0f font-size=30>hello</text></svg>`},
	{name: "late", html: `<p id=x class=s></p><script>setInterval(()=>x.textContent='hello '+Date.now(),15)</script>`, ms: 120},
	{name: "each-frame", html: `<div id=x></div><script>(function f(){x.innerHTML='<p class=s>hello';requestAnimationFrame(f)})()</script>`, ms: 150},
	{name: "transition", html: `<style>p{transition:all 2s!important}</style><p class=s>hello`, ms: 100},
	{name: "animation", html: `<style>@keyframes a{from,to{-webkit-text-fill-color:#f0f;color:#f0f}}p{animation:a 1s infinite!important}</style><p class=s>hello`, ms: 100},
	{name: "open-root", html: `<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<style>:host{-webkit-text-fill-color:#f0f!important}</style><p style="color:#f0f;-webkit-text-fill-color:#f0f!important">hello'</script>`},
	{name: "closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<style>p::before{content:"hello"}</style><p style="color:#f0f">hello'</script>`},
	{name: "declarative-closed", html: `<div><template shadowrootmode=closed><style>p::before{content:"hello"}</style><p style="color:#f0f;font:bold 30px sans-serif">hello</p><p style="color:#f0f;font:bold 30px sans-serif"></p></template></div>`},
	{name: "dialog", html: `<style>dialog{border:0!important;top:60px}::backdrop{background:none!important}</style><dialog class=s>hello dialog</dialog><script>document.querySelector('dialog').showModal()</script>`},
	{name: "frame-cross", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">hello`}},
	{name: "frame-srcdoc", html: `<iframe srcdoc='<p style="color:#f0f">hello'></iframe>`},
	{name: "frame-sandbox", html: `<iframe sandbox src=f.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">hello`}},
	{name: "body-direct", html: `<body class=s>hello <p class=k>stays</p>`, keep: true, layer: "hello"},
	{name: "streamed", html: `<p class=s>hel<!--pause-->lo</p>`},
	{name: "document-open", html: `<p>x<script>setTimeout(()=>{document.open();document.write('<!doctype html><div style="position:fixed;left:0;top:0;width:20px;height:20px;background:rgb(0,160,CASE)"></div><p style="color:#f0f;margin-top:40px">hello');document.close()},40)</script>`, ms: 120},
}

var listedCases = []maskCase{
	{name: "text", html: `<p class=k>stays<p class=s>hello`, keep: true, layer: "hello"},
	{name: "image", html: `<p class=k>stays</p><img src='` + pixel + `'>`, keep: true},
	{name: "image-revealed", html: `<img class=k src='` + strings.ReplaceAll(pixel, "%23f0f", "%2300bbbb") + `'><p class=s>hello`, keep: true},
	{name: "svg", html: `<svg width=60 height=60><rect width=60 height=60 fill=#f0f /></svg>`},
	{name: "canvas", html: `<canvas id=c width=200 height=50></canvas><script>const g=c.getContext('2d');g.fillStyle='#f0f';g.fillRect(0,0,200,50)</script>`},
	{name: "background", html: `<div class=box style='background:url("` + strings.ReplaceAll(pixel, `"`, `%22`) + `")!important'></div>`},
	{name: "gradient", html: `<div class=box style="background:linear-gradient(#f0f,#f0f)"></div>`},
	{name: "pseudo", html: `<style>p::before{content:"hello";background:#f0f;opacity:1!important}</style><p>x`},
	{name: "content-url", html: `<div class=box style='content:url("` + strings.ReplaceAll(pixel, `"`, `%22`) + `")'></div>`},
	{name: "list-image", html: `<ul><li style='list-style-image:url("` + strings.ReplaceAll(pixel, `"`, `%22`) + `");margin-left:80px'>x</ul>`},
	{name: "closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<svg width=60 height=60><rect width=60 height=60 fill=#f0f /></svg>'</script>`},
	{name: "frame", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<div style="width:60px;height:60px;background:linear-gradient(#f0f,#f0f)"></div>`}},
	{name: "input-image", html: `<input type=image src='` + pixel + `'>`},
}

func TestModeInputs(t *testing.T) {
	t.Parallel()
	runMaskCases(t, modePolicy(ModeInputs), inputCases)
}

func TestModeText(t *testing.T) {
	t.Parallel()
	runMaskCases(t, modePolicy(ModeText), textCases)
}

func TestModeListed(t *testing.T) {
	t.Parallel()
	runMaskCases(t, modePolicy(ModeListed), listedCases)
}

// TestModeOfAnotherSite leaves other sites alone, and is turned on in a document that is there.
func TestModeOfAnotherSite(t *testing.T) {
	t.Parallel()
	policy := modePolicy(ModeText)
	policy.Modes[0].Site = "shop.example"
	bundle, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	p, site := caseTab(t, startChromium(t, bundle), bundle), newCaseSite(t)
	if err := p.visit(site.serve(1, "othersite", `<style>*{transition:all 3s}</style><p class=s>hello`, nil)); err != nil {
		t.Fatal(err)
	}
	if secret, _ := p.shows(t); secret < enough {
		t.Fatalf("only %d pixels on a site without a mode", secret)
	}
	next, err := bundle.With(modePolicy(ModeText))
	if err != nil {
		t.Fatal(err)
	}
	p.change(t, next)
	if secret, _ := p.shows(t); secret >= enough {
		t.Errorf("%d pixels after the mode was turned on", secret)
	}
}

// TestRootTellsOfSheets: when a mode is turned on, what watches the root learns of it when the sheet is in place, before it can be seen.
func TestRootTellsOfSheets(t *testing.T) {
	t.Parallel()
	bundle, err := Compile(cobrowse.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	p, site := caseTab(t, startChromium(t, bundle), bundle), newCaseSite(t)
	if err := p.visit(site.serve(1, "roottells", `<p id=x>hello<script>new MutationObserver(()=>window.last=getComputedStyle(x).webkitTextFillColor)
.observe(document.documentElement,{attributes:true})</script>`, nil)); err != nil {
		t.Fatal(err)
	}
	next, err := bundle.With(modePolicy(ModeText))
	if err != nil {
		t.Fatal(err)
	}
	p.change(t, next)
	last := ""
	if err := p.eval("window.last", &last); err != nil || last != "rgba(0, 0, 0, 0)" {
		t.Errorf("learned of %q, %v", last, err)
	}
}

// TestHostWithDot: a site is the same one by its name with a dot at the end.
func TestHostWithDot(t *testing.T) {
	t.Parallel()
	policy := modePolicy(ModeInputs)
	policy.Masks = append(policy.Masks, cobrowse.MaskRule{ID: "here", Site: "a.test", Selector: ".here"})
	policy.Guards = []cobrowse.GuardRule{{ID: "frames", Frame: "b.test"}, {ID: "buttons", Site: "a.test", Selector: "button"}}
	p, site := engineTab(t, policy)
	dotted := strings.NewReplacer(".test:", ".test.:")
	at := dotted.Replace(site.serve(1, "hostwithdot", `<p class="s here">hello</p><input class=s value=hello><button id=b>x</button>
<iframe src="`+dotted.Replace(site.host("b.test"))+`/framedbydot/"></iframe>`, nil))
	site.serve(2, "framedbydot", `<!doctype html><p>x`, nil)
	if err := p.visit(at); err != nil {
		t.Fatal(err)
	}
	if secret, _ := p.shows(t); secret >= enough {
		t.Errorf("%d pixels of the secret", secret)
	}
	for selector, rule := range map[string]string{"#b": "buttons", "iframe": "frames"} {
		at, err := p.where(selector)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)); got.Rule != rule {
			t.Errorf("%s is blocked by %q", selector, got.Rule)
		}
	}
}

// TestModeLayer gives a page with very many hidden things back, what can be seen first, and tells no name of what is hidden.
func TestModeLayer(t *testing.T) {
	t.Parallel()
	policy := modePolicy(ModeText)
	policy.Guards = []cobrowse.GuardRule{{ID: "g", Selector: "button"}}
	p, site := engineTab(t, policy)
	var html strings.Builder
	html.WriteString(`<style>body{margin:0;font:8px/8px monospace}i{display:inline-block;width:8px;height:8px}</style><div style="height:100px"></div>`)
	for i := range 3000 {
		fmt.Fprintf(&html, `<i>%d</i>`, i%10)
	}
	html.WriteString(`<input id=in value=typed style="position:absolute;left:30px;top:30px"><button id=b style="position:absolute;left:30px;top:60px">hello</button>`)
	if err := p.visit(site.serve(1, "modelayer", html.String(), nil)); err != nil {
		t.Fatal(err)
	}
	items := p.layer(t)
	if len(items) < 800 || len(items) > 1300 {
		t.Errorf("%d items", len(items))
	}
	if !slices.ContainsFunc(items, func(i cobrowse.LayerItem) bool { return i.Kind == "field" && i.Text == "typed" && i.Reason == "mode" }) {
		t.Error("the field is not among them")
	}
	at, err := p.where("#b")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)); got.Rule != "g" || got.Name != "button" {
		t.Errorf("a refusal names what is hidden: %+v", got)
	}
}

var typingCases = []maskCase{
	{name: "typing", html: `<input class=s id=x>`, do: typed("#x", chars("hello there")...), layer: "hello there"},
	{name: "typing-area", html: `<textarea class=s id=x></textarea>`, do: typed("#x", chars("hello")...)},
	{name: "typing-editable", html: `<p id=x class=s contenteditable style="width:300px;height:40px"></p>`, do: typed("#x", chars("hello")...)},
	{name: "typing-number", html: `<input class=s id=x>`, do: typed("#x", chars("4111")...)},
	{name: "typing-echo", html: `<input id=x style="color:#222"><p class=s id=y></p><script>x.oninput=()=>y.textContent=x.value.length>3?x.value:''</script>`, do: typed("#x", chars("hello")...)},
	{name: "typing-closed-root", html: `<div id=h style="width:300px;height:40px"></div><script>h.attachShadow({mode:'closed'}).innerHTML='<input style="color:#f0f;font:bold 20px sans-serif;width:300px;height:30px">'</script>`, do: typed("#h", chars("hello")...)},
}

func TestHideTyping(t *testing.T) {
	t.Parallel()
	runMaskCases(t, cobrowse.Policy{HideTyping: true, PII: Classes}, typingCases)
}

// TestTypingEnds: what was typed shows when the field is left and holds nothing private, and an agent sees their own typing.
func TestTypingEnds(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{HideTyping: true, PII: Classes})
	if err := p.visit(site.serve(1, "typingends", `<input class=s id=x><input id=y style="color:#222"><p class=s id=z></p><script>x.oninput=()=>z.textContent=x.value</script>`, nil)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name, actor string
		keys        []string
		sees        bool
	}{
		{"customer types", "customer", chars("hello"), false},
		{"customer leaves", "customer", []string{"Tab"}, true},
		{"agent types", "agent", chars("more"), true},
	} {
		if err := p.inEngines(fmt.Sprintf("__cobrowse.setActor(%q)", step.actor), nil); err != nil {
			t.Fatal(err)
		}
		if step.name != "customer leaves" {
			if err := p.click("#x"); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.keys(step.keys...); err != nil {
			t.Fatal(err)
		}
		if err := p.pause(50); err != nil {
			t.Fatal(err)
		}
		secret, _ := p.shows(t)
		for deadline := time.Now().Add(paintTime); step.sees && secret < enough && time.Now().Before(deadline); secret, _ = p.shows(t) {
			if err := p.pause(50); err != nil {
				t.Fatal(err)
			}
		}
		if (secret >= enough) != step.sees {
			t.Errorf("%s: %d pixels", step.name, secret)
		}
	}
}

var echoCases = []maskCase{
	{name: "spaces", html: `<input id=x type=password><p class=s id=y></p><script>x.oninput=()=>{y.innerHTML=x.value.length>8?'Maria<br>da <b>Silva</b>':''}</script>`, do: typed("#x", chars("maria da silva")...)},
	{name: "attribute", html: `<style>::placeholder{color:#f0f;opacity:1}</style><input id=x type=password><input class=s id=y><script>x.oninput=()=>{if(x.value=='mysecret')y.placeholder=x.value}</script>`, do: typed("#x", chars("mysecret")...)},
	{name: "button", html: `<input id=x type=password><button class=s id=y></button><script>x.oninput=()=>{if(x.value=='mysecret')y.textContent='Hi '+x.value}</script>`, do: typed("#x", chars("mysecret")...)},
	{name: "select", html: `<select id=x class=m style="color:#222"><option>none<option>a second thing</select><p class=s id=y></p><script>x.onchange=()=>{y.textContent=x.selectedOptions[0].text}</script>`, do: keysIn("#x", "ArrowDown")},
	{name: "there-before", html: `<input id=x type=password><p class=s id=y></p><script>x.oninput=()=>{if(x.value=='mysecret')y.textContent='mysecret'}</script>`, do: typed("#x", append(chars("mysecret"), "Tab")...)},
}

func TestEchoes(t *testing.T) {
	t.Parallel()
	runMaskCases(t, maskPolicy(), echoCases)
}

// TestPictures: hidden pictures come back to the customer, also those of other origins, once.
func TestPictures(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "all", Selector: "img,canvas,object,iframe"}}})
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="99" height="99" fill="#f0f"/></svg>`
	url := site.serve(1, "pictures", `<img id=own src=x.svg><img id=other src=OTHERx.svg><canvas id=c width=50 height=50></canvas>
<object data=x.svg width=20 height=20></object><iframe src=f.html width=40 height=40></iframe>
<script>c.getContext('2d').fillRect(0,0,9,9);const t=document.createElement('canvas');t.width=t.height=50
other.decode().then(()=>{t.getContext('2d').drawImage(other,0,0);document.body.append(t)})</script>`, map[string]string{"x.svg": svg, "f.html": "<p>x"})
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	complete := func() bool {
		got = map[string]int{}
		for _, item := range p.layer(t) {
			state := "waits"
			if item.Unread {
				state = "unread"
			} else if strings.HasPrefix(item.Image, "data:image/") {
				state = "read"
			}
			got[item.Kind+" "+state]++
		}
		return got["image read"] == 2 && got["canvas read"] == 1 && got["canvas unread"] == 1 && got["plugin unread"] == 1 && got["frame unread"] == 1
	}
	for tries := 0; !complete() && tries < 200; tries++ {
		if err := p.pause(100); err != nil {
			t.Fatal(err)
		}
	}
	if !complete() {
		t.Fatalf("got %v", got)
	}
	again := 0
	js := `(()=>{const a=__cobrowse.collect().items;return __cobrowse.collect(a.map(i=>i.picture)).items.filter(i=>i.image).length})()`
	if err := p.inEngines(js, func(_ string, v json.RawMessage) {
		n := 0
		_ = json.Unmarshal(v, &n)
		again += n
	}); err != nil {
		t.Fatal(err)
	}
	if again != 0 {
		t.Errorf("%d pictures are sent again", again)
	}
}

// TestDrawings: an inline drawing comes back with its page's styles, without scripts and without the session's attributes.
func TestDrawings(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, modePolicy(ModeListed))
	if err := p.visit(site.serve(1, "drawings", `<style>.f{fill:#0a0b0c}</style><svg width=60 height=60><rect class=f width=50 height=50 onclick=x() /><script>1</script></svg>`, nil)); err != nil {
		t.Fatal(err)
	}
	items := p.layer(t)
	i := slices.IndexFunc(items, func(i cobrowse.LayerItem) bool { return i.Kind == "image" })
	if i < 0 {
		t.Fatalf("no drawing among %+v", items)
	}
	svg, err := url.PathUnescape(items[i].Image)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(svg, "data:image/svg+xml,") || !strings.Contains(svg, "rgb(10, 11, 12)") {
		t.Errorf("got %s", svg)
	}
	for _, wrong := range []string{"script", "onclick", "class", `=""`} {
		if strings.Contains(svg, wrong) {
			t.Errorf("%s in %s", wrong, svg)
		}
	}
}
