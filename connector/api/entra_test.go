package api_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth/openidtest"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
	"cobrowse-connector/connector/web"
)

// withEntra is a service whose companies both sign people in with the same application and directory.
func withEntra(t *testing.T, db *store.DB) *service {
	t.Helper()
	s := newService(t, db)
	for _, slug := range []string{sessionstest.Company, sessionstest.Other} {
		s.changeEntra(slug, &company.Entra{Client: openidtest.Client, Tenants: []string{openidtest.Tenant}})
	}
	return s
}

func (s *service) changeEntra(slug string, entra *company.Entra) {
	s.t.Helper()
	co, err := s.Companies.Get(context.Background(), slug)
	if err != nil {
		s.t.Fatal(err)
	}
	co.DeskKind, co.Entra = "dynamics", entra
	if _, err := s.Companies.Put(context.Background(), co.Settings, "test"); err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) signedIn(roles ...string) string { return s.Entra.Token(s.Entra.Good(roles...)) }

func entraLaunch(token, conversation, origin string) request {
	return post("/v1/agent/entra", "", object{"company": "acme", "token": token, "conversation": conversation, "origin": origin})
}

func TestEntraLaunch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := withEntra(t, db)
		var opened struct {
			Token, Conversation, Channel, DeskOrigin string
			Agent                                    struct{ ID, Name string }
			Case                                     struct{ Title string }
		}
		origin := sessionstest.DeskOrigin("acme")
		s.ok(entraLaunch(s.signedIn("Cobrowse.Agent"), "C-CHAT", origin), &opened)
		if opened.Agent.ID != openidtest.Person || opened.Conversation != "c-chat" || opened.Channel != "chat" || opened.DeskOrigin != origin || opened.Case.Title != "Late parcel" {
			t.Errorf("%+v", opened)
		}
		s.ok(get("/v1/agent/context", opened.Token), &object{})
		var lines int
		const count = `SELECT count(*) FROM audit WHERE action = $1 AND actor = $2`
		if err := db.QueryRowContext(t.Context(), count, audit.AgentLaunched, "agent:"+openidtest.Person).Scan(&lines); err != nil || lines != 1 {
			t.Errorf("%d lines in the audit log, %v", lines, err)
		}
		if strings.Contains(s.log.String(), "eyJ") {
			t.Error("a token is in the log")
		}
	})
}

func TestEntraLaunchRefused(t *testing.T) {
	s := withEntra(t, storetest.SQLite(t))
	agent, origin := s.signedIn("Cobrowse.Agent"), sessionstest.DeskOrigin("acme")
	for name, c := range map[string]struct {
		r      request
		status int
		reason string
	}{
		"no token":             {entraLaunch("", "c-chat", origin), 401, "entra_invalid"},
		"supervisor only":      {entraLaunch(s.signedIn("Cobrowse.Supervisor"), "c-chat", origin), 403, "entra_role"},
		"no role":              {entraLaunch(s.signedIn(), "c-chat", origin), 403, "entra_role"},
		"foreign page":         {entraLaunch(agent, "c-chat", sessionstest.DeskOrigin("other")), 403, "entra_origin"},
		"no page":              {entraLaunch(agent, "c-chat", ""), 403, "entra_origin"},
		"no conversation":      {entraLaunch(agent, "", origin), 400, "conversation_missing"},
		"long conversation":    {entraLaunch(agent, strings.Repeat("x", 201), origin), 400, "conversation_missing"},
		"unknown conversation": {entraLaunch(agent, "c-none", origin), 404, "conversation_unknown"},
		"unknown company":      {post("/v1/agent/entra", "", object{"company": "nobody", "token": agent}), 404, "company_unknown"},
		"console as agent":     {post("/v1/console/entra", "", object{"company": "acme", "token": agent}), 403, "entra_role"},
		"player, no such session": {post("/v1/player/entra", "", object{"company": "acme", "token": s.signedIn("Cobrowse.Supervisor"), "session": "x"}), 404,
			"session_unknown"},
		"player without a role": {post("/v1/player/entra", "", object{"company": "acme", "token": s.signedIn("Cobrowse.Administrator"), "session": "x"}), 403, "entra_role"},
	} {
		t.Run(name, func(t *testing.T) { s.behind(0).refused(c.r, c.status, c.reason) })
	}
	s = s.behind(0)
	s.Desk.Denied = openidtest.Person
	s.refused(entraLaunch(agent, "c-chat", origin), 403, "conversation_denied")
	s.changeEntra("acme", nil)
	s.refused(entraLaunch(agent, "c-chat", origin), 403, "entra_off")
}

func TestEntraConsoleAndPlayer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := withEntra(t, db)
		var opened struct {
			Token         string
			Administrator struct{ Name string }
		}
		s.ok(post("/v1/console/entra", "", object{"company": "acme", "token": s.signedIn("Cobrowse.Administrator")}), &opened)
		if opened.Administrator.Name != "Ada Agent" {
			t.Errorf("%+v", opened)
		}
		s.ok(get("/v1/console/policy", opened.Token), &object{})
		s.refused(get("/v1/agent/context", opened.Token), 403, "role")

		session := s.ended(s.agent("acme", "ada", "c-voice"))
		var player struct{ Token string }
		supervisor := s.signedIn("Cobrowse.Agent", "Cobrowse.Supervisor")
		s.ok(post("/v1/player/entra", "", object{"company": "acme", "token": supervisor, "session": session}), &player)
		s.ok(get("/v1/recordings/"+session, player.Token), &object{})
		s.refused(get("/v1/agent/context", player.Token), 403, "role")
		s.refused(post("/v1/player/entra", "", object{"company": "other", "token": supervisor, "session": session}), 404, "session_unknown")
		s.refused(post("/v1/player/entra", "", object{"company": "acme", "token": s.signedIn("Cobrowse.Agent"), "session": session}), 404, "session_unknown")
	})
}

// TestConsoleKeepsEntra: rules that are published or restored change nothing of how people sign in, and sign nobody out.
func TestConsoleKeepsEntra(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := withEntra(t, db)
		var opened struct{ Token string }
		s.ok(post("/v1/console/entra", "", object{"company": "acme", "token": s.signedIn("Cobrowse.Administrator")}), &opened)
		var now published
		s.ok(get("/v1/console/policy", opened.Token), &now)
		before, err := s.Companies.Get(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		s.ok(publish(opened.Token, now.Version, object{"masks": []object{{"id": "a", "selector": "#a"}}}), &now)
		withoutEntra := post(fmt.Sprintf("/v1/console/versions/%d/restore", 1), opened.Token, object{})
		withoutEntra.header = map[string]string{"If-Match": fmt.Sprint(now.Version)}
		s.ok(withoutEntra, &now)
		after, err := s.Companies.Get(t.Context(), "acme")
		if err != nil || after.Version != before.Version+2 || !reflect.DeepEqual(after.Entra, before.Entra) {
			t.Errorf("version %d, %+v, %v; before %d, %+v", after.Version, after.Entra, err, before.Version, before.Entra)
		}
		s.ok(get("/v1/console/policy", opened.Token), &now)
	})
}

// TestEntraSignOut: an operator signs everybody out, and so does another application; a change of something else does not.
func TestEntraSignOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := withEntra(t, db)
		let := func() string {
			var out struct{ Token string }
			s.ok(entraLaunch(s.signedIn("Cobrowse.Agent"), "c-chat", sessionstest.DeskOrigin("acme")), &out)
			return out.Token
		}
		token, desks := let(), s.agent("acme", "ada", "c-voice")
		s.changeEntra("acme", &company.Entra{Client: openidtest.Client, Tenants: []string{openidtest.Foreign, openidtest.Tenant}})
		s.ok(get("/v1/agent/context", token), &object{})
		s.changeEntra("acme", &company.Entra{Client: openidtest.Foreign, Tenants: []string{openidtest.Tenant}})
		s.refused(get("/v1/agent/context", token), 401, "token_invalid")
		s.changeEntra("acme", &company.Entra{Client: openidtest.Client, Tenants: []string{openidtest.Tenant}})
		token = let()
		if err := s.Companies.RemoveDesk(context.Background(), "acme", company.EntraKey, "test"); err != nil {
			t.Fatal(err)
		}
		s.refused(get("/v1/agent/context", token), 401, "token_invalid")
		s.ok(get("/v1/agent/context", desks), &object{})
	})
}

func TestCompanyTellsWhereToSignIn(t *testing.T) {
	s := withEntra(t, storetest.SQLite(t))
	var co struct {
		Entra struct{ Client, Tenant, Authority string }
	}
	s.ok(get("/v1/companies/acme", ""), &co)
	if co.Entra.Client != openidtest.Client || co.Entra.Tenant != openidtest.Tenant || co.Entra.Authority != s.Entra.Authority() {
		t.Errorf("%+v", co)
	}
	s.changeEntra("acme", nil)
	if w := s.do(get("/v1/companies/acme", "")); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "entra") {
		t.Errorf("a company without it: %s", w.Body)
	}
}

func TestEntraIsLimited(t *testing.T) {
	s := withEntra(t, storetest.SQLite(t))
	for _, path := range []string{"/v1/agent/entra", "/v1/player/entra", "/v1/console/entra"} {
		fresh, refused := s.behind(0), 0
		for range 25 {
			if fresh.do(post(path, "", object{"company": "acme", "token": "x"})).Code == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("%s takes as many requests as somebody likes", path)
		}
	}
}

// TestPagesLetEntraIn: only where a company signs its people in there, and the page that they come back to is in whatever frame asked.
func TestPagesLetEntraIn(t *testing.T) {
	if err := web.Ready("agent.html", "watch.html", "console.html", "sign-in.html", "signed-in.html"); err != nil {
		t.Fatalf("This test needs the pages: %v", err)
	}
	s := withEntra(t, storetest.SQLite(t))
	policy := func(path string) string { return s.do(get(path, "")).Header().Get("Content-Security-Policy") }
	pages := []string{"/agent", "/watch/some-session", "/console", "/sign-in"}
	for _, page := range pages {
		in, out := policy(page+"?company=acme"), policy(page)
		for _, let := range []string{"connect-src 'self' " + s.Entra.Authority() + ";", "frame-src 'self' " + s.Entra.Authority() + ";"} {
			if !strings.Contains(in, let) || strings.Contains(out, s.Entra.Authority()) {
				t.Errorf("%s lets Entra ID in by %q, and without a company by %q", page, in, out)
			}
		}
	}
	back := s.do(get("/signed-in", "")).Header()
	if back.Get("X-Frame-Options") != "" || strings.Contains(back.Get("Content-Security-Policy"), "frame-ancestors") {
		t.Errorf("who comes back from Entra ID is not let into a frame: %v", back)
	}
	if relay := policy("/sign-in"); !strings.Contains(relay, "frame-ancestors 'none'") {
		t.Errorf("/sign-in may be framed: %s", relay)
	}
	s.changeEntra("acme", nil)
	for _, page := range pages {
		if out := policy(page + "?company=acme"); strings.Contains(out, s.Entra.Authority()) {
			t.Errorf("%s still lets Entra ID in: %s", page, out)
		}
	}
}
