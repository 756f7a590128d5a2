package privacy

import (
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestGate(t *testing.T) {
	t0 := time.Unix(1_800_000_000, 0)
	type step func(g *Gate, now *time.Time)
	wait := func(d time.Duration) step { return func(_ *Gate, now *time.Time) { *now = now.Add(d) } }
	nav := func(frame, parent, loader, url string) step {
		return func(g *Gate, now *time.Time) { g.Navigated(frame, parent, loader, url, *now) }
	}
	attach := func(frame, parent string) step {
		return func(g *Gate, now *time.Time) { g.Attached(frame, parent, *now) }
	}
	detach := func(frame string) step { return func(g *Gate, _ *time.Time) { g.Detached(frame) } }
	ready := func(frame, loader string) step {
		return func(g *Gate, now *time.Time) { g.Ready(frame, loader, float64(now.UnixMilli()), *now) }
	}
	beat := func(frame, loader string, at float64) step {
		return func(g *Gate, now *time.Time) { g.Beat(frame, loader, at, *now) }
	}
	failed := func(frame, loader string) step { return func(g *Gate, _ *time.Time) { g.Failed(frame, loader) } }
	crash := func(frame string) step { return func(g *Gate, _ *time.Time) { g.Crashed(frame) } }
	unsupported := func(frame string) step { return func(g *Gate, _ *time.Time) { g.Unsupported(frame) } }
	const page = "https://shop.example/"
	opened := []step{nav("M", "", "1", page), ready("M", "1")}
	then := func(more ...step) []step { return append(append([]step{}, opened...), more...) }

	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"new":                           {nil, cobrowse.GateLoading},
		"document not ready":            {[]step{nav("M", "", "1", page)}, cobrowse.GateLoading},
		"ready":                         {opened, ""},
		"ready of another document":     {[]step{nav("M", "", "2", page), ready("M", "1")}, cobrowse.GateLoading},
		"ready of an unknown frame":     {[]step{nav("M", "", "1", page), ready("F", "1")}, cobrowse.GateLoading},
		"navigated":                     {then(nav("M", "", "2", page)), cobrowse.GateNavigating},
		"navigated and old ready":       {then(nav("M", "", "2", page), ready("M", "1")), cobrowse.GateNavigating},
		"navigated and ready":           {then(nav("M", "", "2", page), ready("M", "2")), ""},
		"restored from bfcache":         {then(nav("M", "", "2", page), ready("M", "2"), nav("M", "", "1", page)), cobrowse.GateNavigating},
		"frame attached":                {then(attach("F", "M")), cobrowse.GateMasks},
		"frame navigated":               {then(attach("F", "M"), nav("F", "M", "f", page)), cobrowse.GateMasks},
		"frame ready":                   {then(attach("F", "M"), nav("F", "M", "f", page), ready("F", "f")), ""},
		"frame attached in two places":  {then(attach("F", "M"), nav("F", "M", "f", page), ready("F", "f"), attach("F", "M")), ""},
		"frame navigated again":         {then(nav("F", "M", "f", page), ready("F", "f"), nav("F", "M", "g", page)), cobrowse.GateMasks},
		"frame gone":                    {then(attach("F", "M"), detach("F")), ""},
		"frame gone with those below":   {then(attach("F", "M"), attach("G", "F"), detach("F")), ""},
		"frame below not ready":         {then(nav("F", "M", "f", page), ready("F", "f"), attach("G", "F")), cobrowse.GateMasks},
		"main frame takes frames along": {then(attach("F", "M"), nav("M", "", "2", page), ready("M", "2")), ""},
		"frame takes frames along":      {then(nav("F", "M", "f", page), attach("G", "F"), nav("F", "M", "g", page), ready("F", "g")), ""},
		"main frame is never detached":  {then(detach("M")), ""},
		"frame with an error page":      {then(nav("F", "M", "f", "chrome-error://chromewebdata/")), ""},
		"error page":                    {then(nav("M", "", "2", "chrome-error://chromewebdata/")), cobrowse.GateUnsupported},
		"browser page":                  {[]step{nav("M", "", "1", "chrome://version/"), ready("M", "1")}, cobrowse.GateUnsupported},
		"viewer in a frame":             {then(nav("F", "M", "f", "chrome-extension://x/index.html")), cobrowse.GateUnsupported},
		"PDF":                           {then(unsupported("M")), cobrowse.GateUnsupported},
		"PDF left":                      {then(unsupported("M"), nav("M", "", "2", page), ready("M", "2")), ""},
		"silent":                        {then(wait(BeatLimit)), cobrowse.GateMasks},
		"almost silent":                 {then(wait(BeatLimit - 1)), ""},
		"beating":                       {then(wait(BeatLimit-1), beat("M", "1", 5), wait(BeatLimit-1)), ""},
		"silent, then beating":          {then(wait(2*BeatLimit), beat("M", "1", 5)), ""},
		"frame silent":                  {then(nav("F", "M", "f", page), ready("F", "f"), wait(2*time.Second), beat("M", "1", 5), wait(time.Second)), cobrowse.GateMasks},
		"beat says not ready":           {then(beat("M", "1", 0)), cobrowse.GateMasks},
		"beat of another document":      {then(wait(BeatLimit), beat("M", "0", 5)), cobrowse.GateMasks},
		"beat repeats a lost ready":     {[]step{nav("M", "", "1", page), beat("M", "1", 5)}, ""},
		"beat before ready":             {[]step{nav("M", "", "1", page), beat("M", "1", 0)}, cobrowse.GateLoading},
		"engine gave up":                {then(failed("M", "1"), ready("F", "1")), cobrowse.GateMasks},
		"engine gave up, beats on":      {then(failed("M", "1"), beat("M", "1", 5)), cobrowse.GateMasks},
		"old engine gave up":            {then(failed("M", "0")), ""},
		"crashed":                       {then(crash("M")), cobrowse.GateCrashed},
		"crashed, late ready":           {then(crash("M"), ready("M", "1")), cobrowse.GateCrashed},
		"crashed, late beat":            {then(crash("M"), beat("M", "1", 5)), cobrowse.GateCrashed},
		"crashed and reloaded":          {then(crash("M"), nav("M", "", "2", page), ready("M", "2")), ""},
		"frame crashed":                 {then(nav("F", "M", "f", page), ready("F", "f"), crash("F")), cobrowse.GateCrashed},
		"frame crashed and removed":     {then(nav("F", "M", "f", page), crash("F"), detach("F")), ""},
		"worst reason wins":             {then(attach("F", "M"), nav("F", "M", "f", page), crash("F"), attach("G", "M")), cobrowse.GateCrashed},
	} {
		t.Run(name, func(t *testing.T) {
			g, now := NewGate("M"), t0
			for _, s := range c.steps {
				s(g, &now)
			}
			if got, _ := g.State(now); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestGateSinceIsTheLatestProof(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	g := NewGate("M")
	g.Navigated("M", "", "1", "https://shop.example/", now)
	g.Ready("M", "1", 100, now)
	g.Navigated("F", "M", "f", "https://pay.example/", now)
	g.Ready("F", "f", 250, now)
	if reason, since := g.State(now); reason != "" || since != 250 {
		t.Errorf("got %q since %v", reason, since)
	}
}

func TestGateNext(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	g := NewGate("M")
	if _, ok := g.Next(now); ok {
		t.Error("a closed gate opens by itself")
	}
	g.Navigated("M", "", "1", "https://shop.example/", now)
	g.Ready("M", "1", 1, now)
	g.Navigated("F", "M", "f", "https://pay.example/", now)
	g.Ready("F", "f", 1, now.Add(time.Second))
	if at, ok := g.Next(now); !ok || !at.Equal(now.Add(BeatLimit)) {
		t.Errorf("got %v %v", at, ok)
	}
	if at, ok := g.Next(now.Add(BeatLimit)); !ok || !at.Equal(now.Add(BeatLimit+time.Second)) {
		t.Errorf("after the first fell silent: got %v %v", at, ok)
	}
	if _, ok := g.Next(now.Add(BeatLimit + time.Second)); ok {
		t.Error("both are silent already: nothing can change by itself")
	}
}
