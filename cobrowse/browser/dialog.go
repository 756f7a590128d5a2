package browser

import (
	"context"
	"time"

	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// ownPress is how long after a press a question of the page counts as the answer to it.
const ownPress = 5 * time.Second

// dialog answers a JavaScript dialog at once: an open one stops the page, its picture and both people. Caller holds mu.
func (b *Browser) dialog(p *page, s session, e *cdppage.EventJavascriptDialogOpening) {
	accept := false
	switch e.Type {
	case cdppage.DialogTypeAlert, cdppage.DialogTypeBeforeunload:
		accept = true
	case cdppage.DialogTypeConfirm:
		accept = p.tab != nil && p.tab.answersYes(time.Now())
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

// answersYes tells whether a question is the customer's own: only their press may say yes, an agent's or the page's own idea may not.
// Where both acted of late, the page may ask about what the agent pressed a moment ago: then the customer's event must be the very one
// that the page is busy with. Caller holds Browser.mu.
func (in *inputs) answersYes(now time.Time) bool {
	if in.pressedBy != cobrowse.RoleCustomer || now.Sub(in.pressedAt) > ownPress {
		return false
	}
	return now.Sub(in.agentActedAt) > ownPress || in.handledOf == cobrowse.RoleCustomer && len(in.handled) == 0
}
