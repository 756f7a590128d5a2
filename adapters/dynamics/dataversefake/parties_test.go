package dataversefake

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestParties: they come with their activity, of the kinds that its table takes, and are only read afterwards.
func TestParties(t *testing.T) {
	for _, c := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"a phone call", "POST", "phonecalls", `{"subject":"x","phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":1}]}`, 204},
		{"a custom activity", "POST", "cob_xs", `{"subject":"x","cob_x_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":11}]}`, 204},
		{"a kind that calls do not have", "POST", "phonecalls", `{"subject":"x","phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":11}]}`, 400},
		{"a task has none", "POST", "tasks", `{"subject":"x","task_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":1}]}`, 400},
		{"of another table", "POST", "phonecalls", `{"subject":"x","task_activity_parties":[]}`, 400},
		{"nobody", "POST", "phonecalls", `{"subject":"x","phonecall_activity_parties":[{"participationtypemask":1}]}`, 400},
		{"no kind", "POST", "phonecalls", `{"subject":"x","phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)"}]}`, 400},
		{"a kind that is none", "POST", "cob_xs", `{"subject":"x","cob_x_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":77}]}`, 400},
		{"somebody who is not there", "POST", "phonecalls", `{"subject":"x","phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(00000000-0000-0000-0000-00000000abcd)","participationtypemask":1}]}`, 404},
		{"the column of a form", "POST", "phonecalls", `{"subject":"x","from":"Rita"}`, 400},
		{"later", "PATCH", "phonecalls(CALL)", `{"phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(CONTACT)","participationtypemask":1}]}`, 400},
		{"alone", "POST", "activityparties", `{"participationtypemask":1}`, 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sample{Server: New()}
			s.AddTable("cob_x", nil)
			contact := s.AddContact("", "Rita", "Moreno")
			call := s.seed("phonecall", "", row{"subject": "x"})
			fill := strings.NewReplacer("CONTACT", contact, "CALL", call)
			before := s.Count("activityparty")
			got := s.do(t, c.method, "/api/data/v9.2/"+fill.Replace(c.path), nil, fill.Replace(c.body))
			if got.Code != c.status {
				t.Errorf("answered %d %s", got.Code, got.Body)
			}
			if made := s.Count("activityparty") - before; (made == 1) != (c.status == http.StatusNoContent) {
				t.Errorf("%d parties were made", made)
			}
		})
	}
}

func TestPartiesAreReadAndGoWithTheirActivity(t *testing.T) {
	s := &sample{Server: New()}
	contact, id := s.AddContact("", "Rita", "Moreno"), "00000000-0000-0000-0000-0000000000c1"
	s.do(t, "PATCH", "/api/data/v9.2/phonecalls("+id+")", nil,
		`{"subject":"x","phonecall_activity_parties":[{"partyid_contact@odata.bind":"/contacts(`+contact+`)","participationtypemask":2}]}`)
	list := s.do(t, "GET", "/api/data/v9.2/activityparties?$select=_partyid_value,participationtypemask&$filter=_activityid_value eq "+id, nil, "")
	if !strings.Contains(list.Body.String(), contact) {
		t.Errorf("got %s", list.Body)
	}
	relations := s.do(t, "GET", "/api/data/v9.2/EntityDefinitions(LogicalName='phonecall')/OneToManyRelationships", nil, "")
	if !strings.Contains(relations.Body.String(), `"phonecall_activity_parties"`) {
		t.Errorf("got %s", relations.Body)
	}
	if want := []Party{{"contact", contact, "2"}}; !slices.Equal(s.parties()[ref{"phonecall", id}], want) {
		t.Errorf("got %+v", s.parties())
	}
	s.Delete("phonecall", id)
	if n := s.Count("activityparty"); n != 0 {
		t.Errorf("%d parties are left", n)
	}
}
