package trials

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestAddresses: pages that cannot be had are told, and people go elsewhere.
func TestAddresses(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	for address, host := range map[string]string{
		"http://169.254.169.254/latest": "169.254.169.254", "http://10.0.0.1/": "10.0.0.1", "http://localhost:1/": "localhost",
		"http://[::1]:8080/": "::1", "file:///etc/passwd": "", "javascript:alert(1)": "",
	} {
		s.agent.say(object{"type": "navigate", "tab": s.tab, "url": address})
		s.agent.await("notice", object{"code": "url_refused", "host": host})
	}
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/never"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["loading"] == true })
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/elsewhere"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["url"] == p.site.URL+"/elsewhere" && tab["loading"] == false })
	s.agent.await(picture, nil)
}

// awaitTab waits until the first tab is as wanted.
func (s *shared) awaitTab(x *person, wanted func(object) bool) {
	s.t.Helper()
	for {
		tabs, _ := x.await("tabs", nil)["tabs"].([]any)
		if len(tabs) > 0 && wanted(tabs[0].(object)) {
			return
		}
	}
}

// kept is how the log tells that a sign-in and a cart are in safety.
var kept = regexp.MustCompile(`"cookies":[1-9]\d*,"entries":[1-9]`)

// TestChromiumKilled: the tabs come back with the customer signed in and the cart filled, people hear what was lost, agents see nothing
// before the masks stand again.
func TestChromiumKilled(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/login"})
	var account any
	signedIn := func(tab object) bool {
		title, _ := tab["title"].(string)
		return strings.HasSuffix(title, ", Martin: red shoes") && title != account && tab["loading"] == false
	}
	s.awaitTab(s.customer, signedIn)
	account = s.last(s.customer, "tabs")["tabs"].([]any)[0].(object)["title"]
	people.Eventually(t, "what the site has stored is kept", func() error {
		if !kept.MatchString(p.service.said()) {
			return errors.New("not yet")
		}
		return nil
	})
	for gate := s.last(s.agent, "gate"); gate != nil && gate["open"] != true; gate = s.last(s.agent, "gate") {
		s.agent.await("gate", nil)
	}
	pid, before := p.chromium(), s.customer.mark()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.agent.await("gate", object{"open": false, "reason": "crashed"})
	told := s.customer.await("notice", object{"code": "browser_lost", "restored": true})
	if lost, _ := told["params"].(object)["lost"].([]any); len(lost) == 0 || slices.Contains(lost, any("cookies")) {
		t.Errorf("said to be lost: %v", told)
	}
	s.customer.rewind(before) // the page may have been faster than the word
	s.awaitTab(s.customer, signedIn)
	s.noPictureBefore(s.agent, "gate", object{"open": true})
	s.agent.await(picture, object{"key": true})
	s.customer.await(picture, nil)
}

// noPictureBefore waits like await and fails if a picture comes first.
func (s *shared) noPictureBefore(x *person, kind string, fields object) {
	s.t.Helper()
	x.mu.Lock()
	from := x.read
	x.mu.Unlock()
	x.await(kind, fields)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range x.heard[from : x.read-1] {
		if m["type"] == picture {
			s.t.Errorf("the %s got a picture before %s %v", x.role, kind, fields)
			return
		}
	}
}

// chromium is the main process of the session's browser.
func (p *place) chromium() int {
	p.t.Helper()
	pids := p.chromiums(func(line string) bool {
		return strings.Contains(line, "--remote-debugging-pipe") && !strings.Contains(line, "--type=")
	})
	if len(pids) != 1 {
		p.t.Fatalf("the session's Chromium is not one process: %v", pids)
	}
	return pids[0]
}

// chromiums are the processes that have a profile of this place and whose command line is wanted.
func (p *place) chromiums(wanted func(line string) bool) []int {
	p.t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		p.t.Fatal(err)
	}
	var pids []int
	for _, file := range lines {
		line, err := os.ReadFile(file) //nolint:gosec // of /proc
		if err != nil || !bytes.Contains(line, []byte(p.workDir()+"/")) || !bytes.Contains(line, []byte("chromium")) || !wanted(string(line)) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			p.t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// TestNothingIsLeft: no profile, no process, and nowhere what was typed, downloaded or uploaded, or what a site
// had stored in any of the ways that there are.
func TestNothingIsLeft(t *testing.T) {
	const marked = "Quokka7391Zanzibar"
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.customer.say(object{"type": "input", "tab": s.tab, "ev": object{"kind": "move", "x": 100, "y": 100}})
	for i, kind := range []string{"down", "up"} {
		s.customer.say(object{"type": "input", "tab": s.tab, "ev": object{"kind": kind, "x": 100, "y": 100, "clicks": 1, "buttons": 1 - i}})
	}
	s.customer.await("focus", object{"editable": true})
	s.customer.say(object{"type": "input", "tab": s.tab, "ev": object{"kind": "text", "text": marked}})
	s.customer.await(picture, nil)
	s.takeFiles(marked)
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/store"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["title"] == "Stored" })
	s.agent.say(object{"type": "end", "outcome": "solved", "note": "done"})
	s.agent.await("ended", object{"reason": "ended"})
	p.delivered()
	if err := p.stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if left := p.chromiums(func(string) bool { return true }); len(left) > 0 {
		t.Errorf("Chromium's processes are left: %v", left)
	}
	profiles, err := filepath.Glob(filepath.Join(p.workDir(), "*"))
	if err != nil || len(profiles) > 0 {
		t.Errorf("left of the profiles: %v %v", profiles, err)
	}
	holds := func(content []byte) bool {
		return slices.ContainsFunc([]string{marked, letterMark, storedMark}, func(mark string) bool { return bytes.Contains(content, []byte(mark)) })
	}
	files := 0
	err = filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if holds(content) {
			t.Errorf("what was typed, downloaded, uploaded or stored stands in %s", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files were looked through: %v", files, err)
	}
	if holds([]byte(p.service.said())) {
		t.Error("what was typed, downloaded, uploaded or stored stands in the log")
	}
	for _, pattern := range []string{"/dev/shm/*", "/proc/[0-9]*/cmdline", "/proc/[0-9]*/environ"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if content, _ := os.ReadFile(path); holds(content) { // what may not be read, or has ended, is somebody else's
				t.Errorf("what was typed, downloaded, uploaded or stored stands in %s", path)
			}
		}
	}
}

// takeFiles lets the customer save a file of the page, and send it one with a marked text.
func (s *shared) takeFiles(marked string) {
	s.t.Helper()
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": s.site.URL + "/letter"})
	ready := s.customer.await("download", object{"state": "ready"})
	file, err := s.send("GET", "/v1/live/downloads/"+ready["id"].(string), "", nil)
	if err != nil || !bytes.HasPrefix(file, []byte(letterMark)) {
		s.t.Fatalf("the file: %.40s %v", file, err)
	}
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": s.site.URL + "/attach"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["title"] == "Attach" && tab["loading"] == false })
	s.customer.await(picture, nil)
	for i, kind := range []string{"down", "up"} {
		s.customer.say(object{"type": "input", "tab": s.tab, "ev": object{"kind": kind, "x": 100, "y": 100, "clicks": 1, "buttons": 1 - i}})
	}
	wanted := s.customer.await("upload_wanted", nil)["id"].(string)
	if _, err := s.send("POST", "/v1/live/uploads/"+wanted, `attachment; filename="a.txt"`, strings.NewReader(marked)); err != nil {
		s.t.Fatal(err)
	}
	s.customer.say(object{"type": "upload", "id": wanted, "give": true})
	s.awaitTab(s.customer, func(tab object) bool { return tab["title"] == fmt.Sprint("got ", len(marked)) })
}

// send is one request of the customer's about a file.
func (s *shared) send(method, path, disposition string, body io.Reader) ([]byte, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.customerToken)
	r.Header.Set("Content-Disposition", disposition)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", res.Status, content)
	}
	return content, err
}

// TestPageThatTakesAllMemory: it is ended, both people are told why, and they go on elsewhere.
func TestPageThatTakesAllMemory(t *testing.T) {
	p := newPlace(t)
	p.extra = []string{"COBROWSE_SESSION_MEMORY=900"}
	p.start()
	s := p.meet()
	before := s.customer.mark()
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/hungry"})
	s.customer.await("notice", object{"code": "browser_lost", "restored": true, "why": "memory"})
	s.agent.await("notice", object{"code": "browser_lost", "why": "memory"})
	s.customer.rewind(before) // the page may have failed again before the word about the first time
	for why := any(nil); why != "memory"; {
		why = s.customer.await("notice", object{"code": "page_failed"})["params"].(object)["code"]
	}
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/on"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["url"] == p.site.URL+"/on" && tab["loading"] == false })
	s.agent.await(picture, nil)
}
