package privacy

import "testing"

// visualCases: a number whose pieces lie on the screen in another order than in the document.
var visualCases = []maskCase{
	{name: "order", html: `<p class=k>stays</p><div class=s style="display:flex;gap:4px"><span style="order:4">1111</span><span style="order:2">1111</span><span style="order:3">1111</span><span style="order:1">4111</span></div>`, keep: true},
	{name: "order-blocks", html: `<div class=s style="display:flex"><div style="order:4">1111</div><div style="order:2">1111</div><div style="order:3">1111</div><div style="order:1">4111</div></div>`},
	{name: "row-reverse", html: `<div class=s style="display:flex;flex-direction:row-reverse;justify-content:flex-end;gap:4px"><b>1111</b><b>1111</b><b>1111</b><b>4111</b></div>`},
	{name: "grid", html: `<div class=s style="display:grid;grid-template-columns:repeat(4,60px)"><i style="grid-column:4;grid-row:1">1111</i><i style="grid-column:1;grid-row:1">4111</i><i style="grid-column:3;grid-row:1">1111</i><i style="grid-column:2;grid-row:1">1111</i></div>`},
	{name: "absolute-letters", html: `<div id=x class=s style="position:relative;height:40px"></div><script>const n='4111111111111111';for(const i of [5,3,9,0,15,1,7,2,11,4,6,8,10,13,12,14]){const e=document.createElement('span');e.style.cssText='position:absolute;left:'+i*12+'px';e.textContent=n[i];x.append(e)}</script>`},
	{name: "float", html: `<div class=s style="width:300px"><span style="float:right">1111</span><span style="float:right;margin-right:4px">1111</span><span style="float:right;margin-right:4px">1111</span><span style="float:right;margin-right:4px">4111</span></div>`},
	{name: "late-style", html: `<style id=z></style><div id=x style="display:flex;gap:4px"><span class=a>1111</span><span>1111</span><span>1111</span><span class=b>4111</span></div><script>setTimeout(()=>z.textContent='.a{order:2}.b{order:-1}#x{color:#f0f}',40)</script>`, ms: 120},
	{name: "late-class", html: `<style>.f{color:#f0f}.f .a{order:2}.f .b{order:-1}</style><div id=x style="display:flex;gap:4px"><span class=a>1111</span><span>1111</span><span>1111</span><span class=b>4111</span></div><script>setTimeout(()=>x.classList.add('f'),40)</script>`, ms: 120},
	{name: "closed-root", html: `<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<div style="display:flex;gap:4px;color:#f0f;font:bold 20px sans-serif"><span style="order:4">1111</span><span style="order:2">1111</span><span style="order:3">1111</span><span style="order:1">4111</span></div>'</script>`},
}

func TestVisualOrder(t *testing.T) {
	t.Parallel()
	runMaskCases(t, maskPolicy(), visualCases)
}

// foreignCases: generated text of sheets that pages' scripts may not read.
var foreignCases = []maskCase{
	{name: "foreign-sheet", html: `<link rel=stylesheet href=OTHERx.css><p id=x>&nbsp;`, files: map[string]string{"x.css": `#x::before{content:"` + card + `";color:#f0f}`}, ms: 150},
	{name: "foreign-import", html: `<link rel=stylesheet href=OTHERx.css><p id=x>&nbsp;`, files: map[string]string{"x.css": `@import "y.css";`, "y.css": `#x::before{content:"` + card + `";color:#f0f}`}, ms: 250},
	{name: "foreign-ordinary", html: `<link rel=stylesheet href=OTHERx.css><p id=x>&nbsp;<p class=s>` + card, files: map[string]string{"x.css": `#x::before{content:"stays here";color:#0bb}`}, ms: 250, keep: true},
}

func TestForeignSheets(t *testing.T) {
	t.Parallel()
	runMaskCases(t, maskPolicy(), foreignCases)
}
