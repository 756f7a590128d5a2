package trials

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cobrowse-connector/e2e/people"
)

// TestDiskFull: the recording stops and people are told; the session goes on, and its end reaches the case when there is room again.
func TestDiskFull(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.watch(3 * time.Second)
	p.settled()         // nothing else is about to be written
	p.filesMayGrowTo(1) // of this process only: its browser runs on
	s.agent.await("notice", object{"code": "recording_stopped", "reason": "storage"})
	s.customer.await("notice", object{"code": "recording_stopped"})
	s.agent.await(picture, nil)
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/on"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["url"] == p.site.URL+"/on" && tab["loading"] == false })
	p.filesMayGrowTo(unix.RLIM_INFINITY)
	s.agent.say(object{"type": "end", "outcome": "followup"})
	s.agent.await("ended", object{"reason": "ended", "outcome": "followup"})
	p.plays(p.delivered()) // what was safe before
}

// TestEndedWhileTheDiskIsFull: neither the end nor the recording can be stored at that moment. Both reach the case when there is room
// again, and nothing says in between that nothing was recorded.
func TestEndedWhileTheDiskIsFull(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.watch(3 * time.Second)
	p.settled() // nothing else is about to be written
	p.filesMayGrowTo(1)
	s.agent.await("notice", object{"code": "recording_stopped", "reason": "storage"})
	s.agent.say(object{"type": "end", "outcome": "followup", "note": "call back"})
	s.agent.await("ended", object{"reason": "ended", "outcome": "followup"})
	people.Eventually(t, "the recording is refused", func() error {
		if !strings.Contains(p.service.said(), "recording did not close") {
			return errors.New("not yet")
		}
		return nil
	})
	p.filesMayGrowTo(unix.RLIM_INFINITY)
	p.plays(p.delivered())
	people.Eventually(t, "the entry has its recording", func() error {
		activities, _, _ := p.onRecord()
		entry := activities[0]
		for _, line := range []string{"Outcome: needs follow-up", "Note: call back"} {
			if !strings.Contains(entry.Text, line) {
				t.Fatalf("the entry lacks %q:\n%s", line, entry.Text)
			}
		}
		if strings.Contains(entry.Text, "Recording:") {
			return errors.New(entry.Text)
		}
		return nil
	})
}

// filesMayGrowTo limits the size of what the service writes, which everybody may do to a process of theirs: to the service it is a
// disk that takes no more.
func (p *place) filesMayGrowTo(bytes uint64) {
	p.t.Helper()
	pid := p.service.cmd.Process.Pid
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &limit); err != nil {
		p.t.Fatal(err)
	}
	limit.Cur = min(bytes, limit.Max)
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		p.t.Fatal(err)
	}
}

// TestDemoPrintsOneLine: scripts read one line of JSON and find everything there.
func TestDemoPrintsOneLine(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(program, "demo", "--json", "--port", "0", "--data", filepath.Join(dir, "data")) //nolint:noctx // it ends with a signal
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended, mostly
	said := announced(t, out.Name())
	if said["pid"] != float64(cmd.Process.Pid) {
		t.Errorf("pid %v, want %d", said["pid"], cmd.Process.Pid)
	}
	for _, name := range []string{"service", "desk", "shop", "secondSite", "join"} {
		answers(t, said[name].(string))
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-exited; err != nil {
		t.Errorf("the demo ended with %v", err)
	}
	announced(t, out.Name()) // still one line
}

// announced waits for the line and fails when there is more than it.
func announced(t *testing.T, file string) object {
	t.Helper()
	var said object
	people.Eventually(t, "the demo's line", func() error {
		text, err := os.ReadFile(file) //nolint:gosec // the test's own
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(text, []byte("\n")) {
			return errors.New("no line yet")
		}
		if bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("more than one line: %s", text)
		}
		return json.Unmarshal(text, &said)
	})
	return said
}

func answers(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("%s: %s %v", address, res.Status, err)
	}
}
