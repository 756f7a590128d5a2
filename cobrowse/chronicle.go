package cobrowse

import (
	"cmp"
	"slices"
	"time"
)

// burst is the silence that separates two actions of the same kind: a text that is typed, a page that is scrolled through
// is one action. It also keeps the number of keys, the length of a password, out of the record.
const burst = time.Second

// chronicle collects what the summary tells. It holds redacted strings only. Owned by the actor.
type chronicle struct {
	out outward

	started  time.Time // zero until live
	finished time.Time
	pausedAt time.Time // zero when not paused
	paused   time.Duration
	pauses   int

	pages    []PageVisit
	current  int       // index of the page that is shown, -1 for none
	since    time.Time // it is shown
	arriving Tab       // in place of current: one of which only the host is known
	actions  map[Role]int
	last     map[string]time.Time // of each kind of action, by person
	refusals []RefusalLine
	tried    string // the last refusal's tab and name
	triedAt  time.Time
	moments  []moment
	untold   int // moments that there was no room for
}

// oneTry: a press is several events (down, up, click), and the page may refuse each.
const oneTry = 700 * time.Millisecond

func newChronicle(out outward) chronicle {
	return chronicle{out: out, current: -1, pages: []PageVisit{}, refusals: []RefusalLine{}, actions: map[Role]int{}, last: map[string]time.Time{}}
}

func (c *chronicle) begin(now time.Time) {
	c.started = now
	c.tell(Moment{At: now, Kind: "live"})
}

// page says which page is shown from now on. The time of one of which only the host is known counts for the address that it turns out
// to have, and for the host when it is left like that.
func (c *chronicle) page(t Tab, now time.Time) {
	known := t.Vetted.URL == t.URL || t.Vetted.URL != HostOnly(t.URL)
	same := c.arriving.ID == t.ID && HostOnly(c.arriving.URL) == HostOnly(t.URL)
	since, before := now, c.current
	switch {
	case same && !known:
		c.arriving = t
		return
	case same:
		since = c.since
	default:
		c.leavePage(now)
	}
	c.since, c.arriving = since, Tab{}
	if !known {
		c.arriving = t
		return
	}
	if c.current = c.visit(t.Vetted); c.current != before {
		c.shown(t)
	}
}

// mostPages bounds the summary. When it is full, further pages are left out.
const mostPages = 300

// visit finds a page, or adds it; -1 when there is no room, and for a tab that has no page yet.
func (c *chronicle) visit(p Page) int {
	p = c.out.page(p)
	if p.URL == "" {
		return -1
	}
	i := slices.IndexFunc(c.pages, func(known PageVisit) bool { return known.URL == p.URL })
	if i < 0 && len(c.pages) >= mostPages {
		return -1
	}
	if i < 0 {
		i = len(c.pages)
		c.pages = append(c.pages, PageVisit{URL: p.URL})
	}
	c.pages[i].Title = cmp.Or(p.Title, c.pages[i].Title)
	return i
}

func (c *chronicle) leavePage(now time.Time) {
	if c.arriving.ID != "" {
		c.current = c.visit(c.arriving.Vetted)
		c.shown(c.arriving)
		c.arriving = Tab{}
	}
	if c.current >= 0 {
		c.pages[c.current].Time += now.Sub(c.since)
		c.current = -1
	}
}

func (c *chronicle) pause(now time.Time) {
	c.leavePage(now)
	c.pausedAt = now
	c.pauses++
}

func (c *chronicle) resume(now time.Time) {
	c.paused += now.Sub(c.pausedAt)
	c.pausedAt = time.Time{}
}

// act counts an action and tells whether it was a new one.
func (c *chronicle) act(p *person, what string, now time.Time) bool {
	key := what + " " + p.ID
	last, before := c.last[key]
	c.last[key] = now
	if what != "click" && before && now.Sub(last) < burst {
		return false
	}
	c.actions[p.Role]++
	return true
}

// mostRefusals bounds the summary: a page gives its buttons any names. When it is full, further ones are counted without a name.
const mostRefusals = 200

// refusal counts a try, and tells whether it is one: what follows another closely is the same press.
func (c *chronicle) refusal(tab TabID, name, rule string, now time.Time) bool {
	what := string(tab) + " " + name
	same := c.tried == what && now.Sub(c.triedAt) < oneTry
	c.tried, c.triedAt = what, now
	if same {
		return false
	}
	if len(c.refusals) >= mostRefusals && !slices.ContainsFunc(c.refusals, RefusalLine{Name: name, Rule: rule}.like) {
		name, rule = "…", ""
	}
	c.refusals = counted(c.refusals, RefusalLine{Name: name, Rule: rule, Count: 1})
	return true
}

func (r RefusalLine) like(other RefusalLine) bool {
	return r.Name == other.Name && r.Rule == other.Rule
}

// counted adds to the line that is like r, or appends it.
func counted(lines []RefusalLine, r RefusalLine) []RefusalLine {
	i := slices.IndexFunc(lines, r.like)
	if i < 0 {
		return append(lines, r)
	}
	lines[i].Count += r.Count
	return lines
}

func (c *chronicle) finish(now time.Time) {
	c.finished = now
	c.leavePage(now)
	if !c.pausedAt.IsZero() {
		c.resume(now)
	}
}

// lasted is the time from live to the end.
func (c *chronicle) lasted() time.Duration {
	if c.started.IsZero() {
		return 0
	}
	return c.finished.Sub(c.started)
}

// summary redacts everything once more: what a page hides may have been learned after its name was written down.
func (c *chronicle) summary() Summary {
	sum := Summary{
		Started: c.started, Pages: []PageVisit{}, Actions: c.actions, Refusals: []RefusalLine{}, Pauses: c.pauses, Paused: c.paused,
	}
	for _, p := range c.pages {
		told := c.out.page(Page{p.Title, p.URL})
		p.Title, p.URL = told.Title, told.URL
		i := slices.IndexFunc(sum.Pages, func(other PageVisit) bool { return other.URL == p.URL })
		if i < 0 {
			sum.Pages = append(sum.Pages, p)
			continue
		}
		sum.Pages[i].Time += p.Time
	}
	sum.Moments, sum.Untold = c.transcript()
	for _, r := range c.refusals {
		r.Name = c.out.Text(r.Name)
		sum.Refusals = counted(sum.Refusals, r)
	}
	return sum
}
