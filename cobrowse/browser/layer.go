package browser

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"

	"cobrowse-connector/cobrowse"
)

// layerPause is the shortest time between two collections: a page that scrolls asks for one per frame.
const layerPause = 30 * time.Millisecond

// layerLoop collects the customer's private layer whenever a page says that it changed.
func (b *Browser) layerLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeLayer:
		}
		b.collectLayer()
		select {
		case <-b.ctx.Done():
			return
		case <-time.After(layerPause):
		}
	}
}

func (b *Browser) collectLayer() {
	b.collecting.Lock() // what was collected earlier is told earlier
	defer b.collecting.Unlock()
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	b.mu.Lock()
	if b.shown == nil || b.shown.page == nil {
		b.mu.Unlock()
		return
	}
	t, p := b.shown, b.shown.page
	worlds, loader, named := p.worlds(), p.main().loader, t.named()
	b.mu.Unlock()

	layer := cobrowse.Layer{Tab: t.id, Items: []cobrowse.LayerItem{}}
	vets := false
	var parts []part
	for _, w := range worlds {
		c, err := collect(ctx, w)
		if err != nil {
			b.logError("layer", err)
			continue
		}
		vets = vets || c.Parsed && w.frame == cdp.FrameID(p.target)
		layer.Values = append(layer.Values, c.Values...)
		b.tellHealth(p, w, c)
		parts = append(parts, part{w, c})
	}
	if b.hideWithin(ctx, p, parts) {
		wake(b.wakeLayer)
	}
	offsets := newOffsets(p, worlds)
	for _, c := range parts {
		if len(c.Items) == 0 {
			continue
		}
		at, err := offsets.of(ctx, c.place)
		if err != nil {
			continue // its frame has no box: nothing of it is on the screen
		}
		for _, item := range c.Items {
			layer.Items = append(layer.Items, moved(item, at, c.frame))
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown != t || t.page != p || p.main().loader != loader {
		return // it is another page's
	}
	b.tellLayer(layer)
	if vets && !p.withheld() && t.named() == named {
		t.vetted = named
		b.tellTabs()
	}
}

// tellLayer sends the layer when it changed. Caller holds mu.
func (b *Browser) tellLayer(layer cobrowse.Layer) {
	if !reflect.DeepEqual(layer, b.lastLayer) {
		b.lastLayer = layer
		b.emit(cobrowse.LayerEvent{Layer: layer})
	}
}

// dropLayer takes back what was private in a document that is gone. Caller holds mu.
func (b *Browser) dropLayer(t *tab) {
	if b.shown == t {
		b.tellLayer(cobrowse.Layer{Tab: t.id, Items: []cobrowse.LayerItem{}})
		wake(b.wakeLayer)
	}
}

// collected is one document's part of the layer.
type collected struct {
	Items  []cobrowse.LayerItem `json:"items"`
	Values []string             `json:"values"`
	Parsed bool                 `json:"parsed"`
	Rules  map[string]int       `json:"rules"` // those that apply here, and how much each has found
}

func collect(ctx context.Context, w place) (collected, error) {
	return evaluate[collected](ctx, w.session, w.world, "globalThis.__cobrowse?.collect() ?? {}")
}

// moved puts a frame's item where it is in the tab, clipped to the frame.
func moved(item cobrowse.LayerItem, at cobrowse.LayerRect, in cdp.FrameID) cobrowse.LayerItem {
	item.ID = string(in) + "." + item.ID // each frame counts its own
	shift := func(r cobrowse.LayerRect) cobrowse.LayerRect { r.X += at.X; r.Y += at.Y; return r }
	item.Rect, item.Clip = shift(item.Rect), shift(item.Clip)
	if at.W > 0 {
		item.Clip = intersect(item.Clip, at)
	}
	lines := make([]cobrowse.LayerLine, 0, len(item.Lines))
	for _, line := range item.Lines {
		line.Rect = shift(line.Rect)
		lines = append(lines, line)
	}
	item.Lines = lines
	return item
}

func intersect(a, b cobrowse.LayerRect) cobrowse.LayerRect {
	x, y := max(a.X, b.X), max(a.Y, b.Y)
	return cobrowse.LayerRect{X: x, Y: y, W: max(0, min(a.X+a.W, b.X+b.W)-x), H: max(0, min(a.Y+a.H, b.Y+b.H)-y)}
}

// offsets finds where frames lie in their tab, each once.
type offsets struct {
	page   *page
	parent map[cdp.FrameID]place
	known  map[cdp.FrameID]cobrowse.LayerRect
}

func newOffsets(p *page, worlds []place) *offsets {
	o := &offsets{page: p, parent: map[cdp.FrameID]place{}, known: map[cdp.FrameID]cobrowse.LayerRect{cdp.FrameID(p.target): {}}}
	for _, w := range worlds {
		o.parent[w.frame] = w
	}
	return o
}

var errNoBox = errors.New("browser: the frame has no box")

// of returns the content box of a frame in the tab; the main frame's has no size, as it is clipped by nothing.
func (o *offsets) of(ctx context.Context, w place) (cobrowse.LayerRect, error) {
	if r, ok := o.known[w.frame]; ok {
		return r, nil
	}
	parent, ok := o.parent[w.parent]
	if !ok {
		return cobrowse.LayerRect{}, errNoBox
	}
	owner, err := cdp.Call(ctx, parent.session, dom.GetFrameOwner, dom.GetFrameOwnerParams{FrameID: w.frame})
	if err != nil {
		return cobrowse.LayerRect{}, err
	}
	box, err := cdp.Call(ctx, parent.session, dom.GetBoxModel, dom.GetBoxModelParams{BackendNodeID: owner.BackendNodeID})
	if err != nil {
		return cobrowse.LayerRect{}, err
	}
	if box.Model == nil || len(box.Model.Content) < 6 {
		return cobrowse.LayerRect{}, errNoBox
	}
	q := box.Model.Content
	r := cobrowse.LayerRect{X: q[0], Y: q[1], W: q[2] - q[0], H: q[5] - q[1]}
	// The box is relative to the root of the parent's process: add where that root lies.
	root, err := o.of(ctx, o.rootOf(parent))
	if err != nil {
		return cobrowse.LayerRect{}, err
	}
	r.X += root.X
	r.Y += root.Y
	o.known[w.frame] = r
	return r, nil
}

// rootOf climbs to the topmost frame that shares the session.
func (o *offsets) rootOf(w place) place {
	for {
		up, ok := o.parent[w.parent]
		if !ok || up.session != w.session {
			return w
		}
		w = up
	}
}
