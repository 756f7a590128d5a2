package browser

import (
	"context"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

const (
	// patience is how long the shown page may be silent before people are asked whether to leave it, and how long they wait when they say so.
	patience     = 6 * time.Second
	morePatience = 20 * time.Second
)

// watchSilence asks people whether to leave a page that does not respond, and takes the question back when it does. It returns when to look
// again, zero for not before something happens. Caller holds mu.
func (b *Browser) watchSilence(now time.Time) time.Time {
	if b.shown == nil || b.shown.page == nil {
		return time.Time{}
	}
	p := b.shown.page
	since, silent := p.gate.SilentSince(now)
	if !silent {
		p.waitFor = time.Time{}
		b.dropAsks(func(a *openAsk) bool { return a.page == p && a.Kind == cobrowse.AskStuck })
		return time.Time{}
	}
	if p.waitFor.IsZero() {
		p.waitFor = since.Add(patience)
	}
	if now.Before(p.waitFor) {
		return p.waitFor
	}
	p.waitFor = now.Add(time.Hour) // until they have answered
	b.spawn(func() { b.askWhetherToLeave(p) })
	return time.Time{}
}

// askWhetherToLeave asks people, unless the page answers: an error page is silent, too.
func (b *Browser) askWhetherToLeave(p *page) {
	ctx, cancel := context.WithTimeout(b.ctx, stuckTime)
	defer cancel()
	if err := call(ctx, p.session, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"}); !isTimeout(err) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, silent := p.gate.SilentSince(time.Now()); !silent || b.shown == nil || b.shown.page != p {
		return
	}
	a := &openAsk{page: p, session: p.session, Ask: cobrowse.Ask{Kind: cobrowse.AskStuck, URL: b.shown.url}}
	a.give = func(_ context.Context, by cobrowse.Role, r cobrowse.Reply) error {
		if r.OK {
			return b.leaveStuck(p, a.Tab, by)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		p.waitFor = time.Now().Add(morePatience)
		wake(b.wakeGate)
		return nil
	}
	b.shown.asked = 0 // it is not the page that asks
	b.askPeople(a)
}

// leaveStuck takes people back to where they came from, or to an empty page.
func (b *Browser) leaveStuck(p *page, tab cobrowse.TabID, by cobrowse.Role) error {
	ctx, cancel := context.WithTimeout(b.ctx, endTime+callTimeout) // longer than an answer may take otherwise
	defer cancel()
	_, at, err := b.askHistory(ctx, p)
	switch {
	case err != nil:
		return unlessReplaced(err)
	case at > 0:
		return b.History(ctx, tab, by, -1)
	}
	if err := b.free(ctx, p, ""); err != nil {
		return unlessReplaced(err)
	}
	_, err = p.session.begin(cdppage.CommandNavigate, cdppage.NavigateParams{URL: "about:blank"})
	return err
}
