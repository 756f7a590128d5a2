package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/store/storetest"
)

// administrator opens the console with the desk's launch and returns the token.
func (s *service) administrator(slug string) string {
	s.t.Helper()
	var out struct{ Token string }
	s.ok(post("/v1/console/session", "", object{"launch": s.administratorLaunch(slug)}), &out)
	return out.Token
}

func (s *service) administratorLaunch(slug string) string {
	return s.Launch(slug, "marta", "", func(l *auth.Launch) { l.Agent.Role, l.Channel = auth.RoleAdministrator, "" })
}

// publish sends rules that were made from version base.
func publish(token string, base int, policy object) request {
	r := post("/v1/console/policy", token, object{"policy": policy})
	r.method, r.header = http.MethodPut, map[string]string{"If-Match": fmt.Sprintf("%q", fmt.Sprint(base))}
	return r
}

type published struct {
	Version int
	Policy  cobrowse.Policy
}

func TestRulesAreMadeInVersions(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		token := s.administrator("acme")
		var now published
		s.ok(get("/v1/console/policy", token), &now)
		first := now.Version
		mask := object{"id": "balance-x1y2", "site": "shop.acme.example", "selector": "#balance"}
		s.ok(publish(token, first, object{"masks": []object{mask}, "pauses": []object{{"id": "p", "url": "bank.example/statements/*"}}}), &now)
		if now.Version != first+1 {
			t.Fatalf("version %d after %d", now.Version, first)
		}
		// The next session has the rule from its beginning; the company next door has nothing of it.
		inv := s.invite("acme")
		spec, err := s.Sessions.Spec(context.Background(), inv.Session)
		if err != nil || len(spec.Policy.Masks) != 1 || spec.Policy.Masks[0].Selector != "#balance" || len(spec.Policy.Pauses) != 1 {
			t.Errorf("the next session: %+v %v", spec.Policy, err)
		}
		var other published
		s.ok(get("/v1/console/policy", s.administrator("other")), &other)
		if len(other.Policy.Masks) != 0 {
			t.Errorf("another company reads %+v", other.Policy)
		}
		// Made from an older version: refused, and what is published stays.
		s.refused(publish(token, first, object{"masks": []object{}}), 409, "policy_changed")
		s.ok(get("/v1/console/policy", token), &now)
		if len(now.Policy.Masks) != 1 {
			t.Errorf("after a conflict: %+v", now.Policy)
		}
		s.restoresAVersion(token, first, now.Version)
	})
}

func (s *service) restoresAVersion(token string, former, base int) {
	s.t.Helper()
	var list struct {
		Versions []struct {
			Version int
			By      string
		}
	}
	s.ok(get("/v1/console/versions", token), &list)
	if len(list.Versions) != 2 || list.Versions[0].By != "administrator:marta" {
		s.t.Fatalf("versions: %+v", list.Versions)
	}
	var made struct{ Policy, Before *cobrowse.Policy }
	s.ok(get(fmt.Sprintf("/v1/console/versions/%d", base), token), &made)
	if len(made.Policy.Masks) != 1 || made.Before == nil || len(made.Before.Masks) != 0 {
		s.t.Errorf("version %d: %+v", base, made)
	}
	s.ok(get("/v1/console/versions/1", token), &made)
	if made.Before != nil {
		s.t.Errorf("before the first: %+v", made.Before)
	}
	s.refused(get("/v1/console/versions/2", s.administrator("other")), 404, "version_unknown")
	restore := post(fmt.Sprintf("/v1/console/versions/%d/restore", former), token, object{})
	restore.header = map[string]string{"If-Match": fmt.Sprint(base)}
	var now published
	s.ok(restore, &now)
	s.ok(get("/v1/console/policy", token), &now)
	if len(now.Policy.Masks) != 0 || now.Version != base+1 {
		s.t.Errorf("restored: %+v", now)
	}
	restore.path = "/v1/console/versions/999/restore"
	s.refused(restore, 404, "version_unknown")
}

func TestBadRulesAreRefusedAtTheirEntry(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	token := s.administrator("acme")
	var now published
	s.ok(get("/v1/console/policy", token), &now)
	many := make([]object, 1001)
	for i := range many {
		many[i] = object{"id": fmt.Sprint(i), "selector": "#x"}
	}
	good := object{"id": "good", "selector": "#x"}
	for name, c := range map[string]struct {
		policy object
		field  string
		reason string
	}{
		"selector that does not parse": {object{"masks": []object{good, {"id": "a", "selector": "div[["}}}, "masks[1]", "policy_selector"},
		"selector that closes a rule":  {object{"masks": []object{{"id": "a", "selector": "a{}*"}}}, "masks[0]", "policy_selector"},
		"no id":                        {object{"masks": []object{{"selector": "a"}}}, "masks[0]", "policy_id"},
		"the same id twice":            {object{"masks": []object{good}, "guards": []object{{"id": "good", "name": "Pay"}}}, "guards[0]", "policy_id"},
		"no site":                      {object{"masks": []object{{"id": "a", "selector": "a", "site": "https://x/"}}}, "masks[0]", "policy_site"},
		"too many":                     {object{"masks": many}, "masks", "policy_too_many"},
		"too long":                     {object{"guards": []object{{"id": "a", "name": strings.Repeat("x", 2000)}}}, "guards[0]", "policy_too_long"},
		"blocks nothing":               {object{"guards": []object{{"id": "a"}}}, "guards[0]", "policy_guard"},
		"hostile expression":           {object{"patterns": []object{{"id": "a", "expression": "(a+)+$"}}}, "patterns[0]", "policy_pattern"},
		"expression with a look-ahead": {object{"patterns": []object{{"id": "a", "expression": "(?=x)y"}}}, "patterns[0]", "policy_pattern"},
		"unknown mode":                 {object{"modes": []object{{"mode": "everything"}}}, "modes[0]", "policy_mode"},
		"no address":                   {object{"pauses": []object{{"id": "a", "url": ""}}}, "pauses[0]", "policy_address"},
		"no method":                    {object{"requests": []object{{"id": "a", "url": "x.example/*", "method": "po st"}}}, "requests[0]", "policy_method"},
		"unknown kind of data":         {object{"pii": []string{"shoe size"}}, "pii[0]", "policy_pii"},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.refused(publish(token, now.Version, c.policy), 400, c.reason)
			if !strings.Contains(w.Body.String(), fmt.Sprintf(`"field":%q`, c.field)) {
				t.Errorf("the field is not %s: %s", c.field, w.Body)
			}
		})
	}
	huge := publish(token, now.Version, object{"masks": []object{{"id": "a", "selector": strings.Repeat("a,", 300_000)}}})
	s.refused(huge, 413, "too_large")
	noVersion := publish(token, now.Version, object{})
	noVersion.header = nil
	s.refused(noVersion, 400, "version_missing")
	var after published
	s.ok(get("/v1/console/policy", token), &after)
	if after.Version != now.Version {
		t.Error("a refused policy was stored")
	}
}

// TestTheConsoleIsForAdministrators of their own company: every route asks.
func TestTheConsoleIsForAdministrators(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	routes := []request{
		{method: http.MethodDelete, path: "/v1/console/session"}, get("/v1/console/policy", ""), publish("", 1, object{}), get("/v1/console/versions", ""), post("/v1/console/versions/1/restore", "", object{}),
		get("/v1/console/suggestions", ""), post("/v1/console/suggestions/x", "", object{"decision": "approve"}), get("/v1/console/health", ""),
		get("/v1/console/deliveries", ""), post("/v1/console/deliveries/replay", "", object{}), post("/v1/console/deliveries/dismiss", "", object{}),
		get("/v1/console/shapes", ""), {method: http.MethodDelete, path: "/v1/console/shapes/x"}, post("/v1/console/try", "", object{}),
		post("/v1/console/editor", "", object{"url": "https://shop.acme.example/"}), {method: http.MethodDelete, path: "/v1/console/editor/x"},
		post("/v1/console/editor/x/pick", "", object{}), post("/v1/console/editor/x/draft", "", object{}), post("/v1/console/editor/x/shape", "", object{}),
	}
	agent := s.agent("acme", "ada", "c-voice")
	for _, r := range routes {
		s.refused(r, 401, "token_missing")
		r.token = agent
		s.refused(r, 403, "role")
	}
	administrator := s.administrator("acme")
	for _, r := range []request{get("/v1/agent/context", administrator), post("/v1/agent/sessions", administrator, object{}), post("/v1/agent/context/refresh", administrator, object{})} {
		s.refused(r, 403, "role")
	}
	s.refused(get("/v1/recordings/"+s.ended(agent), administrator), 404, "session_unknown")
	s.refused(post("/v1/console/session", "", object{"launch": s.Launch("acme", "ada", "c-voice", nil)}), 403, "not_administrator")
	s.refused(post("/v1/agent/launch", "", object{"launch": s.administratorLaunch("acme")}), 403, "launch_invalid")
	launch := s.administratorLaunch("acme")
	s.ok(post("/v1/console/session", "", object{"launch": launch}), &object{})
	s.refused(post("/v1/console/session", "", object{"launch": launch}), 401, "launch_used")
	withSession := s.Launch("acme", "marta", "", func(l *auth.Launch) { l.Agent.Role, l.Session = auth.RoleAdministrator, "s" })
	s.refused(post("/v1/console/session", "", object{"launch": withSession}), 401, "launch_invalid")
}

func TestAnOperatorsLinkWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		ctx := context.Background()
		secret, err := console.Link(ctx, s.DB, s.Ring, "acme")
		if err != nil {
			t.Fatal(err)
		}
		var opened struct {
			Token   string
			Company struct{ Slug string }
		}
		s.ok(post("/v1/console/session", "", object{"link": secret}), &opened)
		if opened.Company.Slug != "acme" {
			t.Errorf("opened %+v", opened)
		}
		s.ok(get("/v1/console/policy", opened.Token), &published{})
		s.refused(post("/v1/console/session", "", object{"link": secret}), 401, "link_invalid")
		s.refused(post("/v1/console/session", "", object{"link": "x"}), 401, "link_invalid")
		if _, err := console.Link(ctx, s.DB, s.Ring, "nobody"); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
			t.Errorf("a link for an unknown company: %v", err)
		}
	})
}

// TestCostlyRequestsAreLimited by company, however many tokens it has.
func TestCostlyRequestsAreLimited(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	tokens := []string{s.administrator("acme"), s.administrator("acme")}
	pick := func(n int, token string) *httptest.ResponseRecorder {
		return s.do(post("/v1/console/editor/x/pick", token, object{"tab": "t", "x": 1, "y": n}))
	}
	n := 0
	for n < 10_000 && pick(n, tokens[n%2]).Code == http.StatusNotFound {
		n++
	}
	if n < 200 || n == 10_000 {
		t.Errorf("%d points went through", n)
	}
	for _, r := range []request{
		publish(tokens[0], 1, object{}), post("/v1/console/try", tokens[0], object{"policy": object{}}), post("/v1/console/editor", tokens[0], object{}),
		post("/v1/console/editor/x/draft", tokens[0], object{"policy": object{}}), post("/v1/console/editor/x/shape", tokens[0], object{}),
		post("/v1/console/suggestions/x", tokens[0], object{}), post("/v1/console/versions/1/restore", tokens[0], object{}),
	} {
		for s.do(post("/v1/console/try", tokens[0], object{"policy": object{}})).Code == http.StatusOK { // what has been refilled meanwhile
			continue
		}
		if w := s.refused(r, 429, "rate_limited"); w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: nothing says how long to wait", r.path)
		}
	}
	s.ok(get("/v1/console/policy", tokens[0]), &published{})
	if w := pick(0, s.administrator("other")); w.Code != http.StatusNotFound {
		t.Errorf("another company: %d %s", w.Code, w.Body)
	}
}

// TestSigningOut ends the token, which would end by itself after two hours.
func TestSigningOut(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		token, other := s.administrator("acme"), s.administrator("acme")
		later := time.Now().Add(2*time.Hour - time.Minute)
		if _, err := auth.Check(t.Context(), s.DB, token, later); err != nil {
			t.Errorf("before two hours: %v", err)
		}
		if _, err := auth.Check(t.Context(), s.DB, token, later.Add(2*time.Minute)); cobrowse.CodeOf(err) != auth.CodeUnauthenticated {
			t.Errorf("after two hours: %v", err)
		}
		if w := s.do(request{method: http.MethodDelete, path: "/v1/console/session", token: token}); w.Code != http.StatusNoContent {
			t.Fatalf("signing out: %d %s", w.Code, w.Body)
		}
		s.refused(get("/v1/console/policy", token), 401, "token_invalid")
		s.ok(get("/v1/console/policy", other), &published{})
	})
}

func TestSuggestionsBecomeRules(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		ctx := context.Background()
		for _, selector := range []string{"#one", "#two", "#two"} {
			made := cobrowse.Suggestion{By: cobrowse.Participant{Name: "Ada"}, Rule: cobrowse.MaskRule{ID: "suggested-" + selector[1:], Site: "shop.acme.example", Selector: selector}}
			if err := s.Rules.Suggest(ctx, "acme", "s1", made); err != nil {
				t.Fatal(err)
			}
		}
		token, other := s.administrator("acme"), s.administrator("other")
		var list struct{ Suggestions []struct{ ID, State string } }
		s.ok(get("/v1/console/suggestions", other), &list)
		if len(list.Suggestions) != 0 {
			t.Errorf("another company reads %+v", list)
		}
		s.ok(get("/v1/console/suggestions", token), &list)
		if len(list.Suggestions) != 2 {
			t.Fatalf("suggestions: %+v", list)
		}
		first, second := "/v1/console/suggestions/"+list.Suggestions[0].ID, "/v1/console/suggestions/"+list.Suggestions[1].ID
		s.refused(post(first, other, object{"decision": "approve"}), 409, "suggestion_decided")
		s.refused(post(first, token, object{"decision": "maybe"}), 400, "decision")
		s.refused(post(first, token, object{"decision": "approve", "selector": "div[["}), 400, "policy_selector") // it goes on waiting
		s.ok(post(first, token, object{"decision": "approve"}), &object{})
		s.ok(post(second, token, object{"decision": "reject"}), &object{})
		s.refused(post(second, token, object{"decision": "approve"}), 409, "suggestion_decided")
		var now published
		s.ok(get("/v1/console/policy", token), &now)
		if len(now.Policy.Masks) != 1 {
			t.Errorf("rules: %+v", now.Policy.Masks)
		}
	})
}

func TestTryRules(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	token := s.administrator("acme")
	var out struct{ Text string }
	own := object{"pii": []string{}, "patterns": []object{{"id": "customer", "expression": "KD-[0-9]{6}"}}}
	s.ok(post("/v1/console/try", token, object{"policy": own, "text": "KD-204711 paid with 4111 1111 1111 1111"}), &out)
	if strings.Contains(out.Text, "204711") || !strings.Contains(out.Text, "4111") {
		t.Errorf("read: %q", out.Text)
	}
	s.refused(post("/v1/console/try", token, object{"policy": object{}, "text": strings.Repeat("x", 3000)}), 400, "try_too_long")
	s.refused(post("/v1/console/editor", token, object{"url": "javascript:alert(1)"}), 400, "url_invalid")
	s.refused(post("/v1/console/editor/nothing/pick", token, object{"tab": "t", "x": 1, "y": 1}), 404, "editor_unknown")
}
