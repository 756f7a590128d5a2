package leaktest

import (
	"fmt"
	"strings"
)

// The marker is a strip in the page's corner, made of squares: a green one, the case's number in black and white, a green one. By it
// a picture is known to show a case's page, whatever the codec does to its colours.
const (
	cell       = 8
	markerBits = 10
	markerEnd  = cell * (markerBits + 2)
	green      = "rgb(0,160,0)"
)

func markerCells(n int) []string {
	cells := []string{green}
	for bit := markerBits - 1; bit >= 0; bit-- {
		if n>>bit&1 == 1 {
			cells = append(cells, "#fff")
		} else {
			cells = append(cells, "#000")
		}
	}
	return append(cells, green)
}

func markerBox(n int) string {
	var stops []string
	for i, color := range markerCells(n) {
		stops = append(stops, fmt.Sprintf("%s %dpx %dpx", color, i*cell, (i+1)*cell))
	}
	return fmt.Sprintf(`<div class=shown style="position:fixed;left:0;top:0;width:%dpx;height:12px;z-index:2147483646;pointer-events:none;background:linear-gradient(90deg,%s)"></div>`,
		markerEnd, strings.Join(stops, ","))
}

func markerSVG(n int) string {
	var b strings.Builder
	for i, color := range markerCells(n) {
		fmt.Fprintf(&b, `<rect x="%d" y="0" width="%d" height="12" fill="%s"/>`, i*cell, cell, color)
	}
	return b.String()
}

// markerIn reads the marker of a picture, -1 when there is none.
func markerIn(at func(x, y int) (r, g, b int)) int {
	isGreen := func(x int) bool {
		r, g, b := at(x, cell/2)
		return g > r+50 && g > b+50
	}
	if !isGreen(cell/2) || !isGreen(markerEnd-cell/2) {
		return -1
	}
	n := 0
	for i := range markerBits {
		r, g, b := at((i+1)*cell+cell/2, cell/2)
		n <<= 1
		if r+g+b > 3*128 {
			n |= 1
		}
	}
	return n
}
