package browser

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
)

// tab is one tab as people know it. It keeps its id when Chromium is replaced.
type tab struct {
	id cobrowse.TabID
	inputs
	opener *tab // the one that opened it, if any

	// Guarded by Browser.mu.
	page      *page // nil while Chromium is being replaced
	title     string
	url       string
	vetted    cobrowse.Page
	loading   bool
	hides     bool     // while it is not shown: what it hides has changed
	hidden    []string // what was told of it then
	back, fwd bool
	behind    bool // it was asked for beside the one that opened it, and is not shown by itself
	kept      tabKept
}

// named is the title and the address as they are. Caller holds mu.
func (t *tab) named() cobrowse.Page { return cobrowse.Page{Title: t.title, URL: t.url} }

// addTab makes a tab for a page. Caller holds mu.
func (b *Browser) addTab(p *page) *tab {
	b.named++
	t := &tab{id: cobrowse.TabID(fmt.Sprintf("t%d", b.named)), page: p}
	t.init()
	p.tab = t
	b.tabs = append(b.tabs, t)
	b.spawn(func() { b.runInputs(t) })
	b.tellTabs()
	return t
}

// dropTab removes a tab that is gone and shows the one that opened it, or its neighbour. Caller holds mu.
func (b *Browser) dropTab(t *tab) {
	i := slices.Index(b.tabs, t)
	if i < 0 {
		return
	}
	b.tabs = slices.Delete(b.tabs, i, i+1)
	t.end()
	if b.shown == t {
		b.shown = nil
		if len(b.tabs) > 0 {
			next := b.tabs[max(i-1, 0)]
			if slices.Contains(b.tabs, t.opener) {
				next = t.opener
			}
			b.showNow(next)
		}
	}
	if len(b.tabs) == 0 {
		// People always have a tab to go on with; Chromium ends with its last one.
		b.spawn(func() { _, err := b.Open(b.ctx, cobrowse.RoleCustomer, ""); b.logError("open", err) })
	}
	b.refreshGate()
	b.tellTabs()
}

// tellTabs sends the list when it changed. Caller holds mu.
func (b *Browser) tellTabs() {
	ev := cobrowse.TabsEvent{Tabs: make([]cobrowse.Tab, 0, len(b.tabs))}
	for _, t := range b.tabs {
		ev.Tabs = append(ev.Tabs, cobrowse.Tab{
			ID: t.id, Title: t.title, URL: t.url, Loading: t.loading, CanBack: t.back, CanFwd: t.fwd, Vetted: t.vettedPage(),
			Icon: b.icon(t), Withheld: t.page != nil && t.page.withheld(), Audible: t.page != nil && t.page.audible,
		})
	}
	if b.shown != nil {
		ev.Shown = b.shown.id
	}
	if reflect.DeepEqual(ev, b.lastTabs) {
		return
	}
	b.lastTabs = ev
	b.emit(ev)
}

// find returns a tab that can be used now. Caller holds mu.
func (b *Browser) find(id cobrowse.TabID) (*tab, *page, error) {
	if _, err := b.current(); err != nil {
		return nil, nil, err
	}
	for _, t := range b.tabs {
		if t.id == id {
			if t.page == nil {
				return nil, nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "browser_restarting", "the tab is being opened again")
			}
			return t, t.page, nil
		}
	}
	return nil, nil, errNoTab
}

var errNoTab = cobrowse.Errorf(cobrowse.CodeNotFound, "tab_unknown", "there is no such tab")

func (b *Browser) pageOf(id cobrowse.TabID) (*page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, p, err := b.find(id)
	return p, err
}

// Open opens and shows a tab; an empty address opens an empty one.
func (b *Browser) Open(ctx context.Context, by cobrowse.Role, address string) (cobrowse.TabID, error) {
	if address != "" {
		if _, err := cobrowse.WebAddress(address); err != nil {
			return "", err
		}
		if b.guarded("", by, address) {
			return "", cobrowse.ErrGuarded
		}
	}
	b.mu.Lock()
	full := b.full()
	b.mu.Unlock()
	if full {
		return "", cobrowse.Errorf(cobrowse.CodeLimited, "too_many_tabs", "As many tabs are open as may be. Close one first.")
	}
	p, err := b.takePage(ctx)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	t := b.addTab(p)
	t.openedBy(by)
	b.showNow(t)
	b.mu.Unlock()
	if address == "" {
		return t.id, nil
	}
	return t.id, b.goTo(ctx, p, address)
}

// takePage returns a page that is ready and belongs to no tab.
func (b *Browser) takePage(ctx context.Context) (*page, error) {
	b.mu.Lock()
	chrome, err := b.current()
	p := b.spare
	b.spare = nil
	b.opening++
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.opening--
		b.mu.Unlock()
	}()
	if err != nil {
		return nil, err
	}
	if p == nil {
		if p, err = b.createPage(ctx, chrome); err != nil {
			return nil, err
		}
	}
	return p, p.wait(ctx)
}

func (b *Browser) createPage(ctx context.Context, chrome *chromium) (*page, error) {
	created, err := cdp.Call(ctx, chrome.root, target.CreateTarget, target.CreateTargetParams{URL: "about:blank"})
	if err != nil {
		return nil, fmt.Errorf("browser: open a tab: %w", err)
	}
	b.mu.Lock()
	for _, p := range b.sessions {
		if p.target == created.TargetID {
			b.mu.Unlock()
			return p, nil
		}
	}
	arrived := make(chan *page, 1)
	b.waiters[created.TargetID] = arrived
	b.mu.Unlock()
	select {
	case p := <-arrived:
		return p, nil
	case <-chrome.conn.lost:
		return nil, errLost
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Show shows another tab.
func (b *Browser) Show(_ context.Context, id cobrowse.TabID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, _, err := b.find(id)
	if err == nil && t != b.shown {
		b.showNow(t)
	}
	return err
}

// showNow makes t the shown tab; the picture follows. Caller holds mu.
func (b *Browser) showNow(t *tab) {
	if b.shown != nil && b.shown != t {
		if left := b.shown.page; left != nil {
			asks := b.asksOf(left)
			b.spawn(func() { b.putAside(b.ctx, asks) })
		}
		b.shown.hides = true // something that it said may not have been looked at yet
		wake(b.wakeHidden)
	}
	b.shown = t
	b.lastLayer = cobrowse.Layer{} // people's pages have forgotten it with the tab before
	b.spawn(func() { b.logError("show", b.activate()) })
	b.refreshGate()
	wake(b.wakeCapture)
	wake(b.wakeLayer)
	b.emit(cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: t.id}}) // until its page says otherwise
	b.tellTabs()
}

// activate makes Chromium show the tab that is shown by now. Looking and sending are one step: what Chromium hears last is what is true.
func (b *Browser) activate() error {
	b.activating.Lock()
	defer b.activating.Unlock()
	b.mu.Lock()
	var p *page
	if b.shown != nil {
		p = b.shown.page
	}
	b.mu.Unlock()
	if p == nil {
		return nil
	}
	_, err := p.chrome.root.begin(target.CommandActivateTarget, target.ActivateTargetParams{TargetID: p.target})
	return err
}

// CloseTab closes a tab. After the last one an empty one is opened.
func (b *Browser) CloseTab(_ context.Context, id cobrowse.TabID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, p, err := b.find(id)
	if err != nil {
		return err
	}
	if len(b.tabs) > 1 {
		b.spawn(func() { b.closePage(p) })
		return nil
	}
	b.spawn(func() { // the new one first: Chromium ends with its last tab
		if _, err := b.Open(b.ctx, cobrowse.RoleCustomer, ""); err != nil {
			b.logError("open", err)
			return
		}
		b.closePage(p)
	})
	return nil
}

func (b *Browser) closePage(p *page) {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	b.logError("close tab", call(ctx, p.chrome.root, target.CloseTarget, target.CloseTargetParams{TargetID: p.target}))
}

// Navigate goes to an address. It returns when Chromium has taken it in; NavigatedEvent or PageFailedEvent follow.
func (b *Browser) Navigate(ctx context.Context, id cobrowse.TabID, by cobrowse.Role, address string) error {
	if _, err := cobrowse.WebAddress(address); err != nil {
		return err
	}
	p, err := b.pageOf(id)
	if err != nil {
		return err
	}
	if err := b.take(ctx, id, by, address); err != nil {
		return unlessReplaced(err)
	}
	return b.goTo(ctx, p, address)
}

// goTo sends the navigation and does not wait for the page: a slow server must not hold the session up.
func (b *Browser) goTo(ctx context.Context, p *page, address string) error {
	moves, err := b.depart(ctx, p)
	if err != nil {
		return err
	}
	send := func() error {
		answered, err := p.session.begin(cdppage.CommandNavigate, cdppage.NavigateParams{URL: address})
		if err != nil {
			return err
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.spawn(func() { b.stayed(p, moves, answered) })
		return nil
	}
	return b.setOut(ctx, p, address, send)
}
