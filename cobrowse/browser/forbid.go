package browser

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/runtime"
)

// What a hidden field of one document holds must not show in another one either. Documents of one origin tell each other; the functions
// of this file tell all the others of the session.

// mostForbidden bounds what one document is told.
const mostForbidden = 300

// forbids takes in what f's fields hold, and passes it on. Caller holds mu.
func (b *Browser) forbids(p *page, f *frame, values []string) {
	f.forbids = values[:min(len(values), mostForbidden)]
	pages := b.pagesOf(p.chrome)
	for _, other := range pages {
		for _, g := range other.frames {
			b.tellForbidden(pages, other, g)
		}
	}
}

// tellForbidden tells a document what all others hold, if that is news to it. Caller holds mu.
func (b *Browser) tellForbidden(pages []*page, p *page, f *frame) {
	var all []string
	for _, other := range pages {
		for _, g := range other.frames {
			if g != f {
				all = append(all, g.forbids...)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	all = all[:min(len(all), mostForbidden)]
	if f.world == "" || slices.Equal(all, f.forbidden) {
		return
	}
	f.forbidden = all
	b.spawn(func() { b.logError("forbid", b.sayForbidden(p, f)) })
}

// sayForbidden sends what is forbidden now: choosing and sending are one step, so that what a world hears last is what is true.
func (b *Browser) sayForbidden(p *page, f *frame) error {
	p.telling.Lock()
	defer p.telling.Unlock()
	b.mu.Lock()
	s, world, all := f.session, f.world, f.forbidden
	b.mu.Unlock()
	list, err := json.Marshal(append([]string{}, all...))
	if err != nil || world == "" {
		return err
	}
	yes := true
	_, err = s.begin(runtime.CommandEvaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf(`void globalThis.__cobrowse?.alsoHide("session",%s)`, list), UniqueContextID: world, Silent: &yes,
	})
	return err
}
