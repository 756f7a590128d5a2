package browser

import (
	"context"
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
)

// Chromium reloads a document that came of a form by sending the form again: an order is placed twice. Elsewhere it asks the person
// before, here nobody could be asked. So the requests for documents are looked at, and the one of a reload that would send a form asks for
// its address instead.

// reload loads a page again, without what a form had sent for it.
func (b *Browser) reload(ctx context.Context, p *page) error {
	if _, err := b.depart(ctx, p); err != nil {
		return err
	}
	p.setsOut.Lock()
	defer p.setsOut.Unlock()
	if ctx.Err() != nil { // overtaken
		return context.Cause(ctx)
	}
	_, err := p.session.begin(cdppage.CommandReload, cdppage.ReloadParams{})
	return err
}

// letGo lets a request go on, or fail where a rule says so. Caller holds mu.
func (b *Browser) letGo(p *page, s session, e *fetch.EventRequestPaused) {
	if b.standIn(p, s, e) {
		return
	}
	if b.refusedRequest(p, e) {
		b.spawn(func() {
			_, err := s.begin(fetch.CommandFailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
			b.logError("refuse", err)
		})
		return
	}
	p.awaits = p.awaits || string(e.FrameID) == string(p.target)
	params := map[string]any{"requestId": e.RequestID}
	reload := p.reloading && string(e.FrameID) == string(p.target)
	if reload && e.Request != nil && e.Request.Method != http.MethodGet {
		params["method"], params["postData"], params["headers"] = http.MethodGet, "", withoutBody(e.Request.Headers)
	}
	b.spawn(func() {
		_, err := s.begin(fetch.CommandContinueRequest, params)
		b.logError("reload", err)
	})
}

// withoutBody are a request's headers but for those that speak of what it sends.
func withoutBody(headers network.Headers) []*fetch.HeaderEntry {
	var kept []*fetch.HeaderEntry
	for name, value := range headers {
		text, ok := value.(string)
		if ok && !strings.EqualFold(name, "Origin") && !strings.HasPrefix(strings.ToLower(name), "content-") {
			kept = append(kept, &fetch.HeaderEntry{Name: name, Value: text})
		}
	}
	return kept
}
