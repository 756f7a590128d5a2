package browser

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// fieldAsks puts the list, the date or the colour of a field before people, at the field's place in the tab. Caller holds mu.
func (b *Browser) fieldAsks(p *page, f *frame, m privacy.Message) {
	switch {
	case m.Ask.Kind.Holds():
		return // no field asks like that
	case m.Ask.Kind == cobrowse.AskExternal:
		b.external(p, f, m.Ask.Default)
		return
	}
	a := &openAsk{page: p, session: f.session, frame: f.id, Ask: m.Ask}
	name := string(m.Ask.ID)
	a.URL = f.url
	if m.By == cobrowse.RoleAgent || m.By == cobrowse.RoleCustomer { // else nobody is known to have pressed
		a.By = m.By
	}
	worlds := p.worlds()
	w := place{frame: f.id, parent: f.parent, session: f.session, world: f.world}
	a.give = func(ctx context.Context, by cobrowse.Role, r cobrowse.Reply) error {
		if !r.OK {
			return nil
		}
		return b.setField(ctx, p, w, name, by, r.Values)
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		at, err := newOffsets(p, worlds).of(ctx, w)
		if err != nil {
			b.logError("ask", err)
			return
		}
		a.Rect.X += at.X
		a.Rect.Y += at.Y
		b.mu.Lock()
		defer b.mu.Unlock()
		b.dropAsks(func(other *openAsk) bool { return other.page == p && !other.Kind.Holds() }) // there is one at a time
		b.askPeople(a)
	})
}

// setField sets what a person chose, between two events of the tab's input and under the same conditions.
func (b *Browser) setField(ctx context.Context, p *page, w place, name string, by cobrowse.Role, values []string) error {
	b.mu.Lock()
	t := p.tab
	b.mu.Unlock()
	chosen, err := json.Marshal(append([]string{}, values...))
	if t == nil || err != nil {
		return err
	}
	t.turn.Lock()
	defer t.turn.Unlock()
	j := &job{ctx: ctx, by: by, ev: cobrowse.InputEvent{Kind: cobrowse.InputText}}
	if err := b.handOver(t, p, j); err != nil {
		return err
	}
	if may, err := b.lastLook(t, j); !may {
		return err
	}
	done, err := evaluate[bool](ctx, w.session, w.world, fmt.Sprintf("globalThis.__cobrowse?.answerAsk(%q, %s) ?? true", name, chosen))
	taken := make(chan *cdproto.Message, 1)
	taken <- nil
	b.mu.Lock()
	t.handled = taken
	b.mu.Unlock()
	if err == nil && !done {
		return cobrowse.ErrGuarded
	}
	return err
}
