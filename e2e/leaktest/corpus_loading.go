package leaktest

// loadingCases are about frames, and about how documents come and go.
var loadingCases = []maskCase{
	{name: "fr-same", html: `<iframe src=f.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">` + card}},
	{name: "fr-cross", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">` + card}},
	{name: "fr-srcdoc", html: `<iframe srcdoc='<p class=here style="color:#f0f">Wassermelone'></iframe>`},
	{name: "fr-sandbox", html: `<iframe sandbox src=f.html></iframe>`, files: map[string]string{"f.html": `<p class=here style="color:#f0f">Wassermelone`}},
	{name: "fr-blank-sync", html: `<iframe id=f></iframe><script>f.contentDocument.body.innerHTML='<p style="color:#f0f">` + card + `'</script>`},
	{name: "fr-blank-write", html: `<iframe id=f></iframe><script>f.contentDocument.write('<p style="color:#f0f">` + card + `');f.contentDocument.close()</script>`},
	{name: "fr-javascript", html: `<iframe src="javascript:'<p style=color:#f0f>` + card + `'"></iframe>`},
	{name: "fr-data", html: `<iframe src="data:text/html,<p style=color:fuchsia>` + card + `"></iframe>`},
	{name: "fr-blob", html: `<iframe id=f></iframe><script>f.src=URL.createObjectURL(new Blob(['<p style="color:#f0f">` + card + `'],{type:'text/html'}))</script>`, ms: 100},
	{name: "fr-nested", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<iframe src=HEREg.html></iframe>`, "g.html": `<p style="color:#f0f">` + card}},
	{name: "fr-replaced", html: `<iframe id=f></iframe><script>let n=0;setInterval(()=>{if(n++<8)f.srcdoc='<p style="color:#f0f">` + card + `'},30)</script>`, ms: 350},
	{name: "fr-adopted", html: `<iframe id=f></iframe><script>const d=f.contentDocument;const e=d.createElement('p');e.style.color='#f0f';e.textContent='` + card + `';document.body.append(e)</script>`},
	{name: "nav-streamed", html: `<p class=s>4111 1111 <!--pause-->1111 1111</p>`},
	{name: "nav-write", html: `<script>document.write('<p class=s>` + card + `')</script>`},
	{name: "nav-root-swap", html: `<p>x<script>setTimeout(()=>{const r=document.createElement('html');r.innerHTML='<body>MARKER<p style="color:#f0f;margin-top:40px">` + card + `';document.documentElement.replaceWith(r)},40)</script>`, ms: 120},
	{name: "nav-svg", html: `<p>x`, files: map[string]string{"x.svg": `<svg xmlns="http://www.w3.org/2000/svg">MARKERSVG<text x="10" y="60" fill="#f0f" font-size="24">` + card + `</text></svg>`}, do: goesTo("x.svg")},
	{name: "nav-csp", html: `<meta http-equiv=Content-Security-Policy content="script-src 'none'; require-trusted-types-for 'script'"><p class=s>` + card},

	{name: "nav-redirect", html: `<p>x`, files: map[string]string{"r.html": "redirect OTHERy.html", "y.html": landing + `<p class=s>CARD#`}, do: goesTo("r.html"), ms: 60, repeat: true},
	{name: "nav-cross-site", html: `<p>x`, files: map[string]string{"y.html": landing + `<p class=s>CARD#`}, do: then(goesTo("y.html")), ms: 60, repeat: true},
	{name: "nav-replace-loop", html: `<p>x`, files: map[string]string{"y.html": landing + `<p class=s>CARD#<script>setTimeout(()=>{if(!location.hash.includes('9'))location.replace('y.html?'+Math.random()+'#'+(+(location.hash.slice(1)||0)+1))},120)</script>`}, do: goesTo("y.html"), ms: 1200, repeat: true},
	{name: "nav-reload-loop", html: `<p class=s>CARD#<script>const n=+(sessionStorage.n||0);if(n<5){sessionStorage.n=n+1;setTimeout(()=>location.reload(),150)}</script>`, ms: 1200, repeat: true},
	{name: "nav-meta-refresh", html: `<meta http-equiv=refresh content="0;y.html"><p>x`, files: map[string]string{"y.html": landing + `<p class=s>CARD#`}, ms: 700},
	{name: "nav-hash", html: `<p class=s>CARD#<script>let n=0;const i=setInterval(()=>{location.hash=n++;if(n>20)clearInterval(i)},15)</script>`, ms: 350},
	{name: "nav-intercepted", html: `<p class=s id=x></p><script>navigation.addEventListener('navigate',e=>e.intercept({handler:async()=>{x.textContent='CARD#'}}));setTimeout(()=>location='z.html',60)</script>`, ms: 600},
	{name: "nav-cross-document-transition", html: `<p>x`, files: map[string]string{"y.html": `<style>@view-transition{navigation:auto}</style>` + landing + `<p class=s>CARD#<script>setTimeout(()=>location='z.html',200)</script>`, "z.html": `<style>@view-transition{navigation:auto}</style>` + landing + `<p class=s>CARD#`}, do: goesTo("y.html"), ms: 900, repeat: true},
	{name: "nav-text-file", html: `<p>x`, files: map[string]string{"y.html": landing + `<iframe src=x.txt></iframe><p class=s>CARD#`, "x.txt": card}, do: goesTo("y.html"), ms: 100},
	{name: "nav-xhtml", html: `<p>x`, files: map[string]string{"y.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><svg xmlns="http://www.w3.org/2000/svg" style="position:fixed;left:0;top:0" width="96" height="12">MARKERSVG</svg><p style="color:#f0f;margin-top:40px;font-size:30px">CARD#</p></body></html>`}, do: goesTo("y.xhtml"), ms: 100},
	{name: "nav-long-task", html: `<p class=s id=x></p><script>setTimeout(()=>{x.textContent='CARD#';const t=performance.now();while(performance.now()-t<300);},40)</script>`, ms: 500},
	{name: "nav-many-nodes", html: `<div id=d></div><script>let s='';for(let i=0;i<4000;i++)s+='<i>x'+i+' </i>';d.innerHTML='<p class=s>CARD#</p>'+s</script>`, ms: 300},
	{name: "tab-same-origin", html: `<button id=o onclick="window.open('x.html')">open</button>`, files: map[string]string{"x.html": popupPage}, do: opens("#o"), ms: 100, repeat: true},
	{name: "tab-blank-written", html: `<button id=o onclick="const w=window.open('');fetch('x.html').then(r=>r.text()).then(t=>{w.document.write(t);w.document.close()})">open</button>`, files: map[string]string{"x.html": popupPage}, do: opens("#o"), ms: 300, repeat: true},
	{name: "tab-blank-navigated", html: `<button id=o onclick="const w=window.open('');w.location='x.html'">open</button>`, files: map[string]string{"x.html": popupPage}, do: opens("#o"), ms: 100, repeat: true},
	{name: "tab-cross-site", html: `<button id=o onclick="window.open('OTHERx.html')">open</button>`, files: map[string]string{"x.html": popupPage}, do: opens("#o"), ms: 100, repeat: true},
	{name: "tab-noopener", html: `<a id=o href="OTHERx.html" target=_blank rel=noopener>open</a>`, files: map[string]string{"x.html": popupPage}, do: opens("#o"), ms: 100, repeat: true},
}

// popupPage is a window's whole page.
const popupPage = `<!doctype html><meta charset=utf-8><title>window</title><body>MARKER<p style="color:#f0f;font:bold 30px sans-serif;margin-top:40px">CARD#</p>`
