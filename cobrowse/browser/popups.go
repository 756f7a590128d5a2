package browser

import (
	"slices"

	"cobrowse-connector/cobrowse"
)

// full tells whether as many tabs are open as the company allows. Caller holds mu.
func (b *Browser) full() bool { return len(b.tabs) >= b.spec.Policy.TabLimit() }

// openedWindow makes a tab of a window that a page opened, unless there are too many. Caller holds mu.
func (b *Browser) openedWindow(p *page, opener string) {
	if b.full() {
		b.emit(cobrowse.TabsFullEvent{Most: b.spec.Policy.TabLimit()})
		return
	}
	b.leave(p)
	from := b.openerOf(opener)
	t := b.addTab(p)
	if from != nil {
		t.opener, t.behind = from, from.beside
		t.openedBy(from.by)
	}
}

// openerOf is the tab whose page opened a window. One that keeps that to itself is taken for the shown one. Caller holds mu.
func (b *Browser) openerOf(target string) *tab {
	for _, t := range b.tabs {
		if t.page != nil && string(t.page.target) == target {
			return t
		}
	}
	return b.shown
}

// showPopup shows a window that a page opened, unless the person asked for a tab beside the one that they look at. One that became no tab
// is closed, only now: while a window waits to be set up its opener waits, too, and would for ever.
func (b *Browser) showPopup(p *page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.tab == nil {
		b.spawn(func() { b.closePage(p) })
	} else if !p.tab.behind && slices.Contains(b.tabs, p.tab) {
		b.showNow(p.tab)
	}
}

// asksBeside tells whether a press on a link opens it in a tab behind the present one: the middle button, or Ctrl.
func asksBeside(ev cobrowse.InputEvent) bool {
	return ev.Kind == cobrowse.InputDown && (ev.Button == 1 || ev.Button == 0 && ev.Mods&(modCtrl|modShift) == modCtrl)
}
