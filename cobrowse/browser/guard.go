package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"cobrowse-connector/cobrowse"
)

// tellActor tells a world that has just been made whose hand is on its tab. Caller holds mu.
func (b *Browser) tellActor(p *page, f *frame) {
	if p.tab == nil || p.tab.by == "" || f.world == "" {
		return
	}
	by, w := p.tab.by, place{frame: f.id, session: f.session, world: f.world}
	b.spawn(func() { b.logError("actor", b.setActor([]place{w}, by)) })
}

// setActor tells worlds whose hand it is and waits until they know. A world that is gone needs no telling: the next document
// trusts nobody until it is told.
func (b *Browser) setActor(worlds []place, by cobrowse.Role) error {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	var wait sync.WaitGroup
	late := make(chan struct{}, len(worlds))
	for _, w := range worlds {
		wait.Go(func() {
			_, err := evaluate[any](ctx, w.session, w.world, fmt.Sprintf("void globalThis.__cobrowse?.setActor(%q)", by))
			if isTimeout(err) {
				late <- struct{}{}
			}
		})
	}
	wait.Wait()
	if len(late) > 0 {
		return errBusy
	}
	return nil
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
	case cobrowse.InputKeyDown, cobrowse.InputText:
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
		at, err := offsets.of(ctx, w)
		if err != nil {
			continue // a frame without a box cannot be hit
		}
		fx, fy := x-at.X, y-at.Y
		if fx < 0 || fy < 0 || (at.W > 0 && (fx > at.W || fy > at.H)) {
			continue
		}
		v, err := evaluate[*verdict](ctx, w.session, w.world, fmt.Sprintf("globalThis.__cobrowse?.pointBlocked(%g, %g) ?? null", fx, fy))
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
