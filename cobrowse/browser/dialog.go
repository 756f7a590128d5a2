package browser

import (
	"context"
	"time"

	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// ownPress is how long after a press a question of the page counts as the answer to it.
const ownPress = 5 * time.Second

var dialogKinds = map[cdppage.DialogType]cobrowse.AskKind{
	cdppage.DialogTypeAlert: cobrowse.AskAlert, cdppage.DialogTypeConfirm: cobrowse.AskConfirm, cdppage.DialogTypePrompt: cobrowse.AskPrompt,
	cdppage.DialogTypeBeforeunload: cobrowse.AskLeave,
}

// dialog puts a JavaScript dialog before people. The page's scripts stand still until it is answered. Caller holds mu.
func (b *Browser) dialog(p *page, s session, e *cdppage.EventJavascriptDialogOpening) {
	a := &openAsk{page: p, session: s, Ask: cobrowse.Ask{Kind: dialogKinds[e.Type], URL: e.URL, Message: e.Message, Default: e.DefaultPrompt}}
	if p.tab != nil {
		a.By = p.tab.askedBy(time.Now())
	}
	a.give = func(ctx context.Context, by cobrowse.Role, r cobrowse.Reply) error {
		b.mu.Lock()
		if by != cobrowse.RoleCustomer && p.tab != nil {
			p.tab.agentActed(time.Now())
		}
		if a.Kind == cobrowse.AskLeave && r.OK {
			b.leave(p)
		}
		b.mu.Unlock()
		return closeDialog(ctx, s, cobrowse.Reply{OK: r.OK || a.Kind == cobrowse.AskAlert, Values: r.Values})
	}
	a.over = func() { b.hold(p, s, false) }
	if b.askPeople(a) {
		b.hold(p, s, true)
		return
	}
	accept := a.Kind == cobrowse.AskAlert || a.Kind == cobrowse.AskLeave
	if p.tab != nil {
		b.emit(cobrowse.DialogEvent{Tab: p.tab.id, URL: e.URL, Kind: string(a.Kind), Message: e.Message, Accepted: accept})
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("dialog", closeDialog(ctx, s, cobrowse.Reply{OK: accept}))
	})
}

// closeDialog answers a dialog that stands open.
func closeDialog(ctx context.Context, s session, r cobrowse.Reply) error {
	params := cdppage.HandleJavaScriptDialogParams{Accept: r.OK}
	if len(r.Values) > 0 {
		params.PromptText = r.Values[0]
	}
	return call(ctx, s, cdppage.HandleJavaScriptDialog, params)
}

// dialogClosed takes in that a dialog is gone, whoever closed it. Caller holds mu.
func (b *Browser) dialogClosed(s session) {
	b.dropAsks(func(a *openAsk) bool { return a.session == s && a.Kind.Holds() && a.Kind != cobrowse.AskLogin })
}

// hold tells the gate that the documents of a process stand still: they neither beat nor paint. Caller holds mu.
func (b *Browser) hold(p *page, s session, on bool) {
	for id, f := range p.frames {
		if f.session == s {
			p.gate.Hold(string(id), on, time.Now())
		}
	}
	wake(b.wakeGate)
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
