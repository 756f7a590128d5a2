package dynamics

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

func TestLookupOfACase(t *testing.T) {
	w := newWorld(t, true)
	for _, target := range []string{"incident:" + w.caseID, "INCIDENT:" + strings.ToUpper(w.caseID)} {
		got, err := w.desk.Lookup(t.Context(), w.agent, target)
		if err != nil {
			t.Fatal(err)
		}
		want := w.record()
		want.Conversation, want.Channel = "", desk.Voice
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", target, d)
		}
	}
}

// TestHostileTargets: what a browser names is read with the agent's rights, and as the kind of record that it is said to be.
func TestHostileTargets(t *testing.T) {
	w := newWorld(t, true)
	blind := desk.Agent{ID: uuid.NewString(), Name: "Bea Blind"}
	w.fake.AddUser(dataversefake.User{ObjectID: blind.ID, Name: blind.Name, Reads: dataversefake.Nothing})
	nobody := desk.Agent{ID: uuid.NewString(), Name: "Nora Nobody"}
	for name, c := range map[string]struct {
		agent  desk.Agent
		target string
		want   error
	}{
		"somebody else's conversation": {w.foreign, w.chat, desk.ErrDenied},
		"a case that may not be read":  {blind, "incident:" + w.caseID, desk.ErrDenied},
		"nobody of the organisation":   {nobody, "incident:" + w.caseID, desk.ErrDenied},
		"a case as a conversation":     {w.agent, w.caseID, desk.ErrNotFound},
		"a conversation as a case":     {w.agent, "incident:" + w.chat, desk.ErrNotFound},
		"a contact as a case":          {w.agent, "incident:" + w.contact, desk.ErrNotFound},
		"another table":                {w.agent, "contact:" + w.contact, desk.ErrNotFound},
		"twice a case":                 {w.agent, "incident:incident:" + w.caseID, desk.ErrNotFound},
		"a way out of the key":         {w.agent, "incident:" + w.caseID + ")/customerid_contact", desk.ErrNotFound},
		"a query":                      {w.agent, w.chat + "?$select=subject", desk.ErrNotFound},
		"an alternate key":             {w.agent, "incident:ticketnumber='CAS-1'", desk.ErrNotFound},
		"nothing":                      {w.agent, "", desk.ErrNotFound},
		"a case without its id":        {w.agent, "incident:", desk.ErrNotFound},
	} {
		if r, err := w.desk.Lookup(t.Context(), c.agent, c.target); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}
