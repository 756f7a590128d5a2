package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"

	"cobrowse-connector/cobrowse"
)

// Where a server asks for a user's name and password, Chromium would open a dialog of its own. The customer is asked instead. What they
// answer goes to Chromium alone, which keeps it until the session's end; it is in no log and no error.

// login takes in that a server asks for a password. Only a page's own server and that of a document may: a picture of another site's must not
// get one. Caller holds mu.
func (b *Browser) login(p *page, s session, e *fetch.EventAuthRequired) {
	document := e.ResourceType == network.ResourceTypeDocument
	give := func(ctx context.Context, _ cobrowse.Role, r cobrowse.Reply) error {
		answer := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
		if r.OK && len(r.Values) == 2 {
			answer = &fetch.AuthChallengeResponse{
				Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: r.Values[0], Password: r.Values[1],
			}
		}
		b.mu.Lock()
		if document && e.FrameID == cdp.FrameID(p.target) {
			b.leave(p) // it is on its way again
		}
		b.mu.Unlock()
		return call(ctx, s, fetch.ContinueWithAuth, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: answer})
	}
	if e.AuthChallenge.Source == fetch.AuthChallengeSourceServer && (document || b.ownServer(p, e)) {
		if b.askPeople(&openAsk{page: p, session: s, Ask: cobrowse.Ask{Kind: cobrowse.AskLogin, URL: e.AuthChallenge.Origin}, give: give}) {
			return
		}
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("no password", give(ctx, cobrowse.RoleCustomer, cobrowse.Reply{}))
	})
}

// ownServer tells whether a request of a frame goes to where its document came from. Caller holds mu.
func (b *Browser) ownServer(p *page, e *fetch.EventAuthRequired) bool {
	f := p.frames[e.FrameID]
	return f != nil && cobrowse.HostOnly(f.url) == cobrowse.HostOnly(e.AuthChallenge.Origin)
}
