package browser

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"

	"cobrowse-connector/cobrowse"
)

func TestWarmBrowserIsTaken(t *testing.T) {
	l := testLauncher(t)
	spec := Spec{Session: "warm", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: ".secret"}}}}
	if err := l.Warm(t.Context(), spec, 1); err != nil {
		t.Fatal(err)
	}
	waiting := l.pool.warm[poolKey(spec)][0]
	other, err := l.Launch(t.Context(), Spec{Session: "other policy"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	if other.chrome == waiting {
		t.Error("a browser with another policy's masks was handed out")
	}
	b, err := l.Launch(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(t.Context())
	if b.chrome != waiting {
		t.Error("the warm browser was not taken")
	}
}

// TestDeadWarmBrowserDoesNotCount: whoever keeps browsers warm has to hear that one is gone.
func TestDeadWarmBrowserDoesNotCount(t *testing.T) {
	l := testLauncher(t)
	spec := Spec{ProxyAddr: "127.0.0.1:9"}
	if err := l.Warm(t.Context(), spec, 1); err != nil {
		t.Fatal(err)
	}
	dead := l.pool.warm[poolKey(spec)][0]
	if err := syscall.Kill(dead.process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-dead.conn.lost
	if n := l.Waiting(spec); n != 0 {
		t.Errorf("%d browsers wait, and the only one is dead", n)
	}
	if err := l.Warm(t.Context(), spec, 1); err != nil || l.Waiting(spec) != 1 {
		t.Errorf("%d wait after another was asked for, %v", l.Waiting(spec), err)
	}
	living := l.pool.warm[poolKey(spec)][0]
	if err := l.Cool(spec); err != nil || l.Waiting(spec) != 0 || living.alive() {
		t.Errorf("%d wait after they were ended, %v", l.Waiting(spec), err)
	}
}

func TestPlainWordsWhenItCannotStart(t *testing.T) {
	refusing := t.TempDir() // stands before the real one: this machine does make namespaces
	if err := os.WriteFile(refusing+"/unshare", []byte("#!/bin/sh\necho not permitted >&2; exit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config Config
		path   string
		want   string
	}{
		"no chromium":   {Config{ChromiumPath: "/nowhere/chromium"}, "", "chromium_missing"},
		"no work dir":   {Config{WorkDir: "/dev/null/profiles"}, "", "workdir"},
		"no pipe":       {Config{ChromiumPath: "/bin/false"}, "", "browser_start"},
		"no namespaces": {Config{}, refusing + ":", "no_sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", c.path+os.Getenv("PATH"))
			_, err := New(c.config).Launch(t.Context(), Spec{})
			var told *cobrowse.Error
			if !errors.As(err, &told) || told.Code != cobrowse.CodeUnavailable || told.Reason != c.want {
				t.Errorf("told: %v", err)
			}
		})
	}
}

// TestWhoMayEnter: Chromium's user must get to the profiles.
func TestWhoMayEnter(t *testing.T) {
	dir := t.TempDir()
	for mode, open := range map[os.FileMode]bool{0o700: false, 0o711: true} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if passable(info, os.Getuid()+1) != open || !passable(info, os.Getuid()) {
			t.Errorf("mode %o: wrong", mode)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := enterable(dir+"/nothing", os.Getuid()); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable {
		t.Errorf("a folder that is not there: %v", err)
	}
	if err := enterable(dir, os.Getuid()+1); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable || !strings.Contains(err.Error(), dir) {
		t.Errorf("a closed folder: %v", err)
	}
}

// TestSweep: what a killed service has left behind goes, what another one uses stays.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	used, err := makeFolder(dir, nobody)
	if err != nil {
		t.Fatal(err)
	}
	left, err := makeFolder(dir, nobody)
	if err != nil {
		t.Fatal(err)
	}
	if err := left.lock.Close(); err != nil { // as the kernel does for a dead process
		t.Fatal(err)
	}
	sweep(dir, slog.New(slog.DiscardHandler))
	if _, err := os.Stat(left.path); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
	if _, err := os.Stat(used.path + "/home/profile"); err != nil {
		t.Errorf("in use: %v", err)
	}
	if err := used.remove(); err != nil {
		t.Error(err)
	}
}
