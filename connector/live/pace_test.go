package live_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
)

// TestStallingViewer: whoever stops reading for a while has missed pictures then and sees the newest, instead of what the system kept
// for them.
func TestStallingViewer(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	agent.conn.CloseNow()
	customer.until("agent away", func(m told) bool { return m.Type == "participants" })
	conn, _, err := h.dial("https://cobrowse.example", websocket.DialOptions{HTTPClient: &http.Client{Transport: &http.Transport{DialContext: windowOf(64 << 10)}}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	slow := &page{h, conn}
	slow.say(`{"type":"hello","v":1,"token":"tok-agent","codecs":["jpeg"],"viewport":{"width":1280,"height":800,"scale":1},"lang":"en"}`)
	slow.until("open gate", func(m told) bool { return m.Type == "gate" && m.Open })
	const stills = 60
	for i := range stills {
		h.browser.Picture(true, "video") // its time goes on
		h.browser.Still(strings.Repeat(string(rune('0'+i)), 256<<10))
		h.browser.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "sent"})
		customer.await("notice")
	}
	seen := 0
	slow.until("the newest", func(m told) bool {
		if m.Picture == nil {
			return false
		}
		seen++
		return m.Picture.Data[0] == '0'+stills-1
	})
	if seen > 6 {
		t.Errorf("%d of %d pictures were kept for who did not read", seen, stills)
	}
}

// TestBehindAFramework: one that keeps the header of an answer back until something is written, as gin does.
func TestBehindAFramework(t *testing.T) {
	h := open(t)
	service := h.server.Config.Handler
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(&holding{w, 0}, r) })
	customer := h.join("tok-customer")
	customer.say(`{"type":"ping","t":1}`)
	customer.await("pong")
}

type holding struct {
	http.ResponseWriter
	status int
}

func (h *holding) WriteHeader(status int) { h.status = status }

func (h *holding) WriteHeaderNow() { h.ResponseWriter.WriteHeader(h.status) }

func (h *holding) Unwrap() http.ResponseWriter { return h.ResponseWriter }
