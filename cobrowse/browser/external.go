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

// external offers an address to the customer's device, if it is one for that. Caller holds mu.
func (b *Browser) external(p *page, f *frame, address string) {
	scheme, _, found := strings.Cut(strings.ToLower(address), ":")
	if !found || len(address) > longestExternal || !slices.Contains(externals, scheme) {
		return
	}
	b.dropAsks(func(a *openAsk) bool { return a.page == p && !a.Kind.Holds() })
	b.askPeople(&openAsk{
		page: p, session: f.session, frame: f.id, Ask: cobrowse.Ask{Kind: cobrowse.AskExternal, URL: f.url, Default: address}, give: nothingToDo,
	})
}
