package cobrowse

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, done := deadlines{}, []string{}
		add := func(name string, wait time.Duration) { d.in(name, wait, func() { done = append(done, name) }) }
		add("first", time.Second)
		add("second", time.Minute)
		d.run(time.Now())
		if len(done) > 0 {
			t.Errorf("%q too early", done)
		}
		time.Sleep(time.Second)
		d.run(time.Now())
		if got := strings.Join(done, " "); got != "first" || len(d) != 1 {
			t.Errorf("done is %q", got)
		}
	})
}

// TestTimeThatStoodStillDoesNotCount: whoever was to come back in it could not.
func TestTimeThatStoodStillDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, done := deadlines{}, 0
		d.in("gone customer", time.Minute, func() { done++ })
		d.in("live", time.Hour, func() { done++ })
		const stood = 10 * time.Minute
		time.Sleep(time.Minute + stood) // the timer fires only now
		d.run(time.Now())
		if done > 0 {
			t.Error("done the moment the process went on")
		}
		time.Sleep(overslept)
		d.run(time.Now())
		if done != 1 {
			t.Errorf("done %d times after that", done)
		}
		if at := d["live"].at; time.Until(at) != 59*time.Minute {
			t.Errorf("the other one is due in %v", time.Until(at))
		}
	})
}

// TestDeadlinesFollowNoWallClock: one that is a date in the database would come early or never when the machine's clock is set.
func TestDeadlinesFollowNoWallClock(t *testing.T) {
	s := Start(t.Context(), Config{ID: "s", ExpiresAt: time.Now().Add(time.Hour).Round(0)})
	defer s.End("test")
	err := s.call(t.Context(), func() error {
		for name, one := range s.deadlines {
			if !strings.Contains(one.at.String(), "m=") {
				t.Errorf("%s follows the wall clock", name)
			}
		}
		if len(s.deadlines) == 0 {
			t.Error("there is none")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
