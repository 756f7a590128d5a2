package people

import (
	"os"
	"path/filepath"
)

// Accessible lets axe judge the page or frame as it is now, and checks that it does not run out of its window.
func (p *Person) Accessible() {
	p.t.Helper()
	axe, err := os.ReadFile(filepath.Join("..", "..", "connector", "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		p.t.Fatalf("axe-core is not installed: run `make pages` (%v)", err)
	}
	Eval[bool](p, string(axe)+"\n;true")
	// A colour on its way to another one has whatever contrast.
	Eval[bool](p, `Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime !== Infinity)
  .map((a) => a.finished.catch(() => null))).then(() => true)`)
	found := Eval[[]string](p, `axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa'], iframes: false})
  .then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).join('; ')))`)
	for _, violation := range found {
		p.t.Errorf("%s: %s", p.Name, violation)
	}
	// A phone's innerWidth grows with what is too wide.
	if over := Eval[float64](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		p.t.Errorf("%s: the page is %v px wider than its window", p.Name, over)
	}
}
