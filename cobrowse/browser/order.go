package browser

import (
	"context"
	"slices"

	"cobrowse-connector/cobrowse"
)

// MoveTab puts a tab at another place in the row.
func (b *Browser) MoveTab(_ context.Context, id cobrowse.TabID, to int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.tabs, func(t *tab) bool { return t.id == id })
	if i < 0 {
		return errNoTab
	}
	t := b.tabs[i]
	b.tabs = slices.Delete(b.tabs, i, i+1)
	b.tabs = slices.Insert(b.tabs, min(max(to, 0), len(b.tabs)), t)
	b.tellTabs()
	return nil
}
