package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// History goes back (-1), forward (+1) or reloads (0); no form is sent again by it. Where there is nothing to go to, nothing happens.
func (b *Browser) History(ctx context.Context, id cobrowse.TabID, by cobrowse.Role, delta int) error {
	p, err := b.pageOf(id)
	if err != nil {
		return err
	}
	entries, at, err := b.askHistory(ctx, p)
	if err != nil {
		return unlessReplaced(err)
	}
	to := at + delta
	if to < 0 || to >= len(entries) {
		return nil
	}
	if err := b.take(ctx, id, by, entries[to].URL); err != nil {
		return unlessReplaced(err)
	}
	if delta == 0 {
		return b.reload(ctx, p)
	}
	if _, err := b.depart(ctx, p); err != nil {
		return err
	}
	return b.step(ctx, p, entries[to])
}

// step goes to an entry of the history. Chromium forgets a step to the document that it is in where one that it had begun before arrives at
// that moment: such a step is taken again.
func (b *Browser) step(ctx context.Context, p *page, to *cdppage.NavigationEntry) error {
	send := func() error {
		b.mu.Lock()
		p.unbegun = to
		b.mu.Unlock()
		_, err := p.session.begin(cdppage.CommandNavigateToHistoryEntry, cdppage.NavigateToHistoryEntryParams{EntryID: to.ID})
		return err
	}
	return b.setOut(ctx, p, to.URL, send)
}

// stepAgain takes a step again that had not begun when another document arrived, unless it has come off or somebody went elsewhere since.
func (b *Browser) stepAgain(p *page, to *cdppage.NavigationEntry, sent int) error {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	entries, at, err := history(ctx, p)
	if err != nil || entries[at].ID == to.ID {
		return err
	}
	b.mu.Lock()
	overtaken := p.sent != sent
	b.mu.Unlock()
	if overtaken {
		return nil
	}
	return b.step(ctx, p, to)
}

// history returns the entries that people may go to and where they stand: the empty page that every tab begins with is not one.
func history(ctx context.Context, p *page) ([]*cdppage.NavigationEntry, int, error) {
	h, err := cdp.Call(ctx, p.session, cdppage.GetNavigationHistory, cdp.Empty{})
	for err != nil && strings.Contains(err.Error(), "Not attached to an active page") { // for a moment, as another takes its place
		select {
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		h, err = cdp.Call(ctx, p.session, cdppage.GetNavigationHistory, cdp.Empty{})
	}
	if err != nil {
		return nil, 0, fmt.Errorf("browser: history: %w", err)
	}
	entries, at := h.Entries, int(h.CurrentIndex)
	if len(entries) > 1 && at > 0 && entries[0].URL == "about:blank" {
		return entries[1:], at - 1, nil
	}
	return entries, at, nil
}

// askHistory is history for a person who wants to go on in it: a Chromium that does not answer them is replaced.
func (b *Browser) askHistory(ctx context.Context, p *page) ([]*cdppage.NavigationEntry, int, error) {
	short, cancel := cobrowse.Patience(ctx, silentTime)
	defer cancel()
	entries, at, err := history(short, p)
	if isTimeout(err) && ctx.Err() == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.replace(p, "")
		return nil, 0, errReplaced
	}
	return entries, at, err
}

// historyRest is how many times longer historyLoop rests than it works.
const historyRest = 4

// historyLoop keeps the tabs' titles and what the back and forward buttons may do: Chromium does not tell of new titles.
func (b *Browser) historyLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeHistory:
		}
		began := time.Now()
		b.mu.Lock()
		tabs := slices.Clone(b.tabs)
		b.mu.Unlock()
		for _, t := range tabs {
			b.learnHistory(t)
		}
		select { // a page may have a history of a hundred megabytes
		case <-b.ctx.Done():
			return
		case <-time.After(historyRest * time.Since(began)):
		}
	}
}

func (b *Browser) learnHistory(t *tab) {
	b.mu.Lock()
	p := t.page
	if p == nil {
		b.mu.Unlock()
		return
	}
	doc := p.main().loader
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	entries, at, err := history(ctx, p)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.page != p || p.main().loader != doc {
		wake(b.wakeHistory)
		return // it is of the document before: what that hides is not known any more
	}
	t.back, t.fwd = at > 0, at+1 < len(entries)
	if at < len(entries) && t.title != entries[at].Title {
		t.title = entries[at].Title
		wake(b.wakeLayer)
	}
	b.tellTabs()
}
