package solution

import (
	"os"
	"strings"
	"testing"
)

// TestTheAdministratorsPageIsTrue holds manifests/dynamics/README.md to the roles and to what is done by hand.
func TestTheAdministratorsPageIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../../manifests/dynamics/README.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(strings.Join(strings.Fields(string(text)), " "), "`", "")
	for _, r := range roles {
		for _, p := range r.Privileges {
			if row := "| " + p.Name + " | " + p.Depth + " | " + p.Why + " |"; !strings.Contains(page, row) {
				t.Errorf("%s: the page has no row %s", r.Name, row)
			}
		}
	}
	for _, way := range append(ByHand, taskTimeline, taskApplicationUser) {
		for _, click := range strings.Split(way, " → ")[1:] {
			if !strings.Contains(page, click) {
				t.Errorf("the page does not lead to %q", click)
			}
		}
	}
}

// TestIDsNeverChange pins one: organisations have records under them.
func TestIDsNeverChange(t *testing.T) {
	if got := id("msdyn_provider", Main); got != "9ff45d94-0edb-5b72-8159-da6620481f81" {
		t.Errorf("the provider's id is now %s", got)
	}
}
