package leaktest

// fieldCases are about fields: what they hold, and where it turns up.
var fieldCases = []maskCase{
	{name: "in-password", html: `<p class=k>stays<p><input class=s type=password value=hunter22>`, bare: `<input class=s value=hunter22>`, keep: true, layer: "••••••••"},
	{name: "in-password-toggled", html: `<input id=x class=s type=password value=hunter22><script>setTimeout(()=>x.type='text',30)</script>`, bare: `<input class=s value=hunter22>`, ms: 80},
	{name: "in-cc-token", html: `<input class=s autocomplete="section-a cc-csc" value=123>`, bare: `<input class=s value=123>`},
	{name: "in-by-name", html: `<input class=s name=customerCardNumber value=4>`},
	{name: "in-value-pattern", html: `<input class=s value="` + card + `">`, layer: card},
	{name: "in-value-script", html: `<input class=s id=x><script>setTimeout(()=>x.value='` + card + `',30)</script>`, ms: 80},
	{name: "in-value-alternating", html: `<input class=s id=x><script>let n=0;(function f(){x.value=n++%3?'':'` + card + `';requestAnimationFrame(f)})()</script>`, ms: 200},
	{name: "in-value-other-realm", html: `<input class=s id=x><iframe id=f></iframe><script>Object.getOwnPropertyDescriptor(f.contentWindow.HTMLInputElement.prototype,'value').set.call(x,'` + card + `')</script>`},
	{name: "in-range-text", html: `<textarea class=s id=x></textarea><script>x.setRangeText('` + card + `')</script>`},
	{name: "in-echo", html: `<input id=x type=password><p class=s id=y></p><script>x.oninput=()=>y.textContent=x.value.length>5?'pw: '+x.value:''</script>`, bare: `<input id=x><p class=s id=y></p><script>x.oninput=()=>y.textContent=x.value.length>5?'pw: '+x.value:''</script>`, do: typed("#x", chars("hunter22")...)},
	{name: "in-placeholder", html: `<style>::placeholder{color:#f0f;opacity:1}</style><input class=s placeholder="` + card + `">`},
	{name: "in-button-value", html: `<input type=button class=s value="Use ` + card + `">`},
	{name: "in-select", html: `<select class=s><option>` + card + `<option>other</select>`, layer: card},
	{name: "in-select-list", html: `<style>select,select::picker(select){appearance:base-select!important}</style><select id=x style="color:#222"><option>none<option class=s>` + card + `</select>`, do: clickOn("#x"), ms: 50},
	{name: "in-select-box", html: `<select class=s size=3><option>none<option>` + card + `</select>`},
	{name: "in-textarea", html: `<textarea class=s>call +55 11 91234-5678</textarea>`},
	{name: "in-cloned", html: `<div id=d class=s><b>` + card + `</b></div><script>setInterval(()=>{const n=d.cloneNode(true);d.parentNode.append(n);if(d.parentNode.children.length>9)n.remove()},15)</script>`, ms: 100},
	{name: "in-contenteditable", html: `<p class=s contenteditable>` + card + `</p>`},
	{name: "in-output", html: `<output class=s id=x></output><script>x.value='` + card + `'</script>`},
	{name: "in-invalid-bubble", html: `<style>input{color:#222}</style><form><input id=x type=text><button id=b>go</button></form><p class=s id=y></p><script>x.setCustomValidity('` + card + `');x.oninvalid=()=>y.textContent=x.validationMessage</script>`, do: clickOn("#b"), ms: 100},
}
