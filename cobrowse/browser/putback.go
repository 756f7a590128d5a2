package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
)

// What was kept is put into the next Chromium: cookies before any tab is opened, the other stores in each tab's first document before
// its own scripts run.

// putBackWorld is the world of the script that fills the stores: the page does not see it.
const putBackWorld = "putback"

// putBack is that script. The stores of a new Chromium are empty; what a tab that was faster has stored since stays.
const putBack = `((kept) => {
  const fill = (store, items) => { for (const [key, value] of items ?? []) if (store.getItem(key) === null) store.setItem(key, value); };
  try {
    fill(localStorage, kept.local[location.origin]);
    fill(sessionStorage, kept.session[location.origin]);
  } catch { /* this document may store nothing */ }
  if (self === top && location.href === kept.scroll.url)
    addEventListener('load', () => scrollTo({ left: kept.scroll.x, top: kept.scroll.y, behavior: 'instant' }), { once: true });
})(%s)`

// putCookies gives a Chromium the cookies that were kept. It returns what is lost all the same.
func (b *Browser) putCookies(ctx context.Context, chrome *chromium) (lost []string) {
	b.mu.Lock()
	cookies := b.kept.cookies
	b.mu.Unlock()
	replies := make([]<-chan *cdproto.Message, 0, len(cookies))
	refused := false
	for _, c := range cookies { // each for itself: one that Chromium does not take must not keep the others out
		reply, err := chrome.root.begin(storage.CommandSetCookies, storage.SetCookiesParams{Cookies: []*network.CookieParam{cookieParam(c)}})
		if err != nil {
			return []string{"cookies"}
		}
		replies = append(replies, reply)
	}
	for _, reply := range replies {
		select {
		case answer := <-reply:
			refused = refused || answer.Error != nil
		case <-chrome.conn.lost:
			return []string{"cookies"}
		case <-ctx.Done():
			return []string{"cookies"}
		}
	}
	if refused {
		return []string{"cookies"}
	}
	return nil
}

// cookieParam is what makes a cookie again. One without a domain is its host's alone: its address says so.
func cookieParam(c *network.Cookie) *network.CookieParam {
	p := &network.CookieParam{
		Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: c.SameSite, Priority: c.Priority,
		SourceScheme: c.SourceScheme, SourcePort: c.SourcePort, PartitionKey: c.PartitionKey,
	}
	scheme := "http"
	if c.SourceScheme == network.CookieSourceSchemeSecure || c.Secure {
		scheme = "https"
	}
	p.URL = scheme + "://" + strings.TrimPrefix(c.Domain, ".") + c.Path
	if strings.HasPrefix(c.Domain, ".") {
		p.Domain = c.Domain
	}
	if !c.Session {
		p.Expires = cdp.TimeSinceEpoch(c.Expires)
	}
	return p
}

// lostStores is what no tab gets back. Caller holds mu.
func (k *kept) lostStores() []string {
	for _, more := range k.unkept {
		if more {
			return []string{"storage"}
		}
	}
	return nil
}

// fillStores makes a tab's next document find what was kept: its own session storage and, in a new Chromium, every site's local one.
func (b *Browser) fillStores(ctx context.Context, p *page, t *tab, local stores) error {
	b.mu.Lock()
	text, err := json.Marshal(map[string]any{"local": orNone(local), "session": orNone(t.kept.session), "scroll": t.kept.scroll})
	b.mu.Unlock()
	if err != nil {
		return errors.New("browser: what was kept cannot be put back") // the error itself may quote it
	}
	added, err := cdp.Call(ctx, p.session, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{
		Source: fmt.Sprintf(putBack, text), WorldName: putBackWorld,
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	p.filling = added.Identifier
	return err
}

func orNone(s stores) stores {
	if s == nil {
		return stores{}
	}
	return s
}

// filled takes the script away again that a page's first document has run. Caller holds mu.
func (b *Browser) filled(p *page) {
	script := p.filling
	if script == "" {
		return
	}
	p.filling = ""
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("filled", call(ctx, p.session, cdppage.RemoveScriptToEvaluateOnNewDocument, cdppage.RemoveScriptToEvaluateOnNewDocumentParams{
			Identifier: script,
		}))
	})
}
