package stream

import "testing"

// TestLateJoiner: a page at rest is there at once, and what was there before it never.
func TestLateJoiner(t *testing.T) {
	refined := func(n, of int) Chunk {
		c := picture(n, false)
		c.Captured = picture(of, true).Captured
		return c
	}
	for _, c := range []struct {
		name        string
		do          func(*Hub)
		open, gated string // what who comes then gets
		asked       int
	}{
		{"a page at rest", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Publish(refined(2, 1))
			h.Publish(refined(3, 1))
		}, "C7 K1 2 3", "C7 O K1 2 3", 0},
		{"a page that moves", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Publish(picture(2, false))
			h.Publish(refined(3, 2))
		}, "C7", "C7 O", 2},
		{"a new size", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Configure(Config{Generation: generation + 1})
		}, "C8", "C8 O", 2},
		{"a gate that was closed meanwhile", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Hold("browser", "masks")
			h.Publish(refined(2, 1))
			h.Release("browser", picture(1, true).Captured)
		}, "C7", "C7 O", 2},
		{"a closed gate", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Publish(picture(1, true))
		}, "C7 K1", "C7 X:masks", 0},
		{"a picture that is too old", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Release("browser", picture(2, true).Captured)
			h.Publish(picture(1, true))
		}, "C7 K1", "C7 O", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, asked := newHub()
			c.do(h)
			asked.take()
			if got := read(t, h.Look(false)); got != c.open {
				t.Errorf("ungated: %s, want %s", got, c.open)
			}
			if got := read(t, h.Look(true)); got != c.gated {
				t.Errorf("gated: %s, want %s", got, c.gated)
			}
			if n := asked.take(); n != c.asked {
				t.Errorf("%d keys asked for, want %d", n, c.asked)
			}
		})
	}
}

// TestARecordingBeginsNow: with a picture of its own time, also of a page that has been at rest for long.
func TestARecordingBeginsNow(t *testing.T) {
	h, asked := newHub()
	h.Publish(picture(1, true))
	if got := read(t, h.Subscribe(true)); got != "C7 O" || asked.take() != 1 {
		t.Errorf("it gets %s", got)
	}
}
