package leaktest

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// repeats is how often cases of navigation and windows are played on a busy machine by `make leaktest`.
const repeats = 50

// share of the corpus is what each change plays: one in so many.
const share = 4

// TestLeaks plays its share of the corpus. With LEAKTEST=all it plays all of it; with that and with LEAKTEST=share it also repeats cases
// of navigation and windows on a busy machine and writes the report.
func TestLeaks(t *testing.T) {
	mode := os.Getenv("LEAKTEST")
	all, writes := mode == "all", mode != ""
	seed := seedOf(t)
	masks, blocks := chosen(all, seed)
	t.Logf("seed %d: %d mask cases, %d block cases", seed, len(masks), len(blocks))
	if len(masks)+len(blocks) == 0 {
		t.Fatal("no case has such a name")
	}
	begin := time.Now()
	s := newSite(t)
	rep := &report{seed: seed}
	for _, plan := range stagePlans {
		ms := slices.DeleteFunc(slices.Clone(masks), func(c maskCase) bool { return stageOf(c) != plan.name })
		bs := slices.DeleteFunc(slices.Clone(blocks), func(c blockCase) bool { return c.stage != plan.name })
		if len(ms)+len(bs) > 0 {
			p := playStage(t, s, plan, ms, bs, settleTime)
			rep.add(p)
			ms = slices.DeleteFunc(ms, func(c maskCase) bool { return p.proves(t, c.name) })
			bs = slices.DeleteFunc(bs, func(c blockCase) bool { return p.proves(t, c.name) })
			if len(ms)+len(bs) > 0 {
				rep.add(p.slower(playStage(t, s, plan, ms, bs, patientTime)))
			}
		}
	}
	if writes {
		rep.again = repeatAll(t, s, masks, blocks)
	}
	rep.took = time.Since(begin)
	rep.check(t)
	if writes {
		rep.write(t)
	}
}

// stageOf is where a case is played. The ordinary sites have a taller page, so that all of it is in view; what a hidden field held is
// hidden in the whole session, so fields are not where texts are to be found without such help.
func stageOf(c maskCase) string {
	switch {
	case kindOf(c.name) == "site":
		return "sites"
	case c.stage == "" && (strings.HasPrefix(c.name, "in-") || strings.HasPrefix(c.name, "say-password")):
		return "fields"
	}
	return c.stage
}

// inOrder plays what is about words first: the session remembers what it has hidden, and hides it in words from then on.
func inOrder(ms []maskCase) {
	slices.SortStableFunc(ms, func(a, b maskCase) int {
		switch {
		case a.says == b.says:
			return 0
		case a.says:
			return -1
		}
		return 1
	})
}

// playStage plays cases in one session and its control, and looks at everything that left them.
func playStage(t *testing.T, s *site, plan stagePlan, ms []maskCase, bs []blockCase, settle time.Duration) *pair {
	p := &pair{settle: settle}
	p.guarded = open(t, s, "guarded"+plan.name, plan.policy(), plan.viewport)
	p.control = open(t, s, "control"+plan.name, nothing(), plan.viewport)
	p.control.isControl = true
	inOrder(ms)
	for _, c := range ms {
		p.mask(c)
	}
	for _, c := range bs {
		p.block(c)
	}
	if err := p.end(t.Context()); err != nil {
		t.Fatalf("stage %q: %v", plan.name, err)
	}
	for i, c := range ms {
		p.results[i].judgeMask(c)
	}
	return p
}

// proves tells whether something could be said of a case. On a busy machine a control's picture may come when the next case has begun, or a
// hand may come when its page is covered: such a case is played once more.
func (p *pair) proves(t *testing.T, name string) bool {
	problems := p.byName(name).problems
	if len(problems) > 0 {
		t.Logf("once more: %s: %v", name, problems)
	}
	return len(problems) == 0
}

// slower takes over what a second, slower play has to say of them. What leaked in the first play stays a leak.
func (p *pair) slower(again *pair) *pair {
	for _, r := range again.results {
		p.byName(r.name).problems = nil
	}
	return again
}

// repeatAll plays the cases of navigation and windows again and again while something else takes the processors.
func repeatAll(t *testing.T, s *site, masks []maskCase, blocks []blockCase) *pair {
	stop := load(t)
	defer stop()
	p := &pair{settle: settleTime}
	p.guarded = open(t, s, "again", usual(), desktop)
	for _, c := range masks {
		for i := 0; c.repeat && i < count(); i++ {
			p.maskAgain(c, i)
		}
	}
	for _, c := range blocks {
		for i := 0; c.repeat && i < count(); i++ {
			p.blockAgain(c, i)
		}
	}
	if err := p.end(t.Context()); err != nil {
		t.Fatalf("again: %v", err)
	}
	return p
}

func count() int {
	if n, err := strconv.Atoi(os.Getenv("LEAKTEST_REPEATS")); err == nil {
		return n
	}
	return repeats
}

// load keeps two processors busy until stop is called.
func load(t *testing.T) (stop func()) {
	var busy []*exec.Cmd
	for range 2 {
		c := exec.Command("sh", "-c", "while :; do :; done")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		busy = append(busy, c)
	}
	return func() {
		for _, c := range busy {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	}
}

// seedOf is LEAKTEST_SEED, else it comes from the commit: each change plays another share, and every run of it the same.
func seedOf(t *testing.T) uint64 {
	if n, err := strconv.ParseUint(os.Getenv("LEAKTEST_SEED"), 10, 64); err == nil {
		return n
	}
	commit, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		t.Logf("no commit to take the seed from: %v", err)
		return 1
	}
	h := fnv.New64a()
	_, _ = h.Write(commit)
	return h.Sum64() % 1_000_000
}

// chosen are the cases to play: all, a share, or those that LEAKTEST_CASES names.
func chosen(all bool, seed uint64) ([]maskCase, []blockCase) {
	masks, blocks := allMasks(), allBlocks()
	if only := os.Getenv("LEAKTEST_CASES"); only != "" {
		names := regexp.MustCompile(only)
		return slices.DeleteFunc(masks, func(c maskCase) bool { return !names.MatchString(c.name) }),
			slices.DeleteFunc(blocks, func(c blockCase) bool { return !names.MatchString(c.name) })
	}
	if all {
		return masks, blocks
	}
	return part(masks, seed), part(blocks, seed)
}

// part picks a share of a shuffled list and leaves it in its order.
func part[T any](list []T, seed uint64) []T {
	order := rand.New(rand.NewPCG(seed, 3)).Perm(len(list))
	picked := order[:(len(list)+share-1)/share]
	slices.Sort(picked)
	var out []T
	for _, i := range picked {
		out = append(out, list[i])
	}
	return out
}

// TestCorpus: names are unique, and every known hole stands in SECURITY.md.
func TestCorpus(t *testing.T) {
	known, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(string(known)), " ")
	seen := map[string]bool{}
	check := func(name, residual string) {
		if seen[name] {
			t.Errorf("two cases are named %s", name)
		}
		seen[name] = true
		if residual != "" && !strings.Contains(plain, residual) {
			t.Errorf("%s: SECURITY.md does not say %q", name, residual)
		}
	}
	masks, blocks := allMasks(), allBlocks()
	sites := 0
	for _, c := range masks {
		check(c.name, c.residual)
		if kindOf(c.name) == "site" {
			sites++
		}
	}
	for _, c := range blocks {
		check("block "+c.name, c.residual)
	}
	if len(masks)-sites < 150 || len(blocks) < 100 || sites < 20 {
		t.Errorf("%d mask cases, %d block cases, %d sites", len(masks)-sites, len(blocks), sites)
	}
}

// TestFound: the search finds a secret in every form in which words may carry it.
func TestFound(t *testing.T) {
	for _, s := range []string{
		"4111 1111 1111 1111", "4111-1111-1111-1111", "x%34111111111111111", `{"a":"\u0034111111111111111"}`, "ana%2540example.com", "４１１１１１１１１１１１１１１１",
		"ana&#64;example.com", "WASSERMELONE", "/u/4111/1111/1111/1111",
	} {
		if len(found([]byte(s))) == 0 {
			t.Errorf("nothing is found in %q", s)
		}
	}
	if hits := found([]byte(`{"x":411.1,"title":"case"}`)); len(hits) > 0 {
		t.Errorf("found %v in nothing", hits)
	}
}

func (r *report) add(p *pair) { r.pairs = append(r.pairs, p) }

// check fails the test for every leak that is not known and every case that proves nothing.
func (r *report) check(t *testing.T) {
	for _, p := range r.everything() {
		for _, c := range p.results {
			for _, problem := range c.problems {
				t.Errorf("%s: %s", c.name, problem)
			}
			for _, leak := range c.leaks {
				if known := c.residual + c.open; known != "" {
					t.Logf("%s: %s (known: %s)", c.name, leak, known)
				} else {
					t.Errorf("LEAK %s: %s", c.name, leak)
				}
			}
			if known := c.residual + c.open; known != "" && len(c.leaks) == 0 {
				t.Logf("%s holds, although it is listed: %s", c.name, known)
			}
		}
		for name, n := range p.guardedRemains.leaking {
			if c := p.byName(name); c == nil || c.residual+c.open == "" {
				t.Errorf("LEAK %s: %d recorded pictures show the secret", name, n)
			}
		}
		for what, secrets := range p.guardedRemains.words {
			if len(secrets) > 0 && !p.knownWords() {
				t.Errorf("LEAK: the %s holds %v", what, secrets)
			}
		}
		if p.control != nil && p.controlRemains.frames > 0 && p.leaksPictures() && len(p.controlRemains.leaking) == 0 {
			t.Error("control: the recording shows no secret: its pictures prove nothing")
		}
	}
	for _, p := range r.pairs {
		if len(p.falsely) > 0 {
			t.Logf("hidden without need: %q", p.falsely)
		}
	}
	t.Logf("%+v", r.figures())
}
