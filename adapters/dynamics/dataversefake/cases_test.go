package dataversefake

import (
	"net/http"
	"strings"
	"testing"
)

// TestCasesAreNumberedAndLinked: a case that comes without a number gets one, and a conversation leads to the case that it is linked to.
func TestCasesAreNumberedAndLinked(t *testing.T) {
	s := &sample{Server: New()}
	person := s.AddContact("", "Sofia", "Marino")
	conversation := s.AddConversation(Conversation{Subject: "Chat", Contact: person})
	if c, ok := s.SeeCaseOf(conversation); ok {
		t.Errorf("linked to %+v", c)
	}
	made := s.do(t, "POST", "/api/data/v9.2/incidents", nil, `{"title":"Wrong colour","customerid_contact@odata.bind":"/contacts(`+person+`)"}`)
	_, id, _ := strings.Cut(made.Header().Get("OData-EntityId"), "/incidents(")
	id = strings.TrimSuffix(id, ")")
	s.do(t, "PATCH", "/api/data/v9.2/msdyn_ocliveworkitems("+conversation+")", nil, `{"msdyn_IssueId_msdyn_ocliveworkitem@odata.bind":"/incidents(`+id+`)"}`)
	c, ok := s.SeeCaseOf(conversation)
	if !ok || c.ID != id || c.Title != "Wrong colour" || !strings.HasPrefix(c.Number, "CAS-") || c.State != "Active" || c.Customer != "Sofia Marino" ||
		c.Owner == "" || c.Created.IsZero() {
		t.Errorf("%d: %v %+v", made.Code, ok, c)
	}
	if again := s.do(t, "POST", "/api/data/v9.2/incidents", nil, `{"title":"Another"}`); again.Code != http.StatusNoContent {
		t.Errorf("%d %s", again.Code, again.Body)
	}
	for _, found := range s.data.rows {
		if found["title"] == "Another" && found["ticketnumber"] == c.Number {
			t.Errorf("two cases have the number %s", c.Number)
		}
	}
}
