package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"golang.org/x/sys/unix"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

const (
	captureFPS     = 30
	captureTimeout = 10 * time.Second
	// settleWait bounds how long a press waits for a capture that begins.
	settleWait   = 2 * time.Second
	captureRetry = 200 * time.Millisecond
	// captureAhead is how far a frame's time may lie ahead: Chromium may name the moment at which it will be shown. The gate's margin
	// is longer.
	captureAhead = 34 * time.Millisecond
)

// picture is the state of what is filmed. Guarded by Browser.mu.
type picture struct {
	codec      string // wanted
	filmed     *page  // its frames are the ones that arrive; nil while a capture begins
	beginning  bool
	attempt    chan struct{} // closed when the present or next capture has begun, or has failed to
	have       filming
	generation uint32
	seq        uint64
	soundSeq   uint64
	slowed     bool // there are fewer of them than there could be
	// base is where the present encoder's stamps begin: the session's go on over restarts of Chromium.
	base, latest time.Duration
}

// filming is one wish to the capture page.
type filming struct {
	page     *page
	viewport cobrowse.Viewport
	codec    string
	sound    bool
}

// restart begins the stamps of a new Chromium behind those of the old one. Caller holds mu.
func (p *picture) restart() {
	p.base = p.latest + time.Second
	p.filmed = nil
	p.have = filming{}
}

// heard is what the capture page says.
type heard struct {
	T          string    `json:"t"`
	Generation uint32    `json:"generation"`
	Codec      string    `json:"codec"`
	Width      int       `json:"width"`
	Height     int       `json:"height"`
	Target     target.ID `json:"target"`
	Key        bool      `json:"key"`
	Stamp      int64     `json:"stamp"`    // µs
	Captured   int64     `json:"captured"` // µs
	Data       string    `json:"data"`
	Message    string    `json:"message"`
	On         bool      `json:"on"`
	FPS        int       `json:"fps"`
	Reason     string    `json:"reason"`
}

// heardCapture takes in what the capture page says. Caller holds mu.
func (b *Browser) heardCapture(ev event) {
	on(ev, func(e *runtime.EventBindingCalled) {
		var h heard
		if e.Name != captureBinding || json.Unmarshal([]byte(e.Payload), &h) != nil {
			return
		}
		switch h.T {
		case "config":
			b.configure(stream.Config{Codec: h.Codec, Width: h.Width, Height: h.Height, Tab: b.tabName(h.Target)})
		case "chunk":
			b.publish(&h)
		case "rate":
			b.tellRate(h.FPS, h.Reason)
		case "still":
			b.publishStill(&h)
		case "sound":
			b.publishSound(&h)
		case "audible":
			b.heardAudible(h.Target, h.On)
		case "stalled":
			b.nudgeShown()
		case "ended":
			b.picture.filmed = nil
			b.picture.have = filming{}
			b.refreshGate()
			wake(b.wakeCapture)
		case "failed":
			b.log.Warn("browser: the encoder failed", "error", h.Message)
		}
	})
}

// tabName returns the id of the tab with a target, "" when it was just closed. Caller holds mu.
func (b *Browser) tabName(id target.ID) string {
	for _, t := range b.tabs {
		if t.page != nil && t.page.target == id {
			return string(t.id)
		}
	}
	return ""
}

// configure begins a generation. Caller holds mu.
func (b *Browser) configure(c stream.Config) {
	b.picture.generation++
	c.Generation = b.picture.generation
	b.hub.Configure(c)
}

// publish hands a chunk to the hub. Caller holds mu.
func (b *Browser) publish(h *heard) {
	data, captured, ok := b.pictureIn(h)
	if !ok {
		return
	}
	b.gate.passed = b.gate.passed || b.gate.open && h.Key && captured >= b.gate.after
	p := &b.picture
	p.seq++
	stamp := p.base + time.Duration(h.Stamp)*time.Microsecond
	p.latest = max(p.latest, stamp)
	b.hub.Publish(stream.Chunk{
		Generation: p.generation, Seq: p.seq, Key: h.Key, Timestamp: stamp, Captured: captured, Data: data,
	})
}

// pictureIn is what a chunk or a still holds, and when it was captured. Caller holds mu.
func (b *Browser) pictureIn(h *heard) (data []byte, captured time.Duration, ok bool) {
	data, err := base64.StdEncoding.DecodeString(h.Data)
	if err != nil {
		b.log.Error("browser: a picture does not decode", "error", err)
		return nil, 0, false
	}
	captured = time.Duration(h.Captured) * time.Microsecond
	if captured > captureNow()+captureAhead {
		// Its frames do not carry the clock that the gate is built on. Withhold everything.
		b.giveUp(errors.New("browser: this Chromium's capture clock is not the machine's monotonic clock"))
		return nil, 0, false
	}
	return data, captured, true
}

// captureNow reads the capture clock: Chromium stamps a tab's frames with the machine's monotonic clock.
func captureNow() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0 // not on Linux: every picture is then too new and the browser gives up
	}
	return time.Duration(now.Nano())
}

// captureLoop films what is wanted last: the shown tab, in the present size and codec.
func (b *Browser) captureLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeCapture:
		}
		if err := b.film(); err != nil {
			b.logError("capture", err)
			select {
			case <-b.ctx.Done():
				return
			case <-time.After(captureRetry):
				wake(b.wakeCapture)
			}
		}
	}
}

// film begins the capture that is wanted now, unless it runs already.
func (b *Browser) film() error {
	b.hush()
	want, begun := b.beginFilming()
	if want.page == nil {
		return nil
	}
	defer begun()
	ctx, cancel := context.WithTimeoutCause(b.ctx, captureTimeout, errors.New("browser: the capture does not begin"))
	defer cancel()
	wish, err := json.Marshal(map[string]any{
		"target": want.page.target, "codec": want.codec, "fps": captureFPS,
		"width":  even(float64(want.viewport.Width) * want.viewport.Scale),
		"height": even(float64(want.viewport.Height) * want.viewport.Scale),
		"sound":  want.sound,
	})
	if err != nil {
		return err
	}
	began, err := evaluate[bool](ctx, want.page.chrome.capture, "", fmt.Sprintf("capture.start(%s)", wish))
	if err != nil && strings.Contains(err.Error(), "active stream") {
		b.replacePage(want.page)
		return nil
	}
	if err != nil || !began {
		return errors.Join(err, ctx.Err())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picture.filmed, b.picture.have = want.page, want
	b.refreshGate()
	wake(b.wakeCapture) // something else may be wanted by now
	return nil
}

// beginFilming decides what to film, and keeps navigations back until begun is called. It returns no page when the right one is
// filmed already or cannot be filmed yet: whatever changes that leaves a hint.
func (b *Browser) beginFilming() (want filming, begun func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if want = b.due(); want.page == nil {
		return want, nil
	}
	if !b.picture.have.sameBut(want.sound, want) { // else the frames that arrive go on being this page's
		b.picture.filmed = nil
	}
	b.picture.have = filming{}
	b.picture.beginning = true
	b.refreshGate()
	return want, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.picture.beginning = false
		close(b.picture.attempt)
		b.picture.attempt = make(chan struct{})
	}
}

// due returns what is to be filmed anew: the shown page once it rests, unless that is filmed already. Caller holds mu.
func (b *Browser) due() filming {
	if b.shown == nil || b.shown.page == nil || b.chrome == nil {
		return filming{}
	}
	p := b.shown.page
	want := filming{page: p, viewport: b.viewport, codec: b.picture.codec, sound: b.hub.Listening()}
	if p.way != resting || !p.isPrepared() || want == b.picture.have {
		return filming{}
	}
	return want
}

// filmingSettled waits until no capture begins.
func (b *Browser) filmingSettled(ctx context.Context) {
	b.mu.Lock()
	beginning, ended := b.picture.beginning, b.picture.attempt
	b.mu.Unlock()
	if !beginning {
		return
	}
	select {
	case <-ended:
	case <-time.After(settleWait):
	case <-ctx.Done():
	}
}

// replacePage opens a tab's address in a new page. Chromium never films a tab again whose page navigated at the wrong moment.
// The tab stays, with its id; until the new page is there it has none.
func (b *Browser) replacePage(old *page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := old.tab
	if t == nil || t.page != old {
		return // closed meanwhile
	}
	b.log.Warn("browser: a tab cannot be filmed, opening it anew")
	old.tab, t.page = nil, nil
	b.refreshGate()
	b.emit(cobrowse.LostEvent{Restored: true, Lost: []string{"forms"}})
	b.spawn(func() { // not on the loop that films: the new page is filmed before it goes to its address
		ctx, cancel := context.WithTimeout(b.ctx, startTimeout)
		defer cancel()
		if err := b.reopen(ctx, t, nil); err != nil {
			b.logError("open anew", err)
			b.abandon(t, old.chrome)
			return
		}
		b.closePage(old)
	})
}

// abandon drops a tab whose page could not be replaced. When Chromium is gone its tabs are opened by those who restart it.
func (b *Browser) abandon(t *tab, chrome *chromium) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chrome == chrome && chrome.alive() && t.page == nil {
		b.dropTab(t)
	}
}

func even(n float64) int { return int(n) &^ 1 }

// keyLoop asks the encoder for the key frames that subscribers need.
func (b *Browser) keyLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeKey:
		}
		b.mu.Lock()
		chrome := b.chrome
		b.mu.Unlock()
		if chrome == nil {
			continue // a new Chromium begins with a key
		}
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		_, err := evaluate[any](ctx, chrome.capture, "", "capture.key()")
		cancel()
		b.logError("key", err)
	}
}

// SetPicture chooses the codec for all viewers.
func (b *Browser) SetPicture(_ context.Context, codec string) error {
	switch codec {
	case "av1", "vp9", "h264":
	default:
		return cobrowse.Errorf(cobrowse.CodeInvalid, "codec_unknown", "codec %q is not one of av1, vp9, h264", codec)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picture.codec = codec
	wake(b.wakeCapture)
	return nil
}

// SetViewport gives all tabs and the picture another size.
func (b *Browser) SetViewport(ctx context.Context, v cobrowse.Viewport) error {
	v = v.Bounded()
	b.mu.Lock()
	if _, err := b.current(); err != nil || v == b.viewport {
		b.mu.Unlock()
		return err
	}
	said := b.saysPhone()
	b.viewport = v
	other := b.saysPhone() != said
	var pages []*page
	for _, t := range b.tabs {
		if t.page != nil {
			pages = append(pages, t.page)
		}
	}
	if b.spare != nil {
		pages = append(pages, b.spare)
	}
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var failed error
	for _, p := range pages {
		var sent batch
		err := sent.send(p.session, resize(v))
		if err == nil {
			err = sent.wait(ctx)
		}
		if !isTimeout(err) { // a page on its way to a slow server answers when it has arrived; what it was told, it does
			failed = errors.Join(failed, err)
		}
	}
	if other {
		failed = errors.Join(failed, b.tellAll(ctx))
	}
	wake(b.wakeCapture)
	wake(b.wakeLayer)
	return failed
}
