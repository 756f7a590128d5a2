package cobrowse_test

import (
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

func TestCodecs(t *testing.T) {
	vp9, h264 := []string{"vp09.00.40.08"}, []string{"avc1.42E028"}
	tests := map[string]struct {
		customer, agent []string
		want            string // how the video is encoded
		gets            string // what the agent sees: video, stills, or nothing and is told so
	}{
		"best of both":              {allCodecs, allCodecs, "av1", "video"},
		"the agent's wish":          {allCodecs, append(vp9, h264...), "vp9", "video"},
		"only one":                  {h264, allCodecs, "h264", "video"},
		"order of a page":           {append(h264, vp9...), allCodecs, "vp9", "video"},
		"none for the agent":        {vp9, []string{}, "vp9", "nothing"},
		"none in common":            {h264, []string{"av01.0.08M.08"}, "h264", "nothing"},
		"stills for the agent":      {allCodecs, []string{stream.Stills}, "av1", "stills"},
		"stills for the customer":   {[]string{stream.Stills}, vp9, "vp9", "video"},
		"stills for both":           {[]string{stream.Stills}, []string{stream.Stills}, "", "stills"},
		"stills for the odd one":    {h264, []string{"av01.0.08M.08", stream.Stills}, "h264", "stills"},
		"stills where none is best": {append(slices.Clone(vp9), stream.Stills), append(slices.Clone(allCodecs), stream.Stills), "vp9", "video"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, nil, func(sc *scene) {
				customer := sc.join(ana, test.customer...)
				sc.claim()
				agent := sc.join(bo, test.agent...)
				customer.must(cobrowse.Consent{Granted: true})
				sc.b.Gate(true, "")
				if last := encodedAs(sc); last != test.want {
					t.Errorf("encoded as %q, want %q", last, test.want)
				}
				sc.b.Picture(true, "video")
				sc.b.Still("stills")
				got := agent.heard()
				seen := append(pictures(got), "nothing")[0]
				if told := len(only[cobrowse.Failure](got)) == 1; seen != test.gets || told != (seen == "nothing") {
					t.Errorf("the agent sees %s, want %s; told of it: %v", seen, test.gets, told)
				}
			})
		})
	}
}

func encodedAs(sc *scene) string {
	last := ""
	for _, c := range sc.b.Calls() {
		if c.What == "picture" {
			last = c.Arg
		}
	}
	return last
}

// TestCodecChangesForWhoComes: those who are there go on seeing, in the new codec or as stills, and the recording goes on with them.
func TestCodecChangesForWhoComes(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer := sc.join(ana, append(slices.Clone(allCodecs), stream.Stills)...)
		sc.claim()
		agent := sc.join(bo, "av01.0.08M.08", stream.Stills)
		customer.must(cobrowse.Consent{Granted: true, Recording: true})
		sc.b.Gate(true, "")
		sc.b.Picture(true, "first")
		sc.b.Picture(false, "motion")
		customer.heard()
		agent.heard()
		customer.leave()
		customer = sc.join(ana, "avc1.42E028")
		if last := encodedAs(sc); last != "h264" {
			t.Errorf("encoded as %s", last)
		}
		sc.b.Picture(true, "second")
		sc.b.Still("second still")
		for who, want := range map[*viewer]string{customer: "second", agent: "second still"} {
			got := who.heard()
			configs := only[cobrowse.PictureConfig](got)
			if seen := pictures(got); !slices.Equal(seen, []string{want}) || len(only[cobrowse.Failure](got)) > 0 {
				t.Errorf("%s sees %v, want %s", who.Name, seen, want)
			}
			if stills := configs[len(configs)-1].Codec == stream.Stills; stills != (who == agent) {
				t.Errorf("%s is told of %+v", who.Name, configs)
			}
		}
		if seen := sc.rec.Pictures(); !slices.Equal(seen, []string{"first", "motion", "second"}) {
			t.Errorf("recorded: %v", seen)
		}
	})
}

// TestNobodySeesBeforeTheConsent: whatever becomes of the codec while people gather.
func TestNobodySeesBeforeTheConsent(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		agent := sc.join(bo, "av01.0.08M.08", stream.Stills)
		sc.b.Gate(true, "")
		customer.leave()
		sc.join(ana, "avc1.42E028")
		sc.b.Picture(true, "early")
		sc.b.Still("early")
		if seen := pictures(agent.heard()); len(seen) > 0 {
			t.Errorf("the agent sees %v", seen)
		}
	})
}
