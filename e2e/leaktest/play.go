package leaktest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// pair is a session and its control, side by side.
type pair struct {
	guarded, control *stage
	results          []*result // by the marker's number
	between          int       // pictures of no case: the first page
	settle           time.Duration

	guardedRemains, controlRemains *kept

	falsely                 []string // texts that were hidden without need
	text, hiddenWithoutNeed int      // characters of the ordinary sites, without what is private
}

// result is what became of one case.
type result struct {
	name, kind string
	residual   string
	open       string
	frames     int // pictures that agents were sent while it ran
	leaking    int // of those, how many showed the secret
	worst      int // pixels of the secret in the worst of them
	told       int // messages with a secret
	fired      int // actions of the agent that happened
	shown      int // pixels of the secret in the control's best picture
	said       int // messages with a secret to the control's agent
	painted    bool
	kept       int
	leaks      []string // what must not happen, in words
	problems   []string // why the case proves nothing
}

func (r *result) leak(format string, args ...any) {
	r.leaks = append(r.leaks, fmt.Sprintf(format, args...))
}

func (r *result) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// settleTime is how long the last picture of a case may take through capture, encoder and socket.
const settleTime = 120 * time.Millisecond

// patientTime is that for cases that come to nothing within settleTime.
const patientTime = 3 * time.Second

// both plays a step in the session and in its control at the same time.
func (p *pair) both(step func(st *stage) error) (guarded, control error) {
	done := make(chan error, 1)
	go func() { done <- step(p.control) }()
	guarded = step(p.guarded)
	return guarded, <-done
}

func (p *pair) add(name, kind, residual, open string) (*result, int) {
	r := &result{name: name, kind: kind, residual: residual, open: open}
	p.results = append(p.results, r)
	return r, len(p.results) - 1
}

// mask plays a case. What came of it is known when the pictures are decoded.
func (p *pair) mask(c maskCase) *result {
	r, n := p.add(c.name, kindOf(c.name), c.residual, c.open)
	var page *hand
	guarded, control := p.both(func(st *stage) error {
		st.begin(c.name)
		html, closed := c.html, c.closed
		if st == p.control {
			html, closed = cmp.Or(c.bare, c.html), ""
		}
		h, err := st.visit(n, c.name, c.host, html, c.files, closed)
		if err == nil && c.do != nil {
			err = c.do(h)
			h.fence()
		}
		if st == p.guarded {
			page = h
		}
		if err != nil {
			return err
		}
		if c.says && st == p.control {
			return st.agent.until(patience, "the secret in words", func() bool { return st.agent.saidIn(c.name) })
		}
		<-time.After(time.Duration(c.ms)*time.Millisecond + p.settle) // the case runs
		return nil
	})
	if c.says {
		<-time.After(settleTime) // the control has heard it: now the agent beside it has, too
	}
	if guarded != nil {
		r.problem("%v", guarded)
	}
	if control != nil {
		r.problem("control: %v", control)
	}
	if r.kind == "site" && guarded == nil {
		if err := p.measure(page); err != nil {
			r.problem("%v", err)
		}
	}
	if c.layer != "" {
		customer := p.guarded.customer
		err := customer.until(patience, "the customer's layer with "+c.layer, func() bool { return layerHolds(customer, c.layer) })
		if err != nil {
			r.problem("%v", err)
		}
	}
	return r
}

// kindOf tells the ordinary sites from the other pages.
func kindOf(name string) string {
	if strings.HasPrefix(name, "site-") {
		return "site"
	}
	return "mask"
}

// layerHolds tells whether the private layer has a text. Caller holds mu.
func layerHolds(p *person, text string) bool {
	for _, item := range p.layer {
		if item.Text == text && item.Rect.W > 0 {
			return true
		}
	}
	return false
}

// block plays a case: it fires in the control, not for the agent, and for the customer.
func (p *pair) block(c blockCase) *result {
	r, n := p.add(c.name, "block", c.residual, c.open)
	done := make(chan error, 1)
	go func() { done <- p.control.fires(n, c, false) }()
	if c.free {
		if err := p.guarded.fires(n, c, false); err != nil {
			r.problem("agent: %v", err)
		}
	} else if err := p.guarded.holds(n, c, r); err != nil {
		r.problem("agent: %v", err)
	}
	if err := p.guarded.fires(n, c, true); err != nil {
		r.problem("customer: %v", err)
	}
	if err := <-done; err != nil {
		r.problem("control: %v", err)
	}
	return r
}

// act lets a person do what a case is about, and returns when the page has taken it in.
func (st *stage) act(n int, c blockCase, customer bool) (*visit, error) {
	who, name := st.agent, c.name+"-agent"
	if customer {
		who, name = st.customer, c.name+"-customer"
	}
	st.begin(c.name)
	h, err := st.visit(n, name, c.host, c.html, c.files, "")
	if err != nil {
		return nil, err
	}
	if !customer {
		<-time.After(time.Until(st.tried.Add(tryTime)))
	}
	return h.visit, c.do(h.as(who))
}

func (st *stage) fires(n int, c blockCase, customer bool) error {
	v, err := st.act(n, c, customer)
	if err != nil {
		return err
	}
	if !st.site.await(patience, func() bool { return v.fired > 0 }) {
		agent := st.agent
		return fmt.Errorf("nothing fired; agents were refused %d times", get(agent, func() int { return agent.refused[c.name] }))
	}
	if c.tab {
		return st.customer.until(patience, "a second tab", func() bool { return len(st.customer.tabs) > 1 })
	}
	return nil
}

// tryTime is longer than the session takes two tries at the same thing for one.
const tryTime = 750 * time.Millisecond

// holeTime is how long the word is waited for that something known to go through was refused.
const holeTime = 5 * time.Second

func (st *stage) holds(n int, c blockCase, r *result) error {
	v, err := st.act(n, c, false)
	if err != nil {
		return err
	}
	defer func() { st.tried = time.Now() }()
	(&hand{stage: st, who: st.agent, visit: v}).fence()
	if !c.quiet {
		limit := patience
		if c.residual+c.open != "" {
			limit = holeTime
		}
		err = st.agent.until(limit, "the word that only the customer can do this", func() bool { return st.agent.refused[c.name] > 0 })
	}
	<-time.After(time.Duration(max(c.ms, 60)) * time.Millisecond) // what was refused is given time to happen after all
	if r.fired = st.site.count(func() int { return v.fired }); r.fired > 0 {
		r.leak("it happened %d times", r.fired)
		return nil
	}
	return err
}

// end ends both sessions and looks at everything that has left them.
func (p *pair) end(ctx context.Context) error {
	var left [2]*remains
	for i, st := range p.stages() {
		var err error
		if left[i], err = st.end(); err != nil {
			return err
		}
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	var err error
	p.guardedRemains, err = p.examine(ctx, left[0])
	if err == nil && p.control != nil {
		p.controlRemains, err = p.examine(ctx, left[1])
	}
	return err
}

// stages are the session and, if there is one, its control.
func (p *pair) stages() []*stage {
	if p.control == nil {
		return []*stage{p.guarded}
	}
	return []*stage{p.guarded, p.control}
}

// kept is what was found in what a session left behind.
type kept struct {
	frames  int                 // recorded pictures
	leaking map[string]int      // of those, how many showed a secret, by case
	words   map[string][]string // secrets in words, by what holds them
}

func (p *pair) examine(ctx context.Context, left *remains) (*kept, error) {
	k := &kept{leaking: map[string]int{}, words: map[string][]string{}}
	for _, v := range left.videos {
		all, err := decode(ctx, bytes.NewReader(v.data), "", v.width, v.height)
		if err != nil {
			return nil, err
		}
		k.frames += len(all)
		for _, s := range all {
			if s.secret < leaked {
				continue
			}
			if s.marker < 0 || s.marker >= len(p.results) {
				k.leaking["a page of no case"]++
			} else if r := p.results[s.marker]; r.kind != "block" {
				k.leaking[r.name]++
			}
		}
	}
	for name, v := range map[string]any{"track": left.track, "summary": left.result.Summary, "rule health": left.result.Health} {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		k.words[name] = found(data)
	}
	k.words["log"] = found(left.log)
	return k, nil
}

// look decodes every picture that the two agents were sent, and adds to each case what its pictures show.
func (p *pair) look(ctx context.Context) error {
	byName := map[string]*result{}
	for _, r := range p.results {
		byName[r.name] = r
	}
	for _, st := range p.stages() {
		for _, g := range get(st.agent, func() []*generation { return st.agent.streams }) {
			if len(g.chunks) == 0 {
				continue
			}
			all, err := pictures(ctx, g)
			if err != nil {
				return err
			}
			for i, s := range all {
				r := byName[g.chunks[i].during]
				if s.marker >= 0 && s.marker < len(p.results) {
					r = p.results[s.marker]
				}
				if r != nil {
					r.count(s, st == p.control)
				} else if st == p.guarded {
					p.between++
				}
			}
		}
		for _, r := range p.results {
			if st == p.guarded && r.leaking > 0 {
				r.leak("%d of %d pictures show the secret, %d pixels in the worst", r.leaking, r.frames, r.worst)
			}
		}
		for _, l := range get(st.agent, func() []said { return st.agent.leaks }) {
			r := byName[l.during]
			switch {
			case r == nil:
			case st == p.control:
				r.said++
			default:
				r.told++
				r.leak("the agent was told %s by %s", l.secret, l.kind)
			}
		}
	}
	return nil
}

func (r *result) count(s seen, control bool) {
	if control {
		r.shown = max(r.shown, s.secret)
		return
	}
	r.frames++
	if r.kind == "block" {
		return // nothing in it is secret: a visited link may have any colour
	}
	r.worst = max(r.worst, s.secret)
	if s.secret >= leaked {
		r.leaking++
	}
	if s.marker >= 0 {
		r.painted = true
		r.kept = max(r.kept, s.keep)
	}
}

// judgeMask says what is wrong with a case, by what its pictures and messages were.
func (r *result) judgeMask(c maskCase) {
	if !c.unseen && r.shown < shows {
		r.problem("control: at most %d pixels of the secret: the case proves nothing", r.shown)
	}
	if c.says && r.said == 0 {
		r.problem("control: the agent was not told the secret: the case proves nothing")
	}
	if c.closed == "" && !r.painted && c.residual == "" {
		r.problem("no picture shows the page")
	}
	if c.keep && r.kept < shows {
		r.problem("what must stay visible is not: %d pixels", r.kept)
	}
}
