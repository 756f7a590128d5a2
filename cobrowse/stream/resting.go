package stream

// Look joins as Subscribe does, for somebody who looks on: of a page at rest they get the last key at once, with the time that it had then.
// A recording, which counts from its first picture, must not begin with it.
func (h *Hub) Look(gated bool) *Subscription { return h.subscribe(gated, (*Subscription).takeResting) }

// keepResting notes the chunks of a page at rest: a key and what refines it. Who comes then gets them at once, and nobody pays for another
// key. They are of one capture, as a new key would be: nobody who comes late sees what was there before. Caller holds mu.
func (h *Hub) keepResting(c *Chunk) {
	switch {
	case c.Key:
		h.resting = []*Chunk{c}
	case len(h.resting) > 0 && c.Captured == h.resting[0].Captured:
		h.resting = append(h.resting, c)
	default:
		h.resting = nil
	}
}

// takeResting queues them, if this subscription may have them; caller holds mu.
func (s *Subscription) takeResting() bool {
	for _, c := range s.hub.resting {
		if !s.mayHave(c) {
			return false
		}
	}
	for _, c := range s.hub.resting {
		s.take(c)
	}
	return len(s.hub.resting) > 0
}
