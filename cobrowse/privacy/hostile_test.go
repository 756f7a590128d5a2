package privacy

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// hostileCases: pages that work against the engine with all that a page can reach. Whatever they do, nothing is seen.
var hostileCases = []maskCase{
	{name: "prototypes", html: `<script>for(const p of [Element.prototype,Node.prototype,Document.prototype,ShadowRoot.prototype,HTMLInputElement.prototype,EventTarget.prototype,MutationObserver.prototype,Text.prototype,TreeWalker.prototype,String.prototype,RegExp.prototype,Map.prototype,WeakMap.prototype,Promise.prototype])for(const k of ['setAttribute','toggleAttribute','hasAttribute','removeAttribute','matches','querySelectorAll','closest','attachShadow','observe','addEventListener','nextNode','matchAll','test','exec','get','set','has','then'])if(k in p)try{Object.defineProperty(p,k,{value:()=>null})}catch{}</script><p class=k>stays<p class=s>` + card, keep: true},
	{name: "marks-each-frame", html: `<p class=s id=x>` + card + `</p><script>(function f(){for(const e of document.querySelectorAll('*'))for(const a of [...e.attributes])if(/^c[a-z0-9]{12}$/.test(a.name))e.removeAttribute(a.name);requestAnimationFrame(f)})()</script>`, ms: 300},
	{name: "flood-text", html: `<p class=s id=x></p><script>const c=new MessageChannel;let n=0;c.port1.onmessage=()=>{for(let i=0;i<51;i++){x.textContent=n++%2?'':'` + card + `'}if(n<20000)c.port2.postMessage(0)};c.port2.postMessage(0)</script>`, ms: 500},
	{name: "flood-nodes", html: `<div id=x></div><script>let n=0;const i=setInterval(()=>{if(n++>40)return clearInterval(i);const f=document.createDocumentFragment();for(let k=0;k<300;k++){const p=document.createElement('p');if(k%50)p.textContent='row '+k;else{p.className='s';p.textContent='` + card + `'}f.append(p)}x.replaceChildren(f)},5)</script>`, ms: 600},
	{name: "deep", html: `<div id=x class=s></div><script>let e=x;for(let i=0;i<400;i++){const d=document.createElement('div');e.append(d);e=d}e.textContent='` + card + `'</script>`, ms: 100},
	{name: "long-text", html: `<p class=s id=x></p><script>x.textContent='` + card + ` '+'1 2 3 4 5 6 7 8 9 '.repeat(20000)</script>`, ms: 300},
	{name: "sheet-removed", html: `<p style="color:#f0f;font:bold 20px sans-serif;margin-top:40px">` + card + `</p><script>setInterval(()=>{document.adoptedStyleSheets=[];for(const s of document.querySelectorAll('style'))s.remove()},10)</script>`, ms: 100},
	{name: "copied-attribute", html: `<p class=s id=x>` + card + `</p><canvas width=60 height=60 class=m></canvas><script>setTimeout(()=>{const names=new Set();for(const e of document.querySelectorAll('*'))for(const a of e.attributes)if(/^c[a-z0-9]{12}$/.test(a.name))names.add(a.name);for(const e of document.querySelectorAll('*'))for(const n of names)e.toggleAttribute(n)},40)</script>`, ms: 120},
}

func TestHostilePages(t *testing.T) {
	t.Parallel()
	runMaskCases(t, maskPolicy(), hostileCases)
}

// TestManyNodes: a page of 50,000 elements that changes without end becomes ready, stays hidden and answers.
func TestManyNodes(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, maskPolicy())
	url := site.serve(1, "many", `<div id=x></div><p class=s id=y></p><script>let h='';for(let i=0;i<10000;i++)h+='<div><b>Row</b> <span>'+i+'</span> <i>'+(i*7919%100000)+'</i></div>';x.innerHTML=h;
const spans=x.querySelectorAll('i');let n=0;setInterval(()=>{for(let k=0;k<20;k++)spans[n++%10000].textContent=n;y.textContent=n%40?'`+card+`':'x'},20)</script>`, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	if err := p.pause(1000); err != nil {
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
	answered := false
	if err := p.inEngines(`__cobrowse.collect().items.length`, func(string, json.RawMessage) { answered = true }); err != nil || !answered {
		t.Errorf("the engine answered: %v, %v", answered, err)
	}
}

// BenchmarkModeOnManyNodes measures a collection on a page of 40,000 elements whose mode hides all text.
func BenchmarkModeOnManyNodes(b *testing.B) {
	p, site := engineTab(b, modePolicy(ModeText))
	url := site.serve(1, "manymode", `<div id=x></div><script>let h='';for(let i=0;i<10000;i++)h+='<div><b>Row</b> <span>'+i+'</span> <i>'+(i*7919%100000)+'</i></div>';x.innerHTML=h</script>`, nil)
	begin := time.Now()
	if err := p.visit(url); err != nil {
		b.Fatal(err)
	}
	ready, took := time.Since(begin).Seconds()*1000, 0.0
	for b.Loop() {
		if err := p.inEngines(`(()=>{const t=performance.now();__cobrowse.collect();return performance.now()-t})()`, func(_ string, v json.RawMessage) { _ = json.Unmarshal(v, &took) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(ready, "ms-to-ready")
	b.ReportMetric(took, "ms/collection")
}

// TestWorkerKilled: the next document wakes the extension's worker, and is closed until it answers.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	p, site := engineTab(t, maskPolicy())
	url := site.serve(1, "killed", `<p class=k>stays<p class=s>`+card, nil)
	if err := p.visit(url); err != nil {
		t.Fatal(err)
	}
	var all struct {
		TargetInfos []struct{ TargetID, Type, URL string }
	}
	if err := p.try(p.ctx, "", "Target.getTargets", map[string]any{"filter": []any{map[string]any{}}}, &all); err != nil {
		t.Fatal(err)
	}
	killed := 0
	for _, info := range all.TargetInfos {
		if info.Type == "service_worker" {
			killed++
			if err := p.try(p.ctx, "", "Target.closeTarget", map[string]any{"targetId": info.TargetID}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if killed == 0 {
		t.Fatalf("no worker among %+v", all.TargetInfos)
	}
	if err := p.visit(site.serve(2, "killed2", `<p class=k>stays<p class=s>`+card, nil)); err != nil {
		t.Fatal(err)
	}
	if secret, keep := p.shows(t); secret >= enough || keep < enough {
		t.Errorf("%d pixels of the secret, %d of what must stay", secret, keep)
	}
}

// TestManyRules: as many rules as a policy may have are refused by nobody and hide what they name.
func TestManyRules(t *testing.T) {
	t.Parallel()
	policy := Defaults()
	for i := len(policy.Masks); i < mostRules; i++ {
		policy.Masks = append(policy.Masks, cobrowse.MaskRule{ID: fmt.Sprintf("m%d", i), Selector: fmt.Sprintf(".private-thing-%d > [data-part=%q]", i, "value")})
	}
	for i := len(policy.Guards); i < mostRules; i++ {
		policy.Guards = append(policy.Guards, cobrowse.GuardRule{ID: fmt.Sprintf("g%d", i), Name: fmt.Sprintf("bind me %d", i)})
	}
	p, site := engineTab(t, policy)
	begin := time.Now()
	if err := p.visit(site.serve(1, "manyrules", `<p class=k>stays<div class=private-thing-1999><p class=s data-part=value>secret</p></div><button id=b>Bind me 1999</button>`, nil)); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %v", time.Since(begin).Round(time.Millisecond))
	if secret, keep := p.shows(t); secret >= enough || keep < enough {
		t.Errorf("%d pixels of the secret, %d of what must stay", secret, keep)
	}
	at, err := p.where("#b")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.ask(t, fmt.Sprintf("__cobrowse.pointBlocked(%v,%v)", at.X, at.Y)); got.Rule != "g1999" {
		t.Errorf("the button is blocked by %q", got.Rule)
	}
}
