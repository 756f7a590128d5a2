package browser

import (
	"context"
	"time"

	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// ownPress is how long after a customer's press a question of the page counts as the answer to it.
const ownPress = 5 * time.Second

// dialog answers a JavaScript dialog at once: an open one stops the page, its picture and both people. Caller holds mu.
func (b *Browser) dialog(p *page, s session, e *cdppage.EventJavascriptDialogOpening) {
	accept := false
	switch e.Type {
	case cdppage.DialogTypeAlert, cdppage.DialogTypeBeforeunload:
		accept = true
	case cdppage.DialogTypeConfirm:
		// Only the customer's own press may say yes; an agent's or the page's own idea may not.
		accept = p.tab != nil && p.tab.pressedBy == cobrowse.RoleCustomer && time.Since(p.tab.pressedAt) < ownPress
	}
	if p.tab != nil {
		b.emit(cobrowse.DialogEvent{Tab: p.tab.id, URL: e.URL, Kind: string(e.Type), Message: e.Message, Accepted: accept})
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("dialog", call(ctx, s, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: accept}))
	})
}
