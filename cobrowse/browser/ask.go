package browser

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

// What a page asks outside of its own picture, in windows that a shared browser does not show, is asked by people's pages instead. It is
// asked of the shown tab only: a page that nobody looks at gets the answer that does nothing.

// openAsk is a question that waits for its answer.
type openAsk struct {
	cobrowse.Ask
	page    *page
	session session
	frame   cdp.FrameID // whose field it is, "" for the others
	// give hands the answer over to the page. It is called once, without mu.
	give func(ctx context.Context, by cobrowse.Role, r cobrowse.Reply) error
	// over is called, with mu held, when the question is gone, whatever became of it.
	over func()
}

// nothingToDo is for questions whose answer is not the page's business.
func nothingToDo(context.Context, cobrowse.Role, cobrowse.Reply) error { return nil }

// mostInARow is how many questions a page may ask that no press of a person came before. Further ones are answered for people.
const mostInARow = 5

// askPeople puts a question before people, unless nobody looks at its page, or it asks too much. Caller holds mu.
func (b *Browser) askPeople(a *openAsk) bool {
	t := a.page.tab
	if t == nil || b.shown != t || t.asked >= mostInARow {
		return false
	}
	t.asked++
	b.asked++
	a.ID, a.Tab = cobrowse.AskID(fmt.Sprintf("q%d", b.asked)), t.id
	a.Host, a.Guarded = cobrowse.HostOf(a.URL), len(b.spec.Policy.Guards)+len(b.requests) > 0
	b.asks = append(b.asks, a)
	b.emit(cobrowse.AskEvent{Ask: a.Ask})
	return true
}

// Answer answers a question of a page.
func (b *Browser) Answer(ctx context.Context, id cobrowse.AskID, by cobrowse.Role, r cobrowse.Reply) error {
	b.mu.Lock()
	i := slices.IndexFunc(b.asks, func(a *openAsk) bool { return a.ID == id })
	if i < 0 {
		b.mu.Unlock()
		return nil
	}
	a := b.asks[i]
	b.dropAsks(func(other *openAsk) bool { return other == a })
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return answered(a.give(ctx, by, r))
}

// dropAsks takes back the questions that nobody needs to answer any more. Caller holds mu.
func (b *Browser) dropAsks(gone func(*openAsk) bool) {
	left := make([]*openAsk, 0, len(b.asks))
	for _, a := range b.asks {
		if !gone(a) {
			left = append(left, a)
			continue
		}
		if a.over != nil {
			a.over()
		}
		b.emit(cobrowse.AskGoneEvent{ID: a.ID})
	}
	b.asks = left
}

// asksOf are the questions of a page. Caller holds mu.
func (b *Browser) asksOf(p *page) (asks []*openAsk) {
	for _, a := range b.asks {
		if a.page == p {
			asks = append(asks, a)
		}
	}
	return asks
}

// putAside answers questions of a page, as nobody looks at it any more or a person wants to go elsewhere.
func (b *Browser) putAside(ctx context.Context, asks []*openAsk) {
	for _, a := range asks {
		b.logError("put aside", b.Answer(ctx, a.ID, cobrowse.RoleCustomer, cobrowse.Reply{}))
	}
}

// heldUp tells whether a page waits for an answer and does nothing else. Caller holds mu.
func (b *Browser) heldUp(p *page) bool {
	return slices.ContainsFunc(b.asks, func(a *openAsk) bool { return a.page == p && a.Kind.Holds() })
}

// askedBy is whose doing it is that a page asks something now, "" where both acted of late, or nobody. Caller holds Browser.mu.
func (in *inputs) askedBy(now time.Time) cobrowse.Role {
	switch {
	case in.answersYes(now):
		return cobrowse.RoleCustomer
	case now.Sub(in.agentActedAt) <= ownPress && now.Sub(in.customerAt) > ownPress:
		return cobrowse.RoleAgent
	}
	return ""
}
