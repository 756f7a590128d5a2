package cobrowse

import (
	"math"
	"slices"
)

// Where something is hidden, agents find an empty place. That it is hidden, and not missing, is all they are told: areas on a coarse
// grid, no kinds, no reasons, and no more of them than there are places to look at.
const (
	areaGrid   = 8.0
	textGrid   = 48.0 // a text's width is no measure of its length
	mostHidden = 100
)

// hiddenIn are the areas of a layer as agents may know them, in reading order.
func hiddenIn(l Layer) []LayerRect {
	areas := make([]LayerRect, 0, min(len(l.Items), mostHidden))
	for _, item := range l.Items {
		if item.Shown || item.Reason == "message" || item.Clip.W <= 0 || item.Clip.H <= 0 {
			continue
		}
		width := areaGrid
		if item.Kind == "text" {
			width = textGrid
		}
		areas = withArea(areas, onGrid(item.Clip, width))
		if len(areas) == mostHidden {
			break
		}
	}
	return areas
}

// withArea adds an area, or widens the ones that it touches: the lines of one text are one block.
func withArea(areas []LayerRect, added LayerRect) []LayerRect {
	for i, a := range areas {
		if touch(a, added) {
			return withArea(slices.Delete(areas, i, i+1), around(a, added))
		}
	}
	return append(areas, added)
}

func onGrid(r LayerRect, width float64) LayerRect {
	x, y := math.Floor(r.X/areaGrid)*areaGrid, math.Floor(r.Y/areaGrid)*areaGrid
	return LayerRect{X: x, Y: y, W: math.Ceil((r.X+r.W-x)/width) * width, H: math.Ceil((r.Y+r.H-y)/areaGrid) * areaGrid}
}

func touch(a, b LayerRect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func around(a, b LayerRect) LayerRect {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return LayerRect{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// tellHidden tells p where something is hidden, where they see the page that it is in.
func (s *Session) tellHidden(p *person) {
	if l := s.shared.layer; l != nil && gated(p.Role) && s.shared.gate.Open && !s.secluded() {
		p.send(HiddenChanged{Tab: l.Tab, Areas: s.shared.hidden})
	}
}

// hiddenChanged takes in the layer; what agents know already is not said again.
func (s *Session) hiddenChanged(l Layer) {
	areas := hiddenIn(l)
	if s.shared.hidden != nil && slices.Equal(areas, s.shared.hidden) {
		return
	}
	s.shared.hidden = areas
	s.watchers(s.tellHidden)
}
