package privacy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"cobrowse-connector/cobrowse"
)

// Classes are the kinds of data that can be masked by pattern.
var Classes = []string{"card", "iban", "cpf", "ssn", "email", "phone"}

// sitePattern is a host, or *. and a host: what the pages' scripts and Chromium's match patterns both understand.
var sitePattern = regexp.MustCompile(`^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// Validate says what is wrong with a policy in words for the person who wrote it. Compile refuses what Validate refuses.
func Validate(policy cobrowse.Policy) error {
	for _, class := range policy.PII {
		if !slices.Contains(Classes, class) {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_pii", "%q is not a kind of data; use %s", class, strings.Join(Classes, ", "))
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
	for _, g := range policy.Guards {
		if err := validateRule(g.ID, g.Site, g.Selector); err != nil {
			return err
		}
		if g.Selector == "" && fold(g.Name) == "" && !g.Submits {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_guard", "guard rule %q needs a selector, a name or submits", g.ID)
		}
	}
	return nil
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
