package leaktest

import (
	"os"
	"regexp"
	"testing"
	"time"
)

func TestLeaks(t *testing.T) {
	pick := regexp.MustCompile(os.Getenv("LEAKTEST_CASES"))
	s := newSite(t)
	masks := append(append(append(append([]maskCase{}, ruleCases...), fieldCases...), textCases...), loadingCases...)
	masks = append(append(append(append(masks, moreRuleCases...), moreFieldCases...), moreTextCases...), wordCases...)
	masks = append(masks, deeperCases...)
	blocks := append(append(append(append([]blockCase{}, blockCases...), submitCases...), moreBlockCases...), moreSubmitCases...)
	blocks = append(blocks, deeperBlocks...)
	for _, plan := range stagePlans {
		var ms []maskCase
		for _, c := range masks {
			if c.stage == plan.name && pick.MatchString(c.name) {
				ms = append(ms, c)
			}
		}
		var bs []blockCase
		for _, c := range blocks {
			if c.stage == plan.name && pick.MatchString(c.name) {
				bs = append(bs, c)
			}
		}
		if len(ms)+len(bs) == 0 {
			continue
		}
		begin := time.Now()
		p := &pair{}
		p.guarded = open(t, s, "guarded"+plan.name, plan.policy(), plan.viewport)
		p.control = open(t, s, "control"+plan.name, nothing(), plan.viewport)
		p.control.isControl = true
		t.Logf("opened in %v", time.Since(begin))
		for _, c := range ms {
			b := time.Now()
			if r := p.mask(c); len(r.problems) > 0 && os.Getenv("STOP") != "" {
				t.Fatalf("%s: %v\n%s", r.name, r.problems, p.guarded.log.Bytes())
			}
			if os.Getenv("V") != "" {
				t.Logf("%s %v", c.name, time.Since(b))
			}
		}
		t.Logf("masks in %v", time.Since(begin))
		for _, c := range bs {
			b := time.Now()
			p.block(c)
			if os.Getenv("V") != "" {
				t.Logf("%s %v", c.name, time.Since(b))
			}
		}
		t.Logf("played in %v", time.Since(begin))
		b := time.Now()
		if err := p.end(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("decoded in %v", time.Since(b))
		for i, c := range ms {
			p.results[i].judgeMask(c)
		}
		frames, worst, low := 0, 0, 1<<30
		for _, r := range p.results {
			frames += r.frames
			worst = max(worst, r.worst)
			if r.kind == "mask" {
				low = min(low, r.shown)
			}
			for _, x := range r.problems {
				t.Errorf("%s: %s", r.name, x)
			}
		}
		t.Logf("remains %+v, of the control %+v", p.guardedRemains, p.controlRemains)
		t.Logf("%d cases, %d frames, worst %d, lowest control %d", len(p.results), frames, worst, low)
	}
}
