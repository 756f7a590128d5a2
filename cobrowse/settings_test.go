package cobrowse

import (
	"math"
	"testing"
)

func TestViewportIsBoundedInItsProportions(t *testing.T) {
	for name, c := range map[string]struct{ asked, want Viewport }{
		"a desktop stays":                {Viewport{Width: 1280, Height: 800, Scale: 1}, Viewport{Width: 1280, Height: 800, Scale: 1}},
		"odd sides":                      {Viewport{Width: 1281, Height: 801, Scale: 1}, Viewport{Width: 1280, Height: 800, Scale: 1}},
		"a phone's fine screen":          {Viewport{Width: 390, Height: 844, Scale: 3, Mobile: true}, Viewport{Width: 390, Height: 844, Scale: 2, Mobile: true}},
		"a large tablet, upright":        {Viewport{Width: 1024, Height: 1366, Scale: 1, Touch: true}, Viewport{Width: 1024, Height: 1366, Scale: 1, Touch: true}},
		"as large as pictures may be":    {Viewport{Width: 1920, Height: 1088, Scale: 1}, Viewport{Width: 1920, Height: 1088, Scale: 1}},
		"too many pixels":                {Viewport{Width: 1920, Height: 1920, Scale: 1}, Viewport{Width: 1444, Height: 1444, Scale: 1}},
		"too wide":                       {Viewport{Width: 5000, Height: 600, Scale: 1}, Viewport{Width: 1920, Height: 600, Scale: 1}},
		"too small":                      {Viewport{Width: 10, Height: 10, Scale: 1}, Viewport{Width: 240, Height: 240, Scale: 1}},
		"no scale":                       {Viewport{Width: 800, Height: 600}, Viewport{Width: 800, Height: 600, Scale: 1}},
		"a scale that is not a number":   {Viewport{Width: 800, Height: 600, Scale: math.NaN()}, Viewport{Width: 800, Height: 600, Scale: 1}},
		"a scale that no picture can be": {Viewport{Width: 1920, Height: 1088, Scale: 2}, Viewport{Width: 1920, Height: 1088, Scale: 1}},
	} {
		got := c.asked.Bounded()
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if again := got.Bounded(); again != got {
			t.Errorf("%s: bounded twice it is %+v", name, again)
		}
	}
}
