package browser

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

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
