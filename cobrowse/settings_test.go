package cobrowse

import (
	"math"
	"testing"
)

func TestViewportIsBoundedInItsProportions(t *testing.T) {
	for name, c := range map[string]struct{ asked, want Viewport }{
		"a desktop stays":                {Viewport{1280, 800, 1, false}, Viewport{1280, 800, 1, false}},
		"odd sides":                      {Viewport{1281, 801, 1, false}, Viewport{1280, 800, 1, false}},
		"a phone's fine screen":          {Viewport{390, 844, 3, true}, Viewport{390, 844, 2, true}},
		"a large tablet, upright":        {Viewport{1024, 1366, 1, true}, Viewport{1024, 1366, 1, true}},
		"as large as pictures may be":    {Viewport{1920, 1088, 1, false}, Viewport{1920, 1088, 1, false}},
		"too many pixels":                {Viewport{1920, 1920, 1, false}, Viewport{1444, 1444, 1, false}},
		"too wide":                       {Viewport{5000, 600, 1, false}, Viewport{1920, 600, 1, false}},
		"too small":                      {Viewport{10, 10, 1, false}, Viewport{240, 240, 1, false}},
		"no scale":                       {Viewport{800, 600, 0, false}, Viewport{800, 600, 1, false}},
		"a scale that is not a number":   {Viewport{800, 600, math.NaN(), false}, Viewport{800, 600, 1, false}},
		"a scale that no picture can be": {Viewport{1920, 1088, 2, false}, Viewport{1920, 1088, 1, false}},
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
