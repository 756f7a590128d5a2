package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse/stream"
)

// Sound comes with the picture's capture, as Chromium captures a tab once only. So whoever begins to listen has the tab captured anew,
// and the sound is taken out of a running capture when nobody listens any more. Nothing of it is recorded.

// sameBut tells whether a capture differs in its sound at most.
func (f filming) sameBut(sound bool, other filming) bool {
	f.sound = sound
	return f == other
}

// heardAudible notes whether a tab is to be heard. Caller holds mu.
func (b *Browser) heardAudible(id target.ID, on bool) {
	for _, t := range b.tabs {
		if t.page != nil && t.page.target == id {
			t.page.audible = on
		}
	}
	b.tellTabs()
}

// publishSound hands a packet to the hub. Caller holds mu.
func (b *Browser) publishSound(h *heard) {
	data, captured, ok := b.pictureIn(h)
	if !ok {
		return
	}
	p := &b.picture
	p.soundSeq++
	b.hub.PublishSound(stream.Sound{
		Seq: p.soundSeq, Timestamp: p.base + time.Duration(h.Stamp)*time.Microsecond, Captured: captured, Data: data,
	})
}

// hush takes the sound out of the capture when nobody listens any more. Only the goroutine that films calls it.
func (b *Browser) hush() {
	b.mu.Lock()
	chrome, idle := b.chrome, b.picture.have.sound && !b.hub.Listening()
	if chrome == nil || !idle {
		b.mu.Unlock()
		return
	}
	b.picture.have.sound = false
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	_, err := evaluate[any](ctx, chrome.capture, "", "capture.hush()")
	b.logError("hush", err)
}
