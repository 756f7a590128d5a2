package solution

import (
	"slices"
	"strings"
	"testing"
)

// The service does as an agent only what both may: whatever it may do with records, agents may do too.
func TestAgentsMayDoWhatIsDoneAsThem(t *testing.T) {
	var names [][]string
	for _, r := range roles {
		var of []string
		for _, p := range r.Privileges {
			of = append(of, p.Name)
		}
		names = append(names, of)
	}
	connector, agent := names[0], names[1]
	for _, table := range []string{"Activity", "Note", "Incident", "Contact", "Account"} {
		of := slices.DeleteFunc(slices.Clone(connector), func(name string) bool { return !strings.HasSuffix(name, table) })
		if len(of) == 0 {
			t.Errorf("the service may do nothing with %s", table)
		}
		for _, name := range of {
			if !slices.Contains(agent, name) {
				t.Errorf("agents lack %s", name)
			}
		}
	}
}
