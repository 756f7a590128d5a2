package browser

// Pause closes the gate and keeps it closed until it is called with false. It is this package's own gate, not another hold of the
// hub's: what was captured during the pause may still be in the encoder, and only the opening knows how to begin behind it.
func (b *Browser) Pause(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paused = on
	b.refreshGate()
}
