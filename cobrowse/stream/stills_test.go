package stream

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestStills(t *testing.T) {
	for _, c := range []struct {
		name        string
		do          func(*Hub)
		open, gated string
	}{
		{"video is for the others", func(h *Hub) { h.Publish(picture(1, true)) }, "C7", "C7 O"},
		{"the newest wins", func(h *Hub) {
			for n := range 100 {
				h.PublishStill(picture(n, true))
			}
		}, "C7 K99", "C7 O K99"},
		{"hold drops the one that waits", func(h *Hub) {
			h.PublishStill(picture(1, true))
			h.Hold("browser", "masks")
			h.PublishStill(picture(2, true))
		}, "C7 K2", "C7 X:masks"},
		{"an older one does not pass", func(h *Hub) {
			h.Hold("browser", "masks")
			h.PublishStill(picture(2, true))
			h.Release("browser", 3*time.Second)
		}, "C7 K2", "C7 O"},
		{"one that overtook the release is not lost", func(h *Hub) {
			h.Hold("browser", "masks")
			h.PublishStill(picture(4, true))
			h.Release("browser", 3*time.Second)
		}, "C7 K4", "C7 O K4"},
		{"a new picture size ends the old ones", func(h *Hub) {
			h.PublishStill(picture(1, true))
			h.Configure(Config{Generation: generation + 1})
			h.PublishStill(picture(2, true))
		}, "C8", "C8 O"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := newHub()
			open, gated := h.SubscribeStills(false), h.SubscribeStills(true)
			c.do(h)
			if got := read(t, open); got != c.open {
				t.Errorf("ungated: %s, want %s", got, c.open)
			}
			if got := read(t, gated); got != c.gated {
				t.Errorf("gated: %s, want %s", got, c.gated)
			}
		})
	}
}

// TestStillsAreForThoseWhoWantThem: neither the recorder nor a viewer with a decoder ever gets one, and they are told apart by their codec.
func TestStillsAreForThoseWhoWantThem(t *testing.T) {
	h, asked := newHub()
	video := h.Subscribe(true)
	asked.take()
	stills := h.SubscribeStills(true)
	h.PublishStill(picture(1, true))
	if got := read(t, video); got != "C7 O" {
		t.Errorf("with a decoder: %s", got)
	}
	it, _, _ := stills.TryNext()
	if it.Config == nil || it.Config.Codec != Stills || it.Config.Width != 1280 {
		t.Errorf("told %+v", it)
	}
	if n := asked.take(); n != 0 {
		t.Errorf("%d key frames of the video for who does not see it", n)
	}
}

// TestStillsAreMadeWhileWanted: nobody pays for what nobody looks at.
func TestStillsAreMadeWhileWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := newHub()
		changes := 0
		h.OnStills(func() { changes++ })
		first := h.SubscribeStills(false)
		late := picture(1, true)
		h.PublishStill(late)
		second := h.SubscribeStills(true)
		if got := read(t, second); got != "C7 O K1" || changes != 1 || !h.WantsStills() {
			t.Errorf("the second gets %s after %d changes", got, changes)
		}
		second.RequestKey()
		second.RequestKey()
		if got := read(t, second); got != "K1" {
			t.Errorf("asked again: %s", got)
		}
		first.Close()
		second.Close()
		h.PublishStill(late)
		if changes != 2 || h.WantsStills() || h.still != nil {
			t.Errorf("after the last left: %d changes, %+v", changes, h.still)
		}
	})
}

// TestTheLastPictureOfARestingPageArrives: a viewer that fell behind has just asked for a key, and that one is dropped with its queue.
func TestTheLastPictureOfARestingPageArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, asked := newHub()
		s := h.Subscribe(false)
		time.Sleep(2 * askInterval)
		h.Publish(picture(1, true))
		s.RequestKey()
		for n := 2; n <= queueLimit+1; n++ { // the last one is too much, and nothing comes after it
			h.Publish(picture(n, n == 2))
		}
		if n := asked.take(); n != 3 {
			t.Errorf("asked for %d key frames, want those of the join, the request and the overflow", n)
		}
	})
}
