package cobrowse_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestQuality(t *testing.T) {
	const fine, late = 42 * time.Millisecond, time.Second
	told := func(v *viewer) []cobrowse.QualityChanged { return only[cobrowse.QualityChanged](v.heard()) }
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		measures := func(v *viewer, roundTrip time.Duration, times int) {
			for range times {
				v.must(cobrowse.Measured{RoundTrip: roundTrip})
			}
		}
		steps := []struct {
			name            string
			do              func()
			customer, agent []cobrowse.QualityChanged
		}{
			{"measured", func() { measures(agent, fine, 3) }, nil, []cobrowse.QualityChanged{{Level: "good", RTT: 42}}},
			{"one odd answer", func() { measures(customer, late, 1); measures(customer, fine, 1) },
				[]cobrowse.QualityChanged{{Level: "good", RTT: 1000}, {Level: "good", RTT: 42}}, nil},
			{"slow", func() { measures(customer, late, 2) },
				[]cobrowse.QualityChanged{{Level: "good", RTT: 1000}, {Level: "slow", Reason: "you", RTT: 1000}},
				[]cobrowse.QualityChanged{{Level: "slow", Reason: "other", RTT: 42}}},
			{"one good answer", func() { measures(customer, late, 1); measures(customer, 990*time.Millisecond, 1) }, nil, nil},
			{"both", func() { measures(agent, late, 2) }, nil,
				[]cobrowse.QualityChanged{{Level: "slow", Reason: "other", RTT: 1000}, {Level: "slow", Reason: "you", RTT: 1000}}},
			{"good again", func() { measures(customer, fine, 2); measures(agent, fine, 2) },
				[]cobrowse.QualityChanged{{Level: "slow", Reason: "you", RTT: 42}, {Level: "slow", Reason: "other", RTT: 42}, {Level: "good", RTT: 42}},
				[]cobrowse.QualityChanged{{Level: "slow", Reason: "you", RTT: 42}, {Level: "good", RTT: 42}}},
			{"the host is busy", func() { sc.b.Emit(cobrowse.PictureEvent{Codec: "av1", FPS: 15, Reason: "load"}) },
				[]cobrowse.QualityChanged{{Level: "slow", Reason: "host", RTT: 42}}, []cobrowse.QualityChanged{{Level: "slow", Reason: "host", RTT: 42}}},
			{"the host keeps up", func() { sc.b.Emit(cobrowse.PictureEvent{Codec: "av1", FPS: 30}) },
				[]cobrowse.QualityChanged{{Level: "good", RTT: 42}}, []cobrowse.QualityChanged{{Level: "good", RTT: 42}}},
			{"lost", func() { customer.leave() }, nil, []cobrowse.QualityChanged{{Level: "reconnecting", Reason: "other", RTT: 42}}},
			{"back", func() { customer = sc.join(ana) }, []cobrowse.QualityChanged{{Level: "good"}}, []cobrowse.QualityChanged{{Level: "good", RTT: 42}}},
		}
		for _, step := range steps {
			step.do()
			if got := told(customer); !slices.Equal(got, step.customer) {
				t.Errorf("%s: the customer is told %+v, want %+v", step.name, got, step.customer)
			}
			if got := told(agent); !slices.Equal(got, step.agent) {
				t.Errorf("%s: the agent is told %+v, want %+v", step.name, got, step.agent)
			}
		}
	})
}

// TestPicturesLeftOutAreASlowConnection: its round trips may be short all the same. Who stalls gets fewer pictures and then the newest.
func TestPicturesLeftOutAreASlowConnection(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, _ := sc.live()
		a, err := sc.s.Attach(sc.t.Context(), bo, cobrowse.Viewer{Codecs: allCodecs}) // nobody reads it
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		sc.b.Picture(true, "first")
		for range 500 {
			sc.b.Picture(false, "motion")
		}
		sc.b.Picture(true, "newest")
		agent := &viewer{sc: sc, Participant: bo, a: a}
		go agent.read()
		if seen := pictures(agent.heard()); !slices.Equal(seen, []string{"newest"}) {
			t.Errorf("the agent sees %d pictures, from %q on", len(seen), seen[0])
		}
		customer.heard()
		agent.must(cobrowse.Measured{RoundTrip: time.Millisecond})
		if got := only[cobrowse.QualityChanged](customer.heard()); !slices.Equal(got, []cobrowse.QualityChanged{{Level: "slow", Reason: "other"}}) {
			t.Errorf("the customer is told %+v", got)
		}
		a.Close()
	})
}
