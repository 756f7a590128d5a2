package rules_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func each(t *testing.T, test func(t *testing.T, r *rules.Rules, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := sessionstest.New(t, db)
		test(t, rules.New(db, w.Ring, w.Companies), db)
	})
}

func reason(err error) string {
	return cmp.Or(cobrowse.ReasonOf(err), fmt.Sprint(err))
}

// TestHealthCountsWhatIsMissed: sessions without a match add up, one with a match begins anew.
func TestHealthCountsWhatIsMissed(t *testing.T) {
	each(t, func(t *testing.T, r *rules.Rules, db *store.DB) {
		ctx := context.Background()
		learn := func(pages, matched int) {
			t.Helper()
			if err := r.Learn(ctx, "acme", []cobrowse.RuleHealth{{Rule: "m", Host: "shop.example", Pages: pages, Matched: matched}}); err != nil {
				t.Fatal(err)
			}
		}
		health := func() rules.Health {
			t.Helper()
			list, err := r.Health(ctx, "acme")
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v %v", list, err)
			}
			return list[0]
		}
		learn(3, 0)
		if h := health(); h.Missed != 1 || h.MatchedAt != nil || h.Pages != 3 {
			t.Errorf("after a session without a match: %+v", h)
		}
		learn(2, 1)
		learn(4, 0)
		learn(4, 0)
		if h := health(); h.Missed != 2 || h.MatchedAt == nil || h.Sessions != 4 || h.Pages != 13 || h.Matched != 1 {
			t.Errorf("in the end: %+v", h)
		}
		if list, err := r.Health(ctx, "other"); err != nil || len(list) != 0 {
			t.Errorf("another company reads %+v %v", list, err)
		}
		forget := func(before, after cobrowse.Policy) {
			t.Helper()
			if err := db.Tx(ctx, func(tx *sql.Tx) error { return r.Forget(ctx, tx, "acme", before, after) }); err != nil {
				t.Fatal(err)
			}
		}
		same := cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: "a"}}}
		if forget(same, same); health().Sessions != 4 {
			t.Error("an unchanged rule was forgotten")
		}
		changed := cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: "b"}}}
		forget(same, changed)
		if list, err := r.Health(ctx, "acme"); err != nil || len(list) != 0 {
			t.Errorf("a rule that says something else now keeps its health: %+v %v", list, err)
		}
	})
}

// TestHealthIsKeptForAWhile: hosts where nobody has been since are forgotten.
func TestHealthIsKeptForAWhile(t *testing.T) {
	each(t, func(t *testing.T, r *rules.Rules, _ *store.DB) {
		ctx := context.Background()
		if err := r.Learn(ctx, "acme", []cobrowse.RuleHealth{{Rule: "m", Host: "shop.example", Pages: 1}}); err != nil {
			t.Fatal(err)
		}
		for _, after := range []struct{ days, left int }{{89, 1}, {91, 0}} {
			if err := r.Sweep(ctx, time.Now().AddDate(0, 0, after.days)); err != nil {
				t.Fatal(err)
			}
			if list, err := r.Health(ctx, "acme"); err != nil || len(list) != after.left {
				t.Errorf("after %d days: %+v %v", after.days, list, err)
			}
		}
	})
}

// TestSuggestionsThatWaitAreFew: of an agent and in all. What finds no room is noted, and what was decided is forgotten after a while.
func TestSuggestionsThatWaitAreFew(t *testing.T) {
	each(t, func(t *testing.T, r *rules.Rules, db *store.DB) {
		ctx := context.Background()
		for agent := range 6 {
			for n := range 41 {
				made := cobrowse.Suggestion{By: cobrowse.Participant{Name: fmt.Sprint("Agent ", agent)},
					Rule: cobrowse.MaskRule{ID: "m", Selector: fmt.Sprintf("#a%d-%d", agent, n)}}
				if err := r.Suggest(ctx, "acme", "s1", made); err != nil {
					t.Fatal(err)
				}
			}
		}
		waiting := func() (list []rules.Suggestion) {
			t.Helper()
			list, err := r.Suggestions(ctx, "acme")
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		by := map[string]int{}
		for _, s := range waiting() {
			by[s.Agent]++
		}
		if by["Agent 0"] != 40 || by["Agent 4"] != 40 || by["Agent 5"] != 0 {
			t.Errorf("waiting: %v", by)
		}
		dropped := 0
		const count = `SELECT count(*) FROM audit WHERE company = 'acme' AND action = $1`
		if err := db.QueryRowContext(ctx, count, audit.SuggestionDropped).Scan(&dropped); err != nil || dropped != 5+41 {
			t.Errorf("%d were dropped, %v", dropped, err)
		}
		if _, err := r.Decide(ctx, "acme", waiting()[0].ID, rules.Decision{}, "administrator:marta"); err != nil {
			t.Fatal(err)
		}
		for _, after := range []struct{ days, left int }{{89, 200}, {91, 199}} {
			if err := r.Sweep(ctx, time.Now().AddDate(0, 0, after.days)); err != nil || len(waiting()) != after.left {
				t.Errorf("after %d days: %d, %v", after.days, len(waiting()), err)
			}
		}
	})
}

// TestASuggestionThatCannotBeStored is refused for good: PostgreSQL keeps no U+0000 in a text.
func TestASuggestionThatCannotBeStored(t *testing.T) {
	each(t, func(t *testing.T, r *rules.Rules, _ *store.DB) {
		made := cobrowse.Suggestion{Rule: cobrowse.MaskRule{ID: "m", Selector: "#m"}, Picked: cobrowse.Picked{Tag: "a", Name: "a\x00b"}}
		err := r.Suggest(context.Background(), "acme", "s1", made)
		if err != nil && cobrowse.CodeOf(err) != cobrowse.CodeInvalid { // SQLite keeps it
			t.Errorf("said: %v", err)
		}
		if err == nil && strings.HasSuffix(t.Name(), "postgres") {
			t.Error("PostgreSQL keeps it: nothing is tested here any more")
		}
	})
}

func TestShapesAreACompanysOwn(t *testing.T) {
	each(t, func(t *testing.T, r *rules.Rules, _ *store.DB) {
		ctx := context.Background()
		page := []cobrowse.Outline{{Host: "shop.example", HTML: "<body></body>"}}
		kept, err := r.KeepShape(ctx, "acme", " Checkout ", page, "administrator:x")
		if err != nil || kept.Name != "Checkout" {
			t.Fatalf("%+v %v", kept, err)
		}
		if list, err := r.Shapes(ctx, "other"); err != nil || len(list) != 0 {
			t.Errorf("another company reads %+v %v", list, err)
		}
		if err := r.DropShape(ctx, "other", kept.ID, "administrator:x"); reason(err) != "shape_unknown" {
			t.Errorf("another company removes it: %v", err)
		}
		for name, want := range map[string]string{"": "shape_name", strings.Repeat("x", 81): "shape_name"} {
			if _, err := r.KeepShape(ctx, "acme", name, page, "x"); reason(err) != want {
				t.Errorf("name %q: %v", name, err)
			}
		}
		large := []cobrowse.Outline{{HTML: strings.Repeat("x", 500<<10)}}
		if _, err := r.KeepShape(ctx, "acme", "large", large, "x"); reason(err) != "shape_too_large" {
			t.Errorf("a large page: %v", err)
		}
		for i := range 39 {
			if _, err := r.KeepShape(ctx, "acme", fmt.Sprint(i), page, "x"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.KeepShape(ctx, "acme", "one more", page, "x"); reason(err) != "shapes_full" {
			t.Errorf("one too many: %v", err)
		}
		if err := r.DropShape(ctx, "acme", kept.ID, "x"); err != nil {
			t.Fatal(err)
		}
		if list, err := r.Shapes(ctx, "acme"); err != nil || len(list) != 39 {
			t.Errorf("%d pages are kept: %v", len(list), err)
		}
	})
}
