package browser

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
)

// patient is the pipe of a Chromium that is only waiting for a server.
type patient struct {
	closed  chan struct{}
	replies chan *cdproto.Message
	deaf    bool // it answers nothing

	mu   sync.Mutex
	sent []string
}

func (s *patient) Write(_ context.Context, m *cdproto.Message) error {
	s.mu.Lock()
	s.sent = append(s.sent, string(m.Method))
	s.mu.Unlock()
	if m.Method != "Page.navigate" && !s.deaf {
		s.replies <- &cdproto.Message{ID: m.ID, SessionID: m.SessionID, Result: []byte(`{"result":{"type":"number","value":0}}`)}
	}
	return nil
}

func (s *patient) Read(_ context.Context, m *cdproto.Message) error {
	select {
	case reply := <-s.replies:
		*m = *reply
		return nil
	case <-s.closed:
		return io.EOF
	}
}

func (s *patient) Close() error { return nil }

// TestASlowServerIsWaitedFor: only a Chromium that does not answer either is replaced; this one has no process that could be.
func TestASlowServerIsWaitedFor(t *testing.T) {
	leavesFor(t, &patient{}, func(*Browser, *page) {}, "Page.navigate", "Runtime.evaluate")
}

// TestALargeFileIsWaitedFor: a Chromium that hands a file over may have no time to answer. Its page is on its way, and not to be ended.
func TestALargeFileIsWaitedFor(t *testing.T) {
	leavesFor(t, &patient{deaf: true}, func(b *Browser, p *page) {
		b.answered(p, p.session, &fetch.EventRequestPaused{
			RequestID: "r", FrameID: "main", ResponseStatusCode: 200, Request: &network.Request{Headers: network.Headers{"Accept": "text/html"}},
			ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "application/pdf"}},
		})
	}, "Page.navigate", "Fetch.takeResponseBodyAsStream")
}

// leavesFor tells a page to go somewhere and looks at what Chromium is sent until that should have come off. meanwhile is called with mu
// held.
func leavesFor(t *testing.T, pipe *patient, meanwhile func(*Browser, *page), sent ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pipe.closed, pipe.replies = make(chan struct{}), make(chan *cdproto.Message, 10)
		b := newBrowser(New(Config{PDFViewer: []byte(plainViewer)}), Spec{})
		chrome := &chromium{}
		chrome.conn = newConn(pipe, func(id target.SessionID, method string, params jsonv2.Value) {
			b.handle(chrome, event{session: id, method: method, params: params})
		})
		chrome.reading.Go(func() { chrome.conn.read(context.WithoutCancel(t.Context())) })
		p := newPage(chrome, "main", session{conn: chrome.conn, id: "s"})
		b.mu.Lock()
		b.chrome, b.sessions["s"] = chrome, p
		p.tab = &tab{id: "t1", page: p}
		p.tab.init()
		b.tabs = append(b.tabs, p.tab)
		b.mu.Unlock()
		if err := b.Navigate(t.Context(), "t1", cobrowse.RoleCustomer, "https://shop.example/"); err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		meanwhile(b, p)
		b.mu.Unlock()
		time.Sleep(leaveTime + silentTime + time.Second)
		synctest.Wait()
		pipe.mu.Lock()
		if !slices.Equal(pipe.sent, sent) {
			t.Errorf("it was sent %v", pipe.sent)
		}
		pipe.mu.Unlock()
		b.mu.Lock()
		b.chrome = nil // there is nothing to stop
		b.mu.Unlock()
		close(pipe.closed)
		chrome.reading.Wait()
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestPeopleLeaveAChromiumThatDoesNotRespond: whatever keeps it, those who go elsewhere get there, in the next one.
func TestPeopleLeaveAChromiumThatDoesNotRespond(t *testing.T) {
	s := site(t, map[string]string{"/": red, "/next": green})
	tg := share(t, testLauncher(t), cobrowse.Policy{}, s.URL)
	hears(t, tg.agent, "the page", func(m cobrowse.GateChanged) bool { return m.Open })
	if err := syscall.Kill(tg.browser.chrome.process.cmd.Process.Pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	awaitPicture(tg, s.URL+"/next", greenPixel)
	hears(t, tg.customer, "of the loss", func(m cobrowse.Notice) bool { return m.Code == "browser_lost" })
	tg.endsWell()
}

// TestOvertakenJourneysAreNotSent: one that waited for Chromium while somebody went elsewhere would come behind them, and take them back.
func TestOvertakenJourneysAreNotSent(t *testing.T) {
	s := site(t, map[string]string{"/": "<title>start</title>"})
	r := launch(t, Spec{Session: "overtaken"})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	ctx, overtake := context.WithCancel(t.Context())
	overtake()
	err = r.setOut(ctx, p, s.URL, func() error {
		t.Error("it was sent")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
