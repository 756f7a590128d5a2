package trials

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the place's database, to let a lease run out

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/e2e/people"
)

// onRecord is what stands on the case: our activities, recordings, and notes with transcripts.
func (p *place) onRecord() (activities, files []dataversefake.Item, notes int) {
	for _, it := range p.crm.Timeline(caseID) {
		switch {
		case it.Kind == dynamics.DefaultTable:
			activities = append(activities, it)
		case it.Kind == "annotation" && it.File != nil && strings.HasSuffix(it.File.Name, ".webm"):
			files = append(files, it)
		case it.Kind == "annotation" && (it.File == nil || strings.HasSuffix(it.File.Name, "-transcript.txt")):
			notes++
		}
	}
	return activities, files, notes
}

// delivered waits until the session's recording is on the case and tells when anything stands there twice.
func (p *place) delivered() dataversefake.Item {
	p.t.Helper()
	people.Eventually(p.t, "the case", func() error {
		if activities, files, _ := p.onRecord(); len(activities) == 0 || len(files) == 0 || activities[0].State == "Open" || activities[0].State == "Scheduled" {
			return fmt.Errorf("activities %d, files %d", len(activities), len(files))
		}
		return nil
	})
	activities, files, notes := p.onRecord()
	if len(activities) != 1 || len(files) != 1 || notes != 1 {
		p.t.Errorf("activities %d, recordings %d, transcripts %d; want one of each", len(activities), len(files), notes)
	}
	return files[0]
}

// plays returns how long a delivered recording is.
func (p *place) plays(note dataversefake.Item) time.Duration {
	p.t.Helper()
	_, content, ok := p.crm.Attachment(note.ID)
	if !ok {
		p.t.Fatal("the file has no content")
	}
	file := filepath.Join(p.t.TempDir(), "recording.webm")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.t.Context(), "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil || problems.Len() > 0 {
		p.t.Fatalf("the recording does not play (this needs ffprobe, of Debian's package ffmpeg): %v %s", err, problems.String())
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		p.t.Fatalf("ffprobe: %s", out)
	}
	return time.Duration(seconds * float64(time.Second))
}

// watch waits until a session has been filmed for a while.
func (s *shared) watch(d time.Duration) {
	s.t.Helper()
	for begin := time.Now(); time.Since(begin) < d; {
		s.agent.await(picture, nil)
	}
}

func TestDataverseDownAtTheEnd(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.watch(2 * time.Second)
	p.settled()
	asked := make(chan struct{})
	var once sync.Once
	p.crm.OnRequest(func(string, string) { once.Do(func() { close(asked) }) })
	p.crm.Down(true)
	s.agent.say(object{"type": "end", "outcome": "solved"})
	s.agent.await("ended", object{"reason": "ended", "outcome": "solved"})
	<-asked // in vain
	activities, _, notes := p.onRecord()
	for _, a := range activities { // from when it went live
		if a.State == "Completed" || notes > 0 {
			t.Error("the stand-in is not down")
		}
	}
	p.crm.Down(false)
	p.plays(p.delivered())
}

// TestKilledWhileEnding kills the service at the steps of its ending: right after people hear of it, and while it delivers.
func TestKilledWhileEnding(t *testing.T) {
	if _, err := exec.LookPath("ffprobe"); err != nil {
		t.Fatal("ffprobe is missing; install Debian's package ffmpeg")
	}
	for _, at := range []int{0, 1, 2, 3} {
		t.Run(fmt.Sprintf("request %d", at), func(t *testing.T) { killedAt(t, at) })
	}
}

// settled waits until the desk has been told that the session is live: from here on every request to it is about the end, and no row is
// in the hands of a service that is killed.
func (p *place) settled() {
	p.t.Helper()
	people.Eventually(p.t, "the session's beginning is delivered", func() error {
		var waiting, told int
		err := p.database(func(db *sql.DB) error {
			const query = "SELECT COUNT(CASE WHEN state = 'pending' THEN 1 END), COUNT(CASE WHEN state = 'done' AND id LIKE '%/status/open' THEN 1 END) FROM outbox"
			return db.QueryRowContext(p.t.Context(), query).Scan(&waiting, &told)
		})
		if err == nil && (waiting > 0 || told == 0) {
			err = fmt.Errorf("%d rows wait; that it is live was told %d times", waiting, told)
		}
		return err
	})
}

// killedAt kills the service as soon as it has said that the session is over, or with its n-th request to the desk after that.
func killedAt(t *testing.T, n int) {
	p := newPlace(t)
	s := p.busy()
	reached, heard := make(chan struct{}), make(chan struct{})
	tell := sync.OnceFunc(func() { close(heard) })
	defer tell()
	if n > 0 {
		var mu sync.Mutex
		left := n
		p.crm.OnRequest(func(string, string) {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				<-heard                          // the end was said first; that it is heard may take a while
				_ = p.service.cmd.Process.Kill() // before the request is served
				close(reached)
			}
		})
	}
	s.end()
	tell()
	if n > 0 {
		select {
		case <-reached:
		case <-time.After(patience):
			t.Fatalf("the delivery has fewer than %d requests", n)
		}
	}
	p.kill()
	p.crm.OnRequest(nil)
	p.leaseRunsOut()
	p.start()
	p.plays(p.delivered())
	p.tellsTheEnd()
	if err := p.stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

// busy is a session in which the agent has done something.
func (p *place) busy() *shared {
	p.t.Helper()
	p.start()
	s := p.meet()
	for !s.titled() { // what a page is called is told when it is known what it hides
		s.agent.await("tabs", nil)
	}
	s.agent.say(object{"type": "input", "tab": s.tab, "ev": object{"kind": "down", "x": 700, "y": 500, "button": 0, "buttons": 1, "clicks": 1}})
	s.watch(2 * time.Second)
	p.settled()
	return s
}

// end is the agent's.
func (s *shared) end() {
	s.t.Helper()
	s.agent.say(object{"type": "end", "outcome": "solved", "note": "moved to the new house"})
	s.agent.await("ended", object{"reason": "ended", "outcome": "solved"})
}

// TestStoppedWhileEnding: closing a recording may take longer than the drain window.
func TestStoppedWhileEnding(t *testing.T) {
	p := newPlace(t)
	p.extra = []string{"COBROWSE_DRAIN_WINDOW=1ms"}
	s := p.busy()
	s.end()
	_ = p.stop() // it says that the window was too short, unless it was faster than this test
	p.start()
	p.plays(p.delivered())
	p.tellsTheEnd()
}

// tellsTheEnd looks whether the entry is that of a session which its agent has ended.
func (p *place) tellsTheEnd() {
	p.t.Helper()
	activities, _, _ := p.onRecord()
	entry := activities[0]
	if entry.State != "Completed" {
		p.t.Errorf("the activity is %s", entry.State)
	}
	for _, line := range []string{
		"Ended: ended by the agent", "Outcome: solved", "Note: moved to the new house", ": Shop (" + p.site.URL + "/)", "Actions, agent: 1",
	} {
		if !strings.Contains(entry.Text, line) {
			p.t.Errorf("the entry lacks %q:\n%s", line, entry.Text)
		}
	}
}

// leaseRunsOut is the two minutes after which the deliveries of a killed node are taken over.
func (p *place) leaseRunsOut() {
	p.t.Helper()
	err := p.database(func(db *sql.DB) error {
		_, err := db.ExecContext(p.t.Context(), "UPDATE outbox SET lease_until = 0, due_at = 0 WHERE state = 'pending'")
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// database opens the place's for a moment.
func (p *place) database(use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", filepath.Join(p.dataDir(), "cobrowse.db"))
	if err != nil {
		return err
	}
	return errors.Join(use(db), db.Close())
}

// TestKilledMidSession: at most two seconds of the recording are lost.
func TestKilledMidSession(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.watch(6 * time.Second)
	p.settled()
	p.kill()
	seen := s.agent.seen()
	p.start()
	if kept := p.plays(p.delivered()); kept < seen-2*time.Second {
		t.Errorf("of %v only %v were kept", seen, kept)
	}
}

// seen is the time from the first to the last picture.
func (x *person) seen() time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.newest - x.first
}

// TestStoppedMidSession: SIGTERM ends sessions in good order.
func TestStoppedMidSession(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.watch(2 * time.Second)
	ended := make(chan error, 1)
	go func() { ended <- p.stop() }()
	s.customer.await("ended", object{"reason": "shutdown"})
	s.agent.await("ended", object{"reason": "shutdown"})
	if err := <-ended; err != nil {
		t.Errorf("the service ended with %v", err)
	}
	p.start() // nothing keeps it from delivering at once what the stopped one did not
	p.plays(p.delivered())
}
