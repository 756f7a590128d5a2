package browser

import (
	"strings"

	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

// The functions of this file know the pages on which nobody but the customer sees anything. Callers hold Browser.mu.

// withholds tells whether a document is one of them: by its address, or, where it has none of its own, by that of its maker.
func (p *page) withholds(address string, parent cdp.FrameID) bool {
	if len(p.pauses) == 0 {
		return false
	}
	if p.pauses.Match(address) {
		return true
	}
	if scheme, _, _ := strings.Cut(address, ":"); scheme != "about" && scheme != "data" && scheme != "blob" && scheme != "javascript" {
		return false
	}
	if parent == "" {
		return p.madeInPrivate
	}
	f := p.frames[parent]
	return f != nil && f.withheld
}

// withheld tells whether a document of the page is withheld: one frame closes all of it.
func (p *page) withheld() bool {
	for _, f := range p.frames {
		if f.withheld {
			return true
		}
	}
	return false
}

// madeInPrivate tells whether a page is opened by one that is withheld at this moment.
func (b *Browser) madeInPrivate(opener string) bool {
	for _, t := range b.tabs {
		if t.page != nil && string(t.page.target) == opener {
			return t.page.withheld()
		}
	}
	return false
}

// vettedPage is what others may get of a tab's title and address.
func (t *tab) vettedPage() cobrowse.Page {
	if t.page != nil && t.page.withheld() {
		return cobrowse.Page{URL: cobrowse.HostOnly(t.url)}
	}
	return t.vetted
}
