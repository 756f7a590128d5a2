package privacy

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

func TestCompile(t *testing.T) {
	policy := Defaults()
	policy.Masks = append(policy.Masks, cobrowse.MaskRule{ID: "site", Site: "*.shop.test", Selector: ".balance"})
	b, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"engine.js", "main.js", "sw.js", "mask.css", "rules.json"} {
		if len(b.Files[name]) == 0 {
			t.Errorf("no %s", name)
		}
	}
	other, err := Compile(policy)
	if err != nil {
		t.Fatal(err)
	}
	if b.Binding == other.Binding {
		t.Error("two sessions share their names: a page of one could find the engine of the other")
	}
}

func TestValidate(t *testing.T) {
	mask := func(site, selector string) cobrowse.Policy {
		return cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Site: site, Selector: selector}}}
	}
	for name, c := range map[string]struct {
		policy cobrowse.Policy
		ok     bool
	}{
		"defaults":          {Defaults(), true},
		"plain":             {mask("", ".a > b, [data-x='1']"), true},
		"site":              {mask("*.shop.example", ".a"), true},
		"address":           {mask("127.0.0.1", ".a"), true},
		"no selector":       {mask("", ""), false},
		"leaves the rule":   {mask("", "a{} b"), false},
		"comment":           {mask("", "a/*"), false},
		"unbalanced":        {mask("", "a:is(b"), false},
		"open string":       {mask("", "a[b='c]"), false},
		"pseudo element":    {mask("", "a::before"), false},
		"at rule":           {mask("", "@media print"), false},
		"site with path":    {mask("shop.example/x", ".a"), false},
		"site with port":    {mask("shop.example:80", ".a"), false},
		"site with star":    {mask("shop.*", ".a"), false},
		"unknown class":     {cobrowse.Policy{PII: []string{"passport"}}, false},
		"guard of nothing":  {cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "g"}}}, false},
		"guard of a blank":  {cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "g", Name: "\u200b !"}}}, false},
		"guard of a name":   {cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "g", Name: "Buy"}}}, true},
		"rule without name": {cobrowse.Policy{Guards: []cobrowse.GuardRule{{Name: "Buy"}}}, false},
	} {
		if err := Validate(c.policy); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		} else if err != nil && cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%s: code %s", name, cobrowse.CodeOf(err))
		}
	}
}
