package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// NewTab waits for the tab that trigger opens.
func (p *Person) NewTab(trigger func()) *Person {
	p.t.Helper()
	before, err := chromedp.Targets(p.ctx)
	p.must("look at the tabs", err)
	opened := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool {
		return i.Type == "page" && !slices.ContainsFunc(before, func(b *target.Info) bool { return b.TargetID == i.TargetID })
	})
	trigger()
	select {
	case id := <-opened:
		ctx, err := p.join(id, patience)
		for err != nil && documentGone(err) { // on the way to its address it may leave one process for another
			ctx, err = p.join(id, patience)
		}
		p.must("join the new tab", err)
		tab := &Person{Name: p.Name + "'s new tab", t: p.t, ctx: ctx, profile: p.top.profile}
		tab.top = tab
		return tab
	case <-time.After(patience):
		p.must("wait for a new tab", context.DeadlineExceeded)
		return nil
	}
}

// Closes waits until the person's window has closed by itself.
func (p *Person) Closes() {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(() => {})`, chromedp.EvalAwaitPromise))
		if errors.Is(err, chromedp.ErrTargetDetached) {
			return
		}
		if !documentGone(err) { // it did not only go on to its next document
			p.must("wait until the window closes", err)
		}
	}
}

// Leave closes the person's window.
func (p *Person) Leave() {
	p.t.Helper()
	p.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, page.Close, cdp.Empty{})
		return err
	}, "close the window")
	p.Closes()
}
