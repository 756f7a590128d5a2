package deliver

import "time"

const (
	// opensAfter failures in a row a company is paused: its desk is down, and trying each row only makes it worse.
	opensAfter = 3
	maxPause   = time.Minute
)

// company is what this worker knows of one company's desk. It belongs to the loop of Run.
type company struct {
	running  int
	failures int       // in a row
	pause    time.Time // nothing before this
}

// room is how many more deliveries may start. After a pause one goes first to see whether the desk is back.
func (c *company) room(now time.Time, limit int) int {
	if now.Before(c.pause) {
		return 0
	}
	if c.failures >= opensAfter {
		limit = 1
	}
	return max(0, limit-c.running)
}

// finished takes in how a delivery went.
func (c *company) finished(now time.Time, o outcome) {
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
