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
}
