package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/cobrowse/wire"
	"cobrowse-connector/connector/live"
)

const patience = 20 * time.Second

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

// TestRulesAreLearnedFrom: what an agent suggests and how rules did are kept for the company.
func TestRulesAreLearnedFrom(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Point(cobrowse.Picked{Tag: "b", Name: "Balance", Host: "shop.example", Choices: []cobrowse.Choice{{Selector: "#balance", By: "id", Matches: 1}}})
	agent.say(`{"type":"suggest","tab":"t1","x":5,"y":5}`)
	select {
	case got := <-h.suggested:
		if got != "acme #balance" {
			t.Errorf("suggested: %s", got)
		}
	case <-h.ctx.Done():
		t.Fatal("nobody was told of the suggestion")
	}
	h.browser.Emit(cobrowse.RulesEvent{Host: "shop.example", Applied: []string{"m"}, Matched: []string{"m"}})
	agent.until("what comes after the event", func(m told) bool { return m.Type == "notice" && m.Code == "mask_suggested" })
	h.browser.Gate(false, "loading")
	agent.until("closed gate", func(m told) bool { return m.Type == "gate" && !m.Open })
	customer.say(`{"type":"end"}`)
	select {
	case got := <-h.learned:
		if len(got) != 1 || got[0] != (cobrowse.RuleHealth{Rule: "m", Host: "shop.example", Pages: 1, Matched: 1}) {
			t.Errorf("learned: %+v", got)
		}
	case <-h.ctx.Done():
		t.Fatal("nobody learned of the rules")
	}
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

type plain struct{}

func (plain) Text(s string) string { return s }
func (plain) URL(s string) string  { return s }

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
		c, err := wire.DecodePicture(data)
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
	if err := h.sessions.Claim(h.ctx, h.spec, agentBo); err != nil {
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

func TestASession(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Picture(true, "first")
	for _, p := range []*page{customer, agent} {
		if got := p.await("picture frame"); string(got.Picture.Data) != "first" || !got.Picture.Key {
			t.Errorf("%+v", got.Picture)
		}
	}
	agent.say(`{"type":"ping","t":7}`)
	if got := agent.await("pong"); got.T != 7 {
		t.Errorf("pong %v", got.T)
	}
	customer.say(`{"type":"pause"}`)
	agent.awaitState(cobrowse.StatePaused)
	agent.say(`{"type":"input","tab":"t1","ev":{"kind":"down","x":1,"y":1}}`)
	if got := agent.await("error"); got.Reason != "paused" {
		t.Errorf("the agent acts while paused: %+v", got)
	}
	customer.say(`{"type":"resume"}`)
	agent.awaitState(cobrowse.StateLive)
	agent.say(`{"type":"end","outcome":"solved"}`)
	for _, p := range []*page{customer, agent} {
		if got := p.await("ended"); got.Outcome != "solved" || got.Reason != "ended" {
			t.Errorf("ended: %+v", got)
		}
		p.awaitClose(wire.CloseOver)
	}
	if r := <-h.book.result; r.State != cobrowse.StateEnded || r.Summary.Pauses != 1 {
		t.Errorf("stored: %+v", r)
	}
	if e := h.book.ending; len(e) != 1 || e[0].Summary.Outcome != "solved" || e[0].Summary.Pauses != 1 {
		t.Errorf("stored at first: %+v", e)
	}
	if want := []cobrowse.State{"provisioning", "waiting", "live", "paused", "live", "ending"}; !slices.Equal(h.book.moved, want) {
		t.Errorf("stored states: %v", h.book.moved)
	}
}

func TestBothAtOnce(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	const each = 120 // together fewer than wait for one tab: whoever sends more is closed
	var both sync.WaitGroup
	for _, p := range []*page{customer, agent} {
		both.Go(func() {
			for i := range each {
				msg := fmt.Sprintf(`{"type":"input","tab":"t1","seq":%d,"ev":{"kind":"down","x":%d,"y":1,"clicks":1}}`, i, i)
				if err := p.conn.Write(h.ctx, websocket.MessageText, []byte(msg)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	for _, by := range []cobrowse.Role{cobrowse.RoleCustomer, cobrowse.RoleAgent} {
		err := h.browser.Await(h.ctx, func(d cobrowsetest.Done) bool { return d.By == by && d.Ev.X == each-1 })
		if err != nil {
			t.Fatal(err)
		}
		got := h.browser.Inputs(by)
		if len(got) != each || !slices.IsSortedFunc(got, func(a, b cobrowse.InputEvent) int { return int(a.X - b.X) }) {
			t.Errorf("%s: %d of %d, or out of order", by, len(got), each)
		}
	}
	if got := customer.await("cursor"); got.Who != "a1" {
		t.Errorf("the customer sees the cursor of %s", got.Who)
	}
	if got := agent.await("cursor"); got.Who != "c1" {
		t.Errorf("the agent sees the cursor of %s", got.Who)
	}
}

func TestReconnect(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Picture(true, "first")
	agent.await("picture frame")
	agent.conn.CloseNow() // a lost network says nothing
	customer.until("agent away", func(m told) bool { return m.Type == "participants" })

	agent = h.connect()
	agent.hello("tok-agent")
	if m, err := agent.next(); err != nil || m.Type != "welcome" || m.State != cobrowse.StateLive {
		t.Fatalf("first comes %+v, %v", m, err)
	}
	agent.until("open gate", func(m told) bool { return m.Type == "gate" && m.Open })
	asked := h.browser.KeysAsked()
	h.browser.Picture(false, "depends on what was missed")
	h.browser.Picture(true, "whole")
	if got := agent.await("picture frame"); string(got.Picture.Data) != "whole" || !got.Picture.Key {
		t.Errorf("the picture comes back with %+v", got.Picture)
	}
	if asked == 0 {
		t.Error("no key frame was asked for")
	}
}

func TestOpenedElsewhere(t *testing.T) {
	h := open(t)
	first := h.join("tok-customer")
	h.join("tok-customer")
	first.awaitClose(wire.CloseElsewhere)
}

func TestWaitingWithAPIN(t *testing.T) {
	h := open(t)
	customer := h.join("tok-customer")
	if got := len(h.browser.Calls()); got != 0 || h.sessions.Count() != 1 {
		t.Errorf("%d calls of the browser before the claim, %d sessions", got, h.sessions.Count())
	}
	early := h.connect()
	early.hello("tok-agent")
	if got := early.await("error"); got.Reason != "not_claimed" {
		t.Errorf("%+v", got)
	}
	early.awaitClose(wire.CloseNoSession)
	if err := h.sessions.Claim(h.ctx, h.spec, agentBo); err != nil {
		t.Fatal(err)
	}
	customer.awaitState(cobrowse.StateWaiting)
}

func TestRestartedNode(t *testing.T) {
	h := open(t)
	for state, want := range map[cobrowse.State]string{
		cobrowse.StateLive: "session_over", cobrowse.StatePaused: "session_over", cobrowse.StateEnded: "session_over", cobrowse.StateWaiting: "",
	} {
		spec := h.spec
		spec.ID, spec.State, spec.Agent = "restarted-"+string(state), state, &agentBo
		s, err := h.sessions.Join(h.ctx, spec)
		if want == "" {
			if err != nil || s.State() == cobrowse.StateRequested {
				t.Errorf("%s: is not made ready again: %v", state, err)
			}
		} else if cobrowse.FailureOf(err).Reason != want {
			t.Errorf("%s: %v", state, err)
		}
	}
	<-h.closed()
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
	for i := range 40 {
		h.browser.Picture(true, big)
		want := fmt.Sprintf("dialog %d", i)
		h.browser.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: want})
		customer.await("notice")
	}
	for range 600 {
		h.browser.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert", Message: "again"})
		customer.await("notice")
	}
	customer.until("slow agent is given up", func(m told) bool { return m.Type == "participants" })
}

// smallWindow dials with a receive buffer so small that a sender soon notices a reader who does not read.
func smallWindow(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return conn, conn.(*net.TCPConn).SetReadBuffer(4 << 10)
}
