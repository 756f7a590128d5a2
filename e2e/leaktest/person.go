package leaktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire/wiretest"
)

// The size of the shared page: small, as every picture of it is decoded.
const (
	pageWidth  = 480
	pageHeight = 320
)

// patience bounds every wait for something that must come, on a machine that is busy with much else.
const patience = 45 * time.Second

// person is somebody's live socket: everything that the service sends to them is kept.
type person struct {
	role cobrowse.Role
	conn *websocket.Conn
	ctx  context.Context

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything below changed
	gone    error         // why the socket ended
	during  string        // the case that is played now
	state   string
	shown   string
	tabs    []tabView
	gate    gateView
	layer   []cobrowse.LayerItem
	layers  int
	focus   cobrowse.Focus
	pics    int // pictures since the gate spoke last
	streams []*generation
	refused map[string]int      // by case
	notices map[string][]string // codes, by case
	errors  map[string][]string // reasons, by case
	leaks   []said
	heard   int // messages
	onLayer func(at time.Time, items []cobrowse.LayerItem)
}

type tabView struct {
	ID, Title, URL string
	Loading        bool
}

type gateView struct {
	open   bool
	reason string
	turns  int // messages about it
}

// generation is a stretch of pictures that one decoder takes.
type generation struct {
	number        uint32
	codec         string
	width, height int
	chunks        []chunk
}

type chunk struct {
	data   []byte
	during string
}

func (g *generation) fourCC() string {
	if len(g.codec) > 2 && g.codec[:2] == "av" && g.codec[2] == '0' {
		return "AV01"
	}
	return "VP90"
}

// said is a message with a secret in it.
type said struct{ during, kind, secret, excerpt string }

// join opens a live socket and keeps it until the test ends.
func join(t testing.TB, address, token string, role cobrowse.Role, viewport cobrowse.Viewport) *person {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, "ws"+address[len("http"):], &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {address}}})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	p := &person{role: role, conn: conn, ctx: ctx, changed: make(chan struct{}), refused: map[string]int{}, notices: map[string][]string{}, errors: map[string][]string{}}
	p.send("hello", map[string]any{"v": 1, "token": token, "lang": "en", "codecs": []string{"av01.0.08M.08"}, "viewport": viewport})
	var running sync.WaitGroup
	running.Go(p.read)
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return p
}

func (p *person) send(kind string, fields map[string]any) {
	fields["type"] = kind
	b, _ := json.Marshal(fields)                      // strings, numbers and plain structs
	_ = p.conn.Write(p.ctx, websocket.MessageText, b) // a lost connection shows by what then does not come
}

func (p *person) read() {
	for {
		kind, b, err := p.conn.Read(p.ctx)
		p.mu.Lock()
		switch {
		case err != nil:
			p.gone = err
		case kind == websocket.MessageBinary:
			p.picture(b)
		default:
			p.message(b)
		}
		close(p.changed)
		p.changed = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			_ = p.conn.CloseNow()
			return
		}
	}
}

// picture keeps a chunk. Caller holds mu.
func (p *person) picture(frame []byte) {
	c, err := wiretest.Picture(frame)
	if err != nil {
		p.gone = err
		return
	}
	p.pics++
	if n := len(p.streams); n > 0 && p.role != cobrowse.RoleCustomer {
		g := p.streams[n-1]
		g.chunks = append(g.chunks, chunk{c.Data, p.during})
	}
}

// message takes a text message in. Caller holds mu.
func (p *person) message(data []byte) {
	var m struct {
		Type, ID, State, Shown, Reason, Code, Codec string
		Open                                        bool
		Tabs                                        []tabView
		Items                                       []cobrowse.LayerItem
		Generation                                  uint32
		Width, Height                               int
		Editable, Masked                            bool
	}
	if err := json.Unmarshal(data, &m); err != nil {
		p.gone = err
		return
	}
	p.heard++
	if p.role != cobrowse.RoleCustomer {
		for _, secret := range found(data) {
			p.leaks = append(p.leaks, said{p.during, m.Type, secret, fmt.Sprintf("%.300s", data)})
		}
	}
	switch m.Type {
	case "welcome", "state":
		p.state = m.State
	case "tabs":
		p.shown, p.tabs = m.Shown, m.Tabs
	case "gate":
		p.gate = gateView{m.Open, m.Reason, p.gate.turns + 1}
		p.pics = 0
	case "layer":
		p.layer = m.Items
		p.layers++
		if p.onLayer != nil {
			p.onLayer(time.Now(), m.Items)
		}
	case "focus":
		p.focus = cobrowse.Focus{Editable: m.Editable, Masked: m.Masked}
	case "picture":
		if n := len(p.streams); n == 0 || p.streams[n-1].number != m.Generation { // it is told again whenever the gate opens
			p.streams = append(p.streams, &generation{number: m.Generation, codec: m.Codec, width: m.Width, height: m.Height})
		}
	case "refused":
		p.refused[p.during]++
	case "notice":
		p.notices[p.during] = append(p.notices[p.during], m.Code)
	case "ask":
		if p.role == cobrowse.RoleCustomer { // who has read it by now: a page that waits for them plays no further
			_ = p.conn.Write(p.ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"answer","id":%q,"ok":false,"values":[]}`, m.ID))
		}
	case "error":
		p.errors[p.during] = append(p.errors[p.during], m.Reason)
	}
}

// until waits for a condition on what was heard. The condition is called with mu held.
func (p *person) until(limit time.Duration, what string, cond func() bool) error {
	late := time.After(limit)
	for {
		p.mu.Lock()
		ok, changed, gone, state := cond(), p.changed, p.gone, p.describe()
		p.mu.Unlock()
		switch {
		case ok:
			return nil
		case gone != nil:
			return fmt.Errorf("%s: waiting for %s: the socket ended: %w", p.role, what, gone)
		}
		select {
		case <-changed:
		case <-late:
			return fmt.Errorf("%s: waited %v for %s; %s", p.role, limit, what, state)
		}
	}
}

// describe says how things stand, for failures. Caller holds mu.
func (p *person) describe() string {
	return fmt.Sprintf("state %s, gate %+v, shown %s of %+v, %d pictures", p.state, p.gate, p.shown, p.tabs, p.pics)
}

// begin names the case that is played from now on.
func (p *person) begin(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.during = name
}

func get[T any](p *person, read func() T) T {
	p.mu.Lock()
	defer p.mu.Unlock()
	return read()
}

// saidIn tells whether a secret was told while a case was played. Caller holds mu.
func (p *person) saidIn(name string) bool {
	return slices.ContainsFunc(p.leaks, func(s said) bool { return s.during == name })
}
