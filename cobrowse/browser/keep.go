package browser

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/domstorage"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"

	"cobrowse-connector/cobrowse"
)

// What sites stored for the customer is kept, so that a Chromium that dies takes no sign-in and no cart along. It is taken when something
// has happened that may have changed it. It lives in this process's memory only, as long as its session: it is never written, logged or
// sent to people.

const (
	keepSoon  = 300 * time.Millisecond // by then a page has stored what it stores by itself
	keepRest  = 700 * time.Millisecond // between two takings, or longer where a page is slow to answer
	keepLater = 3 * time.Second        // and by then what it stores when its server has answered
	// mostKept bounds the stores of one session, in bytes. What is beyond is told to be lost.
	mostKept = 16 << 20
)

// kept is what was taken last. Guarded by Browser.mu.
type kept struct {
	cookies   []*network.Cookie
	local     stores
	databases map[string]json.RawMessage
	unkept    map[string]bool // origins that have stored more than is kept of them
}

// stores are the entries that origins have in one kind of storage.
type stores map[string][]domstorage.Item

func (s stores) size() int {
	n := 0
	for _, items := range s {
		for _, item := range items {
			for _, text := range item {
				n += len(text)
			}
		}
	}
	return n
}

// tabKept is what was taken of one tab.
type tabKept struct {
	session stores
	scroll  scroll
}

// scroll is how far a document was scrolled.
type scroll struct {
	URL string  `json:"url"`
	X   float64 `json:"x"`
	Y   float64 `json:"y"`
}

// keepLoop takes what is stored soon after a hint, and once more when no other hint has come.
func (b *Browser) keepLoop() {
	var later <-chan time.Time
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeKeep:
			later = time.After(keepLater)
		case <-later:
			later = nil
		}
		if !b.rest(keepSoon) {
			return
		}
		began := time.Now()
		b.keep()
		if !b.rest(max(keepRest, 4*time.Since(began))) {
			return
		}
	}
}

// rest waits. It returns false when the browser ends meanwhile.
func (b *Browser) rest(d time.Duration) bool {
	select {
	case <-b.ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// keep takes what is stored now. What cannot be asked stays as it was taken before.
func (b *Browser) keep() {
	b.mu.Lock()
	chrome, tabs := b.chrome, slices.Clone(b.tabs)
	b.mu.Unlock()
	if chrome == nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	found, err := cdp.Call(ctx, chrome.root, storage.GetCookies, storage.GetCookiesParams{})
	cancel()
	if err == nil {
		b.mu.Lock()
		if b.chrome == chrome {
			b.kept.cookies = found.Cookies
		}
		b.mu.Unlock()
	}
	for _, t := range tabs {
		b.keepTab(chrome, t)
	}
}

// keepTab takes what the site in a tab has stored.
func (b *Browser) keepTab(chrome *chromium, t *tab) {
	b.mu.Lock()
	p, address := t.page, t.url
	b.mu.Unlock()
	origin := originOf(address)
	if p == nil || p.chrome != chrome || origin == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	local, err := stored(ctx, p.session, origin, true)
	if err != nil {
		return // it is busy, or on its way elsewhere
	}
	session, err := stored(ctx, p.session, origin, false)
	if err != nil {
		return
	}
	at, err := cdp.Call(ctx, p.session, cdppage.GetLayoutMetrics, cdp.Empty{})
	found := b.databasesOf(ctx, p, origin)
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.page != p || b.chrome != chrome {
		return
	}
	if err == nil && at.CSSVisualViewport != nil {
		t.kept.scroll = scroll{address, at.CSSVisualViewport.PageX, at.CSSVisualViewport.PageY}
	}
	b.note(t, origin, local, session, found)
	b.log.Debug("browser: what a site has stored is kept", "cookies", len(b.kept.cookies), "entries", len(local)+len(session))
}

// note keeps what an origin has stored, as far as there is room. Caller holds mu.
func (b *Browser) note(t *tab, origin string, local, session []domstorage.Item, found databases) {
	if b.kept.local == nil {
		b.kept.local, b.kept.databases, b.kept.unkept = stores{}, map[string]json.RawMessage{}, map[string]bool{}
	}
	if t.kept.session == nil {
		t.kept.session = stores{}
	}
	b.kept.local[origin], t.kept.session[origin] = local, session
	delete(b.kept.databases, origin)
	if len(found.Kept) > 0 && len(b.kept.databases) < mostFilled {
		b.kept.databases[origin] = found.Kept
	} else if len(found.Kept) > 0 {
		found.All = false
	}
	size := b.kept.local.size()
	for _, kept := range b.kept.databases {
		size += len(kept)
	}
	for _, other := range b.tabs {
		size += other.kept.session.size()
	}
	if size > mostKept {
		delete(b.kept.local, origin)
		delete(t.kept.session, origin)
		delete(b.kept.databases, origin)
		found.All = false
	}
	b.kept.unkept[origin] = !found.All
}

// originOf is the origin of a web page, "" for everything else.
func originOf(address string) string {
	if _, err := cobrowse.WebAddress(address); err != nil {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// stored asks for what an origin has in its local or its session storage; no script of the page has a part in that.
func stored(ctx context.Context, s session, origin string, local bool) ([]domstorage.Item, error) {
	found, err := cdp.Call(ctx, s, domstorage.GetDOMStorageItems, domstorage.GetDOMStorageItemsParams{
		StorageID: &domstorage.StorageID{SecurityOrigin: origin, IsLocalStorage: local},
	})
	return found.Entries, err
}
