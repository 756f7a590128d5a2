package browser

import (
	"slices"
	"strings"

	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// externals are addresses that are no pages: a mail, a call. The customer's own device opens them, when they want it to; there is nobody in
// the cloud who could make the call. What is not in the list is offered to no device.
var externals = []string{"mailto", "tel", "sms", "callto", "sip", "facetime", "whatsapp", "skype", "msteams", "geo", "webcal"}

// longestExternal is the length of the longest such address that is offered: a mail may have a text.
const longestExternal = 2000

// requestedNavigation takes in that a page wants to go to an address, by a way that its engine does not hold back. Caller holds mu.
func (b *Browser) requestedNavigation(p *page, e *cdppage.EventFrameRequestedNavigation) {
	if f := p.frames[e.FrameID]; f != nil {
		b.external(p, f, e.URL)
	}
}

// isExternal tells whether an address is one for the customer's own device.
func isExternal(address string) bool {
	scheme, _, found := strings.Cut(strings.ToLower(address), ":")
	return found && len(address) <= longestExternal && slices.Contains(externals, scheme)
}

// external offers an address to the customer's device, if it is one for that. Caller holds mu.
func (b *Browser) external(p *page, f *frame, address string) {
	if !isExternal(address) || b.leftToOpener(p, address) {
		return
	}
	b.dropAsks(func(a *openAsk) bool { return a.page == p && !a.Kind.Holds() })
	b.askPeople(&openAsk{
		page: p, session: f.session, frame: f.id, Ask: cobrowse.Ask{Kind: cobrowse.AskExternal, URL: f.url, Default: address}, give: nothingToDo,
	})
}

// leftToOpener takes in that a window goes to such an address before anything was in it. Nothing ever will be: it is closed, with
// Chromium's question in it, and the page that opened it asks in its place. Caller holds mu.
func (b *Browser) leftToOpener(p *page, address string) bool {
	t := p.tab
	if t == nil || t.opener == nil || t.url != "" && t.url != "about:blank" || t.pressedBy != "" || !isExternal(address) {
		return false
	}
	p.tab = nil // so showPopup closes what is still being set up
	if p.isPrepared() {
		b.spawn(func() { b.closePage(p) })
	}
	b.dropTab(t)
	if opener := t.opener.page; opener != nil {
		b.external(opener, opener.main(), address)
	}
	return true
}
