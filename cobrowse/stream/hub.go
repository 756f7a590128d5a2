package stream

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is returned by Next after the hub or the subscription was closed.
var ErrClosed = errors.New("stream: closed")

// queueLimit bounds what a slow subscriber may be behind, in chunks. When full, its queue is emptied and it waits for the
// next key frame, which is asked for.
const queueLimit = 60

// Gate tells a gated subscriber whether it gets pictures, and if not, why.
type Gate struct {
	Open   bool
	Reason string
}

// Item is what a subscriber gets, in order: exactly one field is set.
type Item struct {
	Config *Config
	Chunk  *Chunk
	Gate   *Gate
	Gap    int // chunks dropped because this subscriber was too slow
}

// Hub fans one picture stream out. Publisher: the browser. Safe for concurrent use.
type Hub struct {
	requestKey func()

	mu     sync.Mutex
	config *Config
	holds  map[string]string // who holds the gate closed → reason
	after  time.Duration     // gated subscribers get only pictures captured after this
	subs   map[*Subscription]struct{}
	closed bool
}

// NewHub returns an empty hub. requestKey asks the encoder for a key frame; it must not block nor call the hub.
func NewHub(requestKey func()) *Hub {
	return &Hub{requestKey: requestKey, holds: map[string]string{}, subs: map[*Subscription]struct{}{}}
}

// Configure announces how the chunks that follow are decoded.
func (h *Hub) Configure(c Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.config = &c
	for s := range h.subs {
		s.queue = s.queue[:0]
		s.started = false
		s.announce(h)
	}
}

// Publish hands a chunk to everybody who may have it.
func (h *Hub) Publish(c Chunk) {
	h.mu.Lock()
	needKey := false
	for s := range h.subs {
		if s.gated && (len(h.holds) > 0 || c.Captured < h.after) {
			s.started = false
			continue
		}
		if !s.started && !c.Key {
			needKey = true
			continue
		}
		if len(s.queue) >= queueLimit {
			dropped := 0
			kept := s.queue[:0]
			for _, it := range s.queue {
				if it.Chunk != nil {
					dropped++
				} else {
					kept = append(kept, it)
				}
			}
			s.queue = append(kept, Item{Gap: dropped})
			s.started = false
			if !c.Key {
				needKey = true
				s.wake()
				continue
			}
		}
		s.started = true
		s.push(Item{Chunk: &c})
	}
	h.mu.Unlock()
	if needKey {
		h.requestKey()
	}
}

// Hold closes the gate for gated subscribers on behalf of who, until Release. What was queued for them is dropped.
func (h *Hub) Hold(who, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holds[who] == reason {
		return
	}
	h.holds[who] = reason
	h.tellGated(true)
}

// Release takes who's hold back. When nobody holds, gated subscribers get pictures captured after the given time on the
// capture clock, beginning with a key frame.
func (h *Hub) Release(who string, after time.Duration) {
	h.mu.Lock()
	_, held := h.holds[who]
	delete(h.holds, who)
	h.after = max(h.after, after)
	open := len(h.holds) == 0
	if held {
		h.tellGated(!open)
	}
	h.mu.Unlock()
	if held && open {
		h.requestKey()
	}
}

// Gate returns the present state of the gate.
func (h *Hub) Gate() Gate {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gate()
}

func (h *Hub) gate() Gate {
	for _, who := range []string{"pause", "browser"} {
		if r, ok := h.holds[who]; ok {
			return Gate{Reason: r}
		}
	}
	for _, r := range h.holds {
		return Gate{Reason: r}
	}
	return Gate{Open: true}
}

// tellGated announces the gate; caller holds mu. With drop, queued pictures go too.
func (h *Hub) tellGated(drop bool) {
	g := h.gate()
	for s := range h.subs {
		if !s.gated {
			continue
		}
		if drop {
			s.queue = s.queue[:0]
			s.announce(h)
		}
		s.started = false
		s.push(Item{Gate: &g})
	}
}

// Subscribe joins. It is told the present Config (and Gate, when gated) first and starts with the next key frame.
func (h *Hub) Subscribe(gated bool) *Subscription {
	s := &Subscription{hub: h, gated: gated, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	if h.closed {
		s.closed = true
	} else {
		h.subs[s] = struct{}{}
		s.announce(h)
		if gated {
			g := h.gate()
			s.push(Item{Gate: &g})
		}
	}
	h.mu.Unlock()
	h.requestKey()
	return s
}

// Close ends all subscriptions.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subs {
		s.closed = true
		s.wake()
	}
	clear(h.subs)
}

// Subscription is one subscriber's bounded queue. Next is for one goroutine.
type Subscription struct {
	hub   *Hub
	gated bool
	ready chan struct{}

	// Guarded by hub.mu.
	queue   []Item
	started bool // has had a key frame since the last reset
	closed  bool
}

func (s *Subscription) announce(h *Hub) {
	if h.config != nil {
		c := *h.config
		s.push(Item{Config: &c})
	}
}

func (s *Subscription) push(it Item) {
	s.queue = append(s.queue, it)
	s.wake()
}

func (s *Subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// Next waits for the next item. After Close, what was queued is still handed out, then ErrClosed.
func (s *Subscription) Next(ctx context.Context) (Item, error) {
	for {
		it, ok, err := s.TryNext()
		if ok || err != nil {
			return it, err
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return Item{}, ctx.Err()
		}
	}
}

// TryNext hands out the next item if there is one, without waiting: for a sender that has other things to send as well.
func (s *Subscription) TryNext() (it Item, ok bool, err error) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if len(s.queue) > 0 {
		it = s.queue[0]
		s.queue = s.queue[1:]
		return it, true, nil
	}
	if s.closed {
		return Item{}, false, ErrClosed
	}
	return Item{}, false, nil
}

// Ready is signalled when TryNext may have something new, or the subscription ended.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Close leaves the hub.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.closed = true
	delete(s.hub.subs, s)
	s.wake()
}
