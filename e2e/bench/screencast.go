package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"cobrowse-connector/e2e/people"
)

//go:embed viewer.html
var viewerPage []byte

// screencast is the baseline: one Chromium whose tab is sent as JPEG pictures of Page.startScreencast to one viewer page,
// which draws them on a canvas and sends the mouse back.
type screencast struct {
	URL     string // of the viewer page
	Profile string // of the streamed Chromium, to find its processes
	ctx     context.Context
	close   func()
}

func newScreencast(t testing.TB, width, height int64) *screencast {
	t.Helper()
	browser := people.Start(t, "screencast", chromedp.Flag("hide-scrollbars", true), chromedp.Flag("mute-audio", true))
	ctx := browser.Context
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	s := &screencast{Profile: browser.Profile, ctx: ctx}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(viewerPage)
	})
	mux.HandleFunc("GET /ws", s.serve)
	server := httptest.NewServer(mux)
	s.URL = server.URL
	s.close = sync.OnceFunc(func() {
		browser.Stop()
		server.Close()
	})
	t.Cleanup(s.close)
	return s
}

// show opens an address in the streamed tab.
func (s *screencast) show(t testing.TB, url string) {
	t.Helper()
	if err := chromedp.Do(s.ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

func (s *screencast) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	frames := chromedp.Events(ctx, page.ScreencastFrame)
	quality := int64(70)
	_, err = chromedp.Run(ctx, call(page.StartScreencast, page.StartScreencastParams{Format: "jpeg", Quality: &quality}))
	if err != nil {
		return
	}
	go func() {
		defer cancel()
		for f, err := range frames {
			if err != nil {
				return
			}
			if _, err := chromedp.Run(ctx, call(page.ScreencastFrameAck, page.ScreencastFrameAckParams{SessionID: f.SessionID})); err != nil {
				return
			}
			if conn.Write(ctx, websocket.MessageBinary, f.Data) != nil {
				return
			}
		}
	}()
	for {
		_, msg, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var ev input.DispatchMouseEventParams
		if json.Unmarshal(msg, &ev) != nil {
			return
		}
		if _, err := chromedp.Run(ctx, call(input.DispatchMouseEvent, ev)); err != nil {
			return
		}
	}
}

func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}
