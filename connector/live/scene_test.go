package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/cobrowse/wire/wiretest"
	"cobrowse-connector/connector/live"
)

const patience = 45 * time.Second

var agentBo = cobrowse.Participant{ID: "a1", Role: cobrowse.RoleAgent, Name: "Bo"}

// book is a Directory in memory.
type book struct {
	mu       sync.Mutex
	tokens   map[string]live.Admission
	moved    []cobrowse.State
	ending   []cobrowse.Result
	attempts int
	broken   int  // how many attempts to store the end still fail
	away     bool // nothing can be stored
	refuses  bool // the end, for what it is
	result   chan cobrowse.Result
}

var errAway = errors.New("the database is away")

func (b *book) goAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

func (b *book) Admit(_ context.Context, token string) (live.Admission, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.tokens[token]
	if !ok {
		return a, cobrowse.Errorf(cobrowse.CodeDenied, "token_unknown", "Please open the link again.")
	}
	return a, nil
}

func (b *book) Moved(_ context.Context, _ string, s cobrowse.State, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return errAway
	}
	b.moved = append(b.moved, s)
	return nil
}

func (b *book) Ending(_ context.Context, _ string, r cobrowse.Result) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return errAway
	}
	b.moved, b.ending = append(b.moved, cobrowse.StateEnding), append(b.ending, r)
	return nil
}

func (b *book) Ended(_ context.Context, _ string, r cobrowse.Result) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.attempts++
	if b.broken > 0 {
		b.broken--
		return errAway
	}
	if b.away {
		return errAway
	}
	if b.refuses {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "text_refused", "this cannot be stored")
	}
	b.result <- r
	return nil
}

// house is the endpoint behind a real server.
type house struct {
	t        *testing.T
	ctx      context.Context
	book     *book
	browser  *cobrowsetest.Browser
	sessions *live.Sessions
	spec     live.SessionSpec
	server   *httptest.Server
	log      *syncBuffer

	suggested chan string
	learned   chan []cobrowse.RuleHealth
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func open(t *testing.T) *house {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	h := &house{t: t, ctx: ctx, browser: cobrowsetest.NewBrowser(), log: &syncBuffer{}, suggested: make(chan string, 1), learned: make(chan []cobrowse.RuleHealth, 1), spec: live.SessionSpec{
		ID: "s-1", Company: live.CompanyView{Slug: "acme", Name: "Acme"}, Channel: "voice", StartURL: "https://shop.example/",
		RecordingMode: live.RecordingAsk, State: cobrowse.StateRequested, ExpiresAt: time.Now().Add(15 * time.Minute),
	}}
	h.book = &book{result: make(chan cobrowse.Result, 1), tokens: map[string]live.Admission{
		"tok-customer": {Session: h.spec, Participant: cobrowse.Participant{ID: "c1", Role: cobrowse.RoleCustomer, Name: "Ana"}},
		"tok-agent":    {Session: h.spec, Participant: agentBo},
		"tok-intruder": {Session: h.spec, Participant: cobrowse.Participant{ID: "c2", Role: cobrowse.RoleCustomer}},
	}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.sessions = live.NewSessions(h.book, live.Maker{
		Browser: func(context.Context, live.SessionSpec) (cobrowse.Browser, error) { return h.browser, nil },
		Recorder: func(context.Context, live.SessionSpec) (cobrowse.Recorder, error) {
			return cobrowsetest.NewRecorder(), nil
		},
		Redact: func(live.SessionSpec) cobrowse.Redactor { return plain{} },
		Suggested: func(_ context.Context, s live.SessionSpec, made cobrowse.Suggestion) error {
			h.suggested <- s.Company.Slug + " " + made.Rule.Selector
			return nil
		},
		Learned: func(_ context.Context, s live.SessionSpec, health []cobrowse.RuleHealth) error {
			h.learned <- health
			return nil
		},
	}, cobrowse.Limits{}, log)
	handler := live.NewHandler(h.book, h.sessions, []string{"https://cobrowse.example"}, log)
	h.server = httptest.NewServer(handler)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := h.sessions.Shutdown(ctx); err != nil {
			t.Errorf("sessions: %v", err)
		}
		if err := handler.Shutdown(ctx); err != nil {
			t.Errorf("sockets: %v", err)
		}
		h.server.Close()
		for _, secret := range []string{"tok-", "shop.example", "Ana"} {
			if strings.Contains(h.log.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, h.log)
			}
		}
	})
	return h
}

// claim puts the session into Bo's hands.
func (h *house) claim() error {
	spec := h.spec
	spec.Agent = &agentBo
	_, err := h.sessions.Join(h.ctx, spec)
	return err
}

type plain struct{}

func (plain) Text(s string) string { return s }

func (plain) URL(s string) string { return s }

// page is one person's page.
type page struct {
	h    *house
	conn *websocket.Conn
}

func (h *house) dial(origin string, o websocket.DialOptions) (*websocket.Conn, *http.Response, error) {
	o.HTTPHeader = http.Header{}
	if origin != "" {
		o.HTTPHeader.Set("Origin", origin)
	}
	return websocket.Dial(h.ctx, h.server.URL+"/v1/live", &o)
}

func (h *house) connect() *page {
	h.t.Helper()
	conn, _, err := h.dial("https://cobrowse.example", websocket.DialOptions{})
	if err != nil {
		h.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	h.t.Cleanup(func() { conn.CloseNow() })
	return &page{h, conn}
}

// join says hello and awaits the welcome.
func (h *house) join(token string) *page {
	h.t.Helper()
	p := h.connect()
	p.hello(token)
	p.await("welcome")
	return p
}

func (p *page) hello(token string) {
	p.say(fmt.Sprintf(`{"type":"hello","v":1,"token":%q,"codecs":["av01.0.08M.08"],"viewport":{"width":1280,"height":800,"scale":1},"lang":"en"}`, token))
}

func (p *page) say(text string) {
	p.h.t.Helper()
	if err := p.conn.Write(p.h.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.h.t.Fatal(err)
	}
}

// told is a message of the service, or a picture.
type told struct {
	Type    string
	State   cobrowse.State
	Reason  string
	Who     string
	X       float64
	Outcome string
	Open    bool
	Code    string
	Tabs    []cobrowse.Tab
	T       float64
	Picture *stream.Chunk `json:"-"`
}

func (p *page) next() (told, error) {
	kind, data, err := p.conn.Read(p.h.ctx)
	if err != nil {
		return told{}, err
	}
	if kind == websocket.MessageBinary {
		c, err := wiretest.Picture(data)
		return told{Type: "picture frame", Picture: &c}, err
	}
	var m told
	return m, json.Unmarshal(data, &m)
}

func (p *page) until(what string, fits func(told) bool) told {
	p.h.t.Helper()
	var heard []string
	for {
		m, err := p.next()
		if err != nil {
			p.h.t.Fatalf("waiting for %s: %v; heard %v", what, err, heard)
		}
		if fits(m) {
			return m
		}
		heard = append(heard, m.Type+" "+string(m.State)+m.Reason)
	}
}

func (p *page) await(kind string) told {
	p.h.t.Helper()
	return p.until(kind, func(m told) bool { return m.Type == kind })
}

func (p *page) awaitState(s cobrowse.State) {
	p.h.t.Helper()
	p.until(string(s), func(m told) bool { return m.Type == "state" && m.State == s })
}

// awaitClose reads on until the service closes the socket.
func (p *page) awaitClose(want websocket.StatusCode) {
	p.h.t.Helper()
	for {
		if _, err := p.next(); err != nil {
			if got := websocket.CloseStatus(err); got != want {
				p.h.t.Errorf("closed with %d (%v), want %d", got, err, want)
			}
			return
		}
	}
}

func (h *house) live() (customer, agent *page) {
	h.t.Helper()
	customer = h.join("tok-customer")
	if err := h.claim(); err != nil {
		h.t.Fatal(err)
	}
	agent = h.join("tok-agent")
	customer.say(`{"type":"consent","granted":true,"recording":false}`)
	for _, p := range []*page{customer, agent} {
		p.awaitState(cobrowse.StateLive)
		p.until("tabs", func(m told) bool { return m.Type == "tabs" && len(m.Tabs) == 1 })
	}
	h.browser.Gate(true, "")
	agent.until("open gate", func(m told) bool { return m.Type == "gate" && m.Open })
	return customer, agent
}

// closed ends all sessions and tells when.
func (h *house) closed() <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := h.sessions.Shutdown(h.ctx); err != nil {
			h.t.Error(err)
		}
	}()
	return over
}
