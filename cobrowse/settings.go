package cobrowse

import (
	"context"
	"math"
	"regexp"
	"time"
)

// settings are what the session asks of its browser. The newest win: a phone that is being turned asks many times.
type settings struct {
	viewport Viewport
	codec    string
	language string
}

// defaultViewport is shared until the customer's is known.
var defaultViewport = Viewport{Width: 1280, Height: 800, Scale: 1}

const settleLimit = 20 * time.Second

const (
	leastSide, mostSide = 240, 1920
	// mostPixels is what one picture may have: the codec levels that every viewer decodes end at 1920x1088.
	mostPixels = 1920 * 1088
	mostScale  = 2
)

// Bounded is v as a page can be laid out and encoded in: even numbers, the same proportions where it has too many pixels. Session and
// Browser both count in it, or else people's presses would miss.
func (v Viewport) Bounded() Viewport {
	side := func(n int) float64 { return float64(min(max(n, leastSide), mostSide)) }
	w, h := side(v.Width), side(v.Height)
	if shrink := math.Sqrt(mostPixels / (w * h)); shrink < 1 {
		w, h = w*shrink, h*shrink
	}
	v.Width, v.Height = int(w)&^1, int(h)&^1
	if !(v.Scale > 1) { // NaN, too
		v.Scale = 1
	}
	v.Scale = min(v.Scale, mostScale, math.Sqrt(mostPixels/float64(v.Width*v.Height)))
	return v
}

func (s *Session) setViewport(v Viewport) {
	if v.Width <= 0 || v.Height <= 0 {
		return // a page that is not laid out yet
	}
	v = v.Bounded()
	if v == s.shared.wanted.viewport {
		return
	}
	s.shared.wanted.viewport = v
	if s.shared.events == nil {
		s.tellViewport(v)
		return
	}
	s.applySettings()
}

// languageTag keeps out what is none: it goes into a header of every page's request.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)

// setLanguage makes sites greet the customer as they would without us.
func (s *Session) setLanguage(tag string) {
	if languageTag.MatchString(tag) {
		s.shared.wanted.language = tag
		s.applySettings()
	}
}

// applySettings brings the browser to what is wanted, one call at a time.
func (s *Session) applySettings() {
	want, have := s.shared.wanted, s.shared.applied
	if s.shared.events == nil || s.shared.busy || want == have || s.ending.begun {
		return
	}
	s.shared.busy = true
	browser := s.shared.browser
	s.running.Go(func() {
		ctx, cancel := context.WithTimeout(s.work, settleLimit)
		defer cancel()
		var err error
		if want.viewport != have.viewport {
			err = browser.SetViewport(ctx, want.viewport)
		}
		if want.codec != have.codec && err == nil {
			err = browser.SetPicture(ctx, want.codec)
		}
		if want.language != have.language && err == nil {
			err = browser.SetLanguage(ctx, want.language)
		}
		s.post(func() { s.settled(want, have, err) })
	})
}

// settled takes the settings as applied even after a failure: trying the same again would not help.
func (s *Session) settled(want, have settings, err error) {
	s.shared.busy, s.shared.applied = false, want
	if err != nil && !s.ending.begun {
		s.cfg.Log.Error("browser did not take its settings", "session", s.cfg.ID, "error", err)
	}
	if err == nil && want.viewport != have.viewport {
		s.tellViewport(want.viewport)
	}
	s.applySettings()
}

func (s *Session) tellViewport(v Viewport) {
	s.trackShared(TrackEvent{Kind: "viewport", Width: v.Width, Height: v.Height})
	s.people.each(func(p *person) { p.send(ViewportChanged{v}) })
}
