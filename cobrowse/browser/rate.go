package browser

import "cobrowse-connector/cobrowse"

// tellRate tells that the encoder makes fewer pictures because this machine does not keep up, or all of them again. Caller holds mu.
func (b *Browser) tellRate(fps int, reason string) {
	slowed := reason != ""
	if slowed == b.picture.slowed {
		return
	}
	b.picture.slowed = slowed
	if slowed {
		b.log.Warn("browser: this machine does not keep up, fewer pictures", "fps", fps)
		b.launcher.config.Slowed()
	}
	b.emit(cobrowse.PictureEvent{Codec: b.picture.codec, FPS: fps, Reason: reason})
}
