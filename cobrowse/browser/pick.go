package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cobrowse-connector/cobrowse"
)

var (
	errNothing = cobrowse.Errorf(cobrowse.CodeNotFound, "nothing_there", "There is nothing there that could be hidden.")
	errReveal  = cobrowse.Errorf(cobrowse.CodeDenied, "reveal_refused", "This cannot be shown to both here.")
)

// Reveal shows a hidden picture to everybody until its document is gone, or hides it again.
func (b *Browser) Reveal(ctx context.Context, id cobrowse.TabID, item string, on bool) error {
	p, err := b.pageOf(id)
	if err != nil {
		return err
	}
	frame, name, _ := strings.Cut(item, ".")
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	at := slices.IndexFunc(worlds, func(w place) bool { return string(w.frame) == frame })
	if at < 0 {
		return errNothing
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	shown, err := evaluate[bool](ctx, worlds[at].session, worlds[at].world, fmt.Sprintf("globalThis.__cobrowse?.reveal(%s, %t) ?? false", quoted, on))
	if err == nil && !shown {
		return errReveal
	}
	wake(b.wakeLayer)
	return answered(err)
}

// answered names what a page's silence means to people.
func answered(err error) error {
	if isTimeout(err) || errors.Is(err, errLost) {
		return errBusy
	}
	return err
}

// Pick tells what is at (x, y) and how a rule could name it: the thing itself, in the innermost frame.
func (b *Browser) Pick(ctx context.Context, id cobrowse.TabID, x, y float64) (cobrowse.Picked, error) {
	none := cobrowse.Picked{Choices: []cobrowse.Choice{}}
	p, err := b.pageOf(id)
	if err != nil {
		return none, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	if len(worlds) == 0 || string(worlds[0].frame) != string(p.target) {
		return none, errBusy // no engine in the page yet
	}
	picked, err := pickIn(ctx, worlds[0], worlds, newOffsets(p, worlds), x, y)
	if err != nil || picked == nil {
		return none, answered(err)
	}
	if picked.Choices == nil {
		picked.Choices = none.Choices
	}
	refusal, err := b.askPoint(ctx, p, id, cobrowse.RoleAgent, x, y)
	if refusal != nil {
		picked.Blocked = refusal.Rule
	}
	return *picked, err
}

// pickIn picks in one frame, or in the one below that is what was hit.
func pickIn(ctx context.Context, w place, worlds []place, offsets *offsets, x, y float64) (*cobrowse.Picked, error) {
	at, err := offsets.of(ctx, w)
	if err != nil {
		return nil, err
	}
	picked, err := evaluate[*cobrowse.Picked](ctx, w.session, w.world, fmt.Sprintf("globalThis.__cobrowse?.pick(%g, %g) ?? null", x-at.X, y-at.Y))
	if err != nil || picked == nil {
		return nil, err
	}
	if picked.Tag == "iframe" || picked.Tag == "frame" {
		for _, below := range worlds {
			if below.parent != w.frame || !offsets.holds(ctx, below, x, y) {
				continue
			}
			if inner, err := pickIn(ctx, below, worlds, offsets, x, y); err == nil && inner != nil {
				return inner, nil
			}
		}
	}
	if picked.Host == "" {
		picked.Host = cobrowse.HostOf(w.url)
	}
	move := func(one *cobrowse.Picked) {
		one.Rect.X += at.X
		one.Rect.Y += at.Y
		one.Host = picked.Host
	}
	move(picked)
	for i := range picked.Above {
		move(&picked.Above[i])
	}
	return picked, nil
}

// holds tells whether a frame's box holds a point of the tab.
func (o *offsets) holds(ctx context.Context, w place, x, y float64) bool {
	at, err := o.of(ctx, w)
	return err == nil && x >= at.X && y >= at.Y && (at.W == 0 || x <= at.X+at.W && y <= at.Y+at.H)
}
