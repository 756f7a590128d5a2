package browser

import (
	"context"

	"cobrowse-connector/cobrowse"
)

// Outline is the shape of the tab's documents, frames included, without their content. Frames that do not answer are left out.
func (b *Browser) Outline(ctx context.Context, id cobrowse.TabID) ([]cobrowse.Outline, error) {
	p, err := b.pageOf(id)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	outlines := []cobrowse.Outline{}
	for i, w := range worlds {
		html, err := evaluate[string](ctx, w.session, w.world, "globalThis.__cobrowse?.outline() ?? ''")
		if err != nil && i == 0 {
			return nil, answered(err)
		}
		if html != "" {
			outlines = append(outlines, cobrowse.Outline{Host: cobrowse.HostOf(w.url), HTML: html})
		}
	}
	return outlines, nil
}
