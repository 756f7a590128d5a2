package browser

import (
	"time"

	"cobrowse-connector/cobrowse"
)

// copied takes in that a page had something copied. It counts as an answer to a press of the one in whose hand the page is: nobody's
// clipboard is written to by a page's own idea. Caller holds mu.
func (b *Browser) copied(p *page, text string) {
	t := p.tab
	if t == nil || t != b.shown || t.by == "" || t.pressedBy != t.by || time.Since(t.pressedAt) > ownPress {
		return
	}
	b.emit(cobrowse.CopiedEvent{Tab: t.id, By: t.by, Text: text})
}
