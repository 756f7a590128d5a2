package console

import (
	"fmt"
	"slices"
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestTheSharedBrowsersSettings are published as rules are; what cannot work is refused at its field.
func TestTheSharedBrowsersSettings(t *testing.T) {
	w := start(t)
	p := people.New(t, "marta", desk)
	p.Open(w.link())
	p.Hears("What is hidden")
	people.Eval[bool](p, `location.hash = 'browser', true`)
	p.See("#ports")
	p.Shot("browser")
	p.Click("#mobile-agent")
	rewrite(p, "#max-tabs", "25")
	rewrite(p, "#ports", "8443, 3306")
	p.Hears("3 changes are not published")
	p.Click("#publish")
	p.Reads("#ports-problem", "3306: This is not a port")
	rewrite(p, "#ports", "8443, 9443")
	p.Click("#publish")
	p.Reads("#max-tabs-problem", "from 1 to 20")
	p.Shot("browser-refused")
	p.Accessible()
	rewrite(p, "#max-tabs", "4")
	rewrite(p, "#refused-files", "exe, iso")
	p.See("#usual-files")
	p.Click("#publish")
	p.Hears("Published as version")
	got := w.policy()
	if got.MaxTabs != 4 || got.SaysPhone() || !slices.Equal(got.Ports, []int{8443, 9443}) || !slices.Equal(got.RefusedFiles, []string{"exe", "iso"}) {
		t.Errorf("published: %+v", got)
	}
	p.Shot("browser-published")
	people.Eval[bool](p, `location.hash = 'versions', true`)
	p.Hears("Files that pass neither way")
	people.Eval[bool](p, `location.hash = 'browser', true`)
	p.Click("#usual-files")
	p.Click("#publish")
	p.Hears("Published as version")
	if got := w.policy(); got.RefusedFiles != nil {
		t.Errorf("refused files: %q", got.RefusedFiles)
	}
}

// rewrite puts a text in the place of what a field says.
func rewrite(p *people.Person, selector, text string) {
	people.Eval[bool](p, fmt.Sprintf(`document.querySelector(%q).select(), true`, selector))
	p.Type(text)
}
