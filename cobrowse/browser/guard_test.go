package browser

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto"

	"cobrowse-connector/cobrowse"
)

// answering is the pipe of a Chromium that says yes to everything: a real one cannot be made to hear two commands in a chosen order.
type answering struct {
	told    chan string // the commands' parameters
	answers chan *cdproto.Message
	closed  chan struct{}
	result  func(method string) string // nil for yes
}

func (a *answering) Write(_ context.Context, m *cdproto.Message) error {
	a.told <- string(m.Params)
	result := "{}"
	if a.result != nil {
		result = a.result(string(m.Method))
	}
	a.answers <- &cdproto.Message{ID: m.ID, SessionID: m.SessionID, Result: []byte(result)}
	return nil
}

func (a *answering) Read(_ context.Context, m *cdproto.Message) error {
	select {
	case answer := <-a.answers:
		*m = *answer
		return nil
	case <-a.closed:
		return io.EOF
	}
}

func (a *answering) Close() error { return nil }

// answeringPage is a page of a Chromium that says what the test lets it say.
func answeringPage(t *testing.T) (*Browser, *page, *answering) {
	t.Helper()
	pipe := &answering{told: make(chan string, 10), answers: make(chan *cdproto.Message, 10), closed: make(chan struct{})}
	chrome := &chromium{conn: newConn(pipe, nil)}
	chrome.root = session{conn: chrome.conn}
	chrome.reading.Go(func() { chrome.conn.read(context.Background()) })
	b := newBrowser(New(Config{}), Spec{})
	t.Cleanup(func() {
		_ = b.Close(context.Background())
		close(pipe.closed)
		chrome.reading.Wait()
	})
	return b, newPage(chrome, "main", session{conn: chrome.conn, id: "s"}), pipe
}

// TestTheLastWordIsTrue: a document that is told late whose hand it is is told whose it is by then.
func TestTheLastWordIsTrue(t *testing.T) {
	b, p, pipe := answeringPage(t)
	p.main().world = "w"
	p.tab = &tab{page: p}

	b.mu.Lock()
	p.tab.by = cobrowse.RoleCustomer
	b.tellActor(p, p.main())
	p.tab.by = cobrowse.RoleAgent // whose press has come just then
	b.mu.Unlock()
	if told := <-pipe.told; !strings.Contains(told, "agent") {
		t.Errorf("the page was told %s", told)
	}
}
