package sessions_test

import (
	"encoding/json"
	"testing"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// TestEntryLeadsToTheDesksPlayerPage: only the desk can let people into the player, so the entry links to the desk's page, also
// when the company named it while the session was running.
func TestEntryLeadsToTheDesksPlayerPage(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		co := must(w.Companies.Get(ctx, "acme"))(t)
		co.PlayerURL = "https://desk.acme.example/recordings?session={session}"
		must(w.Companies.Put(ctx, co.Settings, "test"))(t)
		res := result(w, session)
		res.Summary.Outcome = ""
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		if err := w.Sessions.PickOutcome(ctx, agent, session, "solved", ""); err != nil {
			t.Fatal(err)
		}
		for _, step := range []string{"entry", "amend"} {
			var body string
			if err := w.DB.QueryRowContext(ctx, `SELECT body FROM outbox WHERE session = $1 AND step = $2`, session, step).Scan(&body); err != nil {
				t.Fatal(err)
			}
			var e desk.Entry
			if err := json.Unmarshal([]byte(body), &e); err != nil {
				t.Fatal(err)
			}
			if want := "https://desk.acme.example/recordings?session=" + session; e.PlayerURL != want {
				t.Errorf("the %s leads to %s, want %s", step, e.PlayerURL, want)
			}
		}
	})
}
