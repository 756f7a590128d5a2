package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// statusOf reads a line of what the kernel says of a process.
func statusOf(pid int, name string) string {
	status, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// TestPagesAreSandboxed: what runs a page's code has no rights, no way to get any, a filter for system calls, and a world of processes of
// its own. Nothing of Chromium is root.
func TestPagesAreSandboxed(t *testing.T) {
	s := site(t, map[string]string{"/": `<iframe src="/frame"></iframe>` + red, "/frame": green})
	r := launch(t, Spec{Session: "sandbox"})
	r.openPage(s.URL)
	pages := 0
	for _, m := range membersOf(r.running().process.cmd.Process.Pid) {
		uid, _, _ := strings.Cut(statusOf(m.pid, "Uid"), "\t")
		if uid == "0" {
			t.Errorf("process %d is root", m.pid)
		}
		if !m.page {
			continue
		}
		pages++
		for name, want := range map[string]string{"Seccomp": "2", "NoNewPrivs": "1", "CapEff": "0000000000000000", "CapPrm": "0000000000000000"} {
			if got := statusOf(m.pid, name); got != want {
				t.Errorf("renderer %d has %s %q, want %q", m.pid, name, got, want)
			}
		}
		if len(strings.Fields(statusOf(m.pid, "NSpid"))) < 2 {
			t.Errorf("renderer %d sees the machine's processes", m.pid)
		}
		if flags := commandLine(m.pid); slices.Contains(flags, "--no-sandbox") {
			t.Errorf("renderer %d: %q", m.pid, flags)
		}
	}
	if pages == 0 {
		t.Error("no renderer was looked at")
	}
}

func commandLine(pid int) []string {
	line, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	return strings.Split(string(line), "\x00")
}

// TestNobodyElseSteersChromium: DevTools are spoken over the pipe that only this process has; no Chromium listens on the network.
func TestNobodyElseSteersChromium(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "pipe"})
	r.openPage(s.URL)
	main := r.running().process.cmd.Process.Pid
	line := commandLine(main)
	if !slices.Contains(line, "--remote-debugging-pipe") || slices.ContainsFunc(line, func(flag string) bool {
		return strings.HasPrefix(flag, "--remote-debugging-port") || strings.HasPrefix(flag, "--remote-debugging-address") || flag == "--no-sandbox" || flag == "--disable-web-security"
	}) {
		t.Errorf("Chromium runs with %q", line)
	}
	listening := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(text)) {
			if fields := strings.Fields(row); len(fields) > 9 && fields[3] == "0A" { // LISTEN
				listening["socket:["+fields[9]+"]"] = true
			}
		}
	}
	sockets := 0
	for _, m := range membersOf(main) {
		files, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(m.pid), "fd", "*")) // of a renderer nobody may look at them
		for _, file := range files {
			target, _ := os.Readlink(file)
			if strings.HasPrefix(target, "socket:") {
				sockets++
			}
			if listening[target] {
				t.Errorf("process %d listens on the network", m.pid)
			}
		}
	}
	if sockets == 0 {
		t.Error("no socket was looked at")
	}
}

// TestSessionsDoNotShare: what a site keeps for one session's customer it does not have in another's, at the same time.
func TestSessionsDoNotShare(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>…</title>` + red + `<script>(async () => {
		const found = [document.cookie, localStorage.kept, sessionStorage.kept, (await indexedDB.databases()).length, (await caches.keys()).length,
			(await navigator.serviceWorker.getRegistrations()).length, performance.getEntriesByType('navigation')[0].transferSize === 0];
		document.cookie = 'kept=1'; localStorage.kept = sessionStorage.kept = 'mine';
		await new Promise((done) => { const db = indexedDB.open('kept'); db.onsuccess = done });
		await (await caches.open('kept')).put('/kept', new Response('mine'));
		await navigator.serviceWorker.register('/sw.js').catch(() => 0);
		others.postMessage('hello');
		document.title = JSON.stringify(found);
	})(); const others = new BroadcastChannel('all'); others.onmessage = () => document.title = 'heard another session'</script>`})
	l := testLauncher(t)
	one := launchBy(t, l, Spec{Session: "one"})
	other, err := l.Launch(t.Context(), Spec{Session: "two"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(context.Background()) }()
	const nothing = `["",null,null,0,0,0,false]`
	if _, err := one.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(one, "a first visit", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == nothing })
	if _, err := other.Open(t.Context(), cobrowse.RoleCustomer, s.URL); err != nil {
		t.Fatal(err)
	}
	for ev := range other.Events() {
		if tabs, ok := ev.(cobrowse.TabsEvent); ok && len(tabs.Tabs) > 0 && strings.HasPrefix(tabs.Tabs[0].Title, "[") {
			if tabs.Tabs[0].Title != nothing {
				t.Errorf("the other session finds %s", tabs.Tabs[0].Title)
			}
			break
		}
	}
	tab := one.shownTab()
	one.forget()
	if err := one.Navigate(t.Context(), tab, s.URL+"/?again"); err != nil {
		t.Fatal(err)
	}
	await(one, "what the first visit stored, and nothing of the other session", func(e cobrowse.TabsEvent) bool {
		return strings.HasPrefix(e.Tabs[0].Title, `["kept=1","mine","mine",1,1`)
	})
}
