package cobrowse_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestTheWayThrough(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer := sc.join(ana)
		welcome := only[cobrowse.Welcome](customer.heard())
		if len(welcome) != 1 || welcome[0].State != cobrowse.StateRequested || !welcome[0].Recording.Possible || welcome[0].Recording.On {
			t.Fatalf("welcome: %+v", welcome)
		}
		if err := customer.do(cobrowse.Consent{Granted: true}); reasonOf(err) != "not_claimed" {
			t.Errorf("consent to nobody: %v", err)
		}
		sc.claim()
		sc.is(cobrowse.StateWaiting)
		states := only[cobrowse.StateChanged](customer.heard())
		if len(states) != 2 || states[0].AgentName != "Bo" || states[1].State != cobrowse.StateWaiting {
			t.Errorf("the customer hears %+v", states)
		}
		agent := sc.join(bo)
		if got := agent.heard(); len(only[cobrowse.TabsChanged](got)) != 0 || len(only[cobrowse.PictureConfig](got)) != 0 {
			t.Error("the agent sees something before the customer consented")
		}
		customer.must(cobrowse.Consent{Granted: true, Recording: true})
		sc.b.Gate(true, "")
		sc.b.Picture(true, "one")
		for _, v := range []*viewer{customer, agent} {
			got := v.heard()
			if len(only[cobrowse.TabsChanged](got)) == 0 || !slices.Equal(pictures(got), []string{"one"}) {
				t.Errorf("%s sees %v", v.Name, pictures(got))
			}
			last := only[cobrowse.StateChanged](got)
			if n := len(last); n == 0 || last[n-1].Reason != "recording" || !last[n-1].Recording.On {
				t.Errorf("%s does not learn of the recording: %+v", v.Name, last)
			}
		}
		customer.must(cobrowse.Pause{})
		sc.is(cobrowse.StatePaused)
		customer.must(cobrowse.Resume{})
		sc.is(cobrowse.StateLive)
		time.Sleep(10 * time.Second)
		agent.must(cobrowse.End{Outcome: "solved", Note: "fine, secret"})
		result := sc.over()
		if result.State != cobrowse.StateEnded || result.Recording == nil || result.Summary.Outcome != "solved" || result.Summary.Note != "fine, •••" {
			t.Errorf("result: %+v", result)
		}
		for _, v := range []*viewer{customer, agent} {
			got := v.heard()
			if last, ok := got[len(got)-1].(cobrowse.Ended); !ok || last.By != cobrowse.RoleAgent || last.Seconds != 10 || last.Outcome != "solved" {
				t.Errorf("%s hears last: %+v", v.Name, got[len(got)-1])
			}
		}
		want := []cobrowse.State{cobrowse.StateProvisioning, cobrowse.StateWaiting, cobrowse.StateLive, cobrowse.StatePaused, cobrowse.StateLive, cobrowse.StateEnding}
		if !slices.Equal(sc.states, want) {
			t.Errorf("stored states %v, want %v", sc.states, want)
		}
		if !sc.b.Gone() || !sc.rec.Closed() {
			t.Error("browser or recorder is still open")
		}
		if err := customer.do(cobrowse.Pause{}); !errors.Is(err, cobrowse.ErrOver) {
			t.Errorf("after the end: %v", err)
		}
		if _, err := sc.s.Attach(sc.t.Context(), ana, cobrowse.Viewer{}); !errors.Is(err, cobrowse.ErrOver) {
			t.Errorf("joining after the end: %v", err)
		}
	})
}

func TestConsentBeforeTheBrowserIsReady(t *testing.T) {
	play(t, func(_ *cobrowse.Config, sc *scene) { sc.launch = make(chan error) }, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		customer.must(cobrowse.Consent{Granted: true})
		sc.is(cobrowse.StateProvisioning)
		sc.launch <- nil
		sc.is(cobrowse.StateLive)
		if len(sc.rec.Events()) != 0 {
			t.Error("recorded without consent to it")
		}
	})
}

func TestRecordingAsPartOfConsent(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.RecordAlways = true }, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		customer.must(cobrowse.Consent{Granted: true})
		if len(sc.tracked("joined")) != 1 {
			t.Error("not recorded")
		}
	})
}

func TestEndings(t *testing.T) {
	tests := map[string]struct {
		change func(*cobrowse.Config, *scene)
		act    func(*scene)
		by     cobrowse.Role
		reason string
		state  cobrowse.State
	}{
		"nobody claims": {nil, func(*scene) { time.Sleep(15 * time.Minute) }, cobrowse.RoleSystem, "expired", cobrowse.StateEnded},
		"customer never comes": {nil, func(sc *scene) {
			sc.claim()
			sc.join(bo)
			time.Sleep(15 * time.Minute)
		}, cobrowse.RoleSystem, "expired", cobrowse.StateEnded},
		"customer left before the claim": {nil, func(sc *scene) {
			sc.join(ana).leave()
			sc.claim()
			sc.join(bo)
			time.Sleep(5 * time.Minute)
		}, cobrowse.RoleCustomer, "customer_left", cobrowse.StateEnded},
		"customer never answers": {nil, func(sc *scene) {
			sc.join(ana)
			sc.claim()
			sc.join(bo)
			time.Sleep(15 * time.Minute)
		}, cobrowse.RoleSystem, "expired", cobrowse.StateEnded},
		"customer declines": {nil, func(sc *scene) {
			customer := sc.join(ana)
			sc.claim()
			customer.must(cobrowse.Consent{})
		}, cobrowse.RoleCustomer, "declined", cobrowse.StateEnded},
		"customer ends": {nil, func(sc *scene) {
			customer, _ := sc.live()
			customer.must(cobrowse.End{})
		}, cobrowse.RoleCustomer, "ended", cobrowse.StateEnded},
		"customer ends while paused": {nil, func(sc *scene) {
			customer, _ := sc.live()
			customer.must(cobrowse.Pause{})
			customer.must(cobrowse.End{})
		}, cobrowse.RoleCustomer, "ended", cobrowse.StateEnded},
		"customer stays away": {nil, func(sc *scene) {
			customer, _ := sc.live()
			customer.leave()
			time.Sleep(5 * time.Minute)
		}, cobrowse.RoleCustomer, "customer_left", cobrowse.StateEnded},
		"agent stays away": {nil, func(sc *scene) {
			_, agent := sc.live()
			agent.leave()
			time.Sleep(5 * time.Minute)
		}, cobrowse.RoleAgent, "agent_left", cobrowse.StateEnded},
		"agent never comes": {nil, func(sc *scene) {
			sc.join(ana)
			sc.claim()
			time.Sleep(5 * time.Minute)
		}, cobrowse.RoleAgent, "agent_left", cobrowse.StateEnded},
		"limit": {func(c *cobrowse.Config, _ *scene) { c.Limits.Live = time.Hour }, func(sc *scene) {
			sc.live()
			time.Sleep(time.Hour)
		}, cobrowse.RoleSystem, "limit", cobrowse.StateEnded},
		"shutdown while live": {nil, func(sc *scene) {
			sc.live()
			sc.stop()
		}, cobrowse.RoleSystem, "shutdown", cobrowse.StateEnded},
		"shutdown while the browser starts": {func(_ *cobrowse.Config, sc *scene) { sc.launch = make(chan error) }, func(sc *scene) {
			sc.claim()
			sc.stop()
		}, cobrowse.RoleSystem, "shutdown", cobrowse.StateEnded},
		"browser does not start": {func(_ *cobrowse.Config, sc *scene) { sc.launch = make(chan error, 1) }, func(sc *scene) {
			sc.launch <- errors.New("no memory")
			sc.claim()
		}, cobrowse.RoleSystem, "failed", cobrowse.StateFailed},
		"browser is lost": {nil, func(sc *scene) {
			sc.live()
			sc.b.Emit(cobrowse.LostEvent{})
		}, cobrowse.RoleSystem, "failed", cobrowse.StateFailed},
		"browser is gone": {nil, func(sc *scene) {
			sc.live()
			sc.b.Crash()
		}, cobrowse.RoleSystem, "failed", cobrowse.StateFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, test.change, func(sc *scene) {
				test.act(sc)
				r := sc.over()
				if r.Summary.EndedBy != test.by || r.Summary.EndReason != test.reason || r.State != test.state || sc.s.State() != test.state {
					t.Errorf("ended by %s: %s, %s", r.Summary.EndedBy, r.Summary.EndReason, r.State)
				}
				if n := len(sc.states); n == 0 || sc.states[n-1] != cobrowse.StateEnding {
					t.Errorf("stored states %v", sc.states)
				}
			})
		})
	}
}

func TestClaim(t *testing.T) {
	play(t, nil, func(sc *scene) {
		if _, err := sc.s.Attach(sc.t.Context(), bo, cobrowse.Viewer{}); reasonOf(err) != "not_claimed" {
			t.Errorf("joining before claiming: %v", err)
		}
		if err := sc.s.Claim(sc.t.Context(), ana, ""); reasonOf(err) != "not_agent" {
			t.Errorf("a customer claims: %v", err)
		}
		sc.claim()
		sc.claim()
		other := cobrowse.Participant{ID: "a2", Role: cobrowse.RoleAgent}
		if err := sc.s.Claim(sc.t.Context(), other, ""); reasonOf(err) != "claimed" {
			t.Errorf("another agent claims: %v", err)
		}
		if _, err := sc.s.Attach(sc.t.Context(), other, cobrowse.Viewer{}); reasonOf(err) != "not_invited" {
			t.Errorf("another agent joins: %v", err)
		}
		if opened := len(sc.b.Calls()); opened == 0 {
			t.Error("the browser was not made ready")
		}
	})
}

func TestNobodyUninvited(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		second := cobrowse.Participant{ID: "c2", Role: cobrowse.RoleCustomer}
		if _, err := sc.s.Attach(sc.t.Context(), second, cobrowse.Viewer{}); reasonOf(err) != "not_invited" {
			t.Errorf("a second customer: %v", err)
		}
		sc.join(sue)
		for _, v := range []*viewer{customer, agent} {
			list := only[cobrowse.ParticipantsChanged](v.heard())
			if len(list) != 1 || len(list[0].Participants) != 3 {
				t.Errorf("%s does not learn of the supervisor: %+v", v.Name, list)
			}
		}
	})
}

func TestRejoin(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		customer.leave()
		if list := only[cobrowse.ParticipantsChanged](agent.heard()); len(list) != 1 || list[0].Participants[0].Here {
			t.Errorf("the agent is not told: %+v", list)
		}
		if err := agent.do(click("t1")); reasonOf(err) != "customer_away" {
			t.Errorf("the agent acts while nobody can stop it: %v", err)
		}
		time.Sleep(5*time.Minute - time.Second)
		customer = sc.join(ana)
		time.Sleep(10 * time.Minute)
		sc.is(cobrowse.StateLive)
		sc.b.Picture(false, "needs the one before")
		sc.b.Picture(true, "whole")
		got := customer.heard()
		if w, ok := got[0].(cobrowse.Welcome); !ok || w.State != cobrowse.StateLive {
			t.Errorf("first comes %+v", got[0])
		}
		if !slices.Equal(pictures(got), []string{"whole"}) {
			t.Errorf("the picture comes back with %v", pictures(got))
		}
		if len(only[cobrowse.TabsChanged](got)) != 1 {
			t.Error("no tabs")
		}
	})
}

func TestOpenedElsewhere(t *testing.T) {
	play(t, nil, func(sc *scene) {
		first, agent := sc.live()
		second := sc.join(ana)
		if err := first.a.Cause(); !errors.Is(err, cobrowse.ErrReplaced) {
			t.Errorf("the first window: %v", err)
		}
		first.leave() // its socket is closed now: the second one stays
		second.heard()
		if len(agent.heard()) != 0 {
			t.Error("the agent is told of a change that is none")
		}
		second.must(click("t1"))
	})
}

func TestSlowPerson(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		a, err := sc.s.Attach(sc.t.Context(), sue, cobrowse.Viewer{Codecs: allCodecs})
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			time.Sleep(40 * time.Millisecond)
			agent.must(cobrowse.Point{Tab: "t1", X: 1, Y: 1})
		}
		if err := a.Cause(); err != nil {
			t.Fatalf("cursors, of which only the newest counts, filled the queue: %v", err)
		}
		for range 600 {
			sc.b.Emit(cobrowse.DialogEvent{Tab: "t1", Kind: "alert"})
			synctest.Wait()
		}
		if err := a.Cause(); !errors.Is(err, cobrowse.ErrTooSlow) {
			t.Errorf("not closed: %v", err)
		}
		if agent.a.Cause() != nil {
			t.Error("the agent suffers from it")
		}
		a.Close()
	})
}

func TestNoInputIsLost(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		goOn := sc.b.Hang()
		var err error
		accepted := 0
		for err == nil && accepted < 1000 {
			if err = agent.do(click("t1")); err == nil {
				accepted++
			}
		}
		if !errors.Is(err, cobrowse.ErrTooMuch) || !errors.Is(agent.a.Cause(), cobrowse.ErrTooMuch) {
			t.Fatalf("after %d clicks: %v, %v", accepted, err, agent.a.Cause())
		}
		if customer.a.Cause() != nil {
			t.Error("the customer is closed too")
		}
		goOn()
		synctest.Wait()
		if got := len(sc.b.Inputs(cobrowse.RoleAgent)); got != accepted {
			t.Errorf("%d of %d clicks were carried out", got, accepted)
		}
		agent.leave()
	})
}

func TestMovesCoalesce(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, _ := sc.live()
		goOn := sc.b.Hang()
		customer.must(click("t1"))
		for x := range 50 {
			customer.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputMove, X: float64(x)}})
		}
		customer.must(input("t1", cobrowse.InputUp))
		goOn()
		synctest.Wait()
		got := sc.b.Inputs(cobrowse.RoleCustomer)
		if len(got) != 3 || got[1].X != 49 || got[2].Kind != cobrowse.InputUp {
			t.Errorf("carried out: %+v", got)
		}
	})
}
