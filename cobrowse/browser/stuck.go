package browser

import (
	"context"
	"errors"
	"time"

	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

const (
	// stuckTime is how long a page that has been silent may take to answer before its process is ended.
	stuckTime = 500 * time.Millisecond
	// endTime is how long Chromium may take to end a process, on a machine that is busy, too.
	endTime = 10 * time.Second
)

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
	return b.endProcess(ctx, p)
}

// endProcess ends the process of a page that is being left, and returns when it is gone.
func (b *Browser) endProcess(ctx context.Context, p *page) error {
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
	case <-time.After(endTime):
		return cobrowse.Errorf(cobrowse.CodeUnavailable, "page_stuck", "the page does not respond; open another tab")
	case <-p.chrome.conn.lost:
		return errLost
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leaveTime is how long people wait for a page to be left before it is looked at what holds them.
const leaveTime = 3 * time.Second

// setOut begins a navigation of a person's by send, and sees to it that it comes off.
func (b *Browser) setOut(p *page, send func() error) error {
	if err := send(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p.sent++
	sent := p.sent
	b.spawn(func() { b.seeOff(p, sent, send) })
	return nil
}

// seeOff helps a navigation on. A page may keep all of Chromium so busy, say with titles, that nothing else gets done: where Chromium
// itself does not answer either, the process of the page that is left is ended, and the navigation sent again. Where it does, it is a
// server that takes its time.
func (b *Browser) seeOff(p *page, sent int, send func() error) {
	if !b.stays(p, sent, leaveTime) {
		return
	}
	short, cancel := context.WithTimeout(b.ctx, stuckTime)
	defer cancel()
	if _, _, err := history(short, p); !isTimeout(err) || !b.stays(p, sent, 0) {
		return
	}
	err := b.endProcess(b.ctx, p)
	b.mu.Lock()
	overtaken := p.sent != sent
	b.mu.Unlock()
	if !overtaken {
		err = errors.Join(err, send())
	}
	b.logError("see off", err)
}

// stays tells whether, after a while, a page is still where it was when the navigation was sent, and nobody has sent it elsewhere.
func (b *Browser) stays(p *page, sent int, wait time.Duration) bool {
	select {
	case <-time.After(wait):
	case <-p.chrome.conn.lost:
		return false
	case <-b.ctx.Done():
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return p.way == leaving && p.sent == sent
}
