package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

// tellActor tells a world that has just been made whose hand is on its tab. Caller holds mu.
func (b *Browser) tellActor(p *page, f *frame) {
	if p.tab == nil || p.tab.by == "" || f.world == "" {
		return
	}
	w := place{frame: f.id, session: f.session, world: f.world}
	b.spawn(func() {
		b.logError("actor", b.tell(p, func() (cobrowse.Role, []place) {
			if p.tab == nil || p.tab.by == "" {
				return "", nil
			}
			return p.tab.by, []place{w}
		}))
	})
}

// tell makes worlds of a page know whose hand it is and waits until they do. choose is called with mu held; choosing and sending are
// one step for each page, so that what a world hears last is what is true. A world that is gone needs no telling: the next document
// trusts nobody until it is told.
func (b *Browser) tell(p *page, choose func() (cobrowse.Role, []place)) error {
	yes := true
	var answers []<-chan *cdproto.Message
	p.telling.Lock()
	b.mu.Lock()
	by, worlds := choose()
	b.mu.Unlock()
	for _, w := range worlds {
		answer, err := w.session.begin(runtime.CommandEvaluate, runtime.EvaluateParams{
			Expression: fmt.Sprintf("void globalThis.__cobrowse?.setActor(%q)", by), UniqueContextID: w.world, Silent: &yes,
		})
		if err == nil {
			answers = append(answers, answer)
		}
	}
	p.telling.Unlock()
	return b.awaitAnswers(p, answers, callTimeout)
}

// awaitAnswers waits until a page has answered all that it was asked.
func (b *Browser) awaitAnswers(p *page, answers []<-chan *cdproto.Message, limit time.Duration) error {
	timeout := time.After(limit)
	for _, answer := range answers {
		if err := b.awaitAnswer(p, answer, timeout); err != nil {
			return err
		}
	}
	return nil
}

func (b *Browser) awaitAnswer(p *page, answer <-chan *cdproto.Message, timeout <-chan time.Time) error {
	select {
	case <-answer:
		return nil
	case <-timeout:
		return errBusy
	case <-p.chrome.conn.lost:
		return errLost
	case <-b.ctx.Done():
		return context.Cause(b.ctx)
	}
}

// verdict is the guard's answer, null when nothing stands in the way.
type verdict struct {
	Rule string `json:"rule"`
	Name string `json:"name"`
}

// askGuard asks the page before an agent's event is sent, so that people can be told. The listeners in the page are the
// second line, for what moves under the pointer.
func (b *Browser) askGuard(p *page, id cobrowse.TabID, j *job) (*cobrowse.Refusal, error) {
	switch j.ev.Kind {
	case cobrowse.InputDown:
		return b.askPoint(b.ctx, p, id, j.by, j.ev.X, j.ev.Y)
	case cobrowse.InputKeyDown, cobrowse.InputText, cobrowse.InputCompose:
		if err := b.settle(p, settleTimeout); err != nil { // the key before may move the focus
			return nil, err
		}
		key, err := json.Marshal(map[string]any{"key": j.ev.Key, "code": j.ev.Code, "mods": j.ev.Mods})
		if err != nil {
			return nil, err
		}
		return b.ask(b.ctx, p, fmt.Sprintf("__cobrowse.keyBlocked(%s)", key), cobrowse.Refusal{Tab: id, By: j.by, How: "key"})
	}
	return nil, nil
}

// Blocked tells whether the agent may not press what is at (x, y).
func (b *Browser) Blocked(ctx context.Context, id cobrowse.TabID, x, y float64) (*cobrowse.Refusal, error) {
	p, err := b.pageOf(id)
	if err != nil {
		return nil, err
	}
	return b.askPoint(ctx, p, id, cobrowse.RoleAgent, x, y)
}

// askPoint asks the main frame and then each frame that lies under the point.
func (b *Browser) askPoint(ctx context.Context, p *page, id cobrowse.TabID, by cobrowse.Role, x, y float64) (*cobrowse.Refusal, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	offsets := newOffsets(p, worlds)
	for _, w := range worlds {
		if !offsets.holds(ctx, w, x, y) {
			continue // nor can a frame without a box be hit
		}
		at, _ := offsets.of(ctx, w) // known by now
		v, err := evaluate[*verdict](ctx, w.session, w.world, fmt.Sprintf("globalThis.__cobrowse?.pointBlocked(%g, %g) ?? null", x-at.X, y-at.Y))
		if refusal, err := judge(v, err, cobrowse.Refusal{Tab: id, By: by, How: "mouse"}); refusal != nil || err != nil {
			return refusal, err
		}
	}
	return nil, nil
}

// ask puts a question to all engines of the page; keys go to the one that has the focus, and only that one objects.
func (b *Browser) ask(ctx context.Context, p *page, question string, refusal cobrowse.Refusal) (*cobrowse.Refusal, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	for _, w := range worlds {
		v, err := evaluate[*verdict](ctx, w.session, w.world, "globalThis."+question+" ?? null")
		if refused, err := judge(v, err, refusal); refused != nil || err != nil {
			return refused, err
		}
	}
	return nil, nil
}

// judge fails closed only where a page does not answer: a world that is gone has nothing that could be pressed.
func judge(v *verdict, err error, refusal cobrowse.Refusal) (*cobrowse.Refusal, error) {
	if isTimeout(err) || errors.Is(err, errLost) {
		return nil, errBusy
	}
	if err != nil || v == nil {
		return nil, nil
	}
	refusal.Rule, refusal.Name = v.Rule, v.Name
	return &refusal, nil
}
