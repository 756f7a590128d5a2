package browser

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestChromiumComesBack(t *testing.T) {
	s := site(t, map[string]string{"/red": red, "/blue": blue})
	r := launch(t, Spec{Session: "crash"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	first, err := r.Open(t.Context(), s.URL+"/red")
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	second, err := r.Open(t.Context(), s.URL+"/blue")
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, bluePixel)
	dead := r.running().process
	r.forget()
	if err := syscall.Kill(dead.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open && e.Reason == "crashed" })
	lost := await(r, "restored", func(e cobrowse.LostEvent) bool { return e.Restored })
	if len(lost.Lost) == 0 {
		t.Errorf("%+v", lost)
	}
	if config := awaitColour(t, r, sub, bluePixel); config.Tab != string(second) {
		t.Errorf("config %+v", config)
	}
	if err := r.Show(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	if _, err := os.Stat(dead.folder.path); !os.IsNotExist(err) {
		t.Errorf("the dead browser's profile: %v", err)
	}
}

// TestSilentChromiumIsReplaced: one that lives but answers nothing any more holds nobody for good.
func TestSilentChromiumIsReplaced(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	l := testLauncher(t)
	l.deafTime = 8 * time.Second
	r := launchBy(t, l, Spec{Session: "silent"})
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	r.forget()
	if err := syscall.Kill(r.running().process.cmd.Process.Pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	await(r, "restored", func(e cobrowse.LostEvent) bool { return e.Restored })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
}

// TestChromiumComesBackAgain: one that dies while it is being filled with the tabs is replaced as well.
func TestChromiumComesBackAgain(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "again"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	for range 5 {
		if _, err := r.Open(t.Context(), s.URL); err != nil {
			t.Fatal(err)
		}
	}
	awaitColour(t, r, sub, redPixel)
	r.forget()
	for range 2 {
		dying := r.running()
		if err := syscall.Kill(dying.process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		next := r.running()
		for deadline := time.Now().Add(testTime); next == nil || next == dying; next = r.running() { // the moment that it is there
			if time.Now().After(deadline) {
				t.Fatal("no Chromium came back")
			}
			time.Sleep(time.Millisecond)
		}
	}
	lost := await(r, "restored", func(cobrowse.LostEvent) bool { return true })
	if !lost.Restored {
		t.Fatal("the session is over")
	}
	awaitColour(t, r, sub, redPixel)
}

// TestReplacedPageIsToldOf: a tab that is opened anew has lost what was typed in it.
func TestReplacedPageIsToldOf(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "replaced"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	r.forget()
	r.replacePage(p)
	await(r, "loss", func(e cobrowse.LostEvent) bool { return e.Restored && slices.Equal(e.Lost, []string{"forms"}) })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
}

func TestRendererComesBack(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "renderer"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.forget()
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.session.begin("Page.crash", nil); err != nil {
		t.Fatal(err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return e.Reason == "crashed" })
	await(r, "loss", func(e cobrowse.LostEvent) bool { return e.Restored })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	awaitColour(t, r, sub, redPixel)
}

// TestHungPage: a page that never answers again holds nobody up.
func TestHungPage(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>hung</title><body onmousedown="for(;;);">`, "/next": "<title>next</title>"})
	r := launch(t, Spec{Session: "hung"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	for range 3 {
		r.click(tab, 50, 50)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return e.Reason == "masks" })
	if _, err := r.Input(t.Context(), tab, cobrowse.RoleAgent, cobrowse.InputEvent{Kind: cobrowse.InputDown, X: 50, Y: 50}); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable {
		t.Errorf("the agent's press into a hung page: %v", err)
	}
	if err := r.Navigate(t.Context(), tab, otherHost(s.URL)+"/next"); err != nil {
		t.Fatal(err)
	}
	r.see(tab, "next")
	r.click(tab, 50, 50)
}
