package privacy

import "cobrowse-connector/cobrowse"

// mostAddresses bounds the rules that every address is held against.
const mostAddresses = 500

// validateAddresses looks at the rules for pages and requests. The browser, not the page, goes by them.
func validateAddresses(p cobrowse.Policy) error {
	if n := max(len(p.Pauses), len(p.Requests)); n > mostAddresses {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_size", "%d rules for addresses are too many: %d is the limit", n, mostAddresses)
	}
	check := func(id, address string) error {
		if id == "" {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_id", "a rule has no id")
		}
		_, err := cobrowse.ParseAddress(address)
		return err
	}
	for _, r := range p.Pauses {
		if err := check(r.ID, r.URL); err != nil {
			return err
		}
	}
	for _, r := range p.Requests {
		if err := check(r.ID, r.URL); err != nil {
			return err
		}
	}
	return nil
}
