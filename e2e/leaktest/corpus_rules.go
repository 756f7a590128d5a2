package leaktest

// ruleCases are hidden by a selector of the company.
var ruleCases = []maskCase{
	{name: "sel-plain", html: `<p class=k>stays<p class="s m">Wassermelone`, keep: true, layer: word},
	{name: "sel-site", html: `<p class=k>stays<p class="s here">Wassermelone`, keep: true},
	{name: "sel-inline-important", html: `<p class="s m" style="opacity:1!important;color:#f0f!important;-webkit-text-fill-color:#f0f!important">Wassermelone`},
	{name: "sel-sheet-important", html: `<style>#x#x#x.m{opacity:1!important;color:#f0f!important}</style><p id=x class="s m">Wassermelone`},
	{name: "sel-layer-important", html: `<style>@layer a{.m{opacity:1!important}}</style><p class="s m">Wassermelone`},
	{name: "sel-child", html: `<div class="s m"><p style="opacity:1!important;visibility:visible">Wassermelone <b>child</b></div>`},
	{name: "sel-transition", html: `<style>.m{opacity:1;transition:opacity 1s!important}</style><p class="s m">Wassermelone`, ms: 200},
	{name: "sel-animation", html: `<style>@keyframes a{from,to{opacity:1}}.m{animation:a 1s infinite!important}</style><p class="s m">Wassermelone`, ms: 100},
	{name: "sel-waapi", html: `<p class="s m">Wassermelone<script>document.querySelector('.m').animate([{opacity:1},{opacity:1}],{duration:2000,fill:'both'})</script>`, ms: 100},
	{name: "sel-background", html: `<div class="box m" style="background:#f0f"></div>`},
	{name: "sel-pseudo", html: `<style>.m::before{content:"Wassermelone";color:#f0f;opacity:1!important}</style><p class=m>x`},
	{name: "sel-display-contents", html: `<div class="s m" style="display:contents">Wassermelone contents</div>`},
	{name: "sel-dialog", html: `<style>::backdrop{display:none}</style><div class=m><dialog class=s>Wassermelone dialog</dialog></div><script>document.querySelector('dialog').showModal()</script>`},
	{name: "sel-popover", html: `<div class=m><div popover class=s>Wassermelone popover</div></div><script>document.querySelector('[popover]').showPopover()</script>`},
	{name: "sel-open-root", html: `<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<p class=m style="color:#f0f">Wassermelone'</script>`},
	{name: "sel-closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p class=m style="color:#f0f">Wassermelone'</script>`},
	{name: "sel-declarative-closed", html: `<div><template shadowrootmode=closed><p class=m style="color:#f0f">Wassermelone</p></template></div>`},
	{name: "sel-host-important", html: `<div id=h class=m></div><script>h.attachShadow({mode:'open'}).innerHTML='<style>:host{opacity:1!important}</style><p style="color:#f0f">Wassermelone'</script>`},
	{name: "sel-slotted", html: `<div id=h><p class="s m">Wassermelone</p></div><script>h.attachShadow({mode:'closed'}).innerHTML='<slot></slot>'</script>`},
	{name: "sel-svg-use", html: `<svg width=100 height=100><g class=m><rect id=r width=80 height=80 fill=#f0f /></g><use href=#r /></svg>`},
	{name: "sel-view-transition", html: `<style>.m{view-transition-name:x}</style><p class="s m">Wassermelone<script>document.startViewTransition(()=>{document.body.dataset.x=1})</script>`, ms: 150},
	{name: "sel-late-class", html: `<p class=s id=x data-secret>Wassermelone<script>setInterval(()=>{x.removeAttribute('data-secret');x.className='s m';},20)</script>`, ms: 100},
	{name: "sel-selection", html: `<style>::selection{color:#f0f;background:#fff}</style><p class="s m">Wassermelone</p>`, do: script(`getSelection().selectAllChildren(document.querySelector('.m'))`)},
}
