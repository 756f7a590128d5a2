package browser

import (
	"context"
	"slices"
	"time"

	"cobrowse-connector/cobrowse"
)

// hiddenPause is the shortest time between two looks at what tabs that are not shown hide.
const hiddenPause = time.Second

// hiddenLoop learns what tabs that are not shown hide: their titles stay in people's lists.
func (b *Browser) hiddenLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeHidden:
		}
		b.mu.Lock()
		var changed []*tab
		for _, t := range b.tabs {
			if t.hides && t != b.shown && t.page != nil {
				changed = append(changed, t)
			}
			t.hides = false
		}
		b.mu.Unlock()
		for _, t := range changed {
			b.learnHidden(t)
		}
		select {
		case <-b.ctx.Done():
			return
		case <-time.After(hiddenPause):
		}
	}
}

func (b *Browser) learnHidden(t *tab) {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	if t.page == nil {
		b.mu.Unlock()
		return
	}
	worlds := t.page.worlds()
	b.mu.Unlock()
	var values []string
	for _, w := range worlds {
		part, err := collect(ctx, w)
		if err != nil {
			b.logError("hidden", err)
			continue
		}
		values = append(values, part.Values...)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(values) == 0 || slices.Equal(values, t.hidden) {
		return
	}
	t.hidden = values
	b.emit(cobrowse.HiddenEvent{Values: values})
}

// tellHealth tells which rules apply to a document and which of them have found something, each once.
func (b *Browser) tellHealth(p *page, w place, part collected) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := p.frames[w.frame]
	if f == nil || f.world != w.world || !part.Parsed || cobrowse.HostOf(f.url) == "" {
		return
	}
	if f.health == nil {
		f.health = map[string]bool{}
	}
	told := cobrowse.RulesEvent{Host: cobrowse.HostOf(f.url)}
	for rule, found := range part.Rules {
		matched, known := f.health[rule]
		if !known {
			told.Applied = append(told.Applied, rule)
		}
		if found > 0 && !matched {
			told.Matched = append(told.Matched, rule)
		}
		f.health[rule] = matched || found > 0
	}
	if len(told.Applied)+len(told.Matched) == 0 {
		return
	}
	slices.Sort(told.Applied)
	slices.Sort(told.Matched)
	b.emit(told)
}
