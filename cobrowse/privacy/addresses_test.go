package privacy

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"cobrowse-connector/cobrowse"
)

func TestValidateAddresses(t *testing.T) {
	many := make([]cobrowse.PageRule, mostAddresses+1)
	for name, c := range map[string]struct {
		policy cobrowse.Policy
		want   string
	}{
		"fine":         {cobrowse.Policy{Pauses: []cobrowse.PageRule{{ID: "p", URL: "bank.example/*"}}, Requests: []cobrowse.RequestRule{{ID: "r", URL: "*/pay"}}}, ""},
		"no address":   {cobrowse.Policy{Pauses: []cobrowse.PageRule{{ID: "p", URL: "/pay"}}}, "policy_address"},
		"no request":   {cobrowse.Policy{Requests: []cobrowse.RequestRule{{ID: "r", URL: ""}}}, "policy_address"},
		"without id":   {cobrowse.Policy{Requests: []cobrowse.RequestRule{{URL: "*"}}}, "policy_id"},
		"far too many": {cobrowse.Policy{Pauses: many}, "policy_size"},
	} {
		err := Validate(c.policy)
		if got := cobrowse.FailureOf(err).Reason; (err == nil) != (c.want == "") || err != nil && got != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPageAddresses holds page/address.ts to the vectors of cobrowse.Address.
func TestPageAddresses(t *testing.T) {
	t.Parallel()
	js, err := bundleScript("vectors.ts")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../testdata/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Pattern, Address string
		Matches          bool
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	p := caseTab(t, startChromium(t, nil), nil)
	if err := p.visit(newCaseSite(t).serve(1, "addresses", "<p>x", nil)); err != nil {
		t.Fatal(err)
	}
	if err := p.eval(string(js), nil); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		var got bool
		if err := p.eval(fmt.Sprintf("addressMatches(%q,%q)", v.Pattern, v.Address), &got); err != nil || got != v.Matches {
			t.Errorf("%s matches %s: %v %v", v.Pattern, v.Address, got, err)
		}
	}
}
