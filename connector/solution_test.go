package main

import (
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/adapters/dynamics/solution"
	"cobrowse-connector/connector/web"
)

const dynamicsDocument = `{"companies":[{"slug":"acme","name":"Acme","languages":["en"],"recording":"on","startUrl":"https://shop.example/",
	"origins":[],"policy":{},"deskKind":"dynamics","deskUrl":"DESK","desk":{"keyId":"k1","secretEnv":"ACME_SECRET",
	"credentials":{"tokenEnv":"ACME_TOKEN"}}}]}`

// applicationID is that of the service at Entra ID.
const applicationID = "66666666-6666-4666-8666-666666666666"

func TestAnOrganisationIsSetUpByCommand(t *testing.T) {
	if err := web.Ready(solution.TabBundle, solution.PaneBundle, "dynamics-cti.js"); err != nil {
		t.Fatalf("This test needs the pages: %v", err)
	}
	fake := dataversefake.New()
	fake.Installable(1033)
	service := fake.AddUser(dataversefake.User{Name: "# Co-browse", Application: true, Delegate: true, Reads: dataversefake.Organization})
	fake.SetApplication(service, applicationID)
	fake.AddToken("service", service)
	admin := fake.AddUser(dataversefake.User{Name: "Administrator", Reads: dataversefake.Organization, Customizer: true})
	fake.AddToken("admin", admin)
	server := httptest.NewServer(fake)
	defer server.Close()
	s := shell{t, t.TempDir()}
	t.Setenv("ACME_SECRET", strings.Repeat("s", 32))
	t.Setenv("ACME_TOKEN", "service")
	t.Setenv("ADMIN", "admin")
	t.Setenv("COBROWSE_PUBLIC_URL", "https://cobrowse.example.com")
	file := filepath.Join(s.dir, "companies.json")
	if err := os.WriteFile(file, []byte(strings.Replace(dynamicsDocument, "DESK", server.URL, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("company", "import", file)

	if out, err := s.run("solution", "doctor", "acme"); err == nil || !strings.Contains(out, "connector solution install") || !strings.Contains(out, "Remote assistance") {
		t.Errorf("before installing the doctor says %v: %s", err, out)
	}
	if out, err := s.run("solution", "install", "acme"); err == nil || !strings.Contains(err.Error(), "prvCreatePublisher") || !strings.Contains(err.Error(), "--token-env") {
		t.Errorf("the service itself may install: %v %s", err, out)
	}
	if out := s.must("solution", "install", "acme", "--token-env=ADMIN", "--application-id="+applicationID, "--dry-run"); !strings.Contains(out, "would be installed") {
		t.Errorf("a dry run says %s", out)
	}
	s.must("solution", "install", "acme", "--token-env=ADMIN", "--application-id="+applicationID)
	checkFindings(t, s, "timeline")
	fake.ShowInTimeline("cob_cobrowsesession")
	checkFindings(t, s)
	s.must("solution", "doctor", "acme", "--token-env=ADMIN", "--application-id="+applicationID)
	if out := s.must("solution", "build", "acme", "--out="+s.dir); strings.Count(out, ".zip") != 4 {
		t.Errorf("built: %s", out)
	}
	checkDriver(t, filepath.Join(s.dir, "msdyn_CustomCTIDriver.js"))
	if out := s.must("solution", "uninstall", "acme", "--token-env=ADMIN", "--application-id="+applicationID); !strings.Contains(out, "removed: the table") {
		t.Errorf("uninstalling says %s", out)
	}
}

// checkFindings: monitoring reads the same as people do, with the same exit code.
func checkFindings(t *testing.T, s shell, wrong ...string) {
	t.Helper()
	out, err := s.run("solution", "doctor", "acme", "--token-env=ADMIN", "--application-id="+applicationID, "--json")
	var found []map[string]string
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found) < 15 {
		t.Fatalf("no list of findings (%v): %s", err, out)
	}
	var bad []string
	for _, f := range found {
		if f["id"] == "" || f["state"] == "" || f["what"] == "" {
			t.Errorf("a finding lacks something: %v", f)
		}
		if f["state"] != "ok" && f["do"] != "" {
			bad = append(bad, f["id"])
		}
	}
	if !slices.Equal(bad, wrong) || (err == nil) != (len(wrong) == 0) {
		t.Errorf("found wrong: %v, want %v; ended with %v", bad, wrong, err)
	}
}

// checkDriver: the line that the script reads comes first, then the built script as it is.
func checkDriver(t *testing.T, file string) {
	t.Helper()
	driver, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := fs.ReadFile(web.FS, "dynamics-cti.js")
	if err != nil {
		t.Fatal(err)
	}
	if want := `window.cobrowseDesk = {"company":"acme","service":"https://cobrowse.example.com"};` + "\n" + string(script); string(driver) != want {
		t.Errorf("the driver begins with %.120s", driver)
	}
}
