package leaktest

// inPDFOf shows a PDF of a host that hides all text.
func inPDFOf(host, name, content string) maskCase {
	c := inPDF(name, content)
	c.host = host
	return c
}

// ownColours is text below a pane that makes what is dark magenta: the browser itself chooses the colour of some text.
const ownColours = `<div style="position:relative;background:#fff;isolation:isolate;width:640px;height:120px;font-size:30px"><p>Saldo nada</p><div style="position:absolute;inset:0;background:#f0f;mix-blend-mode:lighten"></div></div>`

// slow is what stands in front of a file that is long in coming.
const slow = `<!--pause--><!--pause--><!--pause--><!--pause--><!--pause-->`

// modeCases: other painters of text on sites that show none, and text that no element holds.
var modeCases = []maskCase{
	inPDFOf(textHost, "mode-text", magenta("(Saldo nada) Tj")),
	{name: "mode-text-selected", host: textHost, html: ownColours + `<script>getSelection().selectAllChildren(document.querySelector('p'))</script>`},
	{name: "mode-text-selected-coloured", host: textHost, html: `<style>::selection{color:#000!important}</style>` + ownColours + `<script>getSelection().selectAllChildren(document.querySelector('p'))</script>`},
	{name: "mode-text-fragment", host: textHost, html: `<p>x`, files: map[string]string{"y.html": landing + ownColours}, do: goesTo("y.html#:~:text=Saldo"), ms: 150},
	{name: "mode-text-fragment-coloured", host: textHost, html: `<p>x`, files: map[string]string{"y.html": landing + `<style>::target-text{color:#000;background:#fff}</style>` + ownColours}, do: goesTo("y.html#:~:text=Saldo"), ms: 150},
	{name: "mode-text-fragment-forced", host: textHost, html: `<p>x`, files: map[string]string{"y.html": landing + `<style>div p::target-text{color:#000!important;-webkit-text-fill-color:#000!important;text-shadow:0 0 1px #000!important;text-decoration:underline #000!important}</style>` + ownColours}, do: goesTo("y.html#:~:text=Saldo"), ms: 150},
	{name: "mode-text-fragment-closed", host: textHost, html: `<p>x`, files: map[string]string{"y.html": landing + `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='` + ownColours + `'</script>`}, do: goesTo("y.html#:~:text=Saldo"), ms: 150},
	{name: "mode-listed-fragment", host: listedHost, html: `<p>x`, files: map[string]string{"y.html": landing + ownColours}, do: goesTo("y.html#:~:text=Saldo"), ms: 150},
	{name: "mode-text-selected-shown", host: textHost, html: `<style>p{font-size:40px}</style><p class="k shown">Open all</p><p class=s>Saldo</p><script>getSelection().selectAllChildren(document.querySelector('.shown'))</script>`, keep: true},
	{name: "mode-text-svg-link", host: textHost, html: `<style>text a{fill:#f0f}</style><svg width=400 height=60><text y=40 font-size=36><a href="#">Saldo</a></text></svg>`},
	{name: "mode-text-svg-link-stroke", host: textHost, html: `<style>text a{fill:none;stroke:#f0f;stroke-width:3}</style><svg width=400 height=60><text y=40 font-size=36><a href="#">Saldo</a></text></svg>`},
	{name: "mode-text-clip-path", host: textHost, html: `<svg width=0 height=0><clipPath id=c><text y=40 font-size=40>Saldo</text></clipPath></svg><div style="clip-path:url(#c);background:#f0f;width:300px;height:60px"></div>`},
	{name: "mode-text-clip-path-use", host: textHost, html: `<svg width=0 height=0><defs><text id=t y=40 font-size=40>Saldo</text></defs><clipPath id=c><use href=#t /></clipPath></svg><div style="clip-path:url(#c);background:#f0f;width:300px;height:60px"></div>`},
	{name: "mode-listed-clip-path", host: listedHost, html: `<svg width=0 height=0><clipPath id=c><text y=40 font-size=40>Saldo</text></clipPath></svg><div style="clip-path:url(#c);background:#f0f;width:300px;height:60px"></div>`},
	{name: "mode-text-svg-mask", host: textHost, html: `<svg width=0 height=0><mask id=k><text y=40 font-size=40 fill=#fff>Saldo</text></mask></svg><div style="mask:url(#k);background:#f0f;width:300px;height:60px"></div>`},
	{name: "mode-text-svg-pattern", host: textHost, html: `<svg width=300 height=80><pattern id=p width=1 height=1><text y=40 font-size=40 fill=#f0f>Saldo</text></pattern><rect width=300 height=80 fill=url(#p) /></svg>`},
	{name: "mode-text-svg-marker", host: textHost, html: `<svg width=300 height=80><marker id=a markerWidth=200 markerHeight=60 refY=20 markerUnits=userSpaceOnUse overflow=visible><text y=40 font-size=40 fill=#f0f>Saldo</text></marker><path d="M10 20h1" marker-start=url(#a) /></svg>`},
	{name: "mode-text-svg-symbol", host: textHost, html: `<svg width=300 height=80><symbol id=b><text y=40 font-size=40 fill=#f0f>Saldo</text></symbol><use href=#b /></svg>`},
	{name: "pat-svg-link", html: `<svg width=400 height=60><text y=30 fill=#f0f><a href="#">CARD#</a></text></svg>`},
	{name: "pat-svg-link-own", html: `<style>text a{fill:#f0f!important;stroke:#f0f!important}</style><svg width=400 height=60><text y=30><a href="#">CARD#</a></text></svg>`},
	{name: "sel-svg-clip-use", html: `<svg width=0 height=0><text id=t class=m y=40 font-size=40>WORD#</text><clipPath id=c><use href=#t /></clipPath></svg><div style="clip-path:url(#c);background:#f0f;width:300px;height:60px"></div>`},

	{name: "say-mode-title", host: textHost, html: `<!doctype html><meta charset=utf-8><title>WORD# 4.210,77</title>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "say-mode-listed-title", host: listedHost, html: `<p>x<script>setTimeout(()=>document.title='WORD# late',40)</script>`, ms: 150, says: true, unseen: true},
	{name: "say-mode-window-title", host: textHost, html: `<button id=o>open</button><script>o.onclick=()=>{const w=open('about:blank');w.document.write('<title>WORD#</title>MARKER<p>x');w.document.close()}</script>`, do: opens("#o"), ms: 150, says: true, unseen: true},
	{name: "say-mode-alert", host: textHost, html: `<p>x<script>setTimeout(()=>alert('Saldo: WORD#'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "say-mode-confirm", host: listedHost, html: `<p>x<script>setTimeout(()=>confirm('900 to WORD#?'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "say-mode-alert-frame", html: `<iframe src=TEXTf.html></iframe>`, files: map[string]string{"f.html": `<script>setTimeout(()=>alert('Saldo: WORD#'),500)</script>`}, ms: 700, says: true, unseen: true},

	{name: "pat-group-rule", html: `<style id=z>#x{color:#f0f}@media all{}</style><p id=x></p><script>setTimeout(()=>z.sheet.cssRules[1].insertRule('#x::before{content:"CARD#"}'),60)</script>`, ms: 150},
	{name: "pat-replaced-sheet", html: `<p class=s id=x></p><script>const z=new CSSStyleSheet();z.replaceSync('#x::before{content:"x"}');document.adoptedStyleSheets=[z];setTimeout(()=>z.replaceSync('#x::before{content:"CARD#"}'),60)</script>`, ms: 150},
	{name: "pat-nested-rule", html: `<style id=z>#x{color:#f0f}</style><p id=x></p><script>setTimeout(()=>z.sheet.cssRules[0].insertRule('&::before{content:"CARD#"}'),60)</script>`, ms: 150},
	{name: "pat-late-link", html: `<p class=s id=x></p><script>setTimeout(()=>{const l=document.createElement('link');l.rel='stylesheet';l.href='z.css';document.head.append(l)},60)</script>`, files: map[string]string{"z.css": slow + `#x::before{content:"CARD#"}`}, ms: 1500},
	{name: "pat-registered-property", html: `<style>#x::before{content:var(--z)}</style><p class=s id=x></p><script>setTimeout(()=>CSS.registerProperty({name:'--z',syntax:'*',inherits:true,initialValue:'"CARD#"'}),60)</script>`, ms: 150},
	{name: "pat-animated-content", html: `<style>#x::before{content:"x"}</style><p class=s id=x></p><script>setTimeout(()=>x.animate({content:['"CARD#"','"CARD#"']},{pseudoElement:'::before',duration:9000}),60)</script>`, ms: 150},
	{name: "pat-animated-property", html: `<style>#x::before{content:var(--z)}</style><p class=s id=x></p><script>setTimeout(()=>new Animation(new KeyframeEffect(x,[{'--z':'"CARD#"'},{'--z':'"CARD#"'}],9000)).play(),60)</script>`, ms: 150},
	{name: "pat-animated-later", html: `<style>#x::before{content:"x"}</style><p class=s id=x></p><script>const a=x.animate([{opacity:1},{opacity:1}],{pseudoElement:'::before',duration:9000});setTimeout(()=>a.effect.setKeyframes({content:['"CARD#"','"CARD#"']}),60)</script>`, ms: 150},
	{name: "pat-hyphen", html: `<style>#x{width:10px;font-size:14px;color:#f0f;hyphenate-character:"CARD#"}i{color:#222}</style><p id=x lang=en><i>a</i>&shy;<i>b</i>`},
	{name: "pat-hyphen-of-style", html: `<style>i{color:#222}</style><p lang=en style='width:10px;font-size:14px;color:#f0f;hyphenate-character:"CARD#"'><i>a</i>&shy;<i>b</i>`},
	{name: "pat-function-result", html: `<style>@function --z(){result:"CARD#"}#x::before{content:--z()}</style><p class=s id=x></p>`},
	{name: "pat-two-counters", html: `<style>#x{counter-reset:a 41111111 b 11111111}#x::before{content:counter(a) counter(b)}</style><p class=s id=x></p>`},
	{name: "pat-two-counters-of-style", html: `<style>#x::before{content:counter(a) counter(b)}</style><p class=s id=x style="counter-reset:a 41111111 b 11111111"></p>`},
	{name: "pat-scroll-marker", html: `<style>#u{overflow:auto;width:300px;scroll-marker-group:before}#u::scroll-marker-group{display:flex;height:40px;width:300px}#u i::scroll-marker{content:"CARD#";color:#f0f}</style><div id=u><i>x</i></div>`},
	{name: "pat-scroll-button", html: `<style>#u{overflow:auto;width:100px;height:60px}#u::scroll-button(down){content:"CARD#";color:#f0f;position:fixed;left:8px;top:80px;width:300px}</style><div id=u><div style="height:300px">x</div></div>`},
	{name: "pat-marker-of-before", html: `<style>#x::before{content:"x";display:list-item;margin-left:300px;list-style:"CARD#" inside}</style><p class=s id=x></p>`},
	{name: "pat-joined-attributes", html: `<style>#x::after{content:attr(data-u) "@" attr(data-d)}</style><a class=s id=x data-u=ana data-d=example.com></a>`},
	{name: "pat-joined-variables", html: `<style>#x{--a:"4111 1111 ";--b:"1111 1111"}#x::after{content:var(--a) var(--b)}</style><p class=s id=x></p>`},
	{name: "pat-joined-at", html: `<style>#x::after{content:"ana@" attr(data-d)}</style><p class=s id=x data-d=example.com></p>`},
	{name: "keep-one-attribute", html: `<style>#x::after{content:attr(data-u)}#y::before{content:counter(a) ". "}#z::before{content:var(--i) "\f101"}</style><p class=k id=x data-u="Lamp 12"></p><p class=k id=y style="counter-reset:a 12">Item</p><p class=s>MAIL#`, keep: true},
}
