package leaktest

var blockCases = []blockCase{
	// --- pointer
	{name: "ptr-click", html: `<button id=b onclick=fire()>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-mousedown", html: `<button id=b onmousedown=fire()>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-mouseup", html: `<button id=b onmouseup=fire()>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-pointerdown", html: `<button id=b onpointerdown=fire()>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-move", html: `<button id=b onmousemove=fire() onpointerover=fire() onmouseenter=fire()>Buy now</button>`, do: then(clickOn("#b"), moveOver("#b"))},
	{name: "ptr-dblclick", html: `<button id=b ondblclick=fire()>Buy now</button>`, do: func(h *hand) error { return h.press("#b", 0, 2) }},
	{name: "ptr-contextmenu", html: `<button id=b oncontextmenu=fire()>Buy now</button>`, do: func(h *hand) error { return h.press("#b", 2, 1) }},
	{name: "ptr-auxclick", html: `<button id=b onauxclick=fire()>Buy now</button>`, do: func(h *hand) error { return h.press("#b", 1, 1) }},
	{name: "ptr-window-capture", html: `<script>window.addEventListener('click',e=>e.target.id=='b'&&fire(),true)</script><button id=b>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-document-capture", html: `<script>document.addEventListener('pointerdown',e=>e.target.id=='b'&&fire(),true)</script><button id=b>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-overridden", html: `<script>Event.prototype.stopImmediatePropagation=Event.prototype.preventDefault=()=>{};EventTarget.prototype.addEventListener=()=>{}</script><button id=b onclick=fire()>Buy now</button>`, do: clickOn("#b")},
	{name: "ptr-child", html: `<button id=b onclick=fire()><span id=c><b>Buy</b> now</span></button>`, do: clickOn("#c")},
	{name: "ptr-cover", html: `<div style="position:relative"><button id=b onclick=fire()>Buy now</button><div id=c style="position:absolute;inset:0" onclick="b.click()"></div></div>`, do: clickOn("#c")},
	{name: "ptr-touch", html: `<button id=b ontouchstart=fire()>Buy now</button>`, stage: "phone", do: clickOn("#b")},

	// --- keys
	{name: "key-enter", html: `<button id=b onclick=fire()>Buy now</button>`, do: keysIn("#b", "Enter")},
	{name: "key-space", html: `<button id=b onclick=fire()>Buy now</button>`, do: keysIn("#b", " ")},
	{name: "key-handler", html: `<div id=b tabindex=0 role=button onkeydown="event.key=='x'&&fire()">Buy now</div>`, do: keysIn("#b", "x")},
	{name: "key-tab-focus", html: `<button id=a>a</button><button id=b onfocus=fire()>Buy now</button>`, do: keysIn("#a", "Tab"), quiet: true},
	{name: "key-implicit-submit", html: `<form method=post action=FIRE><input id=i value=x><button>Place order</button></form>`, do: keysIn("#i", "Enter")},
	{name: "key-implicit-hidden-button", html: `<form method=post action=FIRE><input id=i value=x><button hidden>Place order</button></form>`, do: keysIn("#i", "Enter")},
	{name: "key-checkbox", html: `<label><input id=i type=checkbox onchange=fire()> I agree</label>`, do: keysIn("#i", " ")},
	{name: "key-radio", html: `<input id=a type=radio name=r checked><label><input type=radio name=r class=g onchange=fire()>yes</label>`, do: keysIn("#a", "ArrowDown")},
	{name: "key-select", html: `<select id=i class=g onchange=fire()><option>a<option>b</select>`, do: keysIn("#i", "ArrowDown", "ArrowDown", "Enter")},
	{name: "key-typing", html: `<input id=i class=g oninput=fire()>`, do: keysIn("#i", "x")},
	{name: "key-insert-text", html: `<input id=i class=g oninput=fire()>`, do: textIn("#i", "hello")},

	// --- labels
	{name: "tx-case", html: `<button id=b onclick=fire()>BUY  NOW!</button>`, do: clickOn("#b")},
	{name: "tx-accents", html: `<button id=b onclick=fire()>Búy ñow</button>`, do: clickOn("#b")},
	{name: "tx-zero-width", html: "<button id=b onclick=fire()>B\u200bu\u200by n\u00adow</button>", do: clickOn("#b")},
	{name: "tx-full-width", html: `<button id=b onclick=fire()>Ｂｕｙ ｎｏｗ</button>`, do: clickOn("#b")},
	{name: "tx-split", html: `<button id=b onclick=fire()><i>B</i><i>u</i><i>y</i> <i>n</i><i>ow</i></button>`, do: clickOn("#b")},
	{name: "tx-spaced", html: `<button id=b onclick=fire()>B u y n o w</button>`, do: clickOn("#b")},
	{name: "tx-value", html: `<input type=button id=b onclick=fire() value="Buy now">`, do: clickOn("#b")},
	{name: "tx-aria", html: `<button id=b onclick=fire() aria-label="Buy now">→</button>`, do: clickOn("#b")},
	{name: "tx-labelledby", html: `<span id=l>Buy now</span><button id=b onclick=fire() aria-labelledby=l>→</button>`, do: clickOn("#b")},
	{name: "tx-image", html: `<button id=b onclick=fire()><img alt="Buy now" src=none.png></button>`, do: clickOn("#b")},
	{name: "tx-before", html: `<style>#b::before{content:"Buy now"}</style><button id=b onclick=fire()></button>`, do: clickOn("#b")},
	{name: "tx-pt", html: `<button id=b onclick=fire()>Finalizar compra</button>`, do: clickOn("#b")},
	{name: "tx-de", html: `<button id=b onclick=fire()>Zahlungspflichtig bestellen</button>`, do: clickOn("#b")},
	{name: "tx-fr", html: `<button id=b onclick=fire()>J’accepte</button>`, do: clickOn("#b")},
	{name: "tx-es", html: `<button id=b onclick=fire()>Realizar pedido</button>`, do: clickOn("#b")},
	{name: "tx-amount", html: `<button id=b onclick=fire()>Pay $ 49.00</button>`, do: clickOn("#b")},

	// --- kinds of elements
	{name: "el-plain-div", html: `<div id=b style="width:90px">Buy now</div><script>b.addEventListener('click',fire)</script>`, do: clickOn("#b")},
	{name: "el-selector", html: `<button data-guarded id=b onclick=fire()>→</button>`, do: clickOn("#b")},
	{name: "el-label", html: `<label id=l for=i>yes</label><input id=i type=checkbox class=g onchange=fire()>`, do: clickOn("#l")},
	{name: "el-link", html: `<a id=b href=FIRE>Buy now</a>`, do: clickOn("#b")},
	{name: "el-link-middle", html: `<a id=b href=FIRE>Buy now</a>`, do: func(h *hand) error { return h.press("#b", 1, 1) }, tab: true},
	{name: "el-submit", html: `<form method=post action=FIRE><button id=b>Place order</button></form>`, do: clickOn("#b")},
	{name: "el-summary", html: `<details ontoggle="this.open&&fire()"><summary id=b>I agree</summary>x</details>`, do: clickOn("#b")},
	{name: "el-form-rule", html: `<form class=whole method=post action=FIRE><input id=i value=x></form>`, do: keysIn("#i", "Enter")},

	// --- what a neutral element does for the agent
	{name: "late-click", html: `<button id=n onclick="b.click()">more</button><button id=b onclick=fire()>Buy now</button>`, do: clickOn("#n")},
	{name: "late-timer", html: `<button id=n onclick="setTimeout(()=>b.click(),50)">more</button><button id=b onclick=fire()>Buy now</button>`, do: clickOn("#n"), ms: 120},
	{name: "late-synthetic", html: `<button id=n onclick="b.dispatchEvent(new MouseEvent('click',{bubbles:true}))">more</button><button id=b onclick=fire()>Buy now</button>`, do: clickOn("#n")},
	{name: "late-form-submit", html: `<form id=f method=post action=FIRE><button>Place order</button></form><button id=n onclick="f.submit()">more</button>`, do: clickOn("#n")},
	{name: "late-request-submit", html: `<form id=f method=post action=FIRE><button>Place order</button></form><button id=n onclick="f.requestSubmit()">more</button>`, do: clickOn("#n")},
	{name: "late-moving", html: `<button id=n style="position:absolute;left:20px;top:60px;width:120px;height:40px" onmousedown="this.remove();b.style.left='20px'">more</button><button id=b style="position:absolute;left:300px;top:60px;width:120px;height:40px" onmouseup=fire()>Buy now</button>`, do: clickOn("#n")},
	{name: "late-document-open", html: `<p>x`, do: then(func(h *hand) error {
		return h.eval(`const y=fire;document.open();document.write('<button id=b>Buy now</button>');document.close();window.addEventListener('click',e=>e.target.id=='b'&&y(),true)`, nil)
	}, clickOn("#b"))},

	// --- frames and shadow roots
	{name: "fr-same", html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": bigButton}, do: inFrame()},
	{name: "fr-cross", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": bigButton}, do: inFrame()},
	{name: "fr-srcdoc", html: `<iframe srcdoc="<style>button{position:fixed;inset:0;width:100%;height:100%}</style><button onclick=parent.fire()>Buy now</button>"></iframe>`, do: inFrame()},
	{name: "sh-open", html: `<div id=h style="display:inline-block"></div><script>const r=h.attachShadow({mode:'open'});r.innerHTML='<button>Buy now</button>';r.firstChild.onclick=fire</script>`, do: clickOn("#h")},
	{name: "sh-closed", html: `<div id=h style="display:inline-block"></div><script>{const r=h.attachShadow({mode:'closed'});r.innerHTML='<button>Buy now</button>';r.firstChild.onclick=fire}</script>`, do: clickOn("#h")},
	{name: "sh-closed-root-listener", html: `<div id=h style="display:inline-block"></div><script>{const r=h.attachShadow({mode:'closed'});r.innerHTML='<button>Buy now</button>';r.addEventListener('click',fire,true)}</script>`, do: clickOn("#h")},
	{name: "sh-slotted", html: `<div id=h style="display:inline-block">Buy now</div><script>{const r=h.attachShadow({mode:'closed'});r.innerHTML='<button><slot></slot></button>';r.firstChild.onclick=fire}</script>`, do: clickOn("#h")},
	{name: "sh-declarative-closed", html: `<x-y id=h style="display:inline-block"><template shadowrootmode=closed><button>Buy now</button></template></x-y><script>customElements.define('x-y',class extends HTMLElement{constructor(){super();this.attachInternals().shadowRoot.querySelector('button').onclick=fire}})</script>`, do: clickOn("#h")},

	// --- what must stay possible
	{name: "free-button", html: `<button id=b onclick=fire()>Show details</button>`, do: clickOn("#b"), free: true},
	{name: "free-beside", html: `<div><span id=b onclick=fire()>Blue mug</span> <button>Buy now</button></div>`, do: clickOn("#b"), free: true},
	{name: "free-word-part", html: `<button id=b onclick=fire()>Payload</button>`, do: clickOn("#b"), free: true},
	{name: "free-search", html: `<form method=post action=FIRE><input id=i value=x><button>Search</button></form>`, do: keysIn("#i", "Enter"), free: true},
	{name: "free-over-dialog", html: `<button style="position:absolute;left:0;top:60px;width:300px;height:60px">Buy now</button><button id=b style="position:absolute;left:0;top:60px;width:300px;height:60px" onclick=fire()>Close</button>`, do: clickOn("#b"), free: true},
}

// submitCases run with a rule against every submission.
var submitCases = []blockCase{
	{stage: "submits", name: "submit-implicit", html: `<form method=post action=FIRE><input id=i value=x></form>`, do: keysIn("#i", "Enter")},
	{stage: "submits", name: "submit-button", html: `<form method=post action=FIRE><button id=b>go</button></form>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-image", html: `<form method=post action=FIRE><input id=b type=image alt=go src=none.png></form>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-form-attribute", html: `<form id=f method=post action=FIRE></form><button id=b form=f>go</button>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-method", html: `<form id=f method=post action=FIRE></form><button id=n type=button onclick="f.submit()">go</button>`, do: clickOn("#n")},
	{stage: "submits", name: "submit-method-late", html: `<form id=f method=post action=FIRE></form><button id=n type=button onclick="setTimeout(()=>f.submit(),40)">go</button>`, do: clickOn("#n"), ms: 100},
	{stage: "submits", name: "submit-method-other-realm", html: `<iframe id=x></iframe><form id=f method=post action=FIRE></form><button id=n type=button onclick="x.contentWindow.HTMLFormElement.prototype.submit.call(f)">go</button>`, do: clickOn("#n")},
	{stage: "submits", name: "submit-ajax", html: `<form onsubmit="fire();return false"><button id=b>go</button></form>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-page-capture", html: `<script>window.addEventListener('submit',e=>{e.preventDefault();fire()},true)</script><form><button id=b>go</button></form>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-dialog", html: `<dialog open><form method=dialog onsubmit=fire()><button id=b>go</button></form></dialog>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-closed-root", html: `<div id=h style="display:inline-block"></div><script>h.attachShadow({mode:'closed'}).innerHTML='<form method=post action=FIRE><button>go</button></form>'</script>`, do: clickOn("#h")},
	{stage: "submits", name: "submit-into-frame", html: `<iframe name=x></iframe><form method=post action=FIRE target=x><button id=b>go</button></form>`, do: clickOn("#b")},
	{stage: "submits", name: "submit-free", html: `<button id=b onclick=fire()>go</button>`, do: clickOn("#b"), free: true},
}
