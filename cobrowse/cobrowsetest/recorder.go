package cobrowsetest

import (
	"context"
	"slices"
	"sync"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// Recorder is a cobrowse.Recorder that keeps everything in memory.
type Recorder struct {
	stopped chan struct{}

	mu     sync.Mutex
	events []cobrowse.TrackEvent
	items  []stream.Item
	bytes  int64
	closed bool
}

// NewRecorder returns an empty recorder.
func NewRecorder() *Recorder { return &Recorder{stopped: make(chan struct{})} }

var (
	_ cobrowse.Recorder = (*Recorder)(nil)
	_ cobrowse.Stopping = (*Recorder)(nil)
)

// Record implements cobrowse.Recorder.
func (r *Recorder) Record(sub *stream.Subscription) {
	for {
		it, err := sub.Next(context.Background())
		if err != nil {
			return
		}
		r.mu.Lock()
		r.items = append(r.items, it)
		if it.Chunk != nil {
			r.bytes += int64(len(it.Chunk.Data))
		}
		r.mu.Unlock()
	}
}

// Event implements cobrowse.Recorder.
func (r *Recorder) Event(e cobrowse.TrackEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// Close implements cobrowse.Recorder.
func (r *Recorder) Close() (cobrowse.Recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return cobrowse.Recording{VideoKey: "video", TrackKey: "track", Bytes: r.bytes}, nil
}

// Fill is the disk getting full: nothing more is kept.
func (r *Recorder) Fill() { close(r.stopped) }

// Stopped implements cobrowse.Stopping.
func (r *Recorder) Stopped() <-chan struct{} { return r.stopped }

// StopReason implements cobrowse.Stopping.
func (r *Recorder) StopReason() string { return "storage" }

// Events are the track's events so far.
func (r *Recorder) Events() []cobrowse.TrackEvent {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// Pictures are what the recorded pictures show.
func (r *Recorder) Pictures() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, it := range r.items {
		if it.Chunk != nil {
			all = append(all, string(it.Chunk.Data))
		}
	}
	return all
}

// Closed tells whether Close was called.
func (r *Recorder) Closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}
