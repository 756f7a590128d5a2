package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestDeskAsksTheOrganisationAsItsAgent: whatever a browser sends along, and with no more than the agent's rights.
func TestDeskAsksTheOrganisationAsItsAgent(t *testing.T) {
	o := newOrganisation(time.Now())
	c := deskConfig()
	c.Dataverse = o.asAgent(o.server)
	desk, err := NewDesk(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(desk)
	t.Cleanup(s.Close)
	for name, ask := range map[string]struct {
		method, path, header, value string
		status                      int
		says                        string
	}{
		"who it is":          {"GET", "WhoAmI", "Authorization", "Bearer " + o.server.Token(), http.StatusOK, agentUser},
		"as somebody else":   {"GET", "WhoAmI", "CallerObjectId", bossOID, http.StatusForbidden, "prvActOnBehalfOfAnotherUser"},
		"from another site":  {"POST", "incidents", "Sec-Fetch-Site", "cross-site", http.StatusForbidden, "cross-origin"},
		"a customer's cases": {"GET", "incidents?$select=title&$filter=_customerid_value%20eq%20" + freePerson, "", "", http.StatusOK, "Grinder in the wrong colour"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), ask.method, s.URL+"/api/data/v9.2/"+ask.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Accept": {"application/json"}, "Odata-Version": {"4.0"}, "Odata-Maxversion": {"4.0"}}
		if ask.header != "" {
			r.Header.Set(ask.header, ask.value)
		}
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close() //nolint:errcheck // read only
		if err != nil || res.StatusCode != ask.status || !strings.Contains(string(body), ask.says) {
			t.Errorf("%s: %d %s, %v", name, res.StatusCode, body, err)
		}
	}
}
