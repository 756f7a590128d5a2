package stream

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// ErrClosed is returned by Next after the hub or the subscription was closed.
var ErrClosed = errors.New("stream: closed")

// queueLimit bounds what a slow subscriber may be behind, in chunks. When full, its queue is emptied and it waits for the
// next key frame, which is asked for.
const queueLimit = 60

// askInterval is how often one subscription may ask for a key frame: a key costs everybody's bandwidth.
const askInterval = time.Second

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

	resting          []*Chunk // the newest picture, while it is one key and its refinements
	stillsChanged    func()
	still            *Chunk // the newest of the present Config, while anybody wants stills
	listeners        map[*Listener]struct{}
	listeningChanged func()
}

// NewHub returns an empty hub. requestKey asks the encoder for a key frame; it must not block nor call the hub.
func NewHub(requestKey func()) *Hub {
	return &Hub{requestKey: requestKey, holds: map[string]string{}, subs: map[*Subscription]struct{}{}, listeners: map[*Listener]struct{}{}}
}

// Configure announces how the chunks that follow are decoded. What was queued before it is dropped.
func (h *Hub) Configure(c Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.config, h.still, h.resting = &c, nil, nil
	for s := range h.subs {
		s.restart()
	}
}

// Publish hands a chunk to everybody who may have it. A chunk of another generation than the last Config's is late: nobody
// could decode it.
func (h *Hub) Publish(c Chunk) {
	h.mu.Lock()
	if h.isLate(&c) {
		h.mu.Unlock()
		return
	}
	h.keepResting(&c)
	needKey := false
	for s := range h.subs {
		if !s.stills && s.take(&c) {
			needKey = true
		}
	}
	h.mu.Unlock()
	if needKey {
		h.requestKey()
	}
}

func (h *Hub) isLate(c *Chunk) bool { return h.config != nil && c.Generation != h.config.Generation }

// Hold closes the gate for gated subscribers on behalf of who, until Release. What was queued for them is dropped.
func (h *Hub) Hold(who, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.gate()
	h.holds[who] = reason
	if h.gate() != before {
		h.tellGated()
	}
}

// Release takes who's hold back. When nobody holds, gated subscribers get pictures captured after the given time on the
// capture clock, beginning with a key frame. A publisher that gives a time sees to that key itself: one asked for here would be
// made of the picture before, for nobody, while the new one waits.
func (h *Hub) Release(who string, after time.Duration) {
	h.mu.Lock()
	before := h.gate()
	delete(h.holds, who)
	h.after = max(h.after, after)
	now := h.gate()
	if now != before {
		h.tellGated()
	}
	opened := now.Open && !before.Open
	if opened {
		h.askedForGated()
	}
	h.mu.Unlock()
	if opened && after == 0 {
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
	if len(h.holds) == 0 {
		return Gate{Open: true}
	}
	if r, ok := h.holds["browser"]; ok { // it knows most
		return Gate{Reason: r}
	}
	return Gate{Reason: h.holds[slices.Min(slices.Collect(maps.Keys(h.holds)))]}
}

// tellGated announces the gate; caller holds mu. Queued pictures go: they were for another state of it.
func (h *Hub) tellGated() {
	h.resting = nil
	h.hush()
	for s := range h.subs {
		if s.gated {
			s.restart()
		}
	}
}

// askedForGated notes that a key frame is on its way to all gated subscriptions; caller holds mu.
func (h *Hub) askedForGated() {
	for s := range h.subs {
		if s.gated {
			s.asked = time.Now()
		}
	}
}

// Subscribe joins. It is told the present Config (and Gate, when gated) first and starts with the next key frame.
func (h *Hub) Subscribe(gated bool) *Subscription {
	return h.subscribe(gated, func(*Subscription) bool { return false })
}

// subscribe joins; has queues a picture that is there already and tells whether there is one. Otherwise a key is asked for.
func (h *Hub) subscribe(gated bool, has func(*Subscription) bool) *Subscription {
	s := &Subscription{hub: h, gated: gated, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	s.closed = h.closed
	if !s.closed {
		h.subs[s] = struct{}{}
		s.restart()
		s.asked = time.Now()
	}
	ask := !s.closed && s.mayHave(nil) && !has(s)
	h.mu.Unlock()
	if ask {
		h.requestKey()
	}
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
	h.endSound()
}

// Subscription is one subscriber's bounded queue. Next is for one goroutine.
type Subscription struct {
	hub    *Hub
	gated  bool
	stills bool
	ready  chan struct{}

	// Guarded by hub.mu.
	queue   []Item
	chunks  int       // in queue
	lost    int       // chunks dropped for slowness and not yet told as a Gap
	started bool      // has had a key frame since the last restart
	asked   time.Time // when it last asked for a key frame
	closed  bool
}

// restart empties the queue, says how things stand and waits for a key frame. The queue's length is thereby bounded: what
// is not a chunk comes from here only.
func (s *Subscription) restart() {
	h := s.hub
	for _, it := range s.queue {
		s.lost += it.Gap // not read yet: it is told again
	}
	clear(s.queue)
	s.queue, s.chunks, s.started, s.asked = s.queue[:0], 0, false, time.Time{}
	s.tellLost()
	if h.config != nil {
		c := *h.config
		if s.stills {
			c.Codec = Stills
		}
		s.push(Item{Config: &c})
	}
	if s.gated {
		g := h.gate()
		s.push(Item{Gate: &g})
	}
	s.takeStill()
}

func (s *Subscription) tellLost() {
	if s.lost > 0 {
		s.push(Item{Gap: s.lost})
		s.lost = 0
	}
}

// mayHave tells whether the gate lets c (nil: pictures at all) through to this subscription.
func (s *Subscription) mayHave(c *Chunk) bool {
	if !s.gated {
		return true
	}
	return len(s.hub.holds) == 0 && (c == nil || c.Captured >= s.hub.after)
}

// take queues c if this subscription can have it, and tells whether a key frame is needed for it to go on.
func (s *Subscription) take(c *Chunk) (needKey bool) {
	if !s.mayHave(c) {
		s.started = false
		if c.Key {
			s.asked = time.Time{} // the key that was asked for was too old: the next picture may ask again at once
		}
		return false
	}
	if s.chunks >= queueLimit {
		s.dropQueued()
	}
	if !s.started && !c.Key {
		return s.mayAsk()
	}
	s.tellLost()
	s.started = true
	s.chunks++
	s.push(Item{Chunk: c})
	return false
}

// dropQueued forgets all queued chunks and keeps the rest in order.
func (s *Subscription) dropQueued() {
	kept := s.queue[:0]
	for _, it := range s.queue {
		if it.Chunk == nil && it.Gap == 0 {
			kept = append(kept, it)
		}
		s.lost += it.Gap
	}
	clear(s.queue[len(kept):])
	s.lost += s.chunks
	s.queue, s.chunks, s.started = kept, 0, false
	s.asked = time.Time{} // whatever was asked for is gone, and a page that rests from now on would leave the last picture unseen
	s.tellLost()
}

func (s *Subscription) mayAsk() bool {
	if time.Since(s.asked) < askInterval {
		return false
	}
	s.asked = time.Now()
	return true
}

// RequestKey asks for a key frame because this subscriber's decoder lost its way; at most once a second is honoured.
func (s *Subscription) RequestKey() {
	s.hub.mu.Lock()
	ask := !s.closed && s.mayHave(nil) && s.mayAsk()
	if ask {
		s.takeStill()
	}
	s.hub.mu.Unlock()
	if ask && !s.stills {
		s.hub.requestKey()
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
		return s.pop(), true, nil
	}
	if s.closed {
		return Item{}, false, ErrClosed
	}
	return Item{}, false, nil
}

// Ready is signalled when TryNext may have something new, or the subscription ended.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

func (s *Subscription) pop() Item {
	it := s.queue[0]
	s.queue[0] = Item{} // the array lives on, the picture need not
	s.queue = s.queue[1:]
	if it.Chunk != nil {
		s.chunks--
	}
	return it
}

// Close leaves the hub.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.closed = true
	delete(s.hub.subs, s)
	s.hub.leftStills(s)
	s.wake()
}
