package privacy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"cobrowse-connector/cobrowse"
)

// Classes are the kinds of data that can be masked by pattern.
var Classes = []string{"card", "iban", "cpf", "ssn", "nif", "email", "phone"}

// sitePattern is a host, or *. and a host: what the pages' scripts and Chromium's match patterns both understand.
var sitePattern = regexp.MustCompile(`^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// Validate says what is wrong with a policy in words for the person who wrote it. Compile refuses what Validate refuses.
func Validate(policy cobrowse.Policy) error {
	for _, class := range policy.PII {
		if !slices.Contains(Classes, class) {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_pii", "%q is not a kind of data; use %s", class, strings.Join(Classes, ", "))
		}
	}
	if err := validateSize(policy); err != nil {
		return err
	}
	if err := validateAddresses(policy); err != nil {
		return err
	}
	for _, p := range policy.Patterns {
		if p.ID == "" {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_id", "a rule has no id")
		}
		if _, err := compilePattern(p); err != nil {
			return err
		}
	}
	for _, m := range policy.Masks {
		if err := validateRule(m.ID, m.Site, m.Selector); err != nil {
			return err
		}
		if m.Selector == "" {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_selector", "mask rule %q has no selector", m.ID)
		}
	}
	for _, m := range policy.Modes {
		if m.Site != "" && !sitePattern.MatchString(m.Site) {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_site", "mode %q: %q is not a host such as shop.example or *.example", m.Mode, m.Site)
		}
		if m.Mode != ModeInputs && m.Mode != ModeText && m.Mode != ModeListed {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_mode", "%q is not a mode; use inputs, text or listed", m.Mode)
		}
	}
	for _, g := range policy.Guards {
		if err := validateRule(g.ID, g.Site, g.Selector); err != nil {
			return err
		}
		if err := validateGuard(g); err != nil {
			return err
		}
	}
	return nil
}

// Every document of a session carries all rules, so there are not too many of them.
const (
	mostRules     = 2000    // masks, and as many guards
	mostPatterns  = 50      // each is tried on every text
	mostModes     = 200     // sites
	mostSelectors = 200_000 // characters of all selectors, names and addresses together
)

func validateSize(p cobrowse.Policy) error {
	for _, n := range []struct {
		what     string
		got, max int
	}{{"mask rules", len(p.Masks), mostRules}, {"guard rules", len(p.Guards), mostRules}, {"patterns", len(p.Patterns), mostPatterns}, {"modes", len(p.Modes), mostModes}} {
		if n.got > n.max {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_size", "%d %s are too many: every page carries them all, and %d is the limit", n.got, n.what, n.max)
		}
	}
	size := 0
	for _, m := range p.Masks {
		size += len(m.Selector) + len(m.Site)
	}
	for _, g := range p.Guards {
		size += len(g.Selector) + len(g.Name) + len(g.Link) + len(g.Frame) + len(g.Site)
	}
	if size > mostSelectors {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_size", "the rules have %d characters together: every page carries them all, and %d is the limit", size, mostSelectors)
	}
	return nil
}

// validateGuard wants one thing to guard.
func validateGuard(g cobrowse.GuardRule) error {
	given := 0
	for _, is := range []bool{g.Selector != "", g.Name != "", g.Link != "", g.Frame != "", g.Downloads, g.Submits} {
		if is {
			given++
		}
	}
	switch {
	case given != 1 || g.Name != "" && fold(g.Name) == "":
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_guard",
			"guard rule %q needs one of: a selector, a name, a link, a frame's host, downloads, submits", g.ID)
	case g.Frame != "" && !sitePattern.MatchString(g.Frame):
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_guard", "guard rule %q: %q is not a host such as pay.example or *.example", g.ID, g.Frame)
	case g.Link != "" && !addressOK(g.Link):
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_guard", "guard rule %q: %q is not an address such as bank.example/transfer/*", g.ID, g.Link)
	}
	return nil
}

// addressOK accepts what cobrowse.PageRule does. A pattern of stars alone would keep agents from every link.
func addressOK(pattern string) bool {
	_, err := cobrowse.ParseAddress(pattern)
	return err == nil && strings.Trim(pattern, "*:/. ") != ""
}

func validateRule(id, site, selector string) error {
	if id == "" {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_id", "a rule has no id")
	}
	if site != "" && !sitePattern.MatchString(site) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_site", "rule %q: %q is not a host such as shop.example or *.example", id, site)
	}
	if selector != "" && !selectorOK(selector) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_selector", "rule %q: %q is not a CSS selector for elements", id, selector)
	}
	return nil
}

// selectorOK asks a CSS parser. What only the browser can know (an unknown pseudo class) the engine finds; it then never
// becomes ready, so such a rule fails closed.
func selectorOK(selector string) bool {
	if strings.ContainsAny(selector, "{};") || strings.Contains(selector, "::") || strings.Contains(selector, "/*") {
		return false
	}
	r := api.Transform(selector+"{top:0}", api.TransformOptions{Loader: api.LoaderCSS, LogLevel: api.LogLevelSilent, MinifyWhitespace: true})
	return len(r.Errors) == 0 && len(r.Warnings) == 0 && strings.HasSuffix(strings.TrimSpace(string(r.Code)), "{top:0}")
}
