package stream

import "time"

// soundLimit bounds what a slow listener may be behind: half a second. When full the oldest goes, as nobody wants to hear it any more.
const soundLimit = 25

// Sound is one packet of the shown tab's sound: 20 ms of Opus. None comes while the tab is silent. Data is shared by all listeners and
// must not be changed.
type Sound struct {
	Seq       uint64        // strictly increasing within a session
	Timestamp time.Duration // on the pictures' time line
	Captured  time.Duration // capture clock; never later than it was
	Data      []byte
}

// Listener is one person's bounded queue of sound. TryNext is for one goroutine.
type Listener struct {
	hub   *Hub
	gated bool
	ready chan struct{}

	// Guarded by hub.mu.
	queue  []*Sound
	closed bool
}

// OnListening names who is told when somebody begins to listen or nobody does any more; it must not block nor call the hub. Called once,
// before the first Listen.
func (h *Hub) OnListening(changed func()) { h.listeningChanged = changed }

// Listen joins. A gated listener hears nothing while the gate is closed, nor what was captured then.
func (h *Hub) Listen(gated bool) *Listener {
	l := &Listener{hub: h, gated: gated, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.closed = h.closed; l.closed {
		return l
	}
	h.listeners[l] = struct{}{}
	if len(h.listeners) == 1 && h.listeningChanged != nil {
		h.listeningChanged()
	}
	return l
}

// Listening tells whether anybody listens.
func (h *Hub) Listening() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners) > 0
}

// PublishSound hands a packet to everybody who may hear it.
func (h *Hub) PublishSound(p Sound) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if l.gated && (len(h.holds) > 0 || p.Captured < h.after) {
			continue
		}
		if len(l.queue) >= soundLimit {
			l.queue = l.queue[1:]
		}
		l.queue = append(l.queue, &p)
		l.wake()
	}
}

// hush drops what waits for gated listeners; caller holds mu.
func (h *Hub) hush() {
	for l := range h.listeners {
		if l.gated {
			l.queue = nil
		}
	}
}

// endSound ends all listening; caller holds mu.
func (h *Hub) endSound() {
	for l := range h.listeners {
		l.closed = true
		l.wake()
	}
	clear(h.listeners)
}

func (l *Listener) wake() {
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// TryNext hands out the next packet, nil when there is none.
func (l *Listener) TryNext() *Sound {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if len(l.queue) == 0 {
		return nil
	}
	p := l.queue[0]
	l.queue = l.queue[1:]
	return p
}

// Ready is signalled when TryNext may have something new.
func (l *Listener) Ready() <-chan struct{} { return l.ready }

// Close leaves the hub.
func (l *Listener) Close() {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.closed {
		return
	}
	l.closed, l.queue = true, nil
	delete(h.listeners, l)
	if len(h.listeners) == 0 && h.listeningChanged != nil {
		h.listeningChanged()
	}
}
