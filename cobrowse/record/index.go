package record

import (
	"encoding/json"
	"slices"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// sorter decides which pictures belong to which run. It sees the same entries when they are recorded (or recovered) and
// when they are composed, and decides the same both times.
type sorter struct {
	runs    int
	config  stream.Config
	codec   codec
	known   bool // the codec can be recorded
	needKey bool
	current stream.Config // of the last run
	private []byte        // of the last run
}

// place returns the run of a picture, counted from 1; 0 = nobody can decode it.
func (s *sorter) place(e entry) int {
	switch e.kind {
	case entryConfig:
		var c stream.Config
		if json.Unmarshal(e.data, &c) != nil || c == s.config {
			return 0
		}
		s.config, s.needKey = c, true
		s.codec, s.known = codecOf(c.Codec)
	case entryHole:
		s.needKey = true
	case entryChunk:
		if !s.known || s.needKey && !e.key {
			return 0
		}
		if s.runs == 0 || s.needKey && !s.continues() {
			private, err := s.codec.private(s.config.Codec, e.data)
			if err != nil {
				return 0
			}
			s.runs++
			s.current, s.private = s.config, private
		}
		s.needKey = false
		return s.runs
	}
	return 0
}

func (s *sorter) continues() bool {
	return s.current.Codec == s.config.Codec && s.current.Width == s.config.Width && s.current.Height == s.config.Height
}

// index is what is known of a recording without its pictures' bytes.
type index struct {
	sorter sorter
	parts  []string // keys, in order; "" for one that cannot be read
	runs   []*run
	events []cobrowse.TrackEvent
	first  stream.Config // of the first picture: what the events count in until a viewport event
	last   time.Duration // of anything recorded
	ended  bool          // closed in good order
	gaps   int
}

func (x *index) add(entries ...entry) {
	for _, e := range entries {
		x.last = max(x.last, e.at)
		switch n := x.sorter.place(e); {
		case n > 0:
			x.picture(n, e)
		case e.kind == entryEvent:
			x.event(e)
		case e.kind == entryEnd:
			x.ended = true
		}
	}
}

func (x *index) picture(n int, e entry) {
	if n > len(x.runs) {
		c := x.sorter.current
		if n == 1 {
			x.first = c
		}
		x.runs = append(x.runs, &run{codec: x.sorter.codec, name: c.Codec, width: c.Width, height: c.Height,
			private: x.sorter.private, from: e.at})
	}
	x.runs[n-1].add(e.at, len(e.data), e.key)
}

func (x *index) event(e entry) {
	var ev trackEvent
	if json.Unmarshal(e.data, &ev) != nil {
		return
	}
	if ev.Kind == "gap" {
		x.gaps++
	}
	x.events = append(x.events, cobrowse.TrackEvent(ev))
}

// missing notes parts in a row that are not there or cannot be read: what follows needs a key picture.
func (x *index) missing(n int) {
	if n <= 0 {
		return
	}
	for range n {
		x.parts = append(x.parts, "")
	}
	x.add(entry{kind: entryHole, at: x.last}, gapEntry(x.last, "damaged"))
}

// runEnds returns when run n (from 0) ends: when the next one begins, or the recording ends.
func (x *index) runEnds(n int) time.Duration {
	if n+1 < len(x.runs) {
		return x.runs[n+1].from
	}
	return x.last
}

// track returns the event track. Cursors that were held back stand after younger events, so it is sorted here.
func (x *index) track() Track {
	events := slices.Clone(x.events)
	slices.SortStableFunc(events, func(a, b cobrowse.TrackEvent) int { return int((a.At - b.At) / time.Millisecond) })
	return Track{V: 1, Width: x.first.Width, Height: x.first.Height, Events: events}
}
