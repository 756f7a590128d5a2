package dataversefake

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// inRole is an organisation with a person in the business unit emea/berlin who holds one role, and cases that belong to others.
type inRole struct {
	*sample
	me    string
	cases map[string]string // by whose they are
}

func newInRole(t *testing.T) *inRole {
	t.Helper()
	s := &inRole{sample: &sample{Server: New()}, cases: map[string]string{}}
	s.Installable(1033)
	s.me = s.AddUser(User{Name: "Ana Agent", ByRoles: true, Unit: "emea/berlin"})
	s.AddToken("me", s.me)
	s.seed("role", "5f0a4c1e-93d2-4b5e-8a67-1c2d3e4f00aa", row{"name": "tried"})
	s.Assign(s.me, "tried")
	contact := s.AddContact("", "Rita", "Moreno")
	for whose, unit := range map[string]string{"colleague": "emea/berlin", "below": "emea/berlin/mitte", "beside": "emea/berlin-west", "above": "emea", "root": ""} {
		owner := s.AddUser(User{Name: whose, Unit: unit})
		s.cases[whose] = s.seed("incident", "", row{"title": whose, "customerid": reference("contact", contact), "ownerid": ref{"systemuser", owner}})
	}
	s.cases["mine"] = s.seed("incident", "", row{"title": "mine", "customerid": reference("contact", contact), "ownerid": ref{"systemuser", s.me}})
	return s
}

// as sends a request as the person.
func (s *inRole) as(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	got := s.do(t, method, "/api/data/v9.2/"+path, http.Header{"Authorization": {"Bearer me"}}, body)
	return got.Code, got.Body.String()
}

func TestDepthsReachAsFarAsTheySay(t *testing.T) {
	for depth, reached := range map[string]string{
		"": "", "Basic": "mine", "Local": "mine colleague", "Deep": "mine colleague below", "Global": "mine colleague below beside above root",
	} {
		for _, c := range []struct{ method, verb, body string }{
			{"GET", "Read", ""}, {"PATCH", "Write", `{"title":"x"}`}, {"DELETE", "Delete", ""},
		} {
			t.Run(c.verb+" "+depth, func(t *testing.T) {
				s := newInRole(t)
				s.SetDepth("tried", "prv"+c.verb+"Incident", depth)
				for whose, id := range s.cases {
					may := strings.Contains(" "+reached+" ", " "+whose+" ")
					if code, text := s.as(t, c.method, "incidents("+id+")", c.body); (code < 300) != may || (!may && code != http.StatusForbidden) {
						t.Errorf("%s: %d %s", whose, code, text)
					}
				}
			})
		}
	}
}

func TestListsShowWhatTheRoleReaches(t *testing.T) {
	s := newInRole(t)
	if code, text := s.as(t, "GET", "incidents", ""); code != http.StatusForbidden || !strings.Contains(text, "prvReadIncident") {
		t.Errorf("without the right: %d %s", code, text)
	}
	s.SetDepth("tried", "prvReadIncident", "Local")
	if code, text := s.as(t, "GET", "incidents", ""); code != http.StatusOK || strings.Count(text, `"incidentid"`) != 2 {
		t.Errorf("%d %s", code, text)
	}
}

// TestALookupTakesTwoRights: append on the record that is written, append-to on the one that it leads to, within its depth.
func TestALookupTakesTwoRights(t *testing.T) {
	s := newInRole(t)
	for _, privilege := range []string{"prvCreateActivity", "prvReadIncident"} {
		s.SetDepth("tried", privilege, "Global")
	}
	create := func(whose string) (int, string) {
		return s.as(t, "POST", "tasks", fmt.Sprintf(`{"subject":"x","regardingobjectid_incident_task@odata.bind":"/incidents(%s)"}`, s.cases[whose]))
	}
	refused := func(whose, privilege string) {
		t.Helper()
		if code, text := create(whose); code != http.StatusForbidden || !strings.Contains(text, privilege) {
			t.Errorf("%s of %s: %d %s", privilege, whose, code, text)
		}
	}
	refused("mine", "prvAppendActivity")
	s.SetDepth("tried", "prvAppendActivity", "Basic")
	refused("mine", "prvAppendToIncident")
	s.SetDepth("tried", "prvAppendToIncident", "Local")
	refused("above", "prvAppendToIncident")
	if code, text := create("colleague"); code != http.StatusNoContent {
		t.Errorf("%d %s", code, text)
	}
}

// TestActingForSomebodyTakesTheRightsOfBoth in whatever way either has them.
func TestActingForSomebodyTakesTheRightsOfBoth(t *testing.T) {
	s := newInRole(t)
	s.SetDepth("tried", "prvReadIncident", "Local")
	const oid = "00000000-0000-0000-0000-0000000000ab"
	s.AddUser(User{ObjectID: oid, Name: "Everything", Reads: Organization})
	read := func(whose string) int {
		got := s.do(t, "GET", "/api/data/v9.2/incidents("+s.cases[whose]+")", http.Header{"Authorization": {"Bearer me"}, "Callerobjectid": {oid}}, "")
		return got.Code
	}
	if code := read("mine"); code != http.StatusForbidden {
		t.Errorf("without the right to act for others: %d", code)
	}
	s.SetDepth("tried", "prvActOnBehalfOfAnotherUser", "Global")
	if mine, other := read("mine"), read("above"); mine != http.StatusOK || other != http.StatusForbidden {
		t.Errorf("with it: %d within the role's depth, %d beyond", mine, other)
	}
}

func TestOnlyAdministratorsDelete(t *testing.T) {
	s := newInRole(t)
	for _, c := range []struct {
		user User
		code int
	}{
		{User{Name: "an agent"}, http.StatusForbidden},
		{User{Name: "who sees everything", Reads: Organization}, http.StatusForbidden},
		{User{Name: "an administrator", Reads: Organization, Customizer: true}, http.StatusNoContent},
	} {
		s.AddToken("me", s.AddUser(c.user))
		code, text := s.as(t, "DELETE", "incidents("+s.cases["mine"]+")", "")
		if code != c.code || (code == http.StatusForbidden && !strings.Contains(text, "prvDeleteIncident")) {
			t.Errorf("%s: %d %s", c.user.Name, code, text)
		}
	}
}

// TestPrivilegesHaveTheirDepths: one that is about the whole organisation cannot be given for less, and none gets shorter by adding.
func TestPrivilegesHaveTheirDepths(t *testing.T) {
	s := newInRole(t)
	s.AddToken("me", s.AddUser(User{Name: "Admin", Reads: Organization, Customizer: true}))
	add := func(privilege, depth string) int {
		p, _ := s.byColumn(s.data, "privilege", "name", privilege)
		r, _ := s.byColumn(s.data, "role", "name", "tried")
		code, _ := s.as(t, "POST", "roles("+r.ID+")/Microsoft.Dynamics.CRM.AddPrivilegesRole",
			fmt.Sprintf(`{"Privileges":[{"PrivilegeId":%q,"Depth":%q}]}`, p.ID, depth))
		return code
	}
	if code := add("prvReadOrganization", "Local"); code != http.StatusBadRequest {
		t.Errorf("the organisation for a business unit: %d", code)
	}
	for _, c := range []struct{ add, then string }{{"Local", "Local"}, {"Global", "Global"}, {"Basic", "Global"}} {
		if code := add("prvReadIncident", c.add); code != http.StatusNoContent {
			t.Fatalf("%s: %d", c.add, code)
		}
		if got := rightsOf(s.data, s.me)["prvreadincident"]; got != c.then {
			t.Errorf("after adding %s it is %s", c.add, got)
		}
	}
}
