package record

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gocloud.dev/blob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

const (
	partInterval = time.Second      // what a killed process loses
	partTimeout  = 10 * time.Second // for one part to be stored
	maxFailures  = 3                // parts in a row that could not be stored; then the recorder stops
	closeTimeout = 15 * time.Minute // for the composition of a long recording in a slow store
	maxWaiting   = 32 << 20         // bytes of pictures that wait for the store; when full, pictures are dropped to the next key
	maxEvents    = 4096             // events that wait for the store; when full, they are dropped and a gap says so
	cursorEvery  = 100 * time.Millisecond
)

// Recorder records one session. It implements cobrowse.Recorder and cobrowse.Stopping.
type Recorder struct {
	store *store
	log   *slog.Logger

	ctx    context.Context // of Record and the writer; ends within Close
	cancel context.CancelFunc
	reader sync.WaitGroup // Record
	writer sync.WaitGroup // stores a part per second
	stop   chan struct{}  // closed by Close: the writer writes no more
	failed chan struct{}  // closed when the store refused too often

	mu      sync.Mutex
	sub     *stream.Subscription
	closing bool
	broken  bool // the store refused too often
	clock   clock
	waiting waiting
	cursors map[string]*cursor
	picture pictureState

	// Of the writer, and of Close after the writer has ended.
	index    index
	config   *entry  // the newest one that was stored; each part begins with it, to be readable without the ones before
	unsaved  []entry // what the last attempt could not store
	failures int

	once   sync.Once
	result cobrowse.Recording
	err    error
}

// waiting is what happened since the last part.
type waiting struct {
	entries    []entry
	bytes      int // of pictures, also of those that the writer is storing
	events     int
	lostEvents int
}

// cursor is a person's pointer: at most ten positions a second are kept, the last one always.
type cursor struct {
	written time.Time
	held    *cobrowse.TrackEvent
}

// pictureState is what the reader knows of the stream.
type pictureState struct {
	config   stream.Config
	codec    codec
	known    bool
	needKey  bool
	gate     *stream.Gate
	viewport bool // the session itself tells viewports: the picture's size is not taken for one
}

// Start begins a recording. ctx is for the start only: the recording lives until Close. A session is recorded once. The store's errors
// are logged; they name objects, which are named after session and company.
func Start(ctx context.Context, bucket *blob.Bucket, keys Keys, meta Meta, log *slog.Logger) (*Recorder, error) {
	s, err := openStore(ctx, bucket, keys, meta)
	if err != nil {
		return nil, err
	}
	found, err := s.list(ctx, meta.prefix())
	if err != nil {
		return nil, storageError(err)
	}
	if len(found) > 0 {
		return nil, cobrowse.Errorf(cobrowse.CodeConflict, "recording_exists", "this session has a recording already")
	}
	r := &Recorder{store: s, log: log, stop: make(chan struct{}), failed: make(chan struct{}), cursors: map[string]*cursor{}}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	r.writer.Go(r.write)
	return r, nil
}

// Record consumes sub until it ends or Close is called, and returns then. Called once.
func (r *Recorder) Record(sub *stream.Subscription) {
	if !r.begin(sub) {
		sub.Close()
		return
	}
	defer r.reader.Done()
	for {
		item, err := sub.Next(r.ctx)
		if err != nil {
			return
		}
		r.item(item)
	}
}

func (r *Recorder) begin(sub *stream.Subscription) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing || r.broken {
		return false
	}
	r.sub = sub
	r.reader.Add(1)
	return true
}

// Stopped implements cobrowse.Stopping.
func (r *Recorder) Stopped() <-chan struct{} { return r.failed }

// StopReason implements cobrowse.Stopping.
func (r *Recorder) StopReason() string { return "storage" }

// item takes one item from the stream.
func (r *Recorder) item(it stream.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return
	}
	switch {
	case it.Config != nil:
		r.configure(*it.Config)
	case it.Chunk != nil:
		r.chunk(it.Chunk)
	case it.Gate != nil:
		r.gate(*it.Gate)
	case it.Gap > 0:
		r.gap("slow")
	}
}

func (r *Recorder) configure(c stream.Config) {
	p := &r.picture
	if c == p.config { // told again after the gate opened
		p.needKey = true
		return
	}
	resized := c.Width != p.config.Width || c.Height != p.config.Height
	p.config, p.needKey = c, true
	p.codec, p.known = codecOf(c.Codec)
	r.append(configEntry(r.clock.now(), c))
	if !p.known {
		r.gap("codec")
	}
	if resized && !p.viewport {
		r.append(eventEntry(cobrowse.TrackEvent{At: r.clock.now(), Kind: "viewport", By: cobrowse.RoleSystem, Width: c.Width, Height: c.Height}))
	}
}

func (r *Recorder) chunk(c *stream.Chunk) {
	p := &r.picture
	if !p.known || p.needKey && !c.Key {
		return
	}
	data, err := p.codec.frame(c.Data)
	if err != nil {
		p.needKey = true
		r.gap("damaged")
		return
	}
	if r.waiting.bytes+len(data) > maxWaiting {
		p.needKey = true
		r.gap("slow")
		return
	}
	p.needKey = false
	r.waiting.bytes += len(data)
	r.append(entry{kind: entryChunk, key: c.Key, at: r.clock.picture(c.Timestamp), data: data})
}

// gate writes down what agents saw instead of new pictures. That it is open at the beginning goes without saying.
func (r *Recorder) gate(g stream.Gate) {
	last := stream.Gate{Open: true}
	if r.picture.gate != nil {
		last = *r.picture.gate
	}
	r.picture.gate = &g
	if g == last {
		return
	}
	what := "open"
	if !g.Open {
		what = g.Reason
	}
	r.append(eventEntry(cobrowse.TrackEvent{At: r.clock.now(), Kind: "gate", By: cobrowse.RoleSystem, What: what}))
}

func (r *Recorder) gap(what string) { r.append(gapEntry(r.clock.now(), what)) }

func (r *Recorder) append(e entry) { r.waiting.entries = append(r.waiting.entries, e) }

// Event implements cobrowse.Recorder. It gives the event its time.
func (r *Recorder) Event(ev cobrowse.TrackEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing || r.broken {
		return
	}
	ev.At = r.clock.now()
	if ev.Kind == "viewport" {
		r.picture.viewport = true
	}
	if ev.Kind == "cursor" && r.holdCursor(ev) {
		return
	}
	r.event(ev)
}

func (r *Recorder) event(ev cobrowse.TrackEvent) {
	if r.waiting.events >= maxEvents {
		r.waiting.lostEvents++
		return
	}
	r.waiting.events++
	r.append(eventEntry(ev))
}

// holdCursor tells whether it is too early for another position of this person; the newest one waits for the next part.
func (r *Recorder) holdCursor(ev cobrowse.TrackEvent) bool {
	who := string(ev.By) + "\x00" + ev.Name
	c := r.cursors[who]
	if c == nil {
		c = &cursor{}
		r.cursors[who] = c
	}
	now := time.Now()
	if !c.written.IsZero() && now.Sub(c.written) < cursorEvery {
		c.held = &ev
		return true
	}
	c.written, c.held = now, nil
	return false
}

// take hands what waits to the writer.
func (r *Recorder) take() []entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.cursors {
		if c.held != nil {
			r.event(*c.held)
			c.held = nil
		}
	}
	if r.waiting.lostEvents > 0 {
		r.gap("events")
	}
	entries := r.waiting.entries
	r.waiting.entries, r.waiting.events, r.waiting.lostEvents = nil, 0, 0
	return entries
}

// write is the writer's goroutine.
func (r *Recorder) write() {
	tick := time.NewTicker(partInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.flush(r.take())
		case <-r.stop:
			return
		}
		if r.failures >= maxFailures {
			r.giveUp()
			return
		}
	}
}

// flush stores entries, and what could not be stored before, as the next part.
func (r *Recorder) flush(entries []entry) {
	r.unsaved = append(r.unsaved, entries...)
	if len(r.unsaved) == 0 {
		return
	}
	var data []byte
	if r.config != nil {
		data = appendEntry(data, *r.config)
	}
	pictures, config := 0, r.config
	for _, e := range r.unsaved {
		data = appendEntry(data, e)
		switch e.kind {
		case entryChunk:
			pictures += len(e.data)
		case entryConfig:
			config = &e
		}
	}
	ctx, cancel := context.WithTimeout(r.ctx, partTimeout)
	defer cancel()
	key := r.store.meta.partKey(len(r.index.parts) + 1)
	if err := r.store.writeAll(ctx, key, data); err != nil {
		r.failures++
		r.log.Error("a part of a recording could not be stored", "attempt", r.failures, "error", err)
		return
	}
	r.index.parts = append(r.index.parts, key)
	r.index.add(r.unsaved...)
	r.unsaved, r.failures, r.config = nil, 0, config
	r.mu.Lock()
	r.waiting.bytes -= pictures
	r.mu.Unlock()
}

// giveUp ends the recording but not the session.
func (r *Recorder) giveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = true
	r.waiting = waiting{}
	if r.sub != nil {
		r.sub.Close()
	}
	close(r.failed)
}

// Close finishes the recording: what is still waiting is stored, the parts are composed and checked. It takes a while.
// When the store had stopped to take parts, what was safe before is composed, with a gap at its end. An error means that
// the recording is not finished; Recover can do it later.
func (r *Recorder) Close() (cobrowse.Recording, error) {
	r.once.Do(func() { r.result, r.err = r.close() })
	return r.result, r.err
}

func (r *Recorder) close() (cobrowse.Recording, error) {
	defer r.cancel()
	r.mu.Lock()
	r.closing = true
	if r.sub != nil {
		r.sub.Close() // the reader takes what is queued and ends
	}
	r.mu.Unlock()
	r.reader.Wait()
	close(r.stop)
	r.writer.Wait()
	r.finalPart()
	ctx, cancel := context.WithTimeout(r.ctx, closeTimeout)
	defer cancel()
	rec, err := r.store.compose(ctx, &r.index)
	if err != nil {
		r.log.Error("a recording could not be finished", "error", err)
		return cobrowse.Recording{Session: r.store.meta.Session, Duration: r.index.last, Gaps: r.index.gaps}, storageError(err)
	}
	return rec, nil
}

// finalPart stores what is left and the mark of a good end. What cannot be stored is a gap.
func (r *Recorder) finalPart() {
	r.mu.Lock()
	broken, end := r.broken, r.clock.now()
	r.mu.Unlock()
	if !broken {
		r.flush(append(r.take(), entry{kind: entryEnd, at: end}))
		if len(r.unsaved) > 0 {
			r.flush(nil)
		}
	}
	if broken || len(r.unsaved) > 0 {
		r.index.add(gapEntry(r.index.last, "storage"), entry{kind: entryEnd, at: r.index.last})
	}
}
