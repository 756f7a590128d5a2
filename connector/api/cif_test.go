package api_test

import (
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store/storetest"
	"cobrowse-connector/connector/web"
)

// TestCIFPageLetsInOneFileOfTheCompanysDynamics: the library of the Channel Integration Framework, from the company's own origins, and only in
// their frames.
func TestCIFPageLetsInOneFileOfTheCompanysDynamics(t *testing.T) {
	if err := web.Ready("dynamics-cif.html"); err != nil {
		t.Fatalf("This test needs the pages: %v", err)
	}
	s := newService(t, storetest.SQLite(t))
	if _, err := s.Companies.Put(t.Context(), company.Settings{
		Slug: "fabrikam", Name: "Fabrikam", Languages: []string{"en"}, Recording: "off", StartURL: "https://shop.fabrikam.example/",
		Origins: []string{"https://fabrikam.crm.dynamics.example", "https://fabrikam.crm4.dynamics.example"}, DeskKind: "dynamics",
	}, "test"); err != nil {
		t.Fatal(err)
	}
	const dynamics = "https://fabrikam.crm.dynamics.example/webresources/Widget/msdyn_ciLibrary.js https://fabrikam.crm4.dynamics.example/webresources/Widget/msdyn_ciLibrary.js"
	for _, c := range []struct{ company, scripts, ancestors string }{
		{"fabrikam", "script-src 'self' " + dynamics, "frame-ancestors https://fabrikam.crm.dynamics.example https://fabrikam.crm4.dynamics.example"},
		{sessionstest.Company, "script-src 'self'", "frame-ancestors 'none'"}, // its desk is no Dynamics
		{"nobody", "script-src 'self'", "frame-ancestors 'none'"},
	} {
		h := s.do(get("/desk/cif?company="+c.company, "")).Header()
		policy := strings.Split(h.Get("Content-Security-Policy"), "; ")
		for _, want := range []string{c.scripts, c.ancestors, "frame-src 'self'", "connect-src 'self'", "default-src 'none'"} {
			if !slices.Contains(policy, want) {
				t.Errorf("%s: no %q in %q", c.company, want, policy)
			}
		}
		if h.Get("X-Frame-Options") != "" {
			t.Errorf("%s: X-Frame-Options %q", c.company, h.Get("X-Frame-Options"))
		}
	}
}
