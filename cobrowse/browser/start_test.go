package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// slowSite counts how often each of its pages is asked for and holds it back until the test lets it go.
type slowSite struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
	// begun tells of a page's first request; its answer waits for release.
	begun   chan struct{}
	release chan struct{}
}

func newSlowSite(t *testing.T) *slowSite {
	t.Helper()
	s := &slowSite{asked: map[string]int{}, begun: make(chan struct{}, 1), release: make(chan struct{}, 1)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forAnIcon(r) {
			http.NotFound(w, r)
			return
		}
		s.mu.Lock()
		s.asked[r.URL.Path]++
		first := s.asked[r.URL.Path] == 1
		s.mu.Unlock()
		if first {
			s.begun <- struct{}{}
			<-s.release
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, red)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestEachPageIsLoadedOnce: people's windows change their size and codec while the first page comes. Whatever the order, the
// tab can be filmed: one that cannot would be opened anew, and its page asked for a second time.
func TestEachPageIsLoadedOnce(t *testing.T) {
	const rounds = 8
	s := newSlowSite(t)
	r := launch(t, Spec{Session: "start"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	codecs := map[bool]string{true: "av1", false: "vp9"}
	for i := range rounds {
		size := cobrowse.Viewport{Width: 1000 + 20*i, Height: 700, Scale: 1}
		resize := func() {
			if err := r.SetViewport(t.Context(), size); err != nil {
				t.Error(err)
			}
		}
		recode := func() {
			if err := r.SetPicture(t.Context(), codecs[i%4 < 2]); err != nil {
				t.Error(err)
			}
		}
		address := fmt.Sprintf("%s/%d", s.URL, i)
		if i%2 == 1 {
			address = otherHost(address) // another site: another process
		}
		var calls sync.WaitGroup
		if i%4 < 2 {
			calls.Go(resize)
			calls.Go(recode)
		}
		opened := make(chan cobrowse.TabID, 1)
		calls.Go(func() {
			tab, err := r.Open(t.Context(), address)
			if err != nil {
				t.Error(err)
			}
			opened <- tab
		})
		tab := <-opened
		<-s.begun
		if i%4 >= 2 {
			recode() // while the page is on its way
			calls.Go(resize)
		}
		s.release <- struct{}{}
		calls.Wait()
		awaitColourAs(t, r, sub, redPixel, func(c *stream.Config) bool { return c.Tab == string(tab) && c.Width == size.Width })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, times := range s.asked {
		if times != 1 {
			t.Errorf("page %s was loaded %d times", path, times)
		}
	}
}

// TestPageThatNeverBegins: people are told, stay where they are and can go elsewhere.
func TestPageThatNeverBegins(t *testing.T) {
	s := newSlowSite(t)
	defer func() { s.release <- struct{}{} }()
	fine := site(t, map[string]string{"/": "<title>fine</title>" + green})
	l := testLauncher(t)
	l.pageTime = 10 * time.Second // the first page, too, has to begin by then
	r := launchBy(t, l, Spec{Session: "never"})
	tab, err := r.Open(t.Context(), fine.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "the first page", func(e cobrowse.NavigatedEvent) bool { return e.URL == fine.URL+"/" })
	if err := r.Navigate(t.Context(), tab, s.URL+"/never"); err != nil {
		t.Fatal(err)
	}
	await(r, "the failure", func(e cobrowse.PageFailedEvent) bool {
		return e.Tab == tab && e.Code == "timeout" && e.URL == s.URL+"/never"
	})
	await(r, "rest", func(e cobrowse.TabsEvent) bool { return !e.Tabs[0].Loading && e.Tabs[0].URL == fine.URL+"/" })
	r.forget()
	if err := r.Navigate(t.Context(), tab, fine.URL+"/"); err != nil {
		t.Fatal(err)
	}
	await(r, "the next page", func(e cobrowse.NavigatedEvent) bool { return e.URL == fine.URL+"/" })
}

// TestSlowServerEndsNothing: a page that waits for a server is not taken for one that does not respond. The server is asked once.
func TestSlowServerEndsNothing(t *testing.T) {
	s := newSlowSite(t)
	fine := site(t, map[string]string{"/": "<title>fine</title>" + green})
	r := launch(t, Spec{Session: "slow"})
	tab := r.openPage(fine.URL)
	r.forget()
	if err := r.Navigate(t.Context(), tab, s.URL+"/slow"); err != nil {
		t.Fatal(err)
	}
	<-s.begun
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(leaveTime + 3*stuckTime) // by then it would be
	r.Browser.mu.Lock()
	if p.freed != nil {
		t.Error("its process is to be ended, and Chromium with it")
	}
	r.Browser.mu.Unlock()
	s.release <- struct{}{}
	await(r, "the page", func(e cobrowse.NavigatedEvent) bool { return e.URL == s.URL+"/slow" })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.asked["/slow"]; n != 1 {
		t.Errorf("the server was asked %d times", n)
	}
}
