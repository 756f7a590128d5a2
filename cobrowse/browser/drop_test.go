package browser

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// board is a page with cards that are dragged the HTML5 way, and zones that take them. Its title counts and tells what came of each drag.
const board = `<title>board</title><body style="margin:0;font:16px sans-serif"><style>
.card,.zone,input,button,ul,li{position:absolute;width:100px;height:40px;box-sizing:border-box;left:0;margin:0;padding:0;background:#ddd}
.zone{left:150px;width:100px;height:80px}ul{left:300px;top:0;height:120px}li{position:static;list-style:none}</style>
<div id=a class=card draggable=true style="top:0">a</div><div id=typed class=card draggable=true style="top:50px">typed</div>
<div id=sly class=card draggable=true style="top:100px">sly</div><a id=link class=card href="/elsewhere" style="top:150px">link</a>
<div class=zone id=todo style="top:0">todo</div><div class=zone id=low style="top:560px;height:40px">low</div>
<div class=zone id=refuses style="top:100px">refuses</div><div class=zone id=buy style="top:200px">Buy now</div>
<ul><li id=one draggable=true>one</li><li id=two draggable=true>two</li><li id=three draggable=true>three</li></ul>
<input id=f style="top:250px" oninput="tell('field '+this.value)"><button style="top:300px" onclick="tell('pressed')">press</button>
<div class=secret id=secret style="position:absolute;top:400px">Ana Souza</div><div style="position:absolute;top:3000px">below</div><script>
let drag, log, n = 0
const tell = what => document.title = ++n + ' ' + what
const list = document.querySelector('ul')
addEventListener('dragstart', e => { drag = e.target; log = ''; if (drag.id === 'link') return
  e.dataTransfer.setData('text/plain', drag.id === 'sly' ? secret.textContent : drag.id)
  if (drag.id === 'typed') e.dataTransfer.setData('application/x-card', '{"id":7}') })
for (const z of document.querySelectorAll('.zone')) {
  z.ondragover = e => { if (z.id !== 'refuses') e.preventDefault(); e.dataTransfer.dropEffect = 'move' }
  z.ondrop = e => { e.preventDefault(); log = z.id + ' took ' + [...e.dataTransfer.types].map(t => t + '=' + e.dataTransfer.getData(t)).join(' '); if (!drag) tell(log) }
}
list.ondragover = e => { e.preventDefault(); const li = e.target.closest('li'); if (li && li !== drag) li[li.compareDocumentPosition(drag) & 4 ? 'before' : 'after'](drag) }
list.ondrop = e => { e.preventDefault(); log = [...list.children].map(li => li.id).join() }
addEventListener('dragend', e => { drag = null; tell((log || 'nothing') + ', ' + e.dataTransfer.dropEffect) })
addEventListener('scroll', () => tell('scrolled'))
</script>`

// elsewhere takes whatever is dropped on it, and tells whether it was pressed before.
const elsewhere = `<title>elsewhere</title><body style="height:100vh" ondragover="event.preventDefault()" ondrop="document.title='1 took it'"
onclick="document.title = '1 pressed ' + (document.title === 'elsewhere' ? 'first' : 'then')">`

// openBoard shows the board.
func openBoard(t *testing.T, spec Spec, page string) (*rig, cobrowse.TabID) {
	t.Helper()
	s := site(t, map[string]string{"/": page, "/elsewhere": elsewhere})
	r := launch(t, spec)
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "board")
	return r, tab
}

var people = []cobrowse.Role{cobrowse.RoleCustomer, cobrowse.RoleAgent}

// grab presses at one point and goes to another without letting go.
func (r *rig) grab(tab cobrowse.TabID, by cobrowse.Role, x, y, toX, toY float64) {
	r.t.Helper()
	for _, ev := range []cobrowse.InputEvent{
		{Kind: cobrowse.InputDown, X: x, Y: y, Buttons: 1, Clicks: 1}, {Kind: cobrowse.InputMove, X: x + 20, Y: y + 5, Buttons: 1},
		{Kind: cobrowse.InputMove, X: toX, Y: toY, Buttons: 1},
	} {
		if refusal := r.act(tab, by, ev); refusal != nil {
			r.t.Fatal(refusal)
		}
	}
}

func (r *rig) letGo(tab cobrowse.TabID, by cobrowse.Role, x, y float64) *cobrowse.Refusal {
	r.t.Helper()
	refusal, err := r.Input(r.t.Context(), tab, by, cobrowse.InputEvent{Kind: cobrowse.InputUp, X: x, Y: y, Clicks: 1})
	if err != nil {
		r.t.Fatal(err)
	}
	return refusal
}

// comesOf waits for what the board tells of what is done.
func (r *rig) comesOf(want string, do func()) {
	r.t.Helper()
	if told := r.tells("''", do); told != want {
		r.t.Errorf("it came %q, want %q", told, want)
	}
}

// told waits until the board tells this, maybe after other things.
func (r *rig) told(want string, do func()) {
	r.t.Helper()
	r.tells(strconv.Quote(want), do)
}

// tells returns what the board tells next; with a text to wait for (as JavaScript), it goes on to that. It asks the page itself: people hear
// of one title a second.
func (r *rig) tells(text string, do func()) string {
	r.t.Helper()
	r.Browser.mu.Lock()
	p := r.tabs[0].page
	r.Browser.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.t.Context(), testTime)
	defer cancel()
	before, err := evaluate[string](ctx, p.session, "", "document.title")
	if err != nil {
		r.t.Fatal(err)
	}
	do()
	told, err := evaluate[string](ctx, p.session, "", fmt.Sprintf(`new Promise(done => { const timer = setInterval(() => {
		const told = document.title.replace(/^\S* ?/, '')
		if (document.title === %q || !told || %s && told !== %[2]s) return
		clearInterval(timer)
		done(told)
	}, 10) })`, before, text))
	if err != nil {
		r.t.Fatalf("the board tells nothing: %v", err)
	}
	return told
}

// carry grabs something and drops it.
func (r *rig) carry(want string, tab cobrowse.TabID, by cobrowse.Role, x, y, toX, toY float64) {
	r.t.Helper()
	r.comesOf(want, func() {
		r.grab(tab, by, x, y, toX, toY)
		if refusal := r.letGo(tab, by, toX, toY); refusal != nil {
			r.t.Error(refusal)
		}
	})
}

func (r *rig) pressesWork(tab cobrowse.TabID, by cobrowse.Role) {
	r.t.Helper()
	r.comesOf("pressed", func() { r.press(tab, by, 50, 320) })
}

// TestDropping: cards come into zones and lists for both people, with all their data, and only where they are taken.
func TestDropping(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "dropping"}, board)
	for i, by := range people {
		r.carry("todo took text/plain=a, move", tab, by, 50, 20, 200, 40)
		r.pressesWork(tab, by)
		r.carry("todo took text/plain=typed application/x-card={\"id\":7}, move", tab, by, 50, 70, 200, 40)
		r.carry("low took text/plain=a, move", tab, by, 50, 20, 200, 598)
		r.carry("nothing, none", tab, by, 50, 20, 200, 140)
		r.carry("nothing, none", tab, by, 50, 20, 600, 500)
		r.carry("nothing, none", tab, by, 50, 20, -1, -1)
		r.carry("nothing, none", tab, by, 50, 20, 200, 610)
		r.carry([]string{"two,three,one, copy", "three,one,two, copy"}[i], tab, by, 350, 20, 350, 110)
		r.comesOf("field x", func() {
			r.press(tab, by, 50, 270)
			if _, err := r.Input(t.Context(), tab, by, cobrowse.InputEvent{Kind: cobrowse.InputText, Text: "x"}); err != nil {
				t.Fatal(err)
			}
		})
		r.comesOf("field", func() { r.key(tab, by, "Backspace", "Backspace", 0) })
	}
}

// TestNoDragIsLost: one after the other, as fast as they can be.
func TestNoDragIsLost(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "drags"}, board)
	for range 10 {
		for _, by := range people {
			r.carry("todo took text/plain=a, move", tab, by, 50, 20, 200, 40)
		}
	}
	r.pressesWork(tab, cobrowse.RoleAgent)
}

const framed = `<style>.thing{position:absolute;width:60px;height:40px;background:#ddd}</style>
<a href="/gone" class=thing style="left:0;top:0">link</a><div id=c class=thing draggable=true style="left:0;top:50px">c</div>
<div id=zone class=thing style="left:150px;top:50px">zone</div><button class=thing style="left:0;top:100px" onclick="say('start');say('pressed')">press</button><script>
const say = what => parent.postMessage(what, '*')
addEventListener('dragstart', e => { say('start'); if (e.target.id) e.dataTransfer.setData('text/plain', e.target.id) })
zone.ondragover = e => e.preventDefault()
zone.ondrop = e => { e.preventDefault(); say('frame took ' + e.dataTransfer.getData('text/plain')) }
addEventListener('dragend', e => say('frame ' + e.dataTransfer.dropEffect))
</script>`

// TestDroppingInFrames: within a frame of another site, into it and out of it. Afterwards both hear presses.
func TestDroppingInFrames(t *testing.T) {
	inner := site(t, map[string]string{"/": framed, "/gone": "<title>gone</title>"})
	r, tab := openBoard(t, Spec{Session: "frames"}, strings.Replace(board, "document.title = ++n + ' ' + what", "{ heard.push(what); document.title = ++n + ' ' + heard.sort() }", 1)+`<script>
let heard = []
addEventListener('dragstart', () => heard = [], true)
addEventListener('click', () => heard = [], true)
addEventListener('message', e => e.data === 'start' ? heard = [] : tell(e.data))
</script><iframe style="position:absolute;left:450px;top:0;width:300px;height:200px;border:0" src="`+otherHost(inner.URL)+`/"></iframe>`)
	for _, by := range people {
		for _, c := range []struct {
			want           string
			x, y, toX, toY float64
		}{
			{"frame copy,frame took c", 470, 70, 630, 70}, {"frame took a,nothing, none", 50, 20, 630, 70},
			{"frame none,todo took text/plain=c", 470, 70, 200, 40}, {"frame none", 470, 20, 600, 310},
		} {
			r.told(c.want, func() { r.drag(tab, by, c.x, c.y, c.toX, c.toY) })
			r.told("pressed", func() { r.press(tab, by, 470, 120) })
			r.pressesWork(tab, by)
		}
	}
}

// TestAgentsCarryNothingHidden: nor what a page's own script takes from there. Its owner may.
func TestAgentsCarryNothingHidden(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "carried", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: ".secret"}}}}, board)
	r.carry("nothing, none", tab, cobrowse.RoleAgent, 50, 120, 200, 40)
	r.pressesWork(tab, cobrowse.RoleAgent)
	r.carry("todo took text/plain=Ana Souza, move", tab, cobrowse.RoleCustomer, 50, 120, 200, 40)
}

// TestAgentsDropNothingOnGuards: what a guard keeps from being pressed is not pressed by a drop.
func TestAgentsDropNothingOnGuards(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "guarded", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buy", Name: "Buy now"}}}}, board)
	r.comesOf("nothing, none", func() {
		r.grab(tab, cobrowse.RoleAgent, 50, 20, 200, 240)
		if refusal := r.letGo(tab, cobrowse.RoleAgent, 200, 240); refusal == nil || refusal.Rule != "buy" {
			t.Errorf("refused: %+v", refusal)
		}
	})
	r.carry("todo took text/plain=a, move", tab, cobrowse.RoleAgent, 50, 20, 200, 40)
	r.carry("buy took text/plain=a, move", tab, cobrowse.RoleCustomer, 50, 20, 200, 240)
}

// TestGivingUpDrags: whatever comes between, what is dragged is dropped nowhere, its source hears of it, and presses work.
func TestGivingUpDrags(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "givenup"}, board)
	for i, by := range people {
		other := people[1-i]
		for name, between := range map[string]func(){
			"Escape":               func() { r.key(tab, by, "Escape", "Escape", 0) },
			"the other's Escape":   func() { r.key(tab, other, "Escape", "Escape", 0) },
			"a mouse that let go":  func() { r.move(tab, by, 220, 50, 0) },
			"a press of the other": func() { r.press(tab, other, 600, 500) },
			"somebody who leaves":  func() { r.letGo(tab, by, -1, -1) },
			"a wheel": func() {
				if _, err := r.Input(t.Context(), tab, by, cobrowse.InputEvent{Kind: cobrowse.InputWheel, X: 600, Y: 500, DY: 100}); err != nil {
					t.Fatal(err)
				}
				r.letGo(tab, by, 600, 500)
			},
		} {
			t.Log(name, "by", by)
			r.comesOf("nothing, none", func() {
				r.grab(tab, by, 50, 20, 200, 40)
				r.begun(tab)
				r.move(tab, other, 210, 45, 0) // does nothing
				between()
			})
			r.letGo(tab, by, 200, 40)
			r.pressesWork(tab, by)
			r.pressesWork(tab, other)
		}
	}
}

// TestABusyPageLosesNoDrag: it begins one late, when what is dragged has long been dropped.
func TestABusyPageLosesNoDrag(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "busy"}, board+`<script>
onmousemove = e => { if (e.buttons) for (const until = performance.now() + 1500; performance.now() < until;); }</script>`)
	for _, by := range people {
		r.carry("todo took text/plain=a, move", tab, by, 50, 20, 200, 40)
	}
}

// begun waits until the board drags something.
func (r *rig) begun(tab cobrowse.TabID) {
	r.t.Helper()
	p, err := r.pageOf(tab)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := evaluate[bool](r.t.Context(), p.session, "", "new Promise(done => setInterval(() => drag && done(true), 20))"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) move(tab cobrowse.TabID, by cobrowse.Role, x, y float64, buttons int) {
	r.t.Helper()
	if _, err := r.Input(r.t.Context(), tab, by, cobrowse.InputEvent{Kind: cobrowse.InputMove, X: x, Y: y, Buttons: buttons}); err != nil {
		r.t.Fatal(err)
	}
}

// TestDragsEndWithWhatTheyBeganIn: not in the next document, nor in a tab that nobody sees, nor while agents are blind, nor in the next Chromium.
func TestDragsEndWithWhatTheyBeganIn(t *testing.T) {
	r, tab := openBoard(t, Spec{Session: "ends"}, board)
	address := r.shown.url
	second, err := r.Open(t.Context(), address+"elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	show := func(tab cobrowse.TabID, title string) {
		if err := r.Show(t.Context(), tab); err != nil {
			t.Fatal(err)
		}
		r.see(tab, title)
	}
	show(tab, "board")
	for _, by := range people {
		r.grab(tab, by, 50, 20, 200, 40)
		if err := r.Navigate(t.Context(), tab, address+"elsewhere"); err != nil {
			t.Fatal(err)
		}
		r.see(tab, "elsewhere")
		r.letGo(tab, by, 200, 40)
		r.told("pressed first", func() { r.press(tab, by, 50, 320) })
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		r.see(tab, "board")

		r.grab(tab, by, 50, 20, 200, 40)
		r.begun(tab)
		show(second, "elsewhere")
		r.comesOf("nothing, none", func() { r.letGo(tab, by, 200, 40) })
		show(tab, "1 nothing, none")
		r.pressesWork(tab, by)
	}
	r.grab(tab, cobrowse.RoleAgent, 50, 20, 200, 40)
	r.begun(tab)
	r.Pause(true)
	r.comesOf("nothing, none", func() { r.letGo(tab, cobrowse.RoleAgent, 200, 40) })
	r.forget()
	r.Pause(false)
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	r.pressesWork(tab, cobrowse.RoleAgent)

	r.grab(tab, cobrowse.RoleCustomer, 50, 20, 200, 40)
	r.killed()
	r.see(tab, "board")
	r.letGo(tab, cobrowse.RoleCustomer, 200, 40)
	r.pressesWork(tab, cobrowse.RoleCustomer)
}
