package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// drag presses at one point, goes to another and lets go there.
func (r *rig) drag(tab cobrowse.TabID, by cobrowse.Role, x, y, toX, toY float64) {
	r.t.Helper()
	p, err := r.pageOf(tab)
	if err != nil {
		r.t.Fatal(err)
	}
	do := func(ev cobrowse.InputEvent) {
		if refusal := r.act(tab, by, ev); refusal != nil {
			r.t.Fatal(refusal)
		}
	}
	move := func(x, y float64) {
		do(cobrowse.InputEvent{Kind: cobrowse.InputMove, X: x, Y: y, Buttons: 1})
		r.frame(p)
	}
	do(cobrowse.InputEvent{Kind: cobrowse.InputDown, X: x, Y: y, Buttons: 1, Clicks: 1})
	for step := range 20 { // a hand rests before it drags: a text is selected by one that leaves at once
		move(x+float64(step%2), y)
	}
	for step := range 4 {
		move(x+8+float64(step%4), y)
	}
	move((x+toX)/2, (y+toY)/2)
	move(toX, toY)
	do(cobrowse.InputEvent{Kind: cobrowse.InputUp, X: toX, Y: toY, Clicks: 1})
}

// frame waits until the page has taken in a move and painted a frame.
func (r *rig) frame(p *page) {
	r.t.Helper()
	r.until("the move is taken in", func() bool { return len(p.tab.queue) == 0 && !p.tab.moving })
	if _, err := evaluate[bool](r.t.Context(), p.session, "", "new Promise(done => requestAnimationFrame(() => done(true)))"); err != nil {
		r.t.Fatal(err)
	}
}

const dragPage = `<title>drag</title><body style="margin:0;font:16px sans-serif"><style>div,input{position:absolute;width:100px;height:60px;left:0;box-sizing:border-box}</style>
<div id=knob style="top:100px;background:#00c"></div><input id=f style="top:200px;width:300px" oninput="tell('field '+this.value)">
<input class=secret id=s value=4711 style="top:300px;width:300px"><div class=secret id=t style="top:400px;width:300px">Ana Souza</div>
<div style="top:500px;width:300px" onclick="tell(getSelection()+' click')">visible</div><script>
const tell = what => document.title = what
knob.onpointerdown = e => { knob.setPointerCapture(1); knob.onpointermove = e => knob.style.left = e.clientX - 50 + 'px' }
knob.onpointerup = e => { knob.onpointermove = null; tell('knob ' + knob.style.left) }
</script>`

// TestDragging: a page's own sliders and its texts follow the mouse of both people, and nothing hangs afterwards.
func TestDragging(t *testing.T) {
	s := site(t, map[string]string{"/": dragPage})
	r := launch(t, Spec{Session: "dragging"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "drag")
	for _, by := range []cobrowse.Role{cobrowse.RoleCustomer, cobrowse.RoleAgent} {
		for _, c := range []struct {
			want           string
			x, y, toX, toY float64
		}{
			{"knob 150px", 50, 130, 200, 140}, {"visible click", 1, 510, 250, 510},
		} {
			r.forget()
			r.drag(tab, by, c.x, c.y, c.toX, c.toY)
			await(r, c.want+" by "+string(by), func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == c.want })
		}
		r.drag(tab, by, 200, 130, 50, 130) // back
		r.forget()
		r.press(tab, by, 200, 530)
		await(r, "a press afterwards", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "click" })
	}
}

// TestTheOthersMouseDisturbsNoDrag: while somebody holds the button the page hears of no mouse that holds none.
func TestTheOthersMouseDisturbsNoDrag(t *testing.T) {
	s := site(t, map[string]string{"/": dragPage + `<script>addEventListener('pointermove', e => { if (!e.buttons) document.body.dataset.disturbed = 'yes' })</script>`})
	r := launch(t, Spec{Session: "disturbed"})
	tab := r.openPage(s.URL)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	for i, by := range people {
		r.grab(tab, by, 50, 130, 120, 130)
		if _, err := evaluate[string](t.Context(), p.session, "", "delete document.body.dataset.disturbed && ''"); err != nil {
			t.Fatal(err)
		}
		for x := range 5 {
			r.move(tab, people[1-i], 300+float64(x), 300, 0)
			r.move(tab, by, 120+float64(x), 130, 1)
		}
		r.letGo(tab, by, 50, 130)
		disturbed, err := evaluate[string](t.Context(), p.session, "", "document.body.dataset.disturbed ?? ''")
		if err != nil || disturbed != "" {
			t.Errorf("%s was disturbed: %q, %v", by, disturbed, err)
		}
	}
}

// TestTheButtonIsLetGoBehindADialog: whose button went up while the page asked holds it no longer, and the other's mouse is heard.
func TestTheButtonIsLetGoBehindADialog(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="height:100vh" onmousedown="alert('hello')" onmousemove="if (event.clientX === 77) document.title = 'heard'">`})
	r := launch(t, Spec{Session: "letgo"})
	tab := r.openPage(s.URL)
	if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 50, Y: 50, Buttons: 1, Clicks: 1}); err != nil {
		t.Fatal(err)
	}
	alert := r.asks(cobrowse.AskAlert)
	r.letGo(tab, cobrowse.RoleCustomer, 50, 50)
	r.answer(alert, cobrowse.RoleCustomer, cobrowse.Reply{})
	r.move(tab, cobrowse.RoleAgent, 77, 60, 0)
	await(r, "the agent's mouse", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "heard" })
}

// TestAgentsDragNothingHidden: dropped into a field that is not hidden, a part of it would be there to read. Its owner may.
func TestAgentsDragNothingHidden(t *testing.T) {
	s := site(t, map[string]string{"/": dragPage})
	r := launch(t, Spec{Session: "hidden", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: ".secret"}}}})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.see(tab, "drag")
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []cobrowse.Role{cobrowse.RoleAgent, cobrowse.RoleCustomer} {
		r.press(tab, by, 10, 410)
		r.double(tab, by, 10, 410) // selects a word
		selected := "new Promise(done => setInterval(() => getSelection() + '' === 'Ana' && done(true), 20))"
		if _, err := evaluate[bool](t.Context(), p.session, "", selected); err != nil {
			t.Fatal(err)
		}
		r.drag(tab, by, 10, 410, 250, 230)
		if by == cobrowse.RoleAgent {
			r.click(tab, 200, 530) // what the agent did is over
			await(r, "a press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "click" })
			continue
		}
		await(r, "what its owner dropped", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "field Ana" })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.said {
		e, ok := ev.(cobrowse.TabsEvent)
		if ok && e.Tabs[0].Title == "click" {
			return
		}
		if ok && e.Tabs[0].Title == "field Ana" {
			t.Error("an agent has dropped it")
		}
	}
}

func (r *rig) double(tab cobrowse.TabID, by cobrowse.Role, x, y float64) {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		if refusal := r.act(tab, by, cobrowse.InputEvent{Kind: kind, X: x, Y: y, Clicks: 2}); refusal != nil {
			r.t.Fatal(refusal)
		}
	}
}
