package browser

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"

	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// rules are a Chromium's rules where they are others than those it started with. Guarded by Browser.mu.
type rules struct {
	turn   int    // grows with every change; 0 = as it started
	script string // what tells a world of them
}

// SetPolicy changes what is masked, guarded and revealed: in the extension's files for documents that begin from now on, then in every
// document that is there. The gate is closed until those of the shown tab have taken it in. Where one does not answer in time the
// change stands all the same, and the gate stays closed until it has.
func (b *Browser) SetPolicy(ctx context.Context, policy cobrowse.Policy) error {
	if err := privacy.Validate(policy); err != nil {
		return err
	}
	b.ruling.Lock()
	defer b.ruling.Unlock()
	b.mu.Lock()
	if b.closing {
		_, err := b.current()
		b.mu.Unlock()
		return err
	}
	b.spec.Policy = policy // a Chromium that is being started takes it when it is adopted
	chrome := b.chrome
	b.mu.Unlock()
	if chrome == nil {
		return nil
	}
	return b.applyPolicy(ctx, chrome, policy)
}

// catchUp gives a Chromium that has just been adopted the policy of now, which may have changed while it started.
func (b *Browser) catchUp(ctx context.Context, chrome *chromium) error {
	b.ruling.Lock()
	defer b.ruling.Unlock()
	b.mu.Lock()
	policy := b.spec.Policy
	b.mu.Unlock()
	if reflect.DeepEqual(policy, chrome.policy) {
		return nil
	}
	return b.applyPolicy(ctx, chrome, policy)
}

// applyPolicy is called with ruling held.
func (b *Browser) applyPolicy(ctx context.Context, chrome *chromium, policy cobrowse.Policy) error {
	bundle, err := chrome.latest.With(policy)
	if err != nil {
		return err
	}
	chrome.latest = bundle
	// The files first: a document that begins in between has the new rules, or is told of them when its world is there.
	if err := writeFiles(filepath.Join(chrome.process.folder.path, "extension"), bundle.Files); err != nil {
		return err
	}
	chrome.policy = policy
	b.mu.Lock()
	chrome.rules.turn++
	chrome.rules.script = fmt.Sprintf("globalThis.__cobrowse?.setRules(%s)", bundle.Rules)
	var told []<-chan struct{}
	for _, p := range b.pagesOf(chrome) {
		for _, f := range p.frames {
			told = append(told, b.tellRules(p, f))
		}
	}
	b.refreshGate()
	b.mu.Unlock()
	if err := b.awaitAll(ctx, chrome, told); err != nil {
		return err
	}
	b.collectLayer() // what is hidden now is known before anybody is told of it
	return nil
}

// pagesOf lists the pages of a Chromium. Caller holds mu.
func (b *Browser) pagesOf(chrome *chromium) []*page {
	var pages []*page
	seen := map[*page]bool{}
	for _, p := range b.sessions {
		if p.chrome == chrome && !seen[p] {
			seen[p] = true
			pages = append(pages, p)
		}
	}
	return pages
}

// tellRules tells the world of a document the rules of now; what it returns is closed when it has taken them in or is gone. Until then
// the gate counts the document as one that has not confirmed its masks. Caller holds mu.
func (b *Browser) tellRules(p *page, f *frame) <-chan struct{} {
	done := make(chan struct{})
	r := p.chrome.rules
	if f.world == "" || f.ruled == r.turn {
		close(done)
		return done
	}
	world, s := f.world, f.session
	b.spawn(func() {
		defer close(done)
		turn, err := b.sayRules(p, s, world)
		if err != nil {
			b.logError("rules", err)
			return // it keeps the gate closed, unless it is gone
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if p.frames[f.id] == f && f.world == world {
			f.ruled = max(f.ruled, turn)
		}
		wake(b.wakeLayer)
		if b.shown != nil && b.shown.page == p {
			b.refreshGate()
		}
	})
	return done
}

// sayRules tells one world the rules and waits until it has taken them in. Choosing and sending are one step for each page, so that
// what a world hears last is what counts.
func (b *Browser) sayRules(p *page, s session, world string) (turn int, err error) {
	p.telling.Lock()
	b.mu.Lock()
	r := p.chrome.rules
	b.mu.Unlock()
	yes := true
	reply, err := s.begin(runtime.CommandEvaluate, runtime.EvaluateParams{
		Expression: r.script, UniqueContextID: world, AwaitPromise: &yes, Silent: &yes,
	})
	p.telling.Unlock()
	if err != nil {
		return 0, err
	}
	select {
	case answer := <-reply:
		var result runtime.EvaluateResult
		if err := decodeAnswer(answer, &result); err != nil {
			return 0, err
		}
		return r.turn, thrown(result.ExceptionDetails)
	case <-p.chrome.conn.lost:
		return 0, errLost
	case <-b.ctx.Done():
		return 0, context.Cause(b.ctx)
	}
}

// unruled tells whether a document of the page goes by older rules. Caller holds Browser.mu.
func (p *page) unruled() bool {
	for _, f := range p.frames {
		if f.world != "" && f.ruled < p.chrome.rules.turn {
			return true
		}
	}
	return false
}

func (b *Browser) awaitAll(ctx context.Context, chrome *chromium, told []<-chan struct{}) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errBusy)
	defer cancel()
	for _, one := range told {
		select {
		case <-one:
		case <-chrome.conn.lost:
			return nil // the next one starts with them
		case <-b.ctx.Done():
			return context.Cause(b.ctx)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
