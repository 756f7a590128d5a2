package leaktest

// deeperCases are about what hides more than the rules name: modes of a site, the company's own patterns, pages that agents do not see,
// typing that is hidden, addresses that stay hosts.
var deeperCases = []maskCase{
	// --- every field of a site
	{name: "mode-inputs", host: inputsHost, html: `<p class=k>stays<p><input class=s value=Lisboa>`, keep: true, layer: "Lisboa"},
	{name: "mode-inputs-area", host: inputsHost, html: `<textarea class=s>Rua das Flores</textarea>`},
	{name: "mode-inputs-select", host: inputsHost, html: `<select class=s><option>Lisboa<option>Porto</select>`},
	{name: "mode-inputs-list", host: inputsHost, html: `<select class=s size=3><option>Lisboa<option>Porto</select>`},
	{name: "mode-inputs-late", host: inputsHost, html: `<div id=d></div><script>setInterval(()=>d.innerHTML='<input class=s value=Lisboa>',30)</script>`, ms: 120},
	{name: "mode-inputs-typed", host: inputsHost, html: `<input class=s id=x>`, bare: `<input class=s id=x value=Lisboa>`, do: typed("#x", chars("lisboa")...)},
	{name: "mode-inputs-editable", host: inputsHost, html: `<div class=s contenteditable>Lisboa</div>`},
	{name: "mode-inputs-closed", host: inputsHost, html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<input style="color:#f0f" value=Lisboa>'</script>`},
	{name: "mode-inputs-frame", host: inputsHost, html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": `<input style="color:#f0f;font:bold 22px sans-serif" value=Lisboa>`}},
	{name: "mode-inputs-shown", host: inputsHost, html: `<input class="k shown" value=Lisboa style="font:inherit"><p><input class=s value=Porto>`, keep: true},
	{name: "mode-inputs-echo", host: inputsHost, html: `<input id=x value="Rua das Flores 12"><p class=s id=y></p><script>setTimeout(()=>y.textContent='to '+x.value,40)</script>`, ms: 100},
	{name: "mode-inputs-other-host", html: `<p><input class=k style="font:inherit" value=Lisboa><p class="s m">WORD#`, keep: true},

	// --- all text of a site
	{name: "mode-text", host: textHost, html: `<div class=box style="background:#0bb"></div><p class=s>Saldo: nada`, keep: true},
	{name: "mode-text-late", host: textHost, html: `<p class=s id=x></p><script>setTimeout(()=>x.textContent='Saldo',30)</script>`, ms: 80},
	{name: "mode-text-each-frame", host: textHost, html: `<div id=x></div><script>(function f(){x.innerHTML='<b style=color:#f0f>Saldo';requestAnimationFrame(f)})()</script>`, ms: 200},
	{name: "mode-text-body", host: textHost, html: `<script>document.body.style.color='#f0f';document.body.append('Saldo')</script>`},
	{name: "mode-text-svg", host: textHost, html: `<svg width=300 height=60><text y=40 font-size=36 fill=#f0f>Saldo</text></svg>`},
	{name: "mode-text-before", host: textHost, html: `<style>p::before{content:"Saldo";color:#f0f}</style><p>&nbsp;`},
	{name: "mode-text-list", host: textHost, html: `<style>li{color:#f0f}</style><ol><li>Saldo</ol>`},
	{name: "mode-text-closed", host: textHost, html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p style="color:#f0f">Saldo'</script>`},
	{name: "mode-text-contents", host: textHost, html: `<div class=s style="display:contents">Saldo</div>`},
	{name: "mode-text-placeholder", host: textHost, html: `<style>::placeholder{color:#f0f;opacity:1}</style><input placeholder=Saldo>`},
	{name: "mode-text-button", host: textHost, html: `<input type=button class=s value=Saldo>`},
	{name: "mode-text-alt", host: textHost, html: `<img class=s alt="Saldo nada" src=none.png style="width:300px;height:40px">`},
	{name: "mode-text-slot", host: textHost, html: `<div id=h class=s>Saldo</div><script>h.attachShadow({mode:'open'}).innerHTML='<slot></slot>'</script>`},
	{name: "mode-text-shown", host: textHost, html: `<p class="k shown">Open</p><p class=s>Saldo`, keep: true},
	{name: "mode-text-dialog", host: textHost, html: `<style>::backdrop{display:none}</style><dialog class=s style="border:0;outline:0">Saldo</dialog><script>document.querySelector('dialog').showModal()</script>`},
	{name: "mode-text-streamed", host: textHost, html: `<p class=s>Saldo <!--pause-->nada</p>`},
	{name: "mode-text-document-open", host: textHost, html: `<p>x<script>setTimeout(()=>{document.open();document.write('<!doctype html>MARKER<p style="color:#f0f;font-size:30px;margin-top:40px">Saldo');document.close()},40)</script>`, ms: 150},
	{name: "mode-text-math", host: textHost, html: `<math style="color:#f0f;font-size:40px"><mi>x</mi><mo>=</mo><mn>7</mn></math>`},

	// --- everything but what is listed
	{name: "mode-listed", host: listedHost, html: `<p class=s>Saldo<p class="k shown">Open`, keep: true},
	{name: "mode-listed-img", host: listedHost, html: `<img src=x.svg>`, files: map[string]string{"x.svg": magentaSVG}},
	{name: "mode-listed-background", host: listedHost, html: `<div style="width:100px;height:60px;background:url(x.svg)"></div>`, files: map[string]string{"x.svg": magentaSVG}},
	{name: "mode-listed-svg", host: listedHost, html: `<svg width=100 height=60><rect width=100 height=60 fill=#f0f /></svg>`},
	{name: "mode-listed-svg-image", host: listedHost, html: `<svg width=100 height=60><image href=x.svg width=100 height=60 /></svg>`, files: map[string]string{"x.svg": magentaSVG}},
	{name: "mode-listed-canvas", host: listedHost, html: `<canvas id=c width=100 height=60></canvas><script>const g=c.getContext('2d');g.fillStyle='#f0f';g.fillRect(0,0,100,60)</script>`},
	{name: "mode-listed-content", host: listedHost, html: `<style>p::before{content:url(x.svg)}</style><p>x`, files: map[string]string{"x.svg": magentaSVG}},
	{name: "mode-listed-frame", host: listedHost, html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f;font-size:30px">Saldo`}},
	{name: "mode-listed-late-img", host: listedHost, html: `<div id=d></div><script>setInterval(()=>{const i=new Image();i.src='x.svg';d.replaceChildren(i)},40)</script>`, files: map[string]string{"x.svg": magentaSVG}, ms: 150},
	{name: "mode-listed-image-shown", host: listedHost, html: `<img class="shown" src=y.svg><p class=s>Saldo`, files: map[string]string{"y.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="60"><rect width="100" height="60" fill="#0bb"/></svg>`}, keep: true},

	// --- the company's own patterns
	{name: "own-pattern", html: `<p class=k>stays<p class=s>K-7739201`, keep: true, layer: "K-7739201"},
	{name: "own-pattern-spans", html: `<p class=s><b>K-</b><i>773</i><u>9201</u>`},
	{name: "own-pattern-late", html: `<p class=s id=x></p><script>setTimeout(()=>x.textContent='Ordem 88412',40)</script>`, ms: 90},
	{name: "own-pattern-field", html: `<input class=s value="K-7739201">`},
	{name: "own-pattern-checked", html: `<p class=k>V12345675<p class=s>V12345674`, keep: true},
	{name: "own-pattern-before", html: `<style>#x::before{content:"K-7739201";color:#f0f}</style><p id=x>&nbsp;`},
	{name: "own-pattern-closed", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p style="color:#f0f">K7739201'</script>`},
	{name: "own-pattern-title", html: `<!doctype html><meta charset=utf-8><title>K-7739201</title>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "own-pattern-address", html: `<p>x<script>setTimeout(()=>history.pushState(0,'','/orders/K-7739201'),40)</script>`, ms: 150, says: true, unseen: true},
	{name: "own-pattern-alert", html: `<p>x<script>setTimeout(()=>alert('Ordem 88412'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "pat-nif", html: `<p class=s>NIF 123 456 789`},
	{name: "pat-nif-cells", html: `<table><tr><td>NIF:<td class=s>123456789</table>`},

	// --- pages that agents do not see
	{name: "pause-page", html: `<p>x`, files: map[string]string{"statements/y.html": landing + `<p class=s>Saldo`}, do: secluded("statements/y.html"), ms: 100},
	{name: "pause-page-words", html: `<p>x`, files: map[string]string{"statements/wassermelone.html": `<!doctype html><title>WORD#</title>HELPERMARKER<p>x<script>setTimeout(()=>alert('WORD#'),400)</script>`}, do: secluded("statements/wassermelone.html"), ms: 600, says: true, unseen: true},
	{name: "pause-page-pushed", html: `<p class=k>x`, do: func(h *hand) error {
		return h.turnsTo(`history.pushState(0,'','statements/1');document.body.insertAdjacentHTML('beforeend','<p class=s>Saldo')`)
	}, ms: 100, repeat: true},
	{name: "pause-page-frame", html: `<iframe src=statements/f.html></iframe>`, files: map[string]string{"statements/f.html": `<p style="color:#f0f;font-size:30px">Saldo`}, closed: "private"},
	{name: "pause-page-window", html: `<button id=o onclick="window.open('statements/x.html')">open</button>`, files: map[string]string{"statements/x.html": `<!doctype html>MARKER<p style="color:#f0f;font-size:30px;margin-top:40px">Saldo`}, do: secludedWindow("#o"), ms: 100, repeat: true},
	{name: "pause-page-redirect", html: `<p>x`, files: map[string]string{"r.html": "redirect HEREstatements/y.html", "statements/y.html": landing + `<p class=s>Saldo`}, do: secluded("r.html"), ms: 100, repeat: true},

	// --- as little as possible
	{name: "strict-typed-card", stage: "strict", html: `<input id=x class=s>`, bare: `<p class=s>CARD#</p><input id=x>`, do: typed("#x", chars("4111111111111111")...)},
	{name: "strict-typed-name", stage: "strict", html: `<input id=x class=s>`, bare: `<p class=s>Martin</p><input id=x>`, do: typed("#x", chars("martin")...)},
	{name: "strict-typed-area", stage: "strict", html: `<textarea id=x class=s></textarea>`, bare: `<p class=s>Martin</p><input id=x>`, do: typed("#x", chars("martin")...)},
	{name: "strict-typed-editable", stage: "strict", html: `<div id=x class=s contenteditable style="height:40px"></div>`, bare: `<p class=s>Martin</p><input id=x>`, do: typed("#x", chars("martin")...)},
	{name: "strict-typed-echo", stage: "strict", html: `<input id=x><p class=s id=y></p><script>x.oninput=()=>y.textContent=x.value.length>4?x.value:''</script>`, do: typed("#x", chars("martin")...)},
	{name: "strict-pasted", stage: "strict", html: `<input id=x class=s>`, bare: `<p class=s>Martin</p><input id=x>`, do: then(clickOn("#x"), textIn("#x", "Martin Weber"))},
	{name: "strict-address", stage: "strict", html: `<p>x<script>setTimeout(()=>history.pushState(0,'','/u/wassermelone'),40)</script>`, ms: 150, says: true, unseen: true},
	{name: "strict-title", stage: "strict", html: `<!doctype html><meta charset=utf-8><title>WORD#</title>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "strict-window", stage: "strict", html: `<button id=o onclick="window.open('wassermelone.html')">open</button>`, files: map[string]string{"wassermelone.html": `<!doctype html><title>WORD#</title>MARKER<p>x`}, do: opens("#o"), ms: 150, says: true, unseen: true},
}

// secluded takes the customer to a page that agents do not see.
func secluded(file string) func(h *hand) error {
	return func(h *hand) error {
		turns := get(h.agent, func() int { return h.agent.gate.turns })
		h.goes(file)
		return h.seen(turns, h.unless("private"))
	}
}

func secludedWindow(selector string) func(h *hand) error {
	return func(h *hand) error {
		c := h.customer
		turns := get(h.agent, func() int { return h.agent.gate.turns })
		if err := h.as(c).click(selector); err != nil {
			return err
		}
		if err := c.until(patience, "a second tab", func() bool { return len(c.tabs) > 1 && c.shown != h.stage.tab }); err != nil {
			return err
		}
		return h.seen(turns, h.unless("private"))
	}
}

// turnsTo makes the present page one that agents do not see.
func (h *hand) turnsTo(js string) error {
	if err := h.eval("void("+"(()=>{"+js+"})())", nil); err != nil || h.isControl {
		return err
	}
	return h.seen(0, "private")
}

// unless is a reason of the gate, none in the control.
func (h *hand) unless(reason string) string {
	if h.isControl {
		return ""
	}
	return reason
}

// deeperBlocks need the rules for requests, or that agents type into text fields only.
var deeperBlocks = []blockCase{
	{name: "req-fetch", html: `<button id=n onclick="fetch('HEREpay-now/fired',{method:'POST'})">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-late", html: `<button id=n onclick="setTimeout(()=>fetch('HEREpay-now/fired',{method:'POST'}),60)">more</button>`, do: clickOn("#n"), ms: 250},
	{name: "req-xhr", html: `<button id=n onclick="const x=new XMLHttpRequest();x.open('PUT','HEREpay-now/fired');x.send('x')">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-beacon", html: `<button id=n onclick="navigator.sendBeacon('HEREpay-now/fired','x')">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-keepalive", html: `<button id=n onclick="fetch('HEREpay-now/fired',{method:'POST',keepalive:true,mode:'no-cors'})">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-form", html: `<form method=post action="HEREpay-now/fired"><button id=n>go</button></form>`, do: clickOn("#n"), ms: 150},
	{name: "req-form-frame", html: `<iframe name=x></iframe><form method=post action="HEREpay-now/fired" target=x><button id=n>go</button></form>`, do: clickOn("#n"), ms: 150},
	{name: "req-cross-site", html: `<button id=n onclick="fetch('OTHERpay-now/fired',{method:'POST',mode:'no-cors'})">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-worker", html: `<button id=n onclick="new Worker('w.js')">more</button>`, files: map[string]string{"w.js": `fetch('HEREpay-now/fired',{method:'POST'})`}, do: clickOn("#n"), ms: 200},
	{name: "req-other-frame", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<!doctype html><body style="margin:0"><button style="width:100%;height:140px" onclick="fetch('OTHERpay-now/fired',{method:'POST'})">more</button>`}, do: inFrame(), ms: 150},
	{name: "req-key", html: `<input id=n onkeydown="fetch('HEREpay-now/fired',{method:'POST'})">`, do: keysIn("#n", "x"), ms: 150},
	{name: "req-detached", html: `<button id=n onclick="const b=document.createElement('button');b.textContent='Buy now';b.onclick=()=>fetch('HEREpay-now/fired',{method:'POST'});b.click()">more</button>`, do: clickOn("#n"), ms: 150},
	{name: "req-get", html: `<button id=n onclick="fetch('HEREpay-now/fired')">more</button>`, do: clickOn("#n"), free: true},
	{name: "req-elsewhere", html: `<button id=n onclick="fetch('HEREcart/fired',{method:'POST'})">more</button>`, do: clickOn("#n"), free: true},
	{name: "strict-hot-key", stage: "strict", html: `<script>addEventListener('keydown',e=>e.key=='b'&&fire())</script><p tabindex=0 id=n>x`, do: keysIn("#n", "b"), quiet: true},
	{name: "strict-hot-key-body", stage: "strict", html: `<script>addEventListener('keyup',e=>e.key=='Enter'&&fire())</script><p>x`, do: func(h *hand) error { return h.keys("Enter") }, quiet: true},
	{name: "strict-enter-in-field", stage: "strict", html: `<form onsubmit="fire();return false"><input id=i><button>Place order</button></form>`, do: keysIn("#i", "Enter")},
	{name: "strict-typing", stage: "strict", html: `<input id=i oninput=fire()>`, do: keysIn("#i", "x"), free: true},
	{name: "strict-click", stage: "strict", html: `<button id=b onclick=fire()>Details</button>`, do: clickOn("#b"), free: true},
}
