package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// testLauncher works in a folder that Chromium's user may enter; t.TempDir's parent is closed to it.
func testLauncher(t *testing.T) *Launcher {
	t.Helper()
	dir, err := os.MkdirTemp("", "browsertest-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	l := New(Config{WorkDir: dir, Log: log})
	t.Cleanup(func() {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left behind in the work folder: %v", left)
		}
		if pids := processesMentioning(dir); len(pids) > 0 {
			t.Errorf("processes left behind: %v", pids)
		}
		_ = os.RemoveAll(dir)
	})
	return l
}

// rig is one browser under test with everything it said.
type rig struct {
	*Browser
	t       *testing.T
	configs map[*stream.Subscription]*stream.Config // the last of each
	mu      sync.Mutex

	said    []cobrowse.BrowserEvent
	changed chan struct{}
}

// Open, Navigate and History are the customer's, in most tests.
func (r *rig) Open(ctx context.Context, address string) (cobrowse.TabID, error) {
	return r.Browser.Open(ctx, cobrowse.RoleCustomer, address)
}

func (r *rig) Navigate(ctx context.Context, id cobrowse.TabID, address string) error {
	return r.Browser.Navigate(ctx, id, cobrowse.RoleCustomer, address)
}

func (r *rig) History(ctx context.Context, id cobrowse.TabID, delta int) error {
	return r.Browser.History(ctx, id, cobrowse.RoleCustomer, delta)
}

func launch(t *testing.T, spec Spec) *rig {
	t.Helper()
	return launchBy(t, testLauncher(t), spec)
}

func launchBy(t *testing.T, l *Launcher, spec Spec) *rig {
	t.Helper()
	t.Parallel()
	b, err := l.Launch(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Browser: b, t: t, changed: make(chan struct{}, 1), configs: map[*stream.Subscription]*stream.Config{}}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for ev := range b.Events() {
			r.mu.Lock()
			m, isMark := ev.(mark)
			if r.said = append(r.said, ev); isMark {
				r.said = nil
			}
			r.mu.Unlock()
			if isMark {
				close(m.read)
			}
			wake(r.changed)
		}
	}()
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
		<-read
	})
	if err := b.SetViewport(t.Context(), cobrowse.Viewport{Width: 800, Height: 600}); err != nil {
		t.Fatal(err)
	}
	return r
}

// testTime bounds every wait for an event: two cores may carry much more than a test.
const testTime = 45 * time.Second

// await waits for an event that fits, counting from the first one said.
func await[E cobrowse.BrowserEvent](r *rig, what string, fits func(E) bool) E {
	r.t.Helper()
	deadline := time.After(testTime)
	for {
		r.mu.Lock()
		said := r.said
		r.mu.Unlock()
		for _, ev := range said {
			if e, ok := ev.(E); ok && fits(e) {
				return e
			}
		}
		select {
		case <-r.changed:
		case <-deadline:
			r.t.Fatalf("no event: %s; said were %+v", what, said)
		}
	}
}

// site serves pages by path.
func site(t *testing.T, pages map[string]string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// next returns the next chunk of a subscription, following configurations and gates.
func next(t *testing.T, sub *stream.Subscription, within time.Duration) (*stream.Config, *stream.Chunk, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var config *stream.Config
	for {
		item, err := sub.Next(ctx)
		if err != nil {
			return config, nil, err
		}
		if item.Config != nil {
			config = item.Config
		}
		if item.Chunk != nil {
			return config, item.Chunk, nil
		}
	}
}

// mark lies among the events where the test forgets those before it.
type mark struct {
	cobrowse.BrowserEvent
	read chan struct{}
}

// forget drops what was said so far, read or not, so that await waits for something new.
func (r *rig) forget() {
	m := mark{read: make(chan struct{})}
	r.Browser.mu.Lock()
	r.emit(m)
	closing := r.closing
	r.Browser.mu.Unlock()
	if !closing {
		<-m.read
	}
}

// until waits until something is so, where no event tells of it. is is called with the browser's mu held.
func (r *rig) until(what string, is func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(testTime); ; time.Sleep(10 * time.Millisecond) {
		r.Browser.mu.Lock()
		so := is()
		r.Browser.mu.Unlock()
		if so {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("never: %s", what)
		}
	}
}

// openPage opens an address and waits until its page is there, all of it, and painted in everybody's picture: before that Chromium takes no
// input.
func (r *rig) openPage(address string) cobrowse.TabID {
	r.t.Helper()
	tab, err := r.Open(r.t.Context(), address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.until("the page is seen", func() bool {
		t := r.shown
		return t != nil && t.id == tab && strings.HasPrefix(t.url, address) && !t.loading && r.gate.open && r.gate.passed
	})
	return tab
}

// act is what a person does, and what the guard says to it. On a busy machine a page is covered for a moment now and then: an agent waits then.
func (r *rig) act(tab cobrowse.TabID, by cobrowse.Role, ev cobrowse.InputEvent) *cobrowse.Refusal {
	r.t.Helper()
	refusal, err := r.Input(r.t.Context(), tab, by, ev)
	for errors.Is(err, cobrowse.ErrUnseen) {
		r.until("agents see the page", func() bool { return r.gate.open && r.shown != nil && r.shown.id == tab })
		refusal, err = r.Input(r.t.Context(), tab, by, ev)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return refusal
}

// running returns the present Chromium.
func (r *rig) running() *chromium {
	r.Browser.mu.Lock()
	defer r.Browser.mu.Unlock()
	return r.chrome
}

func (r *rig) shownTab() cobrowse.TabID {
	r.Browser.mu.Lock()
	defer r.Browser.mu.Unlock()
	return r.shown.id
}

// otherHost makes a test server's address another site, so that its frames run in a process of their own.
func otherHost(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }
