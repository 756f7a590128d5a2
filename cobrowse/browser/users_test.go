package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestBrowsersDoNotReadEachOther: a page that breaks out of one session's browser is not another session's user.
func TestBrowsersDoNotReadEachOther(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives browsers users of their own")
	}
	l := testLauncher(t)
	r := launchBy(t, l, Spec{Session: "one"})
	other, err := l.Launch(t.Context(), Spec{Session: "two"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	uidOf := func(c *chromium) uint32 {
		return c.process.cmd.SysProcAttr.Credential.Uid
	}
	file := filepath.Join(r.running().process.folder.path, "home", "profile", "Default", "Preferences")
	reads := func(uid uint32) bool {
		cat := exec.Command("cat", file)
		cat.Dir = "/"
		cat.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: nobody}}
		return cat.Run() == nil
	}
	first, second := uidOf(r.running()), uidOf(other.chrome)
	if first == second || !reads(first) || reads(second) {
		t.Errorf("users %d and %d: reads own %v, other's %v", first, second, reads(first), reads(second))
	}
	signal := exec.Command("kill", "-0", "--", "-"+strconv.Itoa(r.running().process.cmd.Process.Pid))
	signal.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: second, Gid: nobody}}
	if signal.Run() == nil {
		t.Error("one browser's user may end another's processes")
	}
}

// TestUsersComeBack: a browser's user is free for the next one when nothing of it runs any more, and not before.
func TestUsersComeBack(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives browsers users of their own")
	}
	u := users{taken: map[int]bool{}}
	const most = nobody - 10*mostUsers // browsers of tests that run beside this one come and go above
	first, err := u.take(most)
	if err != nil {
		t.Fatal(err)
	}
	if next, err := u.take(most); err != nil || next >= first {
		t.Errorf("the next is %d, %v", next, err)
	}
	u.giveBack(first)
	if again, err := u.take(most); err != nil || again != first {
		t.Errorf("given back was %d, then came %d, %v", first, again, err)
	}
	sleep := exec.Command("sleep", "infinity")
	sleep.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(first - 150), Gid: nobody}}
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sleep.Process.Kill(); _ = sleep.Wait() }()
	for range mostUsers {
		uid, err := u.take(most)
		if uid == first-150 {
			t.Error("somebody else's user was given away")
		}
		if err != nil {
			return
		}
	}
	t.Error("users without end")
}
