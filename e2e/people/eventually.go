package people

import (
	"testing"
	"time"
)

// Eventually looks again until it holds, for a minute at most; for what is outside of the browsers and nobody tells of.
func Eventually(t testing.TB, what string, holds func() error) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); ; {
		err := holds()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: %v", what, err)
		}
	}
}
