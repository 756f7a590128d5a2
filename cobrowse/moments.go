package cobrowse

import (
	"slices"
	"time"
)

// Moment is one line of a session's transcript: what an agent could see happen, and when. Its strings are redacted. What people write to
// each other will be one of its kinds.
type Moment struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"` // joined, left, consent, live, recording, page, private, input, refusal, pause, resume, notice, end; from the host: interrupted
	By    Role      `json:"by,omitempty"`
	Name  string    `json:"name,omitempty"`  // the participant's
	What  string    `json:"what,omitempty"`  // as in a TrackEvent; a consent's: recording, or no_recording where it was asked for
	URL   string    `json:"url,omitempty"`   // a page's
	Count int       `json:"count,omitempty"` // of an input: how many of its kind came in a row
}

// Bounds of a transcript. When it is full, further moments but the end are counted only.
const (
	mostMoments     = 1000
	mostMomentBytes = 200 << 10 // of texts
)

// moment is a Moment as long as the session goes on: a page has its title and address in chronicle.pages, as they may be learned later.
type moment struct {
	Moment
	page int // -1 for none
}

// tell adds to the transcript. What somebody does several times in a row is one line.
func (c *chronicle) tell(m Moment) { c.add(moment{m, -1}) }

func (c *chronicle) add(m moment) {
	if n := len(c.moments); n > 0 && m.Kind == "input" {
		last := &c.moments[n-1]
		if last.Kind == m.Kind && last.By == m.By && last.Name == m.Name && last.What == m.What {
			last.Count++
			return
		}
		m.Count = 1
	}
	if len(c.moments) >= mostMoments && m.Kind != "end" {
		c.untold++
		return
	}
	c.moments = append(c.moments, m)
}

// tracked tells of what stands in the recording's track, too, as far as somebody would want to read it. Pages have moments of their own.
func (c *chronicle) tracked(e TrackEvent, now time.Time) {
	switch e.Kind {
	case "joined", "left", "input", "refusal", "pause", "resume", "notice", "end":
		c.tell(Moment{At: now, Kind: e.Kind, By: e.By, Name: e.Name, What: e.What})
	}
}

// shown tells of the current page, and of one that only the customer sees no more than that.
func (c *chronicle) shown(t Tab) {
	switch {
	case t.Withheld:
		c.tell(Moment{At: c.since, Kind: "private"})
	case c.current >= 0:
		c.add(moment{Moment{At: c.since, Kind: "page"}, c.current})
	default:
		c.untold++
	}
}

// transcript redacts everything once more, as summary does, and says how many moments it had no room for.
func (c *chronicle) transcript() (told []Moment, untold int) {
	moments := slices.Clone(c.moments)
	slices.SortStableFunc(moments, func(a, b moment) int { return a.At.Compare(b.At) }) // a page that was known late stands at its beginning
	told, untold = []Moment{}, c.untold
	room := mostMomentBytes
	for _, m := range moments {
		if m.page >= 0 {
			p := c.out.page(Page{c.pages[m.page].Title, c.pages[m.page].URL})
			m.What, m.URL = p.Title, p.URL
		} else if m.Kind == "refusal" {
			m.What = c.out.Text(m.What)
		}
		room -= len(m.What) + len(m.URL) + len(m.Name)
		if room < 0 && m.Kind != "end" {
			untold++
			continue
		}
		told = append(told, m.Moment)
	}
	return told, untold
}
