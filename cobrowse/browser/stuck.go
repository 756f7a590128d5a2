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
	stuckTime = time.Second
	// endTime is how long Chromium may take to end a process, on a machine that is busy, too.
	endTime = 10 * time.Second
	// leaveTime is how long people wait for a page to be left before it is looked at what holds them.
	leaveTime = 3 * time.Second
	// silentTime is how long Chromium itself may be silent then before it is replaced.
	silentTime = 5 * time.Second
)

// errReplaced: Chromium was ended, and the one after it opens the address.
var errReplaced = errors.New("browser: Chromium is being replaced")

// unlessReplaced is what a person is told of a navigation: nothing, where they get there by another way.
func unlessReplaced(err error) error {
	if errors.Is(err, errReplaced) {
		return nil
	}
	return err
}

// free ends the process of a page whose script never comes to an end: Chromium carries no navigation out in it. It is for the moment
// when a person wants to go elsewhere; a page that is only busy answers, and keeps what was typed into it.
func (b *Browser) free(ctx context.Context, p *page, address string) error {
	b.mu.Lock()
	silent := p.gate.Silent(time.Now())
	b.mu.Unlock()
	if !silent {
		return nil
	}
	_, err := b.freeUnlessAnswers(ctx, p, address)
	return err
}

// freeUnlessAnswers ends the process of a page that does not answer now. It returns whether that was needed.
func (b *Browser) freeUnlessAnswers(ctx context.Context, p *page, address string) (freed bool, err error) {
	short, cancel := cobrowse.Patience(ctx, stuckTime)
	defer cancel()
	if err := call(short, p.session, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"}); err == nil || !isTimeout(err) {
		return false, err
	}
	gone := make(chan struct{})
	b.mu.Lock()
	p.freed = gone
	trips := p.trips
	b.mu.Unlock()
	// Chromium takes this one in beside the thread that scripts keep busy.
	if _, err := p.session.begin("Page.crash", nil); err != nil {
		return false, err
	}
	b.log.Warn("browser: a page does not respond, its process is ended")
	ending, cancel := cobrowse.Patience(ctx, endTime)
	defer cancel()
	select {
	case <-gone:
		return true, nil
	case <-ending.Done():
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if p.trips != trips { // it went after all
			p.freed = nil
			return false, nil
		}
		b.replace(p, address)
		return false, errReplaced
	case <-p.chrome.conn.lost:
		return false, errLost
	}
}

// replace ends a Chromium that gets nothing done any more. The next one opens the tabs anew, p's at another address where one is given.
// Caller holds mu.
func (b *Browser) replace(p *page, address string) {
	if p.tab != nil && address != "" {
		p.tab.url = address
	}
	b.log.Warn("browser: Chromium does not respond, it is replaced")
	p.chrome.process.kill()
}

// setOut begins a navigation of a person's by send, unless another one has overtaken it, and sees to it that it comes off.
func (b *Browser) setOut(ctx context.Context, p *page, address string, send func() error) error {
	p.setsOut.Lock()
	defer p.setsOut.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	p.sent++
	sent := p.sent
	b.mu.Unlock()
	if err := send(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spawn(func() { b.logError("see off", b.seeOff(p, sent, address, send)) })
	return nil
}

// seeOff helps a navigation on that does not come off: where the page that is left is too busy to go, its process is ended and the
// navigation sent again; where Chromium does not end it either, that is replaced. What answers waits for a server that takes its time.
// Chromium lets nothing through to a page between the request for the next document and its commit, so no answer says nothing while a
// server is waited for, or a file is read.
func (b *Browser) seeOff(p *page, sent int, address string, send func() error) error {
	if !b.waits(p, leaveTime) {
		return nil
	}
	b.mu.Lock()
	stays := p.way == leaving && p.sent == sent && !b.heldUp(p) && !p.awaits && p.reading == 0
	b.mu.Unlock()
	if !stays {
		return nil
	}
	freed, err := b.freeUnlessAnswers(b.ctx, p, address)
	b.mu.Lock()
	overtaken := p.sent != sent
	b.mu.Unlock()
	if !freed || overtaken {
		return unlessReplaced(err)
	}
	return send()
}
