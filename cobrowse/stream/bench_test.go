package stream

import (
	"context"
	"sync"
	"testing"
	"time"
)

// One picture to a hundred people, each with a goroutine that reads as fast as it can.
func BenchmarkFanOut100(b *testing.B) {
	h := NewHub(func() {})
	h.Configure(Config{Generation: 1})
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var readers sync.WaitGroup
	for n := range 100 {
		s := h.Subscribe(n%2 == 0)
		readers.Go(func() {
			for {
				if _, err := s.Next(ctx); err != nil {
					return
				}
			}
		})
	}
	data := make([]byte, 8<<10)
	b.ReportAllocs()
	clock := time.Duration(0)
	for b.Loop() {
		clock += time.Millisecond
		h.Publish(Chunk{Generation: 1, Key: true, Timestamp: clock, Captured: clock, Data: data})
	}
	h.Close()
	readers.Wait()
}

// The same when nobody reads: what the publisher pays for slow people.
func BenchmarkFanOut100Slow(b *testing.B) {
	h := NewHub(func() {})
	h.Configure(Config{Generation: 1})
	for range 100 {
		h.Subscribe(true)
	}
	b.ReportAllocs()
	clock := time.Duration(0)
	for b.Loop() {
		clock += time.Millisecond
		h.Publish(Chunk{Generation: 1, Key: clock%(50*time.Millisecond) == 0, Timestamp: clock, Captured: clock})
	}
	h.Close()
}
