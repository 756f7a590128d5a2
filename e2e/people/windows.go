package people

import (
	"context"
	"errors"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

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
