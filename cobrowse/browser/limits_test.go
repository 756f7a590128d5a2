package browser

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cobrowse-connector/cobrowse"
)

const smallMemory = 900 << 20

// hungry takes memory without end, beyond what limits of JavaScript hold.
var hungry = map[string]string{
	"/": `<title>hungry</title><script>
		const all = []; setInterval(() => { try { all.push(new Uint8Array(6e7).fill(1)) } catch { /* it wants more */ } }, 50);</script>`,
	"/workers": `<title>storm</title><script>
		const code = URL.createObjectURL(new Blob(['const all = []; for (;;) all.push(new Array(1e4).fill(Math.random()))']));
		setInterval(() => new Worker(code), 20)</script>`,
	"/next": "<title>next</title>" + red,
}

// TestPageThatTakesAllMemory: it is ended, people are told why, it is not opened for ever, and they go on elsewhere.
func TestPageThatTakesAllMemory(t *testing.T) {
	for _, path := range []string{"/", "/workers"} {
		t.Run(path, func(t *testing.T) {
			s := site(t, hungry)
			l := testLauncher(t)
			l.config.SessionMemory = smallMemory
			r := launchBy(t, l, Spec{Session: "hungry"})
			tab, err := r.Open(t.Context(), s.URL+path)
			if err != nil {
				t.Fatal(err)
			}
			// A storm may run into its own process's limit between two looks, each time: that is a crash like any other.
			await(r, "its end", func(e cobrowse.LostEvent) bool {
				return e.Restored && (e.Why == cobrowse.LostToMemory || path == "/workers")
			})
			await(r, "that it stays away", func(e cobrowse.PageFailedEvent) bool {
				return e.Tab == tab && (e.Code == "memory" || path == "/workers")
			})
			r.forget()
			if err := r.Navigate(t.Context(), tab, s.URL+"/next"); err != nil {
				t.Fatal(err)
			}
			await(r, "the next page", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "next" })
			await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
		})
	}
}

// TestProcessesAreLimited: between two looks, too, none of them takes much more than all may have; none can lift that.
func TestProcessesAreLimited(t *testing.T) {
	s := site(t, hungry)
	l := testLauncher(t)
	l.config.SessionMemory = smallMemory
	r := launchBy(t, l, Spec{Session: "limited"})
	r.openPage(s.URL + "/next")
	members := membersOf(r.running().process.cmd.Process.Pid)
	pages := 0
	for _, m := range members {
		if most := mayTake(m.pid); most == 0 || most > smallMemory+dataRoom {
			t.Errorf("process %d may take %d MiB", m.pid, most>>20)
		}
		if m.page {
			pages++
		}
	}
	main := r.running().process.cmd.Process.Pid
	if sid, err := unix.Getsid(main); err != nil || sid != main {
		t.Errorf("Chromium shares its session of processes, and so its share of the processors: %d, %v", sid, err)
	}
	if pages == 0 || memoryOf(members) == 0 || memoryOf(members) > smallMemory {
		t.Errorf("%d renderers, %d MiB in all", pages, memoryOf(members)>>20)
	}
}

// mayTake is how much memory a process may map, 0 for any.
func mayTake(pid int) uint64 {
	limits, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "limits"))
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max data size"); ok {
			return number(strings.Fields(rest)[1]) // the hard one
		}
	}
	return 0
}
