package customerpage

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/connector/web"
	"cobrowse-connector/e2e/people"
)

const patience = 45 * time.Second

type object = map[string]any

// service is the product as the customer's page knows it, following the test's script. Pages and their Content-Security-Policy
// are real.
type service struct {
	t       *testing.T
	url     string
	company object
	live    chan *peer
	files   chan string // that the page sent: "ask token disposition content"
	pins    atomic.Int32
	pinLife time.Duration
	// refuse answers requests for a PIN in place of the service while it is set.
	refuse atomic.Pointer[http.HandlerFunc]
}

// peer is the service's end of one live socket.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	in   chan object
}

func newService(t *testing.T) *service {
	if err := web.Ready("join.html", "j.html"); err != nil {
		t.Fatal(err)
	}
	s := &service{
		t: t, live: make(chan *peer, 4), files: make(chan string, 8), pinLife: 15 * time.Minute,
		company: object{
			"slug": "casa-lume", "name": "Casa Lume", "color": "#a8431f", "logoUrl": "", "languages": []string{"en", "pt-BR"},
			"consentText": object{}, "recording": "ask", "startUrl": "http://shop.example/",
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /join/{slug}", page("join.html"))
	mux.HandleFunc("GET /j", page("j.html"))
	mux.Handle("GET /assets/", http.FileServerFS(web.FS))
	mux.Handle("GET /cobrowse.js", http.FileServerFS(web.FS))
	mux.HandleFunc("GET /v1/companies/{slug}", s.getCompany)
	mux.HandleFunc("POST /v1/join/{slug}/pins", s.makePIN)
	mux.HandleFunc("POST /v1/join/tickets", s.takeTicket)
	mux.HandleFunc("GET /v1/live", s.accept)
	mux.HandleFunc("GET /v1/live/downloads/{id}", s.giveFile)
	mux.HandleFunc("POST /v1/live/uploads/{id}", s.takeFile)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		html, err := fs.ReadFile(web.FS, name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'")
		w.Write(html)
	}
}

func (s *service) getCompany(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if r.PathValue("slug") != s.company["slug"] {
		reply(w, http.StatusNotFound, object{"reason": "company_unknown"})
		return
	}
	reply(w, http.StatusOK, s.company)
}

func (s *service) makePIN(w http.ResponseWriter, r *http.Request) {
	if refuse := s.refuse.Load(); refuse != nil {
		(*refuse)(w, r)
		return
	}
	s.pins.Add(1)
	reply(w, http.StatusCreated, object{"pin": "483 920", "expiresAt": time.Now().Add(s.pinLife).UTC(), "token": "t-1", "session": "s-1"})
}

func (s *service) takeTicket(w http.ResponseWriter, r *http.Request) {
	var body struct{ Ticket string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Ticket != "good" {
		reply(w, http.StatusNotFound, object{"reason": "ticket_invalid"})
		return
	}
	reply(w, http.StatusOK, object{"token": "t-2", "session": "s-2", "company": s.company})
}

func reply(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (s *service) accept(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	p := &peer{t: s.t, conn: conn, in: make(chan object, 1000)}
	s.live <- p
	defer close(p.in)
	over, stop := context.WithCancel(context.Background())
	defer stop()
	go p.lives(over)
	for {
		_, data, err := conn.Read(context.Background())
		if err != nil {
			return
		}
		var m object
		if json.Unmarshal(data, &m) != nil {
			conn.Close(websocket.StatusPolicyViolation, "no JSON")
			return
		}
		if m["type"] == "ping" {
			p.say(object{"type": "pong", "t": m["t"], "now": time.Now().UTC()})
			continue
		}
		p.in <- m
	}
}

// lives says every second that the service is there: a page that is not welcomed for some time connects anew, and a test may take its time.
func (p *peer) lives(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = p.conn.Write(ctx, websocket.MessageText, []byte(`{"type":"pong","t":0}`)) // it may be gone
		case <-ctx.Done():
			return
		}
	}
}

// customer waits for the page's next live socket and its hello.
func (s *service) customer() *peer {
	s.t.Helper()
	select {
	case p := <-s.live:
		p.hear("hello")
		return p
	case <-time.After(patience):
		s.t.Fatal("the page did not open the live socket")
		return nil
	}
}

func (p *peer) say(messages ...object) {
	for _, m := range messages {
		data, err := json.Marshal(m)
		if err != nil {
			p.t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err = p.conn.Write(ctx, websocket.MessageText, data)
		cancel()
		if err != nil {
			return // the page went away; the test sees that by itself
		}
	}
}

// hear waits for a message of that type and passes over all others.
func (p *peer) hear(kind string) object {
	p.t.Helper()
	return p.hearThat(kind, func(object) bool { return true })
}

func (p *peer) hearThat(kind string, fits func(object) bool) object {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case m, open := <-p.in:
			if !open {
				p.t.Fatalf("the page went away while the service waited for %s", kind)
			}
			if m["type"] == kind && fits(m) {
				return m
			}
		case <-timeout:
			p.t.Fatalf("the page did not say %s", kind)
		}
	}
}

// input waits for an input event of that kind.
func (p *peer) input(kind string) object {
	p.t.Helper()
	m := p.hearThat("input", func(m object) bool { return m["ev"].(object)["kind"] == kind })
	return m["ev"].(object)
}

// show sends one picture.
func (p *peer) show(generation uint32, keyFrame []byte, width, height int) {
	p.t.Helper()
	p.say(object{"type": "picture", "generation": generation, "codec": people.VP9, "width": width, "height": height, "tab": "1"})
	frame := make([]byte, 24, 24+len(keyFrame))
	frame[0], frame[1] = 1, 1
	binary.BigEndian.PutUint32(frame[4:], generation)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.conn.Write(ctx, websocket.MessageBinary, append(frame, keyFrame...)); err != nil {
		p.t.Fatal(err)
	}
}

var (
	customerView = object{"id": "c", "role": "customer", "name": "Julia", "here": true}
	agentView    = object{"id": "a", "role": "agent", "name": "Ana Ribeiro", "here": true}
)

func recording(on bool) object { return object{"possible": true, "on": on} }

func state(name, by string, rec bool) object {
	return object{"type": "state", "state": name, "by": by, "reason": "", "recording": recording(rec), "agentName": "Ana Ribeiro"}
}

func (s *service) welcome(stateName string, width, height int) object {
	people := []object{customerView}
	if stateName != "requested" {
		people = append(people, agentView)
	}
	return object{
		"type": "welcome", "v": 1, "session": "s-1", "you": customerView, "state": stateName, "participants": people, "company": s.company,
		"agentName": "", "recording": recording(false), "channel": "voice",
		"rights":   []string{"view", "point", "scroll", "click", "type", "navigate", "tabs", "clipboard"},
		"viewport": object{"width": width, "height": height, "scale": 1, "mobile": width < 600},
	}
}

func tabs(urls ...string) object {
	var list []object
	for i, u := range urls {
		list = append(list, object{"id": string(rune('1' + i)), "title": "Checkout – " + path.Base(u), "url": u, "loading": false, "canBack": i == 0, "canForward": false})
	}
	return object{"type": "tabs", "shown": "1", "tabs": list}
}
