package leaktest

// wordCases let a secret leave as words: titles, addresses, messages.
var wordCases = []maskCase{
	{name: "say-title", html: `<!doctype html><meta charset=utf-8><title>Card CARD#</title><style>.s{color:#f0f;font:bold 22px sans-serif;margin-top:30px}</style>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "say-title-late", html: `<p>x<script>setTimeout(()=>document.title='You are MAIL#',30)</script>`, ms: 150, says: true, unseen: true},
	{name: "say-title-of-masked", html: `<p class="s m">WORD#</p><script>setTimeout(()=>document.title='WORD# - profile',150)</script>`, ms: 300, says: true},
	{name: "say-title-at-once", html: `<!doctype html><meta charset=utf-8><title>WORD# - profile</title><style>.s{color:#f0f;font:bold 22px sans-serif;margin-top:30px}</style>HELPERMARKER<p class="s m">WORD#</p>`, says: true},
	{name: "say-title-spaced", html: `<!doctype html><meta charset=utf-8><title>4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1</title><style>.s{color:#f0f;font:bold 22px sans-serif;margin-top:30px}</style>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "say-title-full-width", html: `<!doctype html><meta charset=utf-8><title>４１１１１１１１１１１１１１１１</title><style>.s{color:#f0f;font:bold 22px sans-serif;margin-top:30px}</style>HELPERMARKER<p>x`, says: true, unseen: true},
	{name: "say-query", html: `<p>x`, files: map[string]string{"y.html": landing}, do: goesTo("y.html?card=4111111111111111"), says: true, unseen: true},
	{name: "say-query-escaped", html: `<p>x`, files: map[string]string{"y.html": landing}, do: goesTo("y.html?mail=%2561na%2540example.com"), says: true, unseen: true},
	{name: "say-query-of-masked", html: `<p>x`, files: map[string]string{"y.html": landing + `<p class="s m">WORD#`}, do: goesTo("y.html?who=WORD#"), ms: 100, says: true},
	{name: "say-push-state", html: `<p>x<script>setTimeout(()=>history.pushState(0,'','/u/4111111111111111'),40)</script>`, ms: 150, says: true, unseen: true},
	{name: "say-push-state-parts", html: `<p>x<script>setTimeout(()=>history.pushState(0,'','/4111/1111/1111/1111'),40)</script>`, ms: 150, says: true, unseen: true},
	{name: "say-replace-state-loop", html: `<p>x<script>let n=0;const i=setInterval(()=>{if(n++>40)clearInterval(i);history.replaceState(0,'','?m='+(n%2?'ana@example.com':n))},20)</script>`, ms: 400, says: true, unseen: true},
	{name: "say-hash", html: `<p>x<script>setTimeout(()=>location.hash='4111111111111111',40)</script>`, ms: 150, says: true, unseen: true},
	{name: "say-alert", html: `<p>x<script>setTimeout(()=>alert('Your card CARD#'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "say-alert-of-masked", html: `<p class="s m">WORD#<script>setTimeout(()=>alert('Hello WORD#'),500)</script>`, ms: 700, says: true},
	{name: "say-confirm", html: `<p>x<script>setTimeout(()=>confirm('Pay with IBAN#?'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "say-prompt", html: `<p>x<script>setTimeout(()=>prompt('Is this you, MAIL#?','x'),500)</script>`, ms: 700, says: true, unseen: true},
	{name: "say-alert-frame", html: `<iframe srcdoc="<script>setTimeout(()=>alert('CARD#'),500)</script>"></iframe>`, ms: 250, says: true, unseen: true},
	{name: "say-window-title", html: `<button id=o onclick="window.open('x.html')">open</button>`, files: map[string]string{"x.html": `<!doctype html><title>MAIL#</title>MARKER<p>x`}, do: opens("#o"), ms: 150, says: true, unseen: true},
	{name: "say-window-address", html: `<button id=o onclick="window.open('x.html?card=4111111111111111')">open</button>`, files: map[string]string{"x.html": `<!doctype html><title>x</title>MARKER<p>x`}, do: opens("#o"), ms: 150, says: true, unseen: true},
	{name: "say-data-address", html: `<button id=o onclick="window.open('x.html#:~:text=CARD#')">open</button>`, files: map[string]string{"x.html": `<!doctype html><title>CARD#</title>MARKER<p>CARD#`}, do: opens("#o"), ms: 150, says: true, unseen: true},
	{name: "say-password-title", html: `<input id=x type=password value=Tr0ub4dor-9><script>setTimeout(()=>document.title=x.value,150)</script>`, ms: 300, says: true, unseen: true, bare: `<p>x<script>setTimeout(()=>document.title='Tr0ub4dor-9',150)</script>`},
}

// landing is a page that the customer comes to.
const landing = `<!doctype html><meta charset=utf-8><title>landing</title><style>.s{color:#f0f;font:bold 22px sans-serif;margin-top:30px}</style>HELPERMARKER`
