package deliver

import (
	"strings"
	"testing"

	"cobrowse-connector/connector/store/storetest"
)

// TestBacklogsAreNotRead: whichever companies wait is found in the index that is sorted by them. Through any other one, a company with ten
// thousand rows would be read at every turn.
func TestBacklogsAreNotRead(t *testing.T) {
	db := storetest.SQLite(t)
	plan, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+companiesWaiting, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	found := 0
	for plan.Next() {
		var id, parent, unused int
		var step string
		if err := plan.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(step, "SCAN o") {
			t.Error(step)
		}
		if _, index, ok := strings.Cut(step, "INDEX "); ok {
			if found++; !strings.HasPrefix(index, "outbox_waiting") {
				t.Error(step)
			}
		}
	}
	if err := plan.Err(); err != nil || found < 3 {
		t.Errorf("%d of three steps go by an index (%v)", found, err)
	}
}
