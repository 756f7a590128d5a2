package live_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire"
)

func TestWhoIsNotLetIn(t *testing.T) {
	h := open(t)
	for _, origin := range []string{"", "null", "https://evil.example", "http://cobrowse.example", "https://cobrowse.example.evil.example", "https://cobrowse.example:8443"} {
		_, res, err := h.dial(origin, websocket.DialOptions{})
		if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v, %v", origin, res, err)
		}
	}
	stranger := h.connect()
	stranger.hello("guessed")
	if got := stranger.await("error"); got.Reason != "token_unknown" {
		t.Errorf("%+v", got)
	}
	stranger.awaitClose(wire.CloseNotAllowed)

	h.join("tok-customer")
	intruder := h.connect()
	intruder.hello("tok-intruder")
	if got := intruder.await("error"); got.Reason != "not_invited" {
		t.Errorf("%+v", got)
	}
	intruder.awaitClose(wire.CloseNotAllowed)
}

func TestBrokenMessages(t *testing.T) {
	h := open(t)
	hello := func(p *page) { p.hello("tok-customer"); p.await("welcome") }
	tests := map[string]struct {
		before func(*page)
		kind   websocket.MessageType
		text   string
		want   websocket.StatusCode
	}{
		"no hello":        {nil, websocket.MessageText, `{"type":"pause"}`, wire.CloseBroken},
		"not JSON":        {nil, websocket.MessageText, `hello`, wire.CloseBroken},
		"binary":          {hello, websocket.MessageBinary, `{"type":"pause"}`, wire.CloseBroken},
		"hello twice":     {hello, websocket.MessageText, `{"type":"hello","v":1,"token":"tok-agent"}`, wire.CloseBroken},
		"malformed":       {hello, websocket.MessageText, `{"type":"input","tab":"t1","ev":{"kind":"explode"}}`, wire.CloseBroken},
		"too big":         {hello, websocket.MessageText, strings.Repeat(" ", wire.MaxMessage) + `{}`, websocket.StatusMessageTooBig},
		"unknown version": {nil, websocket.MessageText, `{"type":"hello","v":9,"token":"tok-customer"}`, wire.CloseBroken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := h.connect()
			if test.before != nil {
				test.before(p)
			}
			if err := p.conn.Write(h.ctx, test.kind, []byte(test.text)); err != nil {
				t.Fatal(err)
			}
			p.awaitClose(test.want)
		})
	}
	p := h.join("tok-customer")
	p.say(`{"type":"dance"}`)
	if got := p.await("error"); got.Reason != "unknown_type" {
		t.Errorf("%+v", got)
	}
	p.say(`{"type":"ping","t":1}`)
	p.await("pong") // it goes on
}

func TestFlood(t *testing.T) {
	h := open(t)
	p := h.join("tok-customer")
	go func() {
		for range 5000 {
			if err := p.conn.Write(h.ctx, websocket.MessageText, []byte(`{"type":"dance"}`)); err != nil {
				return
			}
		}
	}()
	p.awaitClose(wire.CloseTooMuch)
}

// TestSlowReader has a person whose page stops reading: the others do not notice, and the socket is given up.
func TestSlowReader(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	agent.conn.CloseNow()
	customer.until("agent away", func(m told) bool { return m.Type == "participants" })
	slow, _, err := h.dial("https://cobrowse.example", websocket.DialOptions{HTTPClient: &http.Client{Transport: &http.Transport{DialContext: smallWindow}}})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.CloseNow()
	(&page{h, slow}).hello("tok-agent")
	customer.until("agent back", func(m told) bool { return m.Type == "participants" })
	// The socket's buffers fill up with pictures, then the session's queue with messages.
	big := strings.Repeat("x", 512<<10)
	gone := false // on a slow machine that may be before all is said
	heard := func() {
		customer.until("notice", func(m told) bool { gone = gone || m.Type == "participants"; return m.Type == "notice" })
	}
	for i := range 40 {
		h.browser.Picture(true, big)
		want := fmt.Sprintf("dialog %d", i)
		h.browser.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: want})
		heard()
	}
	for range 600 {
		h.browser.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "again"})
		heard()
	}
	if !gone {
		customer.until("slow agent is given up", func(m told) bool { return m.Type == "participants" })
	}
}

// smallWindow dials with a receive buffer so small that a sender soon notices a reader who does not read.
func smallWindow(ctx context.Context, network, addr string) (net.Conn, error) {
	return windowOf(4<<10)(ctx, network, addr)
}

// windowOf dials with a receive buffer of so many bytes.
func windowOf(bytes int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(bytes)
	}
}
