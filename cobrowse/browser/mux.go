package browser

import (
	"context"
	"errors"
	"sync"

	"github.com/chromedp/cdproto"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errLost is what calls return after Chromium or its pipe is gone.
var errLost = errors.New("browser: the connection to Chromium is lost")

// conn speaks the DevTools protocol with one Chromium: one flat stream of messages for all its sessions. chromedp's own
// Browser drops the messages of sessions that it did not open itself, so auto-attached frames and popups would be invisible.
type conn struct {
	transport chromedp.Transport
	// onEvent gets every event in the order of arrival. It runs on the reading goroutine, so it must neither block nor call.
	onEvent func(session target.SessionID, method string, params jsonv2.Value)
	lost    chan struct{} // closed when the reader ends

	mu      sync.Mutex
	next    int64
	pending map[int64]chan *cdproto.Message
}

func newConn(transport chromedp.Transport, onEvent func(target.SessionID, string, jsonv2.Value)) *conn {
	return &conn{
		transport: transport, onEvent: onEvent,
		lost: make(chan struct{}), pending: map[int64]chan *cdproto.Message{},
	}
}

// read delivers messages until the pipe closes. The owner of the conn runs it once and waits for it.
func (c *conn) read(ctx context.Context) {
	defer close(c.lost)
	for {
		msg := new(cdproto.Message)
		if err := c.transport.Read(ctx, msg); err != nil {
			return
		}
		if msg.Method != "" {
			c.onEvent(msg.SessionID, string(msg.Method), msg.Params)
			continue
		}
		c.mu.Lock()
		reply := c.pending[msg.ID]
		delete(c.pending, msg.ID)
		c.mu.Unlock()
		if reply != nil {
			reply <- msg
		}
	}
}

// begin sends a command; its answer comes on the channel, or never when the connection is lost.
func (c *conn) begin(id target.SessionID, method string, params any) (int64, <-chan *cdproto.Message, error) {
	msg := &cdproto.Message{SessionID: id, Method: cdproto.MethodType(method)}
	if params != nil {
		raw, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
		if err != nil {
			return 0, nil, err
		}
		msg.Params = raw
	}
	reply := make(chan *cdproto.Message, 1)
	c.mu.Lock()
	c.next++
	msg.ID = c.next
	c.pending[msg.ID] = reply
	c.mu.Unlock()
	if err := c.transport.Write(context.Background(), msg); err != nil {
		c.forget(msg.ID)
		return 0, nil, errors.Join(errLost, err)
	}
	return msg.ID, reply, nil
}

func (c *conn) call(ctx context.Context, id target.SessionID, method string, params, result any) error {
	number, reply, err := c.begin(id, method, params)
	if err != nil {
		return err
	}
	select {
	case answer := <-reply:
		return decodeAnswer(answer, result)
	case <-ctx.Done():
		c.forget(number)
		return context.Cause(ctx)
	case <-c.lost:
		c.forget(number)
		return errLost
	}
}

func (c *conn) forget(id int64) {
	c.mu.Lock()
	delete(c.pending, id)
	c.mu.Unlock()
}

func decodeAnswer(answer *cdproto.Message, result any) error {
	if answer.Error != nil {
		return answer.Error
	}
	if result == nil {
		return nil
	}
	return jsonv2.Unmarshal(answer.Result, result, chromedp.DefaultUnmarshalOptions)
}

// session is one target's end of a conn. The zero id is the browser itself. It implements cdp.Session, so cdproto's typed
// commands work on pages, frames and popups alike.
type session struct {
	conn *conn
	id   target.SessionID
}

// Call sends one command and waits for its answer.
func (s session) Call(ctx context.Context, method string, params, result any) error {
	return s.conn.call(ctx, s.id, method, params, result)
}

// begin sends one command in the order of the calls; the answer comes on the channel, or never when the connection is lost.
func (s session) begin(method string, params any) (<-chan *cdproto.Message, error) {
	_, reply, err := s.conn.begin(s.id, method, params)
	return reply, err
}

// Subscribe is part of cdp.Session. Here all events go to conn.onEvent, in one order over all sessions, because the gate
// depends on that order; a subscription therefore ends at once.
func (s session) Subscribe(string) (<-chan jsonv2.Value, func()) {
	none := make(chan jsonv2.Value)
	close(none)
	return none, func() {}
}
