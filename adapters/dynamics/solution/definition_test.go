package solution

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// activityOnly are the properties that Microsoft's page on custom activities asks for and the printed exchange, about a table of
// another kind, does not have.
var activityOnly = []string{"ActivityTypeMask", "IsAvailableOffline"}

// TestTheTableIsDefinedAsInTheDocumentation compares what is sent with the exchange that Microsoft's documentation prints.
func TestTheTableIsDefinedAsInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/data/dataverse/exchanges.json")
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Log("left out: the reference data is not beside the repository")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	type exchange struct {
		ID      string
		Request struct{ JSON map[string]any }
	}
	var file struct{ Exchanges []exchange }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(file.Exchanges, func(e exchange) bool { return e.ID == "create-table-definition" })
	if i < 0 {
		t.Fatal("the exchange is not in the reference data")
	}
	body, err := newWorld(t).tableDefinition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	known, ours := members("", file.Exchanges[i].Request.JSON), members("", asJSON(t, body))
	if len(ours) < 15 {
		t.Fatalf("the definition has only %v", ours)
	}
	for _, m := range ours {
		if !slices.Contains(known, m) && !slices.Contains(activityOnly, m) {
			t.Errorf("the documented request has no %s", m)
		}
	}
}

func asJSON(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// members are the paths of all members of a JSON value; those of a list's elements stand under the list.
func members(at string, v any) []string {
	var all []string
	switch x := v.(type) {
	case map[string]any:
		for name, value := range x {
			path := strings.TrimPrefix(at+"/"+name, "/")
			all = append(append(all, path), members(path, value)...)
		}
	case []any:
		for _, value := range x {
			all = append(all, members(at, value)...)
		}
	}
	return all
}
