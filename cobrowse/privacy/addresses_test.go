package privacy

import (
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
