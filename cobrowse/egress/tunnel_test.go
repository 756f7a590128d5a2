package egress

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// deadlineOf is a connection that keeps what it is told.
type deadlineOf struct {
	net.Conn
	at time.Time
}

func (d *deadlineOf) SetReadDeadline(at time.Time) error {
	d.at = at
	return nil
}

// TestIdleTimeFollowsNoWallClock: tunnels do not end because somebody sets the machine's clock.
func TestIdleTimeFollowsNoWallClock(t *testing.T) {
	conn, last := &deadlineOf{}, &atomic.Pointer[time.Time]{}
	noteTime(last)
	for range 2 { // as it was at first, and as it is after a byte
		if _, err := (&idleReader{conn: conn, r: strings.NewReader("a"), last: last}).Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(conn.at.String(), "m=") {
			t.Errorf("the deadline %v is of the wall clock", conn.at)
		}
	}
}
