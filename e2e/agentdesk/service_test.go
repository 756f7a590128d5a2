package agentdesk

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"cobrowse-connector/connector/web"
	"cobrowse-connector/e2e/people"
)

type object = map[string]any

// service answers the widget as docs/protocol.md says, with whatever the test makes happen.
type service struct {
	t       testing.TB
	address string
	secret  []byte
	mux     *http.ServeMux // for what a test adds
	widget  http.HandlerFunc

	language string // of whoever signs in
	early    string // a script that runs in their frame before its own

	mu       sync.Mutex
	socket   *websocket.Conn
	claims   object
	session  object // the conversation's open session, nil when there is none
	refusal  string // why launches are refused, "" when they are not
	record   object // the conversation's case
	received chan object
	joined   chan struct{}
	joins    atomic.Int32 // how often somebody asked to join
}

func startService(t testing.TB, secret []byte) *service {
	t.Helper()
	s := &service{t: t, secret: secret, widget: page("agent.html"), received: make(chan object, 1000), joined: make(chan struct{}, 10),
		record: object{"id": "case-1", "title": "Winter coat in the wrong size"}}
	mux := http.NewServeMux()
	s.mux = mux
	mux.HandleFunc("GET /agent", func(w http.ResponseWriter, r *http.Request) { s.widget(w, r) })
	mux.HandleFunc("GET /watch/{session}", page("watch.html"))
	mux.Handle("GET /assets/", http.FileServerFS(web.FS))
	mux.HandleFunc("POST /v1/agent/launch", s.launch)
	mux.HandleFunc("GET /v1/agent/context", s.context)
	mux.HandleFunc("POST /v1/agent/sessions", s.invite)
	mux.HandleFunc("POST /v1/agent/pins/claim", s.claim)
	mux.HandleFunc("POST /v1/agent/sessions/{id}/join", s.join)
	mux.HandleFunc("POST /v1/agent/sessions/{id}/outcome", s.outcome)
	mux.HandleFunc("GET /v1/live", s.live)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.address = server.URL
	return s
}

func page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web.FS, name) }
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader may be gone
}

func (s *service) launch(w http.ResponseWriter, r *http.Request) {
	var in struct{ Launch string }
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty launch fails below
	token, err := jwt.ParseSigned(in.Launch, []jose.SignatureAlgorithm{jose.HS256})
	claims := object{}
	if err == nil {
		err = token.Claims(s.secret, &claims)
	}
	if err != nil {
		answer(w, http.StatusUnauthorized, object{"reason": "launch_invalid"})
		return
	}
	s.mu.Lock()
	s.claims = claims
	refusal := s.refusal
	s.mu.Unlock()
	if refusal != "" {
		answer(w, http.StatusServiceUnavailable, object{"reason": refusal})
		return
	}
	out := s.contextOf()
	out["token"] = "agent-token"
	answer(w, http.StatusOK, out)
}

func (s *service) refuse(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = reason
}

func (s *service) context(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.contextOf())
}

func (s *service) contextOf() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return object{
		"agent": s.claims["agent"], "company": company, "conversation": s.claims["conversation"], "channel": s.claims["channel"],
		"case": s.record, "customerName": "Maria Oliveira", "session": s.session,
		"deskOrigin": s.claims["origin"],
	}
}

var company = object{"slug": "northwind", "name": "Northwind Outdoor", "color": "#0f6cbd", "languages": []string{"en"}, "recording": "on"}

func (s *service) open(channel string) object {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		s.session = object{"id": "s-1", "state": "requested", "channel": channel, "customerName": "Maria Oliveira", "agentName": "Ana Souza"}
	}
	return s.session
}

func (s *service) invite(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, object{"session": s.open("chat"), "joinUrl": s.address + "/j#QmFzZTY0VGlja2V0"})
}

func (s *service) claim(w http.ResponseWriter, r *http.Request) {
	var in struct{ PIN string }
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty PIN is a wrong one
	switch in.PIN {
	case "483920":
		answer(w, http.StatusOK, object{"session": s.open("voice")})
	case "999999":
		w.Header().Set("Retry-After", "90")
		answer(w, http.StatusTooManyRequests, object{"reason": "rate_limited"})
	default:
		answer(w, http.StatusNotFound, object{"reason": "pin_invalid"})
	}
}

func (s *service) join(w http.ResponseWriter, _ *http.Request) {
	s.joins.Add(1)
	answer(w, http.StatusOK, object{"token": "live-token"})
}

func (s *service) outcome(w http.ResponseWriter, r *http.Request) {
	var in object
	_ = json.NewDecoder(r.Body).Decode(&in) // checked by the test
	in["type"] = "outcome"
	s.received <- in
	answer(w, http.StatusOK, object{})
}

// live accepts the widget's socket; a second one closes the first.
func (s *service) live(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	_, hello, err := c.Read(context.Background())
	if err != nil || !strings.Contains(string(hello), `"live-token"`) {
		c.Close(4003, "who is this?") //nolint:errcheck // the test sees it missing
		return
	}
	s.mu.Lock()
	if s.socket != nil {
		s.socket.Close(4001, "opened elsewhere") //nolint:errcheck // it may be gone
	}
	s.socket = c
	s.mu.Unlock()
	s.joined <- struct{}{}
	over, stop := context.WithCancel(context.Background())
	defer stop()
	go lives(over, c)
	for {
		_, data, err := c.Read(context.Background())
		if err != nil {
			return
		}
		var m object
		if json.Unmarshal(data, &m) == nil && m["type"] != "ping" {
			s.received <- m
		}
	}
}

// lives says every second that the service is there: a widget that hears nothing for some time connects anew, and a test may take its time.
func lives(ctx context.Context, c *websocket.Conn) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"type":"pong","t":0}`)) // it may be gone
		case <-ctx.Done():
			return
		}
	}
}

// say sends messages to the widget's current socket.
func (s *service) say(messages ...object) {
	s.t.Helper()
	for _, m := range messages {
		b, err := json.Marshal(m)
		if err != nil {
			s.t.Fatal(err)
		}
		s.write(websocket.MessageText, b)
	}
}

func (s *service) write(kind websocket.MessageType, b []byte) {
	s.t.Helper()
	s.mu.Lock()
	c := s.socket
	s.mu.Unlock()
	if err := c.Write(s.t.Context(), kind, b); err != nil {
		s.t.Fatal(err)
	}
}

const patience = 45 * time.Second

// next waits for the widget's next message, which may be of the kind or come before it.
func (s *service) next(kind string) object {
	s.t.Helper()
	select {
	case m := <-s.received:
		return m
	case <-time.After(patience):
		s.t.Fatalf("the widget never said %q", kind)
		return nil
	}
}

// hears waits for a message of the type from the widget.
func (s *service) hears(kind string) object {
	s.t.Helper()
	for {
		if m := s.next(kind); m["type"] == kind {
			return m
		}
	}
}

// waitForSocket waits until the widget has joined.
func (s *service) waitForSocket() {
	s.t.Helper()
	select {
	case <-s.joined:
	case <-time.After(patience):
		s.t.Fatal("the widget never joined")
	}
}

// lose cuts the widget's connection and leaves it to find out.
func (s *service) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket.CloseNow() //nolint:errcheck // it is to be gone
	s.socket = nil
}

// closes ends the widget's connection with a code.
func (s *service) closes(code websocket.StatusCode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket.Close(code, "") //nolint:errcheck // the widget shows whether it came
	s.socket = nil
}

// picture shows a page.
func (s *service) picture() {
	s.t.Helper()
	s.shows(people.VP9, people.KeyFrame(s.t, pagePicture(s.t)))
}

// still shows it as to a browser that decodes no video.
func (s *service) still() {
	s.t.Helper()
	s.shows("jpeg", pagePicture(s.t))
}

func (s *service) shows(codec string, picture []byte) {
	s.t.Helper()
	s.say(object{"type": "picture", "generation": 1, "codec": codec, "width": 1280, "height": 720, "tab": "t1"})
	frame := make([]byte, 24)
	frame[0], frame[1] = 1, 1
	binary.BigEndian.PutUint32(frame[4:], 1)
	s.write(websocket.MessageBinary, append(frame, picture...))
}

// pagePicture is COBROWSE_PAGE, a JPEG for looking at screenshots, or two plain areas.
func pagePicture(t testing.TB) []byte {
	t.Helper()
	if name := os.Getenv("COBROWSE_PAGE"); name != "" {
		b, err := os.ReadFile(name) //nolint:gosec // named by whoever runs the test
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, 1280, 80), image.NewUniform(color.RGBA{R: 20, G: 83, B: 45, A: 255}), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
