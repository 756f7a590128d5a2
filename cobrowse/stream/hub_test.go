package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const generation = 7

// keys counts the key frames that a hub asks for.
type keys struct {
	mu sync.Mutex
	n  int
}

func (k *keys) ask() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.n++
}

func (k *keys) take() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.n
	k.n = 0
	return n
}

func newHub() (*Hub, *keys) {
	k := &keys{}
	h := NewHub(k.ask)
	h.Configure(Config{Generation: generation, Codec: "vp09.00.40.08", Width: 1280, Height: 720, Tab: "a"})
	return h, k
}

// picture is chunk number n, captured n seconds after the start.
func picture(n int, key bool) Chunk {
	at := time.Duration(n) * time.Second
	return Chunk{Generation: generation, Seq: uint64(n), Key: key, Timestamp: at, Captured: at, Data: []byte{byte(n)}}
}

// read writes down everything that waits for s: C for a config, O or X for the gate, numbers for chunks (K = key), G for gaps.
func read(t *testing.T, s *Subscription) string {
	t.Helper()
	var out []string
	for {
		it, ok, err := s.TryNext()
		switch {
		case errors.Is(err, ErrClosed):
			return strings.Join(append(out, "closed"), " ")
		case err != nil:
			t.Fatal(err)
		case !ok:
			return strings.Join(out, " ")
		}
		out = append(out, describe(it))
	}
}

func describe(it Item) string {
	switch {
	case it.Config != nil:
		return fmt.Sprintf("C%d", it.Config.Generation)
	case it.Gate != nil && it.Gate.Open:
		return "O"
	case it.Gate != nil:
		return "X:" + it.Gate.Reason
	case it.Chunk != nil && it.Chunk.Key:
		return fmt.Sprintf("K%d", it.Chunk.Seq)
	case it.Chunk != nil:
		return fmt.Sprint(it.Chunk.Seq)
	}
	return fmt.Sprintf("G%d", it.Gap)
}

func TestOrderOfItems(t *testing.T) {
	for _, c := range []struct {
		name        string
		do          func(*Hub)
		open, gated string // what an ungated and a gated subscriber get
	}{
		{"nothing", func(*Hub) {}, "C7", "C7 O"},
		{"starts on a key frame", func(h *Hub) {
			h.Publish(picture(1, false))
			h.Publish(picture(2, true))
			h.Publish(picture(3, false))
		}, "C7 K2 3", "C7 O K2 3"},
		{"late chunk of another generation", func(h *Hub) {
			c := picture(1, true)
			c.Generation--
			h.Publish(c)
		}, "C7", "C7 O"},
		{"hold drops what is queued", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Hold("browser", "masks")
			h.Publish(picture(2, true))
		}, "C7 K1 K2", "C7 X:masks"},
		{"release begins with a later key frame", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Publish(picture(1, true))
			h.Release("browser", 3*time.Second)
			h.Publish(picture(2, true)) // late key of an old picture
			h.Publish(picture(3, false))
			h.Publish(picture(4, true))
			h.Publish(picture(5, false))
		}, "C7 K1 K2 3 K4 5", "C7 O K4 5"},
		{"an old picture in between ends the run of chunks", func(h *Hub) {
			h.Publish(picture(5, true))
			h.Release("browser", 7*time.Second)
			h.Publish(picture(6, false))
			h.Publish(picture(7, false))
			h.Publish(picture(8, true))
		}, "C7 K5 6 7 K8", "C7 O K5 K8"},
		{"two holds need two releases", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Hold("end", "ending")
			h.Release("browser", 0)
			h.Publish(picture(1, true))
		}, "C7 K1", "C7 X:ending"},
		{"release of nobody's hold changes nothing", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Release("end", 0)
			h.Publish(picture(1, true))
		}, "C7 K1", "C7 X:masks"},
		{"a new picture size keeps the gate", func(h *Hub) {
			h.Hold("browser", "masks")
			h.Configure(Config{Generation: generation + 1})
		}, "C8", "C8 X:masks"},
		{"a new picture size waits for its key frame", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Configure(Config{Generation: generation + 1})
			late := picture(2, true)
			h.Publish(late)
			late.Generation++
			h.Publish(late)
		}, "C8 K2", "C8 O K2"},
		{"close hands out what is queued", func(h *Hub) {
			h.Publish(picture(1, true))
			h.Close()
			h.Publish(picture(2, true))
			h.Close()
		}, "C7 K1 closed", "C7 O K1 closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := newHub()
			open, gated := h.Subscribe(false), h.Subscribe(true)
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

func TestGateNamesTheMostImportantHold(t *testing.T) {
	h, _ := newHub()
	for _, step := range []struct {
		do   func()
		want Gate
	}{
		{func() {}, Gate{Open: true}},
		{func() { h.Hold("zoo", "z") }, Gate{Reason: "z"}},
		{func() { h.Hold("ant", "a") }, Gate{Reason: "a"}},
		{func() { h.Hold("browser", "masks") }, Gate{Reason: "masks"}},
		{func() { h.Hold("browser", "loading") }, Gate{Reason: "loading"}},
		{func() { h.Release("browser", 0) }, Gate{Reason: "a"}},
		{func() { h.Release("ant", 0); h.Release("zoo", 0) }, Gate{Open: true}},
	} {
		step.do()
		if got := h.Gate(); got != step.want {
			t.Errorf("gate is %+v, want %+v", got, step.want)
		}
	}
}

func TestSlowSubscriberGetsAGapAndAKeyFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, asked := newHub()
		s := h.Subscribe(true)
		if n := asked.take(); n != 1 {
			t.Fatalf("subscribing asked for %d key frames, want 1 at once", n)
		}
		h.Publish(picture(1, true))
		for n := 2; n <= queueLimit; n++ {
			h.Publish(picture(n, false))
		}
		if n := asked.take(); n != 0 {
			t.Fatalf("asked for %d key frames while keeping up", n)
		}
		time.Sleep(2 * askInterval)
		for n := range 30 { // a second of pictures after the overflow
			h.Publish(picture(100+n, false))
		}
		if n := asked.take(); n != 1 {
			t.Errorf("the overflow asked for %d key frames, want 1 a second", n)
		}
		time.Sleep(askInterval)
		h.Publish(picture(200, false))
		if n := asked.take(); n != 1 {
			t.Errorf("a second later %d were asked for, want 1", n)
		}
		h.Publish(picture(201, true))
		h.Publish(picture(202, false))
		if got, want := read(t, s), fmt.Sprintf("C7 O G%d K201 202", queueLimit); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestRequestKeyIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, asked := newHub()
		s := h.Subscribe(true)
		time.Sleep(askInterval)
		asked.take()
		for range 10 {
			s.RequestKey()
		}
		if n := asked.take(); n != 1 {
			t.Errorf("%d key frames asked for within a moment, want 1", n)
		}
		h.Hold("browser", "masks")
		time.Sleep(askInterval)
		s.RequestKey()
		if n := asked.take(); n != 0 {
			t.Errorf("%d key frames asked for behind a closed gate", n)
		}
		s.Close()
		s.RequestKey()
		if n := asked.take(); n != 0 {
			t.Errorf("%d key frames asked for after Close", n)
		}
	})
}

// A publisher that releases from a time on sees to the key; one that comes of an older picture all the same, as for somebody who has
// just joined, must not keep the new picture waiting for a second.
func TestStaleKeyIsAskedForAgainAtOnce(t *testing.T) {
	h, asked := newHub()
	s := h.Subscribe(true)
	h.Hold("browser", "masks")
	asked.take()
	h.Release("browser", 5*time.Second)
	if n := asked.take(); n != 0 {
		t.Fatalf("release asked for %d key frames of the picture before", n)
	}
	h.Publish(picture(4, true))
	h.Publish(picture(6, false))
	if n := asked.take(); n != 1 {
		t.Errorf("after a stale key %d were asked for, want 1", n)
	}
	h.Publish(picture(7, true))
	if got := read(t, s); got != "C7 O K7" {
		t.Errorf("got %s", got)
	}
}

func TestASubscriberThatNeverReadsStaysSmall(t *testing.T) {
	h, _ := newHub()
	s := h.Subscribe(true)
	for n := range 5000 {
		h.Publish(picture(n, n%50 == 0))
		switch n % 7 {
		case 1:
			h.Hold("browser", fmt.Sprint("reason", n))
		case 3:
			h.Release("browser", 0)
		case 5:
			if n%3 == 0 {
				h.Configure(Config{Generation: generation})
			}
		}
	}
	h.Release("browser", 0)
	for n := range 5000 {
		h.Publish(picture(n, n%50 == 0))
	}
	if len(s.queue) > queueLimit+4 || cap(s.queue) > 8*queueLimit {
		t.Errorf("the queue grew to %d items, room for %d", len(s.queue), cap(s.queue))
	}
	gaps := 0
	for _, it := range s.queue {
		if it.Gap > 0 {
			gaps++
		}
	}
	if gaps != 1 {
		t.Errorf("%d gaps, want one that counts them all", gaps)
	}
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := newHub()
		s := h.Subscribe(false)
		read(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Next without pictures: %v", err)
		}
		got := make(chan string)
		go func() {
			for {
				it, err := s.Next(t.Context())
				if err != nil {
					close(got)
					return
				}
				got <- describe(it)
			}
		}()
		synctest.Wait()
		h.Publish(picture(1, true))
		if g := <-got; g != "K1" {
			t.Errorf("Next gave %s", g)
		}
		s.Close()
		if g, open := <-got; open {
			t.Errorf("Next after Close gave %s", g)
		}
	})
	h, asked := newHub()
	h.Close()
	if got := read(t, h.Subscribe(true)); got != "closed" || asked.take() != 0 {
		t.Errorf("subscribing to a closed hub: %q", got)
	}
}

// What everybody does at once. The promise that is checked: no gated subscriber ever gets a picture from before the gate opened.
func TestNothingLeaksUnderLoad(t *testing.T) {
	h := NewHub(func() {})
	ctx := t.Context() // the end of the hub ends all: who is slow gets what is queued
	var readers, writer sync.WaitGroup
	secret := []byte("secret")
	for range 8 {
		s := h.Subscribe(true)
		readers.Go(func() {
			n := 0
			for {
				it, err := s.Next(ctx)
				if err != nil {
					if n == 0 {
						t.Error("a subscriber got no picture at all")
					}
					return
				}
				if it.Chunk != nil {
					n++
					if len(it.Chunk.Data) > 0 {
						t.Error("a picture from behind the gate came through")
					}
				}
			}
		})
		readers.Go(func() {
			for {
				u := h.Subscribe(false)
				_, err := u.Next(ctx)
				u.RequestKey()
				u.Close()
				if h.Gate(); err != nil {
					return
				}
			}
		})
	}
	writer.Go(func() {
		defer h.Close()
		clock := time.Duration(0)
		publish := func(data []byte, captured time.Duration) {
			clock += time.Millisecond
			h.Publish(Chunk{Generation: 1, Key: true, Timestamp: clock, Captured: captured, Data: data})
		}
		for range 500 {
			h.Configure(Config{Generation: 1})
			h.Hold("browser", "masks")
			old := clock
			publish(secret, clock)
			h.Release("browser", clock+1)
			publish(secret, old) // a refinement of the picture from before
			for range 5 {
				publish(nil, clock+time.Millisecond)
			}
		}
	})
	writer.Wait()
	readers.Wait()
}
