package leaktest

import (
	"encoding/json"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse"
)

// hand is a person who acts on a case's page, the way their own page would: by messages on the live socket.
type hand struct {
	*stage
	who   *person
	visit *visit
	tab   string // "" = the one that is shown
}

type point struct{ X, Y float64 }

// visit opens a case's page in the customer's name and waits until the agent may see it: by the gate's word and a
// picture after it; with a reason, until the gate is closed for that.
func (st *stage) visit(n int, name, host, html string, files map[string]string, closed string) (*hand, error) {
	v, address := st.site.serve(n, name, orHome(host), html, files)
	if err := st.oneTab(); err != nil {
		return nil, err
	}
	h := &hand{stage: st, who: st.customer, visit: v}
	return h, st.goTo(v, address, closed)
}

func orHome(host string) string {
	if host == "" {
		return home
	}
	return host
}

// againTime is after how long a person tries once more who does not come to a page.
const againTime = 15 * time.Second

// goTo goes to an address and waits for the agent's view of it; with a reason, for the gate to be closed for that.
func (st *stage) goTo(v *visit, address, closed string) error {
	turns := get(st.agent, func() int { return st.agent.gate.turns })
	c := st.customer
	loaded := false
	for _, limit := range []time.Duration{againTime, patience} { // a page that goes on by itself may overtake a person; they try again
		c.send("navigate", map[string]any{"tab": st.tab, "url": address})
		if loaded = st.site.await(limit, func() bool { return v.loaded > 0 }); loaded {
			break
		}
	}
	if !loaded {
		return fmt.Errorf("the page does not load: %s, notices %v, errors %v", get(c, c.describe), c.notices[c.during], c.errors[c.during])
	}
	return st.seen(turns, closed)
}

// seen waits until the gate spoke after the given turn and stands open, with a picture, or closed for a reason.
func (st *stage) seen(turns int, closed string) error {
	a := st.agent
	if closed != "" {
		return a.until(patience, "the gate to be closed for "+closed, func() bool { return !a.gate.open && a.gate.reason == closed })
	}
	return a.until(patience, "a picture behind an open gate", func() bool { return a.gate.turns > turns && a.gate.open && a.pics > 0 })
}

// oneTab closes what the last case has opened.
func (st *stage) oneTab() error {
	c := st.customer
	for _, t := range get(c, func() []tabView { return c.tabs }) {
		if t.ID != st.tab {
			c.send("tab", map[string]any{"op": "close", "tab": t.ID})
		}
	}
	return c.until(patience, "one tab", func() bool { return len(c.tabs) == 1 && c.shown == st.tab })
}

// as is the same page in somebody else's hand.
func (h *hand) as(who *person) *hand { return &hand{h.stage, who, h.visit, h.tab} }

// eval runs a script in the page. A promise is awaited; result may be nil.
func (h *hand) eval(js string, result any) error {
	data, err := h.site.eval(h.visit, js)
	if err != nil || result == nil {
		return err
	}
	return json.Unmarshal(data, result)
}

// where is the middle of the first element that selector matches in the page.
func (h *hand) where(selector string) (point, error) {
	var at point
	return at, h.eval(fmt.Sprintf(`(()=>{const r=document.querySelector(%q).getBoundingClientRect();return {X:r.x+r.width/2,Y:r.y+r.height/2}})()`, selector), &at)
}

func (h *hand) input(ev cobrowse.InputEvent) {
	tab := h.tab
	if tab == "" {
		tab = get(h.who, func() string { return h.who.shown })
	}
	h.who.send("input", map[string]any{"tab": tab, "ev": ev})
}

func (h *hand) move(at point) {
	h.input(cobrowse.InputEvent{Kind: cobrowse.InputMove, X: at.X, Y: at.Y})
}

func (h *hand) down(at point, button, clicks int) {
	h.input(cobrowse.InputEvent{Kind: cobrowse.InputDown, X: at.X, Y: at.Y, Button: button, Buttons: 1 << button, Clicks: clicks})
}

func (h *hand) up(at point, button, clicks int) {
	h.input(cobrowse.InputEvent{Kind: cobrowse.InputUp, X: at.X, Y: at.Y, Button: button, Clicks: clicks})
}

func (h *hand) click(selector string) error { return h.press(selector, 0, 1) }

// press presses a button of the mouse, 0 left, 1 middle, 2 right.
func (h *hand) press(selector string, button, clicks int) error {
	at, err := h.where(selector)
	if err != nil {
		return err
	}
	h.pressAt(at, button, clicks)
	return nil
}

func (h *hand) pressAt(at point, button, clicks int) {
	h.move(at)
	for n := 1; n <= clicks; n++ {
		h.down(at, button, n)
		h.up(at, button, n)
	}
}

// drag presses at one element and lets go at another.
func (h *hand) drag(from, to string) error {
	a, err := h.where(from)
	if err != nil {
		return err
	}
	b, err := h.where(to)
	if err != nil {
		return err
	}
	h.move(a)
	h.down(a, 0, 1)
	for i := 1; i <= 4; i++ {
		h.input(cobrowse.InputEvent{Kind: cobrowse.InputMove, X: a.X + (b.X-a.X)*float64(i)/4, Y: a.Y + (b.Y-a.Y)*float64(i)/4, Buttons: 1})
		<-time.After(30 * time.Millisecond) // as fast as a hand: moves that wait would be one
	}
	h.up(b, 0, 1)
	return nil
}

// keys types named keys or single characters, one after the other.
func (h *hand) keys(keys ...string) error {
	for _, k := range keys {
		ev := cobrowse.InputEvent{Kind: cobrowse.InputKeyDown, Key: k, Code: codeOf(k)}
		h.input(ev)
		ev.Kind = cobrowse.InputKeyUp
		h.input(ev)
	}
	return nil
}

func codeOf(key string) string {
	switch {
	case key == " ":
		return "Space"
	case len(key) == 1 && key[0] >= '0' && key[0] <= '9':
		return "Digit" + key
	case len(key) == 1 && key[0] >= 'a' && key[0] <= 'z':
		return "Key" + string(key[0]-'a'+'A')
	}
	return key
}

func (h *hand) text(s string) { h.input(cobrowse.InputEvent{Kind: cobrowse.InputText, Text: s}) }

func (h *hand) focus(selector string) error {
	return h.eval(fmt.Sprintf(`document.querySelector(%q).focus()`, selector), nil)
}

// fenceTime is how long the page's word is waited for that it took in everything before. A page that went away cannot give it.
const fenceTime = 600 * time.Millisecond

// fence waits until the page has taken in what this hand did before: its pointer comes to the corner, in order after all of it.
func (h *hand) fence() {
	before := h.site.count(func() int { return h.visit.fences })
	h.move(point{40, 40})
	h.move(point{4, 4})
	h.site.await(fenceTime, func() bool { return h.visit.fences > before })
}
