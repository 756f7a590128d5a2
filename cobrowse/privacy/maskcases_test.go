package privacy

const card = "4111 1111 1111 1111"

// typed presses a selector and types.
func typed(selector string, keys ...string) func(p *page) error {
	return func(p *page) error {
		if err := p.click(selector); err != nil {
			return err
		}
		return p.keys(keys...)
	}
}

func chars(s string) []string {
	var all []string
	for _, r := range s {
		all = append(all, string(r))
	}
	return all
}

func script(js string) func(p *page) error {
	return func(p *page) error { return p.eval(js, nil) }
}

// maskCases: sel- company's selectors, in- fields, pat- patterns in text, fr- frames, nav- loading.
var maskCases = []maskCase{
	// --- selectors
	{name: "sel-plain", html: `<p class=k>stays<p class="s m">secret`, keep: true, layer: "secret"},
	{name: "sel-site", html: `<p class=k>stays<p class="s here">secret`, keep: true},
	{name: "sel-inline-important", html: `<p class="s m" style="opacity:1!important;color:#f0f!important;-webkit-text-fill-color:#f0f!important">secret`},
	{name: "sel-sheet-important", html: `<style>#x#x#x.m{opacity:1!important;color:#f0f!important}</style><p id=x class="s m">secret`},
	{name: "sel-layer-important", html: `<style>@layer a{.m{opacity:1!important}}</style><p class="s m">secret`},
	{name: "sel-child", html: `<div class="s m"><p style="opacity:1!important;visibility:visible">secret <b>child</b></div>`},
	{name: "sel-transition", html: `<style>.m{opacity:1;transition:opacity 1s!important}</style><p class="s m">secret`, ms: 200},
	{name: "sel-animation", html: `<style>@keyframes a{from,to{opacity:1}}.m{animation:a 1s infinite!important}</style><p class="s m">secret`, ms: 100},
	{name: "sel-waapi", html: `<p class="s m">secret<script>document.querySelector('.m').animate([{opacity:1},{opacity:1}],{duration:2000,fill:'both'})</script>`, ms: 100},
	{name: "sel-background", html: `<div class="box m" style="background:#f0f"></div>`},
	{name: "sel-pseudo", html: `<style>.m::before{content:"before secret";color:#f0f;opacity:1!important}</style><p class=m>x`},
	{name: "sel-display-contents", html: `<div class="s m" style="display:contents">secret contents</div>`},
	{name: "sel-dialog", html: `<style>::backdrop{display:none}</style><div class=m><dialog class=s>secret dialog</dialog></div><script>document.querySelector('dialog').showModal()</script>`},
	{name: "sel-popover", html: `<div class=m><div popover class=s>secret popover</div></div><script>document.querySelector('[popover]').showPopover()</script>`},
	{name: "sel-open-root", html: `<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<p class=m style="color:#f0f">secret'</script>`},
	{name: "sel-closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p class=m style="color:#f0f">secret'</script>`},
	{name: "sel-declarative-closed", html: `<div><template shadowrootmode=closed><p class=m style="color:#f0f">secret</p></template></div>`},
	{name: "sel-host-important", html: `<div id=h class=m></div><script>h.attachShadow({mode:'open'}).innerHTML='<style>:host{opacity:1!important}</style><p style="color:#f0f">secret'</script>`},
	{name: "sel-slotted", html: `<div id=h><p class="s m">secret</p></div><script>h.attachShadow({mode:'closed'}).innerHTML='<slot></slot>'</script>`},
	{name: "sel-svg-use", html: `<svg width=100 height=100><g class=m><rect id=r width=80 height=80 fill=#f0f /></g><use href=#r /></svg>`},
	{name: "sel-view-transition", html: `<style>.m{view-transition-name:x}</style><p class="s m">secret<script>document.startViewTransition(()=>{document.body.dataset.x=1})</script>`, ms: 150},
	{name: "sel-late-class", html: `<p class=s id=x data-secret>secret<script>setInterval(()=>{x.removeAttribute('data-secret');x.className='s m';},20)</script>`, ms: 100},
	{name: "sel-selection", html: `<style>::selection{color:#f0f;background:#fff}</style><p class="s m">secret</p>`, do: script(`getSelection().selectAllChildren(document.querySelector('.m'))`)},

	// --- fields
	{name: "in-password", html: `<p class=k>stays<p><input class=s type=password value=hunter22>`, keep: true, layer: "••••••••"},
	{name: "in-password-toggled", html: `<input id=x class=s type=password value=hunter22><script>setTimeout(()=>x.type='text',30)</script>`, ms: 80},
	{name: "in-cc-token", html: `<input class=s autocomplete="section-a cc-csc" value=123>`},
	{name: "in-by-name", html: `<input class=s name=customerCardNumber value=4>`},
	{name: "in-value-pattern", html: `<input class=s value="` + card + `">`, layer: card},
	{name: "in-value-script", html: `<input class=s id=x><script>setTimeout(()=>x.value='` + card + `',30)</script>`, ms: 80},
	{name: "in-value-alternating", html: `<input class=s id=x><script>let n=0;(function f(){x.value=n++%2?'':'` + card + `';requestAnimationFrame(f)})()</script>`, ms: 200},
	{name: "in-value-other-realm", html: `<input class=s id=x><iframe id=f></iframe><script>Object.getOwnPropertyDescriptor(f.contentWindow.HTMLInputElement.prototype,'value').set.call(x,'` + card + `')</script>`},
	{name: "in-range-text", html: `<textarea class=s id=x></textarea><script>x.setRangeText('` + card + `')</script>`},
	{name: "in-echo", html: `<input id=x type=password><p class=s id=y></p><script>x.oninput=()=>y.textContent=x.value.length>5?'pw: '+x.value:''</script>`, do: typed("#x", chars("hunter22")...)},
	{name: "in-placeholder", html: `<style>::placeholder{color:#f0f;opacity:1}</style><input class=s placeholder="` + card + `">`},
	{name: "in-button-value", html: `<input type=button class=s value="Use ` + card + `">`},
	{name: "in-select", html: `<select class=s><option>` + card + `<option>other</select>`, layer: card},
	{name: "in-select-list", html: `<style>select,select::picker(select){appearance:base-select!important}</style><select id=x style="color:#222"><option>none<option class=s>` + card + `</select>`, do: func(p *page) error { return p.click("#x") }, ms: 50},
	{name: "in-select-box", html: `<select class=s size=3><option>none<option>` + card + `</select>`},
	{name: "in-textarea", html: `<textarea class=s>call +55 11 91234-5678</textarea>`},
	{name: "in-cloned", html: `<div id=d class=s><b>` + card + `</b></div><script>setInterval(()=>{const n=d.cloneNode(true);d.parentNode.append(n);if(d.parentNode.children.length>9)n.remove()},15)</script>`, ms: 100},
	{name: "in-contenteditable", html: `<p class=s contenteditable>` + card + `</p>`},
	{name: "in-output", html: `<output class=s id=x></output><script>x.value='` + card + `'</script>`},
	{name: "in-invalid-bubble", html: `<style>input{color:#222}</style><form><input id=x type=text><button id=b>go</button></form><p class=s id=y></p><script>x.setCustomValidity('` + card + `');x.oninvalid=()=>y.textContent=x.validationMessage</script>`, do: func(p *page) error { return p.click("#b") }, ms: 100},

	// --- patterns
	{name: "pat-card", html: `<p class=k>stays<p class=s>` + card, keep: true, layer: card},
	{name: "pat-iban", html: `<p class=s>DE89 3704 0044 0532 0130 00`},
	{name: "pat-cpf", html: `<p class=s>529.982.247-25`},
	{name: "pat-ssn", html: `<p class=s>219-09-9999`},
	{name: "pat-email", html: `<p class=k>write to <span class=s>ana@example.com</span>`},
	{name: "pat-phone", html: `<p class=s>+55 11 91234-5678`},
	{name: "pat-spans", html: `<p class=s><span>4</span><span>1</span><span>1</span><span>1</span><b>1111</b><i>1111</i><u>1111</u>`},
	{name: "pat-boxes", html: `<style>.r{display:flex}</style><div class="r s"><div>4</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div><div>1</div></div>`},
	{name: "pat-blocks-of-four", html: `<div class=s><div>4111</div><div>1111</div><div>1111</div><div>1111</div></div>`},
	{name: "pat-zero-width", html: "<p class=s>4111\u200b1111\u200b1111\u200b1111"},
	{name: "pat-full-width", html: `<p class=s>４１１１１１１１１１１１１１１１`},
	{name: "pat-arabic-digits", html: `<p class=s>٤١١١١١١١١١١١١١١١`},
	{name: "pat-bidi", html: `<p class=s><bdo dir=rtl>1111 1111 1111 1114</bdo>`},
	{name: "pat-late-text", html: `<p class=s id=x></p><script>setTimeout(()=>x.textContent='` + card + `',40)</script>`, ms: 90},
	{name: "pat-node-value", html: `<p class=s id=x>&nbsp;</p><script>setTimeout(()=>x.firstChild.nodeValue='` + card + `',40)</script>`, ms: 90},
	{name: "pat-each-frame", html: `<p class=s id=x></p><script>let n=0;(function f(){x.innerHTML=n++%2?'':'<b>` + card + `</b>';requestAnimationFrame(f)})()</script>`, ms: 200},
	{name: "pat-append-digits", html: `<p>4111 <span class=s id=x></span></p><script>let i=5;setInterval(()=>{if(i<19)x.append('` + card + `'[i++])},8)</script>`, ms: 250},
	{name: "pat-remove-mark", html: `<p class=s id=x>` + card + `</p><script>(function f(){for(const a of [...x.attributes])if(a.name!='id'&&a.name!='class')x.removeAttribute(a.name);requestAnimationFrame(f)})()</script>`, ms: 200},
	{name: "pat-closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p style="color:#f0f">` + card + `'</script>`},
	{name: "pat-closed-root-rerendered", html: `<script>customElements.define('x-y',class extends HTMLElement{constructor(){super();const r=this.attachShadow({mode:'closed'});setInterval(()=>r.innerHTML='<p style="color:#f0f">` + card + `',30)}})</script><x-y></x-y>`, ms: 150},
	{name: "pat-before", html: `<style>#x::before{content:"4111 1111 " "1111 1111";color:#f0f}</style><p id=x>&nbsp;`},
	{name: "pat-before-attr", html: `<style>#x::before{content:attr(data-n);color:#f0f}</style><p id=x data-n="` + card + `">&nbsp;`},
	{name: "pat-before-inserted", html: `<style id=z></style><p id=x>&nbsp;<script>setTimeout(()=>z.sheet.insertRule('#x::before{content:"` + card + `";color:#f0f}'),40)</script>`, ms: 90},
	{name: "pat-before-external", html: `<link rel=stylesheet href=x.css><p id=x>&nbsp;`, files: map[string]string{"x.css": `#x::before{content:"` + card + `";color:#f0f}`}},
	{name: "pat-counter", html: `<style>#x{counter-reset:a 4111 b 1111 c 1111 d 1111}#x::before{content:counter(a) counter(b) counter(c) counter(d);color:#f0f}</style><p id=x>&nbsp;`},
	{name: "pat-alt", html: `<img class=s alt="` + card + `" src="none.png" style="width:300px;height:40px;font-size:20px">`},
	{name: "pat-svg-text", html: `<svg width=400 height=60><text y=30 fill=#f0f><tspan>4111 1111</tspan> <tspan>1111 1111</tspan></text></svg>`},
	{name: "pat-adopted-sheet", html: `<p id=x>&nbsp;<script>const z=new CSSStyleSheet();z.replaceSync('#x::after{content:"` + card + `";color:#f0f}');document.adoptedStyleSheets=[z]</script>`},
	{name: "pat-document-open", html: `<p>x<script>setTimeout(()=>{document.open();document.write('<!doctype html><div style="position:fixed;left:0;top:0;width:20px;height:20px;background:rgb(0,160,CASE)"></div><p style="color:#f0f;margin-top:40px">` + card + `');document.close()},40)</script>`, ms: 120},
	{name: "pat-image-upload", html: `<img class=box src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><rect width="99" height="99" fill="%23f0f"/></svg>'>`},
	{name: "pat-canvas", html: `<p class=k>stays</p><canvas id=c width=200 height=50></canvas><script>const g=c.getContext('2d');g.fillStyle='#f0f';g.fillRect(0,0,200,50)</script>`, keep: true},

	// --- frames
	{name: "fr-same", html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">` + card}},
	{name: "fr-cross", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">` + card}},
	{name: "fr-srcdoc", html: `<iframe srcdoc='<p class=here style="color:#f0f">secret'></iframe>`},
	{name: "fr-sandbox", html: `<iframe sandbox src=f.html></iframe>`, files: map[string]string{"f.html": `<p class=here style="color:#f0f">secret`}},
	{name: "fr-blank-sync", html: `<iframe id=f></iframe><script>f.contentDocument.body.innerHTML='<p style="color:#f0f">` + card + `'</script>`},
	{name: "fr-blank-write", html: `<iframe id=f></iframe><script>f.contentDocument.write('<p style="color:#f0f">` + card + `');f.contentDocument.close()</script>`},
	{name: "fr-javascript", html: `<iframe src="javascript:'<p style=color:#f0f>` + card + `'"></iframe>`},
	{name: "fr-data", html: `<iframe src="data:text/html,<p style=color:fuchsia>` + card + `"></iframe>`},
	{name: "fr-blob", html: `<iframe id=f></iframe><script>f.src=URL.createObjectURL(new Blob(['<p style="color:#f0f">` + card + `'],{type:'text/html'}))</script>`, ms: 100},

	{name: "fr-nested", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<iframe src=HEREg.html></iframe>`, "g.html": `<p style="color:#f0f">` + card}},
	{name: "fr-replaced", html: `<iframe id=f></iframe><script>let n=0;setInterval(()=>{if(n++<8)f.srcdoc='<p style="color:#f0f">` + card + `'},30)</script>`, ms: 350},
	{name: "fr-adopted", html: `<iframe id=f></iframe><script>const d=f.contentDocument;const e=d.createElement('p');e.style.color='#f0f';e.textContent='` + card + `';document.body.append(e)</script>`},

	// --- loading
	{name: "nav-streamed", html: `<p class=s>4111 1111 <!--pause-->1111 1111</p>`},
	{name: "nav-write", html: `<script>document.write('<p class=s>` + card + `')</script>`},
	{name: "nav-root-swap", html: `<p>x<script>setTimeout(()=>{const r=document.createElement('html');r.innerHTML='<body><div style="position:fixed;left:0;top:0;width:20px;height:20px;background:rgb(0,160,CASE)"></div><p style="color:#f0f;margin-top:40px">` + card + `';document.documentElement.replaceWith(r)},40)</script>`, ms: 120},
	{name: "nav-svg", html: `<p>x`, files: map[string]string{"x.svg": `<svg xmlns="http://www.w3.org/2000/svg"><rect width="20" height="20" fill="rgb(0,160,CASE)"/><text x="10" y="60" fill="#f0f" font-size="24">` + card + `</text></svg>`}, do: func(p *page) error {
		var here string
		if err := p.eval("location.href", &here); err != nil {
			return err
		}
		return p.visit(here + "x.svg")
	}},
	{name: "nav-csp", html: `<meta http-equiv=Content-Security-Policy content="script-src 'none'; require-trusted-types-for 'script'"><p class=s>` + card},
}
