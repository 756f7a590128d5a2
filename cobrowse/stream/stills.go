package stream

// Stills is the Codec of a picture stream of JPEGs, for who decodes no video: each chunk is a whole picture. Of two of them only the
// newer counts, so that a subscriber of stills is never behind, however slow.
const Stills = "jpeg"

// OnStills names who is told when somebody begins to want stills or nobody does any more; it must not block nor call the hub. Called once,
// before the first subscription.
func (h *Hub) OnStills(changed func()) { h.stillsChanged = changed }

// WantsStills tells whether anybody does.
func (h *Hub) WantsStills() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wantsStills()
}

func (h *Hub) wantsStills() bool {
	for s := range h.subs {
		if s.stills {
			return true
		}
	}
	return false
}

// SubscribeStills joins as Subscribe does, for stills in place of video. The newest one comes at once, if this subscription may have it.
func (h *Hub) SubscribeStills(gated bool) *Subscription {
	s := &Subscription{hub: h, gated: gated, stills: true, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.closed = h.closed; s.closed {
		return s
	}
	first := !h.wantsStills()
	h.subs[s] = struct{}{}
	s.restart()
	if first && h.stillsChanged != nil {
		h.stillsChanged()
	}
	return s
}

// PublishStill hands a still to those who want them and may have it.
func (h *Hub) PublishStill(c Chunk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.isLate(&c) || !h.wantsStills() {
		return
	}
	h.still = &c
	for s := range h.subs {
		s.takeStill()
	}
}

// takeStill queues the newest still in place of one that waits. It is the same gate that video passes.
func (s *Subscription) takeStill() {
	c := s.hub.still
	if !s.stills || c == nil || !s.mayHave(c) {
		return
	}
	if last := len(s.queue) - 1; s.chunks > 0 { // nothing comes behind a still
		s.queue[last] = Item{Chunk: c}
		return
	}
	s.chunks++
	s.push(Item{Chunk: c})
}

// leftStills is called when a subscription is gone; caller holds mu.
func (h *Hub) leftStills(s *Subscription) {
	if !s.stills || h.wantsStills() {
		return
	}
	h.still = nil // it would be an old one for who comes next
	if h.stillsChanged != nil {
		h.stillsChanged()
	}
}
