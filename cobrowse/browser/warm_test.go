package browser

import (
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestWarmBrowserIsTaken(t *testing.T) {
	l := testLauncher(t)
	w, err := l.Warm(t.Context(), Spec{Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: ".secret"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(testTime); !w.Answers(t.Context()); { // at once, but a machine may be slow
		if time.Now().After(deadline) {
			t.Fatal("it does not answer")
		}
	}
	b, err := w.Launch(t.Context(), "warm")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(t.Context())
	if b.chrome != w.chrome || b.spec.Session != "warm" {
		t.Error("the session has another browser")
	}
}

// TestSickWarmBrowsersDoNotAnswer: one that is dead, or stands still, is nothing for a person who waits.
func TestSickWarmBrowsersDoNotAnswer(t *testing.T) {
	l := testLauncher(t)
	for name, signal := range map[string]syscall.Signal{"dead": syscall.SIGKILL, "standing still": syscall.SIGSTOP} {
		w, err := l.Warm(t.Context(), Spec{ProxyAddr: "127.0.0.1:9"})
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(w.chrome.process.cmd.Process.Pid, signal); err != nil {
			t.Fatal(err)
		}
		if w.Answers(t.Context()) {
			t.Errorf("%s: it answers", name)
		}
		if err := w.Close(); err != nil || w.chrome.alive() {
			t.Errorf("%s: it is still there, %v", name, err)
		}
	}
}
