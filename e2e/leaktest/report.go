package leaktest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// report is what a run of the corpus came to.
type report struct {
	pairs []*pair
	again *pair // the cases that were played again and again
	took  time.Duration
	seed  uint64
}

func (r *report) everything() []*pair {
	if r.again == nil {
		return r.pairs
	}
	return append(slices.Clone(r.pairs), r.again)
}

func (p *pair) byName(name string) *result {
	i := slices.IndexFunc(p.results, func(r *result) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return p.results[i]
}

// knownWords tells whether a case that is known to leak words was played.
func (p *pair) knownWords() bool {
	return slices.ContainsFunc(p.results, func(r *result) bool { return r.told > 0 && r.residual+r.open != "" })
}

// leaksPictures tells whether a case was played whose control must show something.
func (p *pair) leaksPictures() bool {
	return slices.ContainsFunc(p.results, func(r *result) bool { return r.shown >= shows })
}

// figures are the sums of a run.
type figures struct {
	masks, sites, blocks                                        int
	frames, recorded, messages, controlFrames, leaks, residuals int
	open, plays                                                 int
	text, hiddenWithoutNeed                                     int // characters of the ordinary sites
}

func (r *report) figures() figures {
	var f figures
	for _, p := range r.everything() {
		again := p == r.again
		f.frames += p.between
		f.recorded += p.guardedRemains.frames
		f.messages += get(p.guarded.agent, func() int { return p.guarded.agent.heard })
		if p.controlRemains != nil {
			f.controlFrames += p.controlRemains.frames
		}
		f.text += p.text
		f.hiddenWithoutNeed += p.hiddenWithoutNeed
		for _, c := range p.results {
			f.frames += c.frames
			f.plays++
			if again {
				if len(c.leaks) > 0 && c.residual+c.open == "" {
					f.leaks++
				}
				continue
			}
			switch c.kind {
			case "mask":
				f.masks++
			case "site":
				f.sites++
			case "block":
				f.blocks++
			}
			switch {
			case len(c.leaks) == 0:
			case c.residual != "":
				f.residuals++
			case c.open != "":
				f.open++
			default:
				f.leaks++
			}
		}
	}
	return f
}

// reportFile is the public page.
const reportFile = "../../docs/leaktest.md"

func (r *report) write(t testing.TB) {
	var b strings.Builder
	f := r.figures()
	fmt.Fprintf(&b, "# The proof: nothing private is painted, no blocked button is pressed\n\n"+
		"`make leaktest` plays every case of the corpus (`e2e/leaktest`) in a live session of the service, beside a control session without any rule. "+
		"In the control each page must show what it hides and each action must happen. Every picture sent to the agent is decoded, so is every picture of the recording; "+
		"every message, the event track, the summary and the log are searched. The last run wrote this page.\n\n")
	corpus, played := len(allMasks())+len(allBlocks()), f.masks+f.sites+f.blocks
	if played < corpus {
		fmt.Fprintf(&b, "**This run played %d of the corpus' %d cases, picked by seed %d.**\n\n", played, corpus, r.seed)
	}
	fmt.Fprintf(&b, "| | |\n|---|---|\n| mask cases | %d |\n| ordinary sites | %d |\n| block cases | %d |\n| plays, repetitions on a busy machine included | %d |\n", f.masks, f.sites, f.blocks, f.plays)
	fmt.Fprintf(&b, "| pictures sent to agents, all examined | %d |\n| recorded pictures, all examined | %d |\n| messages to agents, all searched | %d |\n", f.frames, f.recorded, f.messages)
	fmt.Fprintf(&b, "| leaks and bypasses beyond what is named below | %d |\n| cases of known residuals that leak or fire | %d |\n| open findings | %d |\n| time | %s |\n\n", f.leaks, f.residuals, f.open, r.took.Round(time.Second))
	if f.text > 0 {
		fmt.Fprintf(&b, "False masks on the ordinary sites: %d of %d characters of text that nobody called private, %.2f %%.\n\n", f.hiddenWithoutNeed, f.text, 100*float64(f.hiddenWithoutNeed)/float64(f.text))
	}
	r.known(&b)
	r.repeated(&b)
	r.table(&b)
	if err := os.WriteFile(reportFile, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a page of the documentation
		t.Fatal(err)
	}
}

// known lists what leaks and why.
func (r *report) known(b *strings.Builder) {
	list := func(title, intro string, reason func(*result) string) {
		by := map[string][]string{}
		for _, p := range r.pairs {
			for _, c := range p.results {
				if why := reason(c); why != "" {
					name := c.name
					if len(c.leaks) == 0 {
						name += " (held in this run)"
					}
					by[why] = append(by[why], name)
				}
			}
		}
		if len(by) == 0 {
			return
		}
		fmt.Fprintf(b, "## %s\n\n%s\n\n", title, intro)
		for _, why := range slices.Sorted(mapsKeys(by)) {
			fmt.Fprintf(b, "- %s: %s\n", why, strings.Join(by[why], ", "))
		}
		fmt.Fprintln(b)
	}
	list("Known residuals", "Each is told in plain words in SECURITY.md.", func(c *result) string { return c.residual })
	list("Open findings", "Found by this corpus and not closed yet.", func(c *result) string { return c.open })
}

func mapsKeys(m map[string][]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// repeated tells of the cases that were played again and again.
func (r *report) repeated(b *strings.Builder) {
	if r.again == nil {
		return
	}
	type sum struct{ plays, frames, leaks int }
	sums := map[string]*sum{}
	var names []string
	for _, c := range r.again.results {
		if sums[c.name] == nil {
			sums[c.name] = &sum{}
			names = append(names, c.name)
		}
		s := sums[c.name]
		s.plays++
		s.frames += c.frames
		s.leaks += min(1, len(c.leaks))
	}
	fmt.Fprintf(b, "## Navigation and windows on a busy machine\n\n| case | plays | pictures | leaking plays |\n|---|---|---|---|\n")
	for _, n := range names {
		fmt.Fprintf(b, "| %s | %d | %d | %d |\n", n, sums[n].plays, sums[n].frames, sums[n].leaks)
	}
	fmt.Fprintln(b)
}

// table lists every case.
func (r *report) table(b *strings.Builder) {
	fmt.Fprintf(b, "## Cases\n\nFor pages: pictures to the agent, and the pixels of the secret in the control's best. For actions: pictures, and what the agent achieved.\n\n| case | kind | pictures | control | result |\n|---|---|---|---|---|\n")
	for _, p := range r.pairs {
		for _, c := range p.results {
			control, outcome := fmt.Sprintf("%d px", c.shown), "held"
			if c.kind == "block" {
				control = "fires"
			} else if c.shown < shows {
				control = fmt.Sprintf("%d messages", c.said)
			}
			switch {
			case len(c.leaks) > 0 && c.residual != "":
				outcome = "residual"
			case len(c.leaks) > 0:
				outcome = "leaks"
			}
			fmt.Fprintf(b, "| %s | %s | %d | %s | %s |\n", c.name, c.kind, c.frames, control, outcome)
		}
	}
}
