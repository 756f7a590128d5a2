package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

// stuckTime is how long a page that has been silent may take to answer before its process is ended.
const stuckTime = 500 * time.Millisecond

// free ends the process of a page whose script never comes to an end: Chromium carries no navigation out in it. It is for the moment
// when a person wants to go elsewhere; a page that is only busy answers, and keeps what was typed into it.
func (b *Browser) free(ctx context.Context, p *page) error {
	b.mu.Lock()
	silent := p.gate.Silent(time.Now())
	b.mu.Unlock()
	if !silent {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, stuckTime)
	defer cancel()
	if err := call(short, p.session, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"}); err == nil || !isTimeout(err) {
		return err
	}
	freed := make(chan struct{})
	b.mu.Lock()
	p.freed = freed
	b.mu.Unlock()
	// Chromium takes this one in beside the thread that scripts keep busy.
	if _, err := p.session.begin("Page.crash", nil); err != nil {
		return err
	}
	b.log.Warn("browser: a page does not respond, its process is ended")
	select {
	case <-freed:
		return nil
	case <-time.After(callTimeout):
		return cobrowse.Errorf(cobrowse.CodeUnavailable, "page_stuck", "the page does not respond; open another tab")
	case <-p.chrome.conn.lost:
		return errLost
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
