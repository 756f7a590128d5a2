package cobrowse_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
)

// TestPeopleHearOfTheEndWhenItIsStored: until then nobody acts any more.
func TestPeopleHearOfTheEndWhenItIsStored(t *testing.T) {
	var stored chan struct{}
	var ending cobrowse.Result
	slow := func(c *cobrowse.Config, sc *scene) {
		c.OnEnding = func(r cobrowse.Result) {
			sc.mu.Lock()
			ending, sc.ending = r, &r
			sc.mu.Unlock()
			<-stored
		}
	}
	play(t, slow, func(sc *scene) {
		stored = make(chan struct{}) // of the bubble
		customer, agent := sc.live()
		agent.must(click("t1"))
		agent.must(cobrowse.End{Outcome: "solved", Note: "fine"})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Ended](v.heard()); len(got) != 0 {
				t.Errorf("%s hears of the end before it is stored", v.Name)
			}
		}
		if err := agent.do(click("t1")); !errors.Is(err, cobrowse.ErrOver) {
			t.Errorf("the agent still acts: %v", err)
		}
		sc.mu.Lock()
		if ending.State != cobrowse.StateEnded || ending.Summary.Outcome != "solved" || ending.Summary.Actions[cobrowse.RoleAgent] != 1 {
			t.Errorf("stored: %+v", ending)
		}
		sc.mu.Unlock()
		if sc.rec.Closed() || sc.b.Gone() {
			t.Error("something was closed before the end is stored")
		}
		close(stored)
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Ended](v.heard()); len(got) != 1 || got[0].Outcome != "solved" {
				t.Errorf("%s hears %+v", v.Name, got)
			}
		}
		sc.over()
	})
}

// TestAgentsSeeNothingOfTheEnding: it may take a moment to be stored.
func TestAgentsSeeNothingOfTheEnding(t *testing.T) {
	var stored chan struct{}
	play(t, func(c *cobrowse.Config, _ *scene) { c.OnEnding = func(cobrowse.Result) { <-stored } }, func(sc *scene) {
		stored = make(chan struct{}) // of the bubble
		customer, agent := sc.live()
		sc.b.Picture(true, "before")
		agent.heard()
		customer.must(cobrowse.End{})
		sc.b.Picture(true, "after")
		if seen := pictures(agent.heard()); len(seen) != 0 {
			t.Errorf("the agent sees %v", seen)
		}
		close(stored)
	})
}

// refusedRecorder cannot finish: the store is full or away.
type refusedRecorder struct{ *cobrowsetest.Recorder }

func (r refusedRecorder) Close() (cobrowse.Recording, error) {
	return cobrowse.Recording{Session: "s-1"}, errors.New("no space left")
}

// TestRecordingThatCannotBeFinishedIsNotForgotten: it can be tried again later.
func TestRecordingThatCannotBeFinishedIsNotForgotten(t *testing.T) {
	full := func(c *cobrowse.Config, sc *scene) {
		c.NewRecorder = func(context.Context) (cobrowse.Recorder, error) { return refusedRecorder{sc.rec}, nil }
	}
	play(t, full, func(sc *scene) {
		customer, _ := sc.live()
		customer.must(cobrowse.End{})
		if r := sc.over().Recording; r == nil || !r.Unfinished {
			t.Errorf("what remains of the recording: %+v", r)
		}
	})
}

// slowBrowser takes its time to close.
type slowBrowser struct {
	*cobrowsetest.Browser
	goOn chan struct{}
}

func (b slowBrowser) Close(ctx context.Context) error {
	<-b.goOn
	return b.Browser.Close(ctx)
}

// TestTheEndDoesNotWaitForTheBrowser: Chromium may hang, and what remains of the session is told all the same.
func TestTheEndDoesNotWaitForTheBrowser(t *testing.T) {
	var slow slowBrowser
	hang := func(c *cobrowse.Config, sc *scene) {
		slow = slowBrowser{sc.b, make(chan struct{})}
		c.Launch = func(context.Context) (cobrowse.Browser, error) { return slow, nil }
	}
	play(t, hang, func(sc *scene) {
		customer, _ := sc.live()
		customer.must(cobrowse.End{})
		synctest.Wait()
		sc.mu.Lock()
		if sc.result == nil || sc.result.Recording == nil {
			t.Errorf("told: %+v", sc.result)
		}
		sc.mu.Unlock()
		select {
		case <-sc.s.Done():
			t.Error("the session is done while its browser runs")
		default:
		}
		close(slow.goOn)
		sc.over()
	})
}
