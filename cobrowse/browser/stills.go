package browser

import (
	"context"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse/stream"
)

// stillsLoop has stills made while somebody wants them, by whatever Chromium is the present one.
func (b *Browser) stillsLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeStills:
		}
		b.mu.Lock()
		chrome := b.chrome
		b.mu.Unlock()
		if chrome == nil {
			continue // the next one leaves a hint
		}
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		_, err := evaluate[any](ctx, chrome.capture, "", fmt.Sprintf("capture.stills(%t)", b.hub.WantsStills()))
		cancel()
		b.logError("stills", err)
	}
}

// publishStill hands a still to the hub. The capture page sends none that is older than its last config. Caller holds mu.
func (b *Browser) publishStill(h *heard) {
	data, captured, ok := b.pictureIn(h)
	if !ok {
		return
	}
	b.hub.PublishStill(stream.Chunk{
		Generation: b.picture.generation, Key: true,
		Timestamp: b.picture.base + time.Duration(h.Stamp)*time.Microsecond, Captured: captured, Data: data,
	})
}
