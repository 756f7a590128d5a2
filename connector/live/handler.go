package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire"
)

const (
	helloLimit  = 10 * time.Second // for the first message
	writeLimit  = 10 * time.Second // for one frame; slower is too slow
	pingEvery   = 20 * time.Second // so that a lost network is noticed, and proxies keep the socket
	pingLimit   = 10 * time.Second
	perSecond   = 300 // messages of one person; a busy pointer sends 60
	burstAtOnce = 600
)

// Handler is the endpoint GET /v1/live: one peer per person.
type Handler struct {
	directory Directory
	sessions  *Sessions
	origins   map[string]bool
	log       *slog.Logger

	ctx    context.Context // of all peers: a request's own is over once it is a WebSocket
	cancel context.CancelFunc

	mu     sync.Mutex // guards closed against peers.Add
	closed bool
	peers  sync.WaitGroup
}

// NewHandler returns the endpoint. Origins are the service's own public ones, exactly as browsers send them:
// "https://cobrowse.example".
func NewHandler(d Directory, s *Sessions, origins []string, log *slog.Logger) *Handler {
	h := &Handler{directory: d, sessions: s, origins: map[string]bool{}, log: log}
	for _, o := range origins {
		h.origins[o] = true
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Shutdown closes all sockets and waits for them. Sessions.Shutdown comes before it, so that people are told.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	return waited(ctx, &h.peers)
}

// waited waits for all, at most until ctx ends.
func waited(ctx context.Context, all *sync.WaitGroup) error {
	over := make(chan struct{})
	go func() {
		all.Wait()
		close(over)
	}()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Handler) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.peers.Add(1)
	}
	return !h.closed
}

// ServeHTTP implements http.Handler. It returns when the socket is closed.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.origins[r.Header.Get("Origin")] {
		http.Error(w, "This address is not for pages of other sites.", http.StatusForbidden)
		return
	}
	if !h.enter() {
		http.Error(w, "The service is restarting.", http.StatusServiceUnavailable)
		return
	}
	defer h.peers.Done()
	// The origin has been checked, more strictly than Accept does. Pictures do not compress.
	conn, err := websocket.Accept(paced{w}, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	conn.SetReadLimit(wire.MaxMessage)
	p := &peer{Handler: h, conn: conn, bucket: rate.NewLimiter(perSecond, burstAtOnce)}
	p.serve(h.ctx)
}

// peer is one socket: a read loop and a send loop, both owned by serve.
type peer struct {
	*Handler
	conn   *websocket.Conn
	bucket *rate.Limiter
}

func (p *peer) serve(ctx context.Context) {
	hello, err := p.hello(ctx)
	if err != nil {
		p.close(err)
		return
	}
	who, session, attachment, err := p.admit(ctx, hello)
	if err != nil {
		_ = p.say(ctx, cobrowse.FailureOf(err)) // the close code says it again
		p.close(err)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer cancel()

	sent, ended := make(chan error, 1), make(chan error, 2)
	loops.Go(func() { sent <- p.send(ctx, attachment) })
	loops.Go(func() { ended <- p.read(ctx, session, who.ID) })
	loops.Go(func() { ended <- p.keepAlive(ctx) })
	select {
	case err = <-sent:
	case err = <-ended:
		if attachment.Cause() != nil {
			err = <-sent // the session gave this socket up: what it has left to say is said first
		}
	}
	attachment.Close() // now: shaking hands with a lost network takes seconds
	p.close(err)       // before the loops are cancelled: that would cut the connection without a word
}

func (p *peer) close(err error) { _ = p.conn.Close(closeCode(err), cobrowse.ReasonOf(err)) }

func (p *peer) hello(ctx context.Context) (wire.Hello, error) {
	silent := cobrowse.Errorf(cobrowse.CodeInvalid, "hello_expected", "Nothing was said.")
	late := time.AfterFunc(helloLimit, func() { p.close(silent) })
	m, err := p.receive(ctx)
	late.Stop()
	if err != nil {
		return wire.Hello{}, err
	}
	hello, ok := m.(wire.Hello)
	if !ok {
		return wire.Hello{}, cobrowse.Errorf(cobrowse.CodeInvalid, "malformed", "The first message must be hello.")
	}
	return hello, nil
}

func (p *peer) admit(ctx context.Context, hello wire.Hello) (who cobrowse.Participant, s *cobrowse.Session, a *cobrowse.Attachment, err error) {
	ctx, cancel := context.WithTimeout(ctx, helloLimit)
	defer cancel()
	admission, err := p.directory.Admit(ctx, hello.Token)
	if err != nil {
		return who, nil, nil, err
	}
	who = admission.Participant
	if s, err = p.sessions.Join(ctx, admission.Session); err != nil {
		return who, nil, nil, err
	}
	a, err = s.Attach(ctx, who, cobrowse.Viewer{Codecs: hello.Codecs, Viewport: hello.Viewport, Language: hello.Lang})
	return who, s, a, err
}

// receive reads one message.
func (p *peer) receive(ctx context.Context) (any, error) {
	kind, data, err := p.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	if kind != websocket.MessageText {
		return nil, cobrowse.Errorf(cobrowse.CodeInvalid, "malformed", "Messages to the service are text.")
	}
	return wire.Decode(data)
}

// read is the read loop: one message after the other, each accepted by the session before the next.
func (p *peer) read(ctx context.Context, s *cobrowse.Session, who string) error {
	for {
		m, err := p.receive(ctx)
		if err == nil || errors.Is(err, wire.ErrUnknownType) {
			if !p.bucket.Allow() {
				return cobrowse.ErrTooMuch
			}
		}
		switch m := m.(type) {
		case wire.Ping:
			err = p.pong(ctx, s, who, m)
		case cobrowse.Command:
			err = s.Do(ctx, who, m)
		case wire.Hello:
			err = cobrowse.Errorf(cobrowse.CodeInvalid, "malformed", "A socket is greeted once.")
		}
		if err == nil {
			continue
		}
		if isBroken(err) {
			return err
		}
		if err := p.say(ctx, cobrowse.FailureOf(err)); err != nil {
			return err
		}
	}
}

// isBroken tells whether the socket cannot go on after err; anything else is answered.
func isBroken(err error) bool {
	var e *cobrowse.Error
	return !errors.As(err, &e) || e.Reason == "malformed" || e == cobrowse.ErrTooMuch || e == cobrowse.ErrOver
}

func (p *peer) pong(ctx context.Context, s *cobrowse.Session, who string, ping wire.Ping) error {
	frame, err := wire.EncodePong(ping, time.Now())
	if err == nil {
		err = p.write(ctx, websocket.MessageText, frame)
	}
	if err == nil && ping.RoundTrip > 0 {
		err = s.Do(ctx, who, cobrowse.Measured{RoundTrip: ping.RoundTrip})
	}
	return err
}

func (p *peer) say(ctx context.Context, m cobrowse.Message) error {
	frame, binary, err := wire.Encode(m)
	if err != nil {
		return err
	}
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	return p.write(ctx, kind, frame)
}

func (p *peer) write(ctx context.Context, kind websocket.MessageType, frame []byte) error {
	ctx, cancel := context.WithTimeoutCause(ctx, writeLimit, cobrowse.ErrTooSlow)
	defer cancel()
	if err := p.conn.Write(ctx, kind, frame); err != nil {
		if errors.Is(context.Cause(ctx), cobrowse.ErrTooSlow) {
			return cobrowse.ErrTooSlow
		}
		return err
	}
	return nil
}

// send is the send loop: what the session has for this person, messages before pictures.
func (p *peer) send(ctx context.Context, a *cobrowse.Attachment) error {
	for {
		m, err := a.Next(ctx)
		if err != nil {
			return err
		}
		if err := p.say(ctx, m); err != nil {
			return err
		}
	}
}

func (p *peer) keepAlive(ctx context.Context) error {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		pinged, cancel := cobrowse.Patience(ctx, pingLimit)
		err := p.conn.Ping(pinged)
		cancel()
		if err != nil {
			return err
		}
	}
}

// closeCode is the edge's one table from errors to close codes.
func closeCode(err error) websocket.StatusCode {
	var e *cobrowse.Error
	switch {
	case errors.Is(err, cobrowse.ErrOver):
		return wire.CloseOver
	case errors.Is(err, cobrowse.ErrReplaced):
		return wire.CloseElsewhere
	case !errors.As(err, &e):
		return websocket.StatusGoingAway // the connection is gone, or the service goes
	}
	switch e.Code {
	case cobrowse.CodeInvalid:
		return wire.CloseBroken
	case cobrowse.CodeLimited, cobrowse.CodeUnavailable:
		return wire.CloseTooMuch
	case cobrowse.CodeDenied:
		return wire.CloseNotAllowed
	case cobrowse.CodeNotFound, cobrowse.CodeConflict:
		return wire.CloseNoSession
	}
	return websocket.StatusInternalError
}
