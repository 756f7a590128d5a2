package desks

import (
	"testing"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

// TestProviderUnderTheProductsPolicies: the real service's page of a channel provider gets the library of the organisation that shows it, and shows
// the widget in its own frame, as their policies let it.
func TestProviderUnderTheProductsPolicies(t *testing.T) {
	workspace := Dynamics(t)
	d := product.StartWith(t, demo.Options{Settle: func(s *company.Settings) { s.Origins = append(s.Origins, workspace.Origin) }})
	ana := people.New(t, "provider", people.Desktop)
	ana.Open(workspace.Shows(Setup{Service: d.Service, Company: d.Company, Surface: CIF,
		Cases: []CaseRecord{{ID: "ca5e0000-0000-4000-8000-000000000001", Title: "Winter coat in the wrong size"}}}))
	ana.Until("the library answers", Did("retrieveRecord")+" === 1")
	ana.Frame(d.Service+"/desk/cif", "iframe.cif").See("main[data-phase]")
	ana.Shot("provider")
}
