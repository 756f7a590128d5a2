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
	for _, way := range append(ByHand, taskTimeline, taskApplicationUser, taskNarrow) {
		for _, click := range strings.Split(way, " → ")[1:] {
			if !strings.Contains(page, click) {
				t.Errorf("the page does not lead to %q", click)
			}
		}
	}
}

// TestChecksNeverChange: monitoring knows them by the ids on the page, where each stands once.
func TestChecksNeverChange(t *testing.T) {
	text, err := os.ReadFile("../../../manifests/dynamics/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(strings.Join(strings.Fields(string(text)), " "), "The checks: ")
	list, _, _ = strings.Cut(list, ". When")
	list = strings.Replace(list, "`text-1033` and its like for each language", "`text-1033`, `text-1046`", 1)
	var ids []string
	for _, f := range newWorld(t).Doctor(t.Context()) {
		ids = append(ids, "`"+f.ID+"`")
	}
	if got := strings.Join(ids, ", "); got != list {
		t.Errorf("the page lists %s, the doctor looks at %s", list, got)
	}
}

// TestIDsNeverChange pins one: organisations have records under them.
func TestIDsNeverChange(t *testing.T) {
	if got := id("msdyn_provider", Main); got != "9ff45d94-0edb-5b72-8159-da6620481f81" {
		t.Errorf("the provider's id is now %s", got)
	}
}
