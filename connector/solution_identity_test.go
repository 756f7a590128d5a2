package main

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/adapters/dynamics/solution"
	"cobrowse-connector/connector/web"
)

// TestInstallingForAManagedIdentity that the machine itself has: nothing but the administrator says which application it is, and the service's role
// goes to the user of that one, not to the administrator.
func TestInstallingForAManagedIdentity(t *testing.T) {
	if err := web.Ready(solution.TabBundle, solution.PaneBundle); err != nil {
		t.Fatalf("This test needs the pages: %v", err)
	}
	fake := dataversefake.New()
	fake.Installable(1033)
	service := fake.AddUser(dataversefake.User{Name: "# Co-browse", Application: true, ByRoles: true})
	fake.SetApplication(service, applicationID)
	admin := fake.AddUser(dataversefake.User{Name: "Administrator", Reads: dataversefake.Organization, Customizer: true})
	fake.AddToken("admin", admin)
	server := httptest.NewServer(fake)
	defer server.Close()
	s := shell{t, t.TempDir()}
	t.Setenv("ACME_SECRET", strings.Repeat("s", 32))
	t.Setenv("ADMIN", "admin")
	t.Setenv("AZURE_CLIENT_ID", "")
	t.Setenv("COBROWSE_PUBLIC_URL", "https://cobrowse.example.com")
	file := filepath.Join(s.dir, "companies.json")
	document := strings.NewReplacer("DESK", server.URL, `"tokenEnv":"ACME_TOKEN"`, `"managed":true,"tenant":"77777777-7777-4777-8777-777777777777"`).Replace(dynamicsDocument)
	if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("company", "import", file)
	if out, err := s.run("solution", "install", "acme", "--token-env=ADMIN"); err == nil || !strings.Contains(err.Error(), "--application-id") {
		t.Errorf("the administrator was taken for the service: %v %s", err, out)
	}
	s.must("solution", "install", "acme", "--token-env=ADMIN", "--application-id="+applicationID)
	if has := roles(t, server.URL, service); has != solution.RoleConnector {
		t.Errorf("the service's user has %q", has)
	}
	if has := roles(t, server.URL, admin); has != "" {
		t.Errorf("the administrator has %q", has)
	}
}

// roles are the names of a user's.
func roles(t *testing.T, organisation, user string) string {
	t.Helper()
	org, err := dynamics.NewAdmin(dynamics.Config{URL: organisation, Credential: dynamics.StaticToken("admin")})
	if err != nil {
		t.Fatal(err)
	}
	var found struct{ Value []struct{ Name string } }
	if err := org.Get(t.Context(), "systemusers("+user+")/systemuserroles_association", url.Values{"$select": {"name"}}, &found); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found.Value {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}
