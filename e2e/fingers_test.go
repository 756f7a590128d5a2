package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// fingerPage has what a finger does: a place to sign, a slider, a row that is swiped, and more than fits on the screen.
const fingerPage = `<!doctype html><meta name=viewport content="width=device-width"><title>start</title>
<style>body{margin:0;height:4000px;font:16px sans-serif}body>*{position:absolute;left:20px;width:300px}
canvas{top:30px;height:120px;border:1px solid #888;touch-action:none}input{top:180px;height:40px;margin:0}
#row{top:240px;height:80px;overflow-x:scroll;white-space:nowrap}#row b{display:inline-block;width:300px;height:60px;background:#cde}#tap{top:340px;height:40px}</style>
<canvas id=sign></canvas><input type=range id=slider value=0><div id=row><b>one</b><b>two</b><b>three</b></div><button id=tap>Tap</button>
<script>
let from = 0, stroke = 0; // how far, not in how many moves: those that wait together become one
sign.ontouchstart = (e) => { from = e.touches[0].clientX; };
sign.ontouchmove = (e) => { stroke = e.touches[0].clientX - from; };
sign.ontouchend = () => { document.title = stroke > 100 ? 'signed' : 'dotted'; };
slider.onchange = () => { document.title = slider.value > 50 ? 'far' : 'near'; };
row.onscroll = () => { if (row.scrollLeft > 100) document.title = 'swiped'; };
tap.ontouchstart = () => { tap.onclick = () => { document.title = 'tapped'; }; };
onscroll = () => { if (scrollY > 200) document.title = 'scrolled'; };
</script>`

// TestFingers: the customer signs, slides, swipes, taps and scrolls with a finger, as on their own phone or tablet; the agent reads of no clicks.
func TestFingers(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, fingerPage) }))
	t.Cleanup(s.Close)
	for name, screen := range map[string]people.Screen{"phone": people.Phone, "tablet": {Width: 820, Height: 1180, Phone: true}} {
		t.Run(name, func(t *testing.T) { useFingers(t, s.URL, name, screen) })
	}
}

func useFingers(t *testing.T, address, device string, screen people.Screen) {
	c := newCallWith(t, demo.Options{Settle: func(settings *company.Settings) {
		settings.Policy.Private = append(settings.Policy.Private, strings.TrimPrefix(address, "http://"))
	}})
	c.customer.Fit(screen)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.agent.Reads(".device", "On a "+device+", upright")
	c.customer.Fill("input[aria-label=Address]", address+"/\r")
	c.agent.Reads(".tab", "start")
	c.agent.Until("the page", `document.querySelector('main.live').dataset.veil === ''`)
	stage := c.customer.Rect(".live-stage")
	k := stage.W / people.Eval[float64](c.customer.Person, "document.querySelector('.live-stage').offsetWidth")
	swipe := func(fromX, fromY, toX, toY float64, becomes string) {
		t.Helper()
		c.customer.Swipe(stage.X+fromX*k, stage.Y+fromY*k, stage.X+toX*k, stage.Y+toY*k)
		c.agent.Reads(".tab", becomes)
	}
	swipe(60, 60, 260, 120, "signed")
	c.customer.Shot("signed")
	swipe(30, 200, 300, 200, "far")
	swipe(300, 270, 60, 270, "swiped")
	swipe(60, 360, 60, 360, "tapped")
	swipe(200, 500, 200, 150, "scrolled")
	c.desk.Shot("scrolled")
}
