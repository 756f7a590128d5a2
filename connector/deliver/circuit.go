package deliver

import (
	"context"
	"time"
)

const (
	// opensAfter failures in a row an organisation is paused: it is down, and trying each row only makes it worse.
	opensAfter = 3
	maxPause   = time.Minute
)

// circuit is what this worker knows of one organisation, which several companies may share. It belongs to the loop of Run.
type circuit struct {
	running  int
	failures int       // in a row
	pause    time.Time // nothing before this
}

// room is how many more deliveries may start. After a pause one goes first to see whether the desk is back.
func (c *circuit) room(now time.Time, limit int) int {
	if now.Before(c.pause) {
		return 0
	}
	if c.failures >= opensAfter {
		limit = 1
	}
	return max(0, limit-c.running)
}

// finished takes in how a delivery went.
func (c *circuit) finished(now time.Time, o outcome) {
	c.running--
	switch {
	case o.after > 0: // the desk said when to come back, and meant the whole organisation
		c.failures++
		c.pause = now.Add(o.after)
	case o.unreachable:
		c.failures++
		if c.failures >= opensAfter {
			c.pause = now.Add(min(maxPause, time.Second<<min(c.failures, 10)))
		}
	case o.answered:
		c.failures, c.pause = 0, time.Time{}
	}
}

// circuits finds the circuit of a company: its organisation's, or its own as long as its desk cannot be opened.
type circuits struct {
	byName    map[string]*circuit
	ofCompany map[string]string
}

func newCircuits() *circuits {
	return &circuits{byName: map[string]*circuit{}, ofCompany: map[string]string{}}
}

// of is the circuit of a company as far as known: its desk is asked the first time, later deliveries tell (learn).
func (c *circuits) of(ctx context.Context, company string, desks Desks) *circuit {
	if _, known := c.ofCompany[company]; !known {
		organisation := ""
		if d, err := desks(ctx, company); err == nil {
			organisation = d.Organisation()
		}
		c.learn(company, organisation)
	}
	name := c.ofCompany[company]
	if c.byName[name] == nil {
		c.byName[name] = &circuit{}
	}
	return c.byName[name]
}

// learn takes in which organisation a company's desk is of by now; "" = the desk could not be opened.
func (c *circuits) learn(company, organisation string) {
	name := "organisation " + organisation
	if organisation == "" {
		name = "company " + company
	}
	c.ofCompany[company] = name
}
