package browser

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

const (
	// maxRestarts within restartWindow: then the site, or the machine, cannot be helped.
	maxRestarts   = 3
	restartWindow = time.Minute
	// askEvery is how often Chromium is asked for a sign of life.
	askEvery = 5 * time.Second
)

// watch waits for the end of one Chromium and replaces it, unless the session itself ends.
func (b *Browser) watch(chrome *chromium) {
	select {
	case <-b.ctx.Done():
		return
	case <-chrome.conn.lost:
	}
	b.mu.Lock()
	if b.closing || b.chrome != chrome {
		b.mu.Unlock()
		return
	}
	b.chrome = nil
	b.spare = nil
	for _, t := range b.tabs {
		t.page = nil
		t.by = ""
	}
	b.dropAsks(func(*openAsk) bool { return true })
	b.closeGate(cobrowse.GateCrashed)
	b.forgetFiles()
	allowed := b.mayRestart()
	b.mu.Unlock()
	b.log.Warn("browser: Chromium is gone", "restart", allowed)
	b.logError("profile", chrome.stop())
	err := errors.New("browser: Chromium died too often")
	for allowed {
		if err = b.restart(); err == nil || b.ctx.Err() != nil {
			return
		}
		b.log.Warn("browser: Chromium does not come back", "error", err)
		b.mu.Lock()
		allowed = b.mayRestart()
		b.mu.Unlock()
	}
	b.lose(err)
}

// watchAnswers ends a Chromium whose main process answers nothing any more. A page that hangs does not keep it from answering.
func (b *Browser) watchAnswers(chrome *chromium) {
	for {
		ctx, cancel := cobrowse.Patience(b.ctx, b.launcher.deafTime)
		_, err := cdp.Call(ctx, chrome.root, protocol.GetVersion, cdp.Empty{})
		silent := err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded)
		cancel()
		if silent {
			b.log.Warn("browser: Chromium does not answer")
			chrome.process.kill()
			return
		}
		select {
		case <-time.After(askEvery):
		case <-chrome.conn.lost:
			return
		case <-b.ctx.Done():
			return
		}
	}
}

// mayRestart counts restarts. Caller holds mu.
func (b *Browser) mayRestart() bool {
	b.restarts = slices.DeleteFunc(b.restarts, func(at time.Time) bool { return time.Since(at) > restartWindow })
	b.restarts = append(b.restarts, time.Now())
	return len(b.restarts) <= maxRestarts
}

// lose ends the browser for good.
func (b *Browser) lose(cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.emit(cobrowse.LostEvent{Lost: []string{"tabs", "forms", "cookies", "history", "storage"}})
	b.giveUp(cause)
}

// restart starts a new Chromium and opens the tabs' addresses in it. When that one dies too, its own watch goes on from there.
func (b *Browser) restart() error {
	b.restarting.Lock()
	defer b.restarting.Unlock()
	b.mu.Lock()
	spec := b.spec
	b.mu.Unlock()
	chrome, err := b.launcher.start(b.ctx, spec)
	if err != nil {
		return err
	}
	if err := b.restoreIn(chrome); err != nil && !errors.Is(err, errLost) && chrome.alive() {
		return err
	}
	return nil
}

func (b *Browser) restoreIn(chrome *chromium) error {
	ctx, cancel := context.WithTimeout(b.ctx, startTimeout)
	defer cancel()
	if err := b.adopt(ctx, chrome); err != nil {
		return err
	}
	lost := append([]string{"forms", "history"}, b.putCookies(ctx, chrome)...)
	stoodIn := b.putDatabases(ctx)
	b.mu.Lock()
	tabs := slices.Clone(b.tabs)
	local := maps.Clone(b.kept.local)
	lost = append(lost, b.kept.lostStores()...)
	b.kept.unkept = map[string]bool{}
	b.mu.Unlock()
	for _, t := range tabs {
		if err := b.reopen(ctx, t, local); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if stoodIn != nil {
		b.spawn(func() { b.closePage(stoodIn) })
	}
	if b.shown != nil {
		b.showNow(b.shown)
	}
	b.emit(cobrowse.LostEvent{Restored: true, Lost: lost, Why: b.lostFor()})
	return nil
}

// reopen opens a tab's address in a new page, with what was kept of the tab, and of its sites where local has that.
func (b *Browser) reopen(ctx context.Context, t *tab, local stores) error {
	p, err := b.takePage(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	t.page, p.tab = p, t
	address := t.url
	wake(b.wakeCapture)
	wake(b.wakeLayer)
	b.mu.Unlock()
	if _, err := cobrowse.WebAddress(address); err != nil {
		return nil // an empty tab stays empty
	}
	if err := b.fillStores(ctx, p, t, local); err != nil {
		return err
	}
	return b.goTo(ctx, p, address)
}

// crashed takes in the death of a renderer. A page's is loaded again; a frame's stays away until the page does so. Caller holds mu.
func (b *Browser) crashed(p *page, s session) {
	b.dropAsks(func(a *openAsk) bool { return a.session == s })
	for id, f := range p.frames {
		if f.session == s {
			f.world = ""
			p.gate.Crashed(string(id))
		}
	}
	if p.session != s || p.tab == nil {
		return
	}
	p.gate.Crashed(string(cdp.FrameID(p.target)))
	if p.freed != nil { // it goes where the person wanted to go
		close(p.freed)
		p.freed = nil
		return
	}
	id, address := p.tab.id, p.tab.url
	why := b.lostFor()
	if !b.mayRestart() || why != "" && len(b.restarts) > 1 { // once more: it may be a page that has been open for hours
		b.emit(cobrowse.PageFailedEvent{Tab: id, URL: address, Code: cmp.Or(why, "failed")})
		return
	}
	b.emit(cobrowse.LostEvent{Restored: true, Lost: []string{"forms"}, Why: why})
	b.spawn(func() { b.logError("reload", b.reload(b.ctx, p)) })
}
