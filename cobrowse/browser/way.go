package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// A capture that begins while a page's process is swapped is lost, and Chromium never films that tab again. The functions of
// this file keep the two apart: navigations wait for a capture that begins, and captures wait for pages to rest.

const (
	// restAfterCommit keeps pages from being filmed that only send people on to the next one.
	restAfterCommit = 300 * time.Millisecond
	// emptyPopup is how long a window may take to come to its address: one that its opener only writes to never commits.
	emptyPopup = time.Second
	// longestWay bounds how long a page is kept from being filmed by a navigation that may have come to nothing.
	longestWay = 5 * time.Second
	// filmAttempts is how often a page that wants to go is kept waiting to be filmed: it may be given another size meanwhile.
	filmAttempts = 2
)

// leave notes that a page is about to go to another document. Caller holds mu.
func (b *Browser) leave(p *page) {
	p.way = leaving
	p.moves++
	b.settleAfter(p, longestWay)
}

// arrive notes that the new document is there. Caller holds mu.
func (b *Browser) arrive(p *page) {
	p.moves++
	p.trips++
	if p.way != resting {
		p.way = arrived
		b.settleAfter(p, restAfterCommit)
	}
}

// settled notes that a page rests. Caller holds mu.
func (b *Browser) settled(p *page) {
	if p.way != resting {
		p.way = resting
		p.moves++
		wake(b.wakeCapture)
	}
}

// settleAfter lets a page rest after a while unless it moves again. Caller holds mu.
func (b *Browser) settleAfter(p *page, wait time.Duration) {
	moves := p.moves
	b.spawn(func() {
		select {
		case <-time.After(wait):
		case <-b.ctx.Done():
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if p.moves == moves {
			b.settled(p)
		}
	})
}

// startedNavigating takes in the start of any navigation, whoever began it. Caller holds mu.
func (b *Browser) startedNavigating(p *page, e *cdppage.EventFrameStartedNavigating) {
	switch e.NavigationType {
	case cdppage.FrameStartedNavigatingNavigationTypeSameDocument, cdppage.FrameStartedNavigatingNavigationTypeHistorySameDocument:
		return
	}
	if string(e.FrameID) != string(p.target) {
		return
	}
	if b.leftToOpener(p, e.URL) {
		return
	}
	b.leave(p)
	p.unbegun, p.awaits = nil, false
	if p.tab != nil {
		p.tab.onTheWay(true)
	}
	p.reloading = e.NavigationType == cdppage.FrameStartedNavigatingNavigationTypeReload
	p.trips++
	trip := p.trips
	b.spawn(func() { b.giveUpTrip(p, trip, e.URL) })
}

// giveUpTrip ends a navigation whose page does not begin, and tells people. They stay where they were.
func (b *Browser) giveUpTrip(p *page, trip int, address string) {
	for waits := true; waits; {
		if !b.waits(p, b.launcher.pageTime) {
			return
		}
		b.mu.Lock()
		waits = p.trips == trip && b.heldUp(p) // for a person, not for a server
		b.mu.Unlock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.trips != trip || p.tab == nil || !p.tab.loading {
		return
	}
	b.emit(cobrowse.PageFailedEvent{Tab: p.tab.id, URL: address, Code: "timeout"})
	p.tab.onTheWay(false)
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("stop", call(ctx, p.session, cdppage.StopLoading, cdp.Empty{}))
	})
}

// waits lets a while pass, not counting one in which the machine slept. It returns false when there is nothing to wait for any more.
func (b *Browser) waits(p *page, while time.Duration) bool {
	passing, end := cobrowse.Patience(b.ctx, while)
	defer end()
	select {
	case <-passing.Done():
		return b.ctx.Err() == nil
	case <-p.chrome.conn.lost:
		return false
	}
}

// stayed lets a page rest that was told to navigate and stays in its document: no event says so.
func (b *Browser) stayed(p *page, moves int, answered <-chan *cdproto.Message) {
	select {
	case <-answered:
	case <-p.chrome.conn.lost:
	case <-b.ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.moves == moves {
		b.settled(p)
	}
}

// depart notes that a page is about to navigate, as soon as no capture begins. The shown page is filmed before it goes
// anywhere: then its first picture is there with its first document. It returns the page's moves for stayed.
func (b *Browser) depart(ctx context.Context, p *page) (moves int, err error) {
	for attempts := 0; ; attempts++ {
		b.mu.Lock()
		if !b.picture.beginning && (attempts >= filmAttempts || b.due().page != p) {
			b.leave(p)
			moves = p.moves
			b.mu.Unlock()
			return moves, nil
		}
		ended := b.picture.attempt
		b.mu.Unlock()
		select {
		case <-ended:
		case <-p.chrome.conn.lost:
			return 0, errLost
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}
