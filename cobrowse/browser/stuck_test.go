package browser

import (
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
)

// swamped is the pipe of a Chromium that gets to nothing but the end of a process, or that is only waiting for a server: a real one
// cannot be made busy enough on every machine.
type swamped struct {
	answers bool
	closed  chan struct{}
	replies chan *cdproto.Message

	mu   sync.Mutex
	sent []string
}

func (s *swamped) Write(_ context.Context, m *cdproto.Message) error {
	s.mu.Lock()
	s.sent = append(s.sent, string(m.Method))
	s.mu.Unlock()
	switch {
	case m.Method == "Page.crash":
		s.replies <- &cdproto.Message{SessionID: m.SessionID, Method: cdproto.MethodType(inspector.TargetCrashed.Method), Params: []byte("{}")}
	case s.answers && m.Method != "Page.navigate":
		s.replies <- &cdproto.Message{ID: m.ID, SessionID: m.SessionID, Result: []byte(`{"currentIndex":0,"entries":[]}`)}
	}
	return nil
}

func (s *swamped) Read(_ context.Context, m *cdproto.Message) error {
	select {
	case reply := <-s.replies:
		*m = *reply
		return nil
	case <-s.closed:
		return io.EOF
	}
}

func (s *swamped) Close() error { return nil }

// TestPeopleLeavePagesThatSwampChromium: the process of the page is ended, and the navigation sent again; a slow server is waited for.
func TestPeopleLeavePagesThatSwampChromium(t *testing.T) {
	for answers, want := range map[bool][]string{
		false: {"Page.navigate", "Page.getNavigationHistory", "Page.crash", "Page.navigate"}, true: {"Page.navigate", "Page.getNavigationHistory"},
	} {
		synctest.Test(t, func(t *testing.T) {
			pipe := &swamped{answers: answers, closed: make(chan struct{}), replies: make(chan *cdproto.Message, 10)}
			b := newBrowser(New(Config{}), Spec{})
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
			time.Sleep(4 * time.Second)
			synctest.Wait()
			pipe.mu.Lock()
			if !slices.Equal(pipe.sent, want) {
				t.Errorf("Chromium that answers (%v) was sent %v", answers, pipe.sent)
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
}
