package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/connector/demo"
)

// The size of what is streamed, by the product and by the baseline.
const (
	width  = 1280
	height = 720
)

const patience = 60 * time.Second

// socket is somebody's live socket without a browser: it takes part and throws the pictures away. The customer is one, so that
// a single viewer is on the machine in the product's turn as in the baseline's, and the start is timed with two of them.
type socket struct {
	t    testing.TB
	conn *websocket.Conn
	ctx  context.Context

	first   chan struct{} // closed with the first picture
	closed  chan struct{} // closed when nothing more comes
	shown   chan string   // the shown tab, newest only
	consent bool
	leave   func()

	recording bool // what is consented to
}

// join opens a live socket and keeps it until the test ends.
func join(t testing.TB, d *demo.Demo, token string, consent bool) *socket {
	t.Helper()
	s := enter(t, d, token, consent, true)
	t.Cleanup(s.leave)
	return s
}

// enter opens a live socket. A customer's consents as soon as somebody asks.
func enter(t testing.TB, d *demo.Demo, token string, consent, recording bool) *socket {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, "ws"+d.Service[len("http"):]+"/v1/live", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {d.Service}}})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	s := &socket{t: t, conn: conn, ctx: ctx, first: make(chan struct{}), closed: make(chan struct{}), shown: make(chan string, 1), consent: consent, recording: recording}
	s.send(map[string]any{
		"type": "hello", "v": 1, "token": token, "lang": "en", "codecs": []string{"av01.0.08M.08", "vp09.00.40.08", "avc1.42E028"},
		"viewport": map[string]any{"width": width, "height": height, "scale": 1, "mobile": false},
	})
	var running sync.WaitGroup
	running.Go(s.read)
	running.Go(s.ping)
	s.leave = func() {
		cancel()
		running.Wait()
	}
	return s
}

func (s *socket) send(message map[string]any) {
	s.t.Helper()
	b, err := json.Marshal(message)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = s.conn.Write(s.ctx, websocket.MessageText, b) // a lost connection shows by what then does not come
}

func (s *socket) ping() {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.send(map[string]any{"type": "ping", "t": 1})
		case <-s.closed:
			return
		}
	}
}

func (s *socket) read() {
	defer close(s.closed)
	defer s.conn.CloseNow() //nolint:errcheck // nothing more to say
	pictures := 0
	for {
		kind, b, err := s.conn.Read(s.ctx)
		if err != nil {
			return
		}
		if kind == websocket.MessageBinary {
			if pictures++; pictures == 1 {
				close(s.first)
			}
			continue
		}
		var m struct{ Type, State, Shown, Reason string }
		if err := json.Unmarshal(b, &m); err != nil {
			s.t.Errorf("a message does not parse: %v", err)
			return
		}
		s.heard(m.Type, m.State, m.Shown, m.Reason)
	}
}

func (s *socket) heard(kind, state, shown, reason string) {
	switch {
	case kind == "error":
		s.t.Errorf("the service says: %s", reason)
	case kind == "tabs" && shown != "":
		select {
		case <-s.shown:
		default:
		}
		s.shown <- shown
	case s.consent && (state == "provisioning" || state == "waiting"):
		s.consent = false
		s.send(map[string]any{"type": "consent", "granted": true, "recording": s.recording})
	}
}

// navigate opens an address in the shown tab.
func (s *socket) navigate(url string) {
	s.t.Helper()
	select {
	case tab := <-s.shown:
		s.shown <- tab
		s.send(map[string]any{"type": "navigate", "tab": tab, "url": url})
	case <-time.After(patience):
		s.t.Fatal("no tab is shown")
	}
}

// picture waits for the first picture.
func (s *socket) picture() {
	s.t.Helper()
	select {
	case <-s.first:
	case <-time.After(patience):
		s.t.Fatal("no picture came")
	}
}

// over waits for the end of the session.
func (s *socket) over() {
	s.t.Helper()
	select {
	case <-s.closed:
	case <-time.After(patience):
		s.t.Fatal("the session does not end")
	}
}

// post sends JSON and reads the answer.
func post[T any](t testing.TB, url, token string, body any) T {
	t.Helper()
	return postFrom[T](t, "", url, token, body)
}

// postFrom is post through a proxy, which names the address that the request is from.
func postFrom[T any](t testing.TB, from, url, token string, body any) T {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("POST %s: %s %s %v", url, res.Status, answer, err)
	}
	var v T
	if err := json.Unmarshal(answer, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// customer asks for a PIN, and consents as soon as an agent has claimed it.
func customer(t testing.TB, d *demo.Demo) (s *socket, pin string) {
	t.Helper()
	asked := post[struct{ Pin, Token string }](t, d.Service+"/v1/join/"+d.Company+"/pins", "", struct{}{})
	return join(t, d, asked.Token, true), asked.Pin
}

// launch is what the desk signs for the agent in the call.
func launch(t testing.TB, d *demo.Demo) string {
	t.Helper()
	const call = "3c0d5a52-3f0c-4a39-8a0e-5b7b2f1e0002"
	return post[struct{ Launch string }](t, d.Desk+"/launch", "", map[string]string{"conversation": call, "role": "agent"}).Launch
}
