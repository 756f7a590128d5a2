package record

import "time"

// maxDrift is how far the encoder's clock may be from the wall clock before it is set anew: after a restart of the
// encoder, or when a picture of a page at rest repeats an old time.
const maxDrift = 500 * time.Millisecond

// clock is the recording's: it starts with the first picture. Guarded by the recorder's mu.
type clock struct {
	start time.Time     // wall clock at the first picture; zero before it
	base  time.Duration // of the encoder's clock at start
	last  time.Duration // of the last picture
}

// now is the present time of the recording; 0 before the first picture.
func (c *clock) now() time.Duration {
	if c.start.IsZero() {
		return 0
	}
	return time.Since(c.start)
}

// picture returns the time of a picture that has just come, strictly later than the one before.
func (c *clock) picture(timestamp time.Duration) time.Duration {
	if c.start.IsZero() {
		c.start, c.base = time.Now(), timestamp
		return 0
	}
	at, now := timestamp-c.base, c.now()
	if at < now-maxDrift || at > now+maxDrift {
		at, c.base = now, timestamp-now
	}
	c.last = max(at, c.last+time.Microsecond)
	return c.last
}
