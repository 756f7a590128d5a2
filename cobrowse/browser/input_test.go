package browser

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// press clicks as somebody and returns what the guard said.
func (r *rig) press(tab cobrowse.TabID, by cobrowse.Role, x, y float64) *cobrowse.Refusal {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp} {
		if refusal := r.act(tab, by, cobrowse.InputEvent{Kind: kind, X: x, Y: y, Clicks: 1}); refusal != nil {
			return refusal
		}
	}
	return nil
}

func (r *rig) click(tab cobrowse.TabID, x, y float64) {
	r.t.Helper()
	if refusal := r.press(tab, cobrowse.RoleCustomer, x, y); refusal != nil {
		r.t.Fatalf("the customer was refused: %+v", refusal)
	}
}

func (r *rig) key(tab cobrowse.TabID, by cobrowse.Role, key, code string, mods int) *cobrowse.Refusal {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputKeyDown, cobrowse.InputKeyUp} {
		if refusal := r.act(tab, by, cobrowse.InputEvent{Kind: kind, Key: key, Code: code, Mods: mods}); refusal != nil {
			return refusal
		}
	}
	return nil
}

// TestAgentsKeysAreJudgedWhereTheyGo: the guard looks at what has the focus when the key comes there, not at what had it while the page
// had not yet taken in the key before.
func TestAgentsKeysAreJudgedWhereTheyGo(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>0</title><input id=i autofocus onkeydown="busy()"><button id=buy onkeydown="busy()">Buy now</button>
		<button id=more onclick="document.title=++n;i.focus()">more</button>
		<script>n=0;function busy(){for(const until=performance.now()+60;performance.now()<until;);}</script>`})
	r := launch(t, Spec{Session: "keys", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buying", Selector: "#buy"}}}})
	tab := r.openPage(s.URL)
	const rounds = 10
	for i := range rounds {
		for _, key := range []string{"Tab", "Tab", " "} {
			if refusal := r.key(tab, cobrowse.RoleAgent, key, strings.Replace(key, " ", "Space", 1), 0); refusal != nil {
				t.Fatalf("round %d: %q was refused: %+v", i, key, refusal)
			}
		}
	}
	await(r, "all presses", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == strconv.Itoa(rounds) })
}

const formPage = `<title>form</title><body style="margin:0">
<input id=a style="position:absolute;left:0;top:0;width:200px;height:40px" onkeydown="window.codes=(window.codes||'')+event.keyCode+' '">
<input id=b style="position:absolute;left:0;top:60px;width:200px;height:40px">
<form onsubmit="event.preventDefault();document.title=[a.value,b.value,codes].join('|')"><input id=c style="position:absolute;left:0;top:120px;width:200px;height:40px"></form>
<div style="height:5000px"></div><script>onscroll=()=>document.title='scrolled'</script>`

func TestTyping(t *testing.T) {
	s := site(t, map[string]string{"/": formPage})
	r := launch(t, Spec{Session: "typing"})
	tab := r.openPage(s.URL)
	r.click(tab, 100, 20)
	await(r, "focus", func(e cobrowse.FocusEvent) bool { return e.Focus.Tab == tab && e.Focus.Editable })
	customer := cobrowse.RoleCustomer
	for _, k := range []struct {
		key, code string
		mods      int
	}{
		{"x", "KeyX", 0}, {"a", "KeyA", modCtrl}, {"A", "KeyA", modShift}, {"1", "Digit1", 0}, {"z", "KeyZ", 0}, {"Backspace", "Backspace", 0},
		{"ç", "Semicolon", 0}, {"Tab", "Tab", 0},
	} {
		r.key(tab, customer, k.key, k.code, k.mods)
	}
	if _, err := r.Input(t.Context(), tab, customer, cobrowse.InputEvent{Kind: cobrowse.InputText, Text: "ação 日本"}); err != nil {
		t.Fatal(err)
	}
	r.click(tab, 100, 140)
	r.key(tab, customer, "Enter", "Enter", 0)
	await(r, "the typed text", func(e cobrowse.TabsEvent) bool {
		return e.Tabs[0].Title == "A1ç|ação 日本|88 65 65 49 90 8 186 9"
	})
	if _, err := r.Input(t.Context(), tab, customer, cobrowse.InputEvent{Kind: cobrowse.InputWheel, X: 400, Y: 300, DY: 300}); err != nil {
		t.Fatal(err)
	}
	await(r, "scrolling", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "scrolled" })
	for _, ev := range []cobrowse.InputEvent{{Kind: "shout"}, {Kind: cobrowse.InputKeyDown}} {
		if _, err := r.Input(t.Context(), tab, customer, ev); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%+v: %v", ev, err)
		}
	}
}

const guardedPage = `<title>shop</title><body style="margin:0">
<button id=buy onclick="document.title+='bought'" style="position:absolute;left:0;top:0;width:200px;height:40px">Buy now</button>
<button onclick="document.title+='looked'" style="position:absolute;left:0;top:60px;width:200px;height:40px">Look</button>`

func TestAgentIsGuarded(t *testing.T) {
	s := site(t, map[string]string{
		"/":      guardedPage,
		"/frame": `<title>frame</title><body style="margin:0"><iframe src="FRAME" style="border:0;position:absolute;left:100px;top:100px;width:300px;height:200px"></iframe>`,
	})
	r := launch(t, Spec{Session: "guard", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buying", Selector: "#buy"}}}})
	tab := r.openPage(s.URL)
	want := cobrowse.Refusal{Tab: tab, By: cobrowse.RoleAgent, How: "mouse", Name: "Buy now", Rule: "buying"}
	if refusal, err := r.Blocked(t.Context(), tab, 100, 20); err != nil || refusal == nil || *refusal != want {
		t.Errorf("blocked: %+v %v", refusal, err)
	}
	if refusal, err := r.Blocked(t.Context(), tab, 100, 80); err != nil || refusal != nil {
		t.Errorf("not blocked: %+v %v", refusal, err)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 100, 20); refusal == nil || *refusal != want {
		t.Errorf("agent: %+v", refusal)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 100, 80); refusal != nil {
		t.Errorf("agent on a free button: %+v", refusal)
	}
	await(r, "the free button", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "shoplooked" })
	r.click(tab, 100, 20)
	await(r, "the customer's press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "shoplookedbought" })
	if refusal := r.key(tab, cobrowse.RoleAgent, "Enter", "Enter", 0); refusal == nil || refusal.How != "key" {
		t.Errorf("agent's Enter on the focused button: %+v", refusal)
	}
}

func TestLayerFollowsFrames(t *testing.T) {
	secret := `<body style="margin:0"><input type=password value=hunter2 style="position:absolute;left:10px;top:20px;width:100px;height:30px;border:0;padding:0">`
	inner := site(t, map[string]string{"/": secret})
	outer := site(t, map[string]string{"/": secret + `<iframe src="` + otherHost(inner.URL) + `" style="border:5px solid;position:absolute;left:200px;top:100px;width:300px;height:200px"></iframe>`})
	r := launch(t, Spec{Session: "layer", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "pw", Selector: "input[type=password]"}}}})
	if _, err := r.Open(t.Context(), outer.URL); err != nil {
		t.Fatal(err)
	}
	at := func(l cobrowse.Layer, x, y float64) bool {
		for _, item := range l.Items {
			if item.Rect == (cobrowse.LayerRect{X: x, Y: y, W: 100, H: 30}) {
				return true
			}
		}
		return false
	}
	await(r, "both fields", func(e cobrowse.LayerEvent) bool {
		return len(e.Layer.Items) == 2 && at(e.Layer, 10, 20) && at(e.Layer, 215, 125)
	})
}

func TestAgentIsGuardedInForeignFrames(t *testing.T) {
	inner := site(t, map[string]string{"/": guardedPage + `<script>document.querySelectorAll('button').forEach(b=>b.addEventListener('click',()=>parent.postMessage(b.textContent,'*')))</script>`})
	outer := site(t, map[string]string{"/": `<title>frames</title><body style="margin:0" onload="onmessage=e=>document.title=e.data">
		<iframe src="` + otherHost(inner.URL) + `" style="border:0;position:absolute;left:100px;top:100px;width:300px;height:200px"></iframe>`})
	r := launch(t, Spec{Session: "foreign", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buying", Selector: "#buy"}}}})
	tab := r.openPage(outer.URL)
	if refusal := r.press(tab, cobrowse.RoleAgent, 200, 120); refusal == nil || refusal.Name != "Buy now" {
		t.Errorf("agent in a foreign frame: %+v", refusal)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 200, 20); refusal != nil {
		t.Errorf("agent beside the frame: %+v", refusal)
	}
	if refusal := r.press(tab, cobrowse.RoleAgent, 200, 180); refusal != nil {
		t.Errorf("agent on a free button: %+v", refusal)
	}
	await(r, "the free button", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "Look" })
	r.click(tab, 200, 120)
	await(r, "the customer's press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "Buy now" })
}

func TestFingersOnAPhone(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>phone</title><meta name=viewport content="width=device-width"><body ontouchstart="document.title='touch'" onclick="document.title+=' click '+innerWidth" style="height:100vh">`})
	r := launch(t, Spec{Session: "phone"})
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 390, Height: 844, Mobile: true}); err != nil {
		t.Fatal(err)
	}
	tab := r.openPage(s.URL)
	r.click(tab, 100, 100)
	await(r, "tap", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "touch click 390" })
}

// TestKeysOfTheBrowserItself: Chromium's own shortcuts do nothing.
func TestKeysOfTheBrowserItself(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>0</title><body><input autofocus onkeydown="document.title = +document.title + 1">`})
	r := launch(t, Spec{Session: "shortcuts"})
	tab := r.openPage(s.URL)
	for _, k := range []struct {
		key, code string
		mods      int
	}{
		{"t", "KeyT", modCtrl}, {"n", "KeyN", modCtrl}, {"w", "KeyW", modCtrl}, {"u", "KeyU", modCtrl}, {"p", "KeyP", modCtrl}, {"s", "KeyS", modCtrl},
		{"I", "KeyI", modCtrl | modShift}, {"F12", "F12", 0}, {"F1", "F1", 0}, {"F5", "F5", 0}, {"ArrowLeft", "ArrowLeft", modAlt},
	} {
		r.key(tab, cobrowse.RoleCustomer, k.key, k.code, k.mods)
	}
	r.key(tab, cobrowse.RoleCustomer, "a", "KeyA", 0)
	await(r, "a key of the page", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "1" })
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := 0
	for _, ev := range r.said {
		if e, ok := ev.(cobrowse.TabsEvent); ok && len(e.Tabs) != 1 {
			t.Errorf("a key opened or closed a tab: %+v", e)
		}
		if e, ok := ev.(cobrowse.WantedEvent); ok && e.Tab == tab && e.What == "printer" {
			wanted++
		}
	}
	if wanted != 1 {
		t.Errorf("people were told %d times that nothing is printed", wanted)
	}
}

func TestWhichKeysPagesGet(t *testing.T) {
	for _, c := range []struct {
		key  string
		mods int
		want int // the modifiers as the page gets them, -1 when it does not get the key
	}{
		{"a", 0, 0}, {"A", modShift, modShift}, {"ã", 0, 0}, {"Enter", 0, 0}, {"Tab", modShift, modShift}, {"Control", modCtrl, modCtrl},
		{"a", modCtrl, modCtrl}, {"a", modMeta, modCtrl}, {"Z", modCtrl | modShift, modCtrl | modShift}, {"ArrowLeft", modCtrl, modCtrl},
		{"@", modCtrl | modAlt, 0}, {"ø", modAlt, 0}, {"v", modCtrl, -1}, {"t", modCtrl, -1}, {"t", modMeta, -1}, {"I", modCtrl | modShift, -1},
		{"Delete", modCtrl | modShift, -1}, {"Tab", modCtrl, -1}, {"1", modCtrl, -1}, {"d", modAlt, -1}, {"ArrowLeft", modAlt, -1}, {"F5", 0, -1},
		{"F12", 0, -1}, {"F", 0, 0}, {"Alt", modAlt, -1}, {"ContextMenu", 0, -1}, {"BrowserBack", 0, -1}, {"Process", 0, -1},
	} {
		got, may := ofPage(cobrowse.InputEvent{Kind: cobrowse.InputKeyDown, Key: c.key, Mods: c.mods})
		if may != (c.want >= 0) || (may && got.Mods != c.want) {
			t.Errorf("%s with %d: %v, modifiers %d", c.key, c.mods, may, got.Mods)
		}
	}
}

// TestRightButton: the menu of the page comes, Chromium's own does not take the mouse away.
func TestRightButton(t *testing.T) {
	s := site(t, map[string]string{"/": `<title></title><body style="height:100vh" oncontextmenu="document.title+='menu'" onclick="document.title+='click'">`})
	r := launch(t, Spec{Session: "menu"})
	tab := r.openPage(s.URL)
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 300, Y: 200, Button: 2, Clicks: 1}); err != nil {
			t.Fatal(err)
		}
	}
	r.click(tab, 300, 300)
	await(r, "both", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "menuclick" })
}

// TestPauseIsBehindEveryPicture: what was captured during a pause does not pass after it, nor does what an agent pressed before.
func TestPauseIsBehindEveryPicture(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "pause"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.forget()
	r.Pause(true)
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open && e.Reason == "paused" })
	if _, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 50, Y: 50}); !errors.Is(err, cobrowse.ErrUnseen) {
		t.Errorf("an agent's press during the pause: %v", err)
	}
	over := captureNow()
	r.Pause(false)
	_, chunk, err := next(t, sub, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if !chunk.Key || chunk.Captured <= over {
		t.Errorf("the first picture after the pause was captured %s before its end", over-chunk.Captured)
	}
}

// TestAgentsActOnPagesOnly: where no engine runs nothing guards the page, so only its way out is an agent's.
func TestAgentsActOnPagesOnly(t *testing.T) {
	s := site(t, map[string]string{"/": "<title>out</title>"})
	r := launch(t, Spec{Session: "unseen"})
	tab, err := r.Open(t.Context(), "http://127.0.0.1:9/")
	if err != nil {
		t.Fatal(err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return e.Reason == "unsupported" })
	for _, ev := range []cobrowse.InputEvent{{Kind: cobrowse.InputDown, X: 5, Y: 5}, {Kind: cobrowse.InputKeyDown, Key: "a"}, {Kind: cobrowse.InputText, Text: "a"}, {Kind: cobrowse.InputWheel, DY: 9}} {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, ev); !errors.Is(err, cobrowse.ErrUnseen) {
			t.Errorf("%s: %v", ev.Kind, err)
		}
	}
	for _, ev := range []cobrowse.InputEvent{{Kind: cobrowse.InputMove}, {Kind: cobrowse.InputUp, X: 5, Y: 5}, {Kind: cobrowse.InputKeyUp, Key: "a"}} {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, ev); err != nil {
			t.Errorf("%s: %v", ev.Kind, err)
		}
	}
	if err := r.Navigate(t.Context(), tab, s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "the way out", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "out" })
}

// TestInputIsNotCarriedOutLate: whoever asked has given up.
func TestInputIsNotCarriedOutLate(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body onmousedown="document.title+=event.button">`})
	r := launch(t, Spec{Session: "late"})
	tab := r.openPage(s.URL)
	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	if _, err := r.Input(given, tab, cobrowse.RoleAgent, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 50, Y: 50}); err == nil {
		t.Error("nobody said that it was not done")
	}
	if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 50, Y: 50, Button: 2}); err != nil {
		t.Fatal(err)
	}
	await(r, "the second press alone", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "start2" })
}

// TestCustomersMouseTakesNothingOver: what an agent's press sets off later is the agent's, although the customer's mouse moved meanwhile.
func TestCustomersMouseTakesNothingOver(t *testing.T) {
	s := site(t, map[string]string{
		"/": `<title>0</title><body style="margin:0"><button id=buy onclick="document.title+='bought'" style="position:absolute;left:0;top:0;width:200px;height:40px">Buy now</button>
			<button onclick="window.onmousemove=()=>{window.onmousemove=null;buy.click();document.title+=confirm('really?')}" style="position:absolute;left:0;top:60px;width:200px;height:40px">Later</button>`,
	})
	r := launch(t, Spec{Session: "mouse", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buying", Selector: "#buy"}}}})
	tab := r.openPage(s.URL)
	r.click(tab, 400, 400)
	move := func() {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: cobrowse.InputMove, X: 300, Y: 300}); err != nil {
			t.Fatal(err)
		}
	}
	r.press(tab, cobrowse.RoleAgent, 100, 80)
	r.actedJustNow()
	move()
	r.answer(r.doubtful(), cobrowse.RoleCustomer, cobrowse.Reply{})
	await(r, "the agent's question is not the customer's for their mouse", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "0false" })
	r.click(tab, 100, 80)
	move()
	r.answer(r.doubtful(), cobrowse.RoleCustomer, cobrowse.Reply{})
	await(r, "the customer's own press; the question may still be about the agent's", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "0falseboughtfalse" })
}

// TestOneFingerAtATime: a phone's page has one finger; the other person's tap neither moves nor lifts it.
func TestOneFingerAtATime(t *testing.T) {
	s := site(t, map[string]string{"/": `<title></title><meta name=viewport content="width=device-width"><body style="height:100vh"><script>
		for (const type of ['touchstart', 'touchmove', 'touchend']) addEventListener(type, e => { e.preventDefault(); document.title += type[5] }, {passive: false})</script>`})
	r := launch(t, Spec{Session: "finger"})
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 390, Height: 844, Mobile: true}); err != nil {
		t.Fatal(err)
	}
	tab := r.openPage(s.URL)
	finger := func(by cobrowse.Role, kind cobrowse.InputKind, y float64) error {
		_, err := r.Input(t.Context(), tab, by, cobrowse.InputEvent{Kind: kind, X: 100, Y: y})
		return err
	}
	customer, agent := cobrowse.RoleCustomer, cobrowse.RoleAgent
	err := finger(customer, cobrowse.InputDown, 100)
	if tap := finger(agent, cobrowse.InputDown, 300); cobrowse.CodeOf(tap) != cobrowse.CodeConflict {
		t.Errorf("a second finger: %v", tap)
	}
	err = errors.Join(err, finger(agent, cobrowse.InputUp, 300), finger(customer, cobrowse.InputMove, 150), finger(customer, cobrowse.InputUp, 150),
		finger(agent, cobrowse.InputDown, 300), finger(agent, cobrowse.InputUp, 300))
	if err != nil {
		t.Fatal(err)
	}
	await(r, "both fingers, one after the other", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "smese" })
}

// TestInputGoesOnInANewChromium: what the dead one never answered holds nobody up.
func TestInputGoesOnInANewChromium(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body onmousedown="document.title='pressed'">`})
	r := launch(t, Spec{Session: "revived"})
	tab := r.openPage(s.URL)
	r.click(tab, 9, 9)
	pid := r.running().process.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []cobrowse.InputKind{cobrowse.InputMove, cobrowse.InputUp} { // Chromium reads neither
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 9, Y: 9}); err != nil {
			t.Fatal(err)
		}
	}
	r.forget()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(r, "restored", func(e cobrowse.LostEvent) bool { return e.Restored })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	r.click(tab, 50, 50)
	await(r, "the press", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "pressed" })
}
