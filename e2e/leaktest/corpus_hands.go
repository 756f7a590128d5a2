package leaktest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
)

// handBlocks: the agent acts by the address bar, or by a hand that passes for the customer's.
var handBlocks = []blockCase{
	// --- the address bar
	{name: "addr-link-rule", html: `<p>x`, do: then(customersPress, byAddress("danger/fired"))},
	{name: "addr-new-tab", html: `<p>x`, do: then(customersPress, func(h *hand) error {
		h.who.send("tab", map[string]any{"op": "open", "url": h.address("danger/fired")})
		return nil
	})},
	{name: "addr-back", html: `<p>x`, files: map[string]string{
		"danger/page.html": returningPage, "next.html": loadedPage,
	}, do: func(h *hand) error {
		for i, file := range []string{"danger/page.html", "next.html"} {
			h.goes(file)
			if !h.site.await(patience, func() bool { return h.visit.loaded > i+1 }) {
				return errNotLoaded
			}
		}
		if err := h.seen(0, ""); err != nil {
			return err
		}
		if err := customersPress(h); err != nil {
			return err
		}
		h.who.send("history", map[string]any{"tab": h.stage.tab, "delta": -1})
		return nil
	}},
	{name: "addr-onload", html: `<p>x`, files: map[string]string{
		"on.html": loadedPage + `<form method=post action="HEREdanger/fired"></form><script>onload=()=>document.forms[0].submit()</script>`,
	}, do: then(customersPress, byAddress("on.html"), isThere), ms: 400},

	{name: "addr-redirect", html: `<p>x`, files: map[string]string{"r.html": "redirect HEREdanger/fired"}, do: then(customersPress, byAddress("r.html")), ms: 400},
	{name: "addr-refresh", html: `<p>x`, files: map[string]string{
		"on.html": `<!doctype html><meta http-equiv=refresh content="0;url=HEREdanger/fired">`,
	}, do: then(customersPress, byAddress("on.html")), ms: 600},
	{name: "addr-popup-onload", html: `<button id=n onclick="window.open('pop.html')">more</button>`, files: map[string]string{
		"pop.html": loadedPage + `<form method=post action="HEREdanger/fired"></form><script>onload=()=>setTimeout(()=>document.forms[0].submit(),300)</script>`,
	}, do: then(clickOn("#n"), isThere), ms: 900, quiet: true},

	// --- the customer's hand
	{name: "hand-focus", html: `<input id=i><button id=b onclick=fire()>Buy now</button>`, do: then(keysIn("#i", "Tab"), customersKey(" ")), quiet: true},
	{name: "hand-focus-back", html: `<button id=b onclick=fire()>Buy now</button><input id=i>`, do: then(keysIn("#i"), backTab, customersKey("Enter")), quiet: true},
	{name: "hand-focus-frame", html: `<input id=i><iframe src=f.html></iframe>`, files: map[string]string{"f.html": bigButton}, do: then(keysIn("#i", "Tab"), customersKey(" ")), quiet: true},
	{name: "hand-focus-closed-root", html: `<input id=i><div id=h></div><script>{const r=h.attachShadow({mode:'closed'});r.innerHTML='<button>Buy now</button>';r.firstChild.onclick=fire}</script>`, do: then(keysIn("#i", "Tab"), customersKey(" ")), quiet: true},
	{name: "hand-focus-script", html: `<button id=b onclick=fire()>Buy now</button><button id=n onclick=b.focus()>more</button>`, do: then(clickOn("#n"), customersKey(" ")), quiet: true},
	{name: "hand-focus-passes", html: `<input id=i><button>Buy now</button><button onclick=fire()>more</button>`, do: then(keysIn("#i", "Tab", "Tab", " ")), free: true},

	// --- long labels
	{name: "long-consent", html: `<label><input id=b type=checkbox onchange=fire()> I agree that ` + longText + `</label>`, do: clickOn("#b")},
	{name: "long-consent-label", html: `<input id=i type=checkbox onchange=fire()><label for=i><span id=b>By ticking this box</span> I agree that ` + longText + `</label>`, do: clickOn("#b")},
	{name: "long-hidden", html: `<button id=b onclick=fire()>Buy now<span hidden>` + longText + `</span></button>`, do: clickOn("#b")},
	{name: "long-described", html: `<button id=b onclick=fire() aria-labelledby=d>next</button><p id=d hidden>Buy now ` + longText, do: clickOn("#b")},
	{name: "long-attribute", html: `<button id=b onclick=fire() aria-label="Buy now ` + longText + `">next</button>`, do: clickOn("#b")},
	{name: "long-box", html: `<style>div{cursor:pointer;font-size:12px}</style><div id=b>Buy now: the blue mug of the best porcelain, made by hand in a small town near the sea, for two people</div><script>b.addEventListener('click',fire)</script>`, do: clickOn("#b")},
}

// padCases: the keys of a number pad on the screen are the password.
var padCases = []maskCase{
	{bare: barePad, name: "in-pad-digits", html: padPage("s", ""), ms: 150},
	{bare: barePad, name: "in-pad-frame", html: `<iframe src=pad.html width=400 height=260></iframe>`, files: map[string]string{"pad.html": `<style>.s{color:#f0f;font:bold 22px sans-serif}</style>` + padPage("s", "")}, ms: 300},
	{bare: barePad, name: "in-pad-shuffled", html: padPage("s", "w.replaceChildren(...[...w.children].sort(()=>Math.random()-.5).map(b=>b.cloneNode(true)))"), do: pressKeys, ms: 300},
	{bare: `<style>button.d:active{background:#f0f}</style>` + asText(padPage("d", "")), name: "in-pad-pressed", html: `<style>button.d:active{background:#f0f}</style>` + padPage("d", ""), do: pressKeys, ms: 300},
	{bare: barePad, name: "in-pad-late", html: `<div id=d></div><script>setTimeout(()=>d.innerHTML=` + "`" + padPage("s", "") + "`" + `,150)</script>`, ms: 500},
	{bare: barePad, name: "in-pad-after-many", html: `<div id=d></div><script>d.innerHTML='<i>7</i>'.repeat(400);setTimeout(()=>d.innerHTML=` + "`" + padPage("s", "") + "`" + `,150)</script>`, ms: 500},
	{name: "in-pad-none", html: `<input type=password><p class="s m">WORD#</p><p class=k>pages <a>1</a> <a>2</a> <a>3</a> <a>4</a> <a>5</a> <a>6</a> <a>7</a> <a>8</a> <a>9</a> <a>10</a>`, keep: true},
}

// barePad is one for a field that is not hidden.
var barePad = asText(padPage("s", ""))

func asText(page string) string { return strings.Replace(page, "type=password", "type=text", 1) }

// padPage has a password and keys for it.
func padPage(class, pressed string) string {
	var b strings.Builder
	b.WriteString(`<input type=password readonly id=p><div id=w onclick="if(event.target.localName=='button'){p.value+=event.target.textContent;` + pressed + `}">`)
	for _, digit := range "1234567890" {
		fmt.Fprintf(&b, `<button class=%s style="width:70px;height:44px">%c</button>`, class, digit)
	}
	return b.String() + `</div>`
}

// pressKeys lets the customer press some keys of a pad, long enough to see it.
func pressKeys(h *hand) error {
	for range 3 {
		at, err := h.where("#w button:nth-child(4)")
		if err != nil {
			return err
		}
		h.as(h.customer).move(at)
		h.as(h.customer).down(at, 0, 1)
		<-time.After(250 * time.Millisecond) // the case runs
		h.as(h.customer).up(at, 0, 1)
	}
	return nil
}

// longText is as much as a consent says.
var longText = strings.Repeat("the company that is named below may collect amounts from my account by direct debit, ", 8)

// loadedPage tells that it has loaded.
const loadedPage = `<!doctype html><meta charset=utf-8>HELPER<p>next`

// returningPage fires when it is shown again.
const returningPage = loadedPage + `<script>onpageshow=e=>{if(sessionStorage.seen||e.persisted){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}sessionStorage.seen=1}</script>`

var errNotLoaded = errors.New("the page does not load")

// customersPress leaves the page in the customer's hand.
func customersPress(h *hand) error {
	h.as(h.customer).pressAt(point{300, 200}, 0, 1)
	h.as(h.customer).fence()
	return nil
}

// byAddress goes to a file of the case's folder by the address bar.
func byAddress(file string) func(h *hand) error {
	return func(h *hand) error {
		h.who.send("navigate", map[string]any{"tab": h.stage.tab, "url": h.address(file)})
		return nil
	}
}

// customersKey is a key of the customer's, whoever acts otherwise.
func customersKey(key string) func(h *hand) error {
	return func(h *hand) error {
		h.fence()
		return h.as(h.customer).keys(key)
	}
}

func backTab(h *hand) error {
	const shift = 8
	for _, kind := range []cobrowse.InputKind{cobrowse.InputKeyDown, cobrowse.InputKeyUp} {
		h.input(cobrowse.InputEvent{Kind: kind, Key: "Tab", Code: "Tab", Mods: shift})
	}
	return nil
}

// isThere waits for the page that was gone to: what its documents do by themselves is done before anybody's hand is on it again.
func isThere(h *hand) error {
	if !h.site.await(patience, func() bool { return h.visit.loaded > 1 || h.visit.fired > 0 }) {
		return errNotLoaded
	}
	return nil
}
