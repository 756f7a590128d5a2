package trials

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

type object = map[string]any

// answer is what the HTTP interface said.
type answer struct {
	status int
	header http.Header
	body   object
}

func (a answer) text(field string) string { s, _ := a.body[field].(string); return s }

// ask sends one request to the HTTP interface.
func (p *place) ask(method, path, token string, body any) answer {
	p.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, bytes.NewReader(encoded))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &a.body); err != nil {
			p.t.Fatalf("%s: %v in %s", path, err, text)
		}
	}
	return a
}

// must is ask where only success will do.
func (p *place) must(method, path, token string, body any) answer {
	p.t.Helper()
	a := p.ask(method, path, token, body)
	if a.status/100 != 2 {
		p.t.Fatalf("%s %s: %d %v", method, path, a.status, a.body)
	}
	return a
}

// person is one end of a live socket. What the service says is kept; await reads on from where the last await stopped.
type person struct {
	t    *testing.T
	role string
	conn *websocket.Conn

	mu      sync.Mutex
	heard   []object
	news    chan struct{} // closed and replaced with everything that is heard
	closed  error
	read    int           // of heard, by await
	first   time.Duration // picture, by the clock of the capture
	newest  time.Duration
	reading sync.WaitGroup
}

// picture is how a binary frame stands among what was heard.
const picture = "(picture)"

// dial opens a live socket from a page of the given origin.
func (p *place) dial(origin string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	return websocket.Dial(ctx, strings.Replace(p.url, "http", "ws", 1)+"/v1/live", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
}

// enter connects a person and greets the service.
func (p *place) enter(role, token string) *person {
	p.t.Helper()
	conn, _, err := p.dial(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	x := &person{t: p.t, role: role, conn: conn, news: make(chan struct{})}
	x.reading.Go(x.listen)
	p.t.Cleanup(func() {
		_ = conn.CloseNow() // closed by the service, mostly
		x.reading.Wait()
	})
	x.say(object{"type": "hello", "v": 1, "token": token, "codecs": []string{"vp09.00.40.08"}, "lang": "en",
		"viewport": object{"width": 1280, "height": 720, "scale": 1, "mobile": false}})
	return x
}

func (x *person) listen() {
	for {
		kind, data, err := x.conn.Read(context.Background())
		var m object
		switch {
		case err != nil:
		case kind == websocket.MessageBinary:
			m = object{"type": picture, "key": data[1]&1 == 1, "generation": float64(binary.BigEndian.Uint32(data[4:]))}
		default:
			err = json.Unmarshal(data, &m)
		}
		x.mu.Lock()
		if err != nil {
			x.closed = err
		} else {
			x.heard = append(x.heard, m)
		}
		if err == nil && kind == websocket.MessageBinary {
			x.noteTime(time.Duration(binary.BigEndian.Uint64(data[16:])) * time.Microsecond)
		}
		close(x.news)
		x.news = make(chan struct{})
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// noteTime keeps when the first and the newest picture were taken. Caller holds mu.
func (x *person) noteTime(taken time.Duration) {
	x.newest = taken
	if x.first == 0 {
		x.first = taken
	}
}

func (x *person) say(m object) {
	x.t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		x.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	if err := x.conn.Write(ctx, websocket.MessageText, text); err != nil {
		x.t.Fatalf("the %s cannot say %v: %v", x.role, m["type"], err)
	}
}

// await returns the next message of a type for which all of the given fields are as wanted; fields of params count as fields.
func (x *person) await(kind string, fields object) object {
	x.t.Helper()
	late := time.After(patience)
	for {
		x.mu.Lock()
		for ; x.read < len(x.heard); x.read++ {
			if m := x.heard[x.read]; m["type"] == kind && matches(m, fields) {
				x.read++
				x.mu.Unlock()
				return m
			}
		}
		news, closed := x.news, x.closed
		x.mu.Unlock()
		if closed != nil {
			x.t.Fatalf("the %s waits for %s %v: %v; heard %s", x.role, kind, fields, closed, x.recent())
		}
		select {
		case <-news:
		case <-late:
			x.t.Fatalf("the %s waits for %s %v in vain; heard %s", x.role, kind, fields, x.recent())
		}
	}
}

// mark is where await would read on when all that came by now were read.
func (x *person) mark() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.heard)
}

// awaitSince is await for what may have come before something that was waited for, but after a mark.
func (x *person) awaitSince(mark int, kind string, fields object) {
	x.t.Helper()
	x.mu.Lock()
	read := x.read
	x.read = mark
	x.mu.Unlock()
	x.await(kind, fields)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read = max(x.read, read)
}

// rewind lets await read on from a mark.
func (x *person) rewind(mark int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read = mark
}

func matches(m, fields object) bool {
	params, _ := m["params"].(object)
	for name, want := range fields {
		got, ok := m[name]
		if !ok {
			got = params[name]
		}
		if got != want {
			return false
		}
	}
	return true
}

// recent is what was heard of late, without pictures.
func (x *person) recent() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var lines []string
	for _, m := range x.heard {
		if m["type"] != picture && m["type"] != "cursor" {
			text, _ := json.Marshal(m) // it came as JSON
			lines = append(lines, string(text))
		}
	}
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// closedWith waits until the service closes the socket and returns the code.
func (x *person) closedWith() websocket.StatusCode {
	x.t.Helper()
	gone := make(chan struct{})
	go func() { x.reading.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(patience):
		x.t.Fatalf("the %s's socket stays open", x.role)
	}
	return websocket.CloseStatus(x.closed)
}

// shared is a session with both people in it.
type shared struct {
	*place
	id              string
	agentToken      string // of the desk's launch
	customerToken   string
	agent, customer *person
	tab             string
}

// meet brings an agent and a customer together until both see the first picture.
func (p *place) meet() *shared {
	p.t.Helper()
	s := &shared{place: p}
	s.agentToken = p.must("POST", "/v1/agent/launch", "", object{"launch": p.launch(nil)}).text("token")
	invited := p.must("POST", "/v1/join/"+slug+"/pins", "", object{})
	s.id, s.customerToken = invited.text("session"), invited.text("token")
	p.must("POST", "/v1/agent/pins/claim", s.agentToken, object{"pin": invited.text("pin")})
	joined := p.must("POST", "/v1/agent/sessions/"+s.id+"/join", s.agentToken, object{})
	s.customer = p.enter("customer", s.customerToken)
	s.customer.await("state", object{"state": "waiting"})
	s.agent = p.enter("agent", joined.text("token"))
	s.agent.await("welcome", nil)
	s.customer.say(object{"type": "consent", "granted": true, "recording": true})
	s.customer.await("state", object{"state": "live"})
	for !s.arrived() {
		s.customer.await("tabs", nil)
	}
	for _, x := range []*person{s.customer, s.agent} {
		x.awaitSince(0, picture, object{"key": true}) // it may have come before the last word about the tab
	}
	s.tab, _ = s.last(s.customer, "tabs")["shown"].(string)
	return s
}

// arrived tells whether the first page is there.
func (s *shared) arrived() bool {
	tabs, _ := s.last(s.customer, "tabs")["tabs"].([]any)
	return len(tabs) == 1 && tabs[0].(object)["url"] == s.site.URL+"/" && tabs[0].(object)["loading"] == false
}

// titled tells whether the agent reads what the first page is called.
func (s *shared) titled() bool {
	tabs, _ := s.last(s.agent, "tabs")["tabs"].([]any)
	return len(tabs) == 1 && tabs[0].(object)["title"] == "Shop"
}

// last is the newest message of a type, nil before the first.
func (s *shared) last(x *person, kind string) object {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := len(x.heard) - 1; i >= 0; i-- {
		if x.heard[i]["type"] == kind {
			return x.heard[i]
		}
	}
	return nil
}
