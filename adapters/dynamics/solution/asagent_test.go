package solution

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// contactCentre is an installed organisation whose service and whose agent have the roles that installing made, and nothing else.
type contactCentre struct {
	*world
	url            string
	agent          desk.Agent
	chat, caseless string // conversations with a case and without one
	caseID         string
}

func newContactCentre(t *testing.T) *contactCentre {
	t.Helper()
	c := &contactCentre{world: newWorld(t), agent: desk.Agent{ID: uuid.NewString(), Name: "Ana Agent"}}
	c.install(t)
	ana := c.fake.AddUser(dataversefake.User{ObjectID: c.agent.ID, Name: c.agent.Name, ByRoles: true})
	c.fake.Assign(ana, RoleAgent)
	contact := c.fake.AddContact("", "Rita", "Moreno")
	c.caseID = c.fake.AddCase(dataversefake.Case{Title: "Cannot pay", Number: "CAS-1", Contact: contact})
	c.chat = c.fake.AddConversation(dataversefake.Conversation{Subject: "Chat", Agent: ana, Case: c.caseID, Contact: contact})
	c.caseless = c.fake.AddConversation(dataversefake.Conversation{Subject: "Chat", Agent: ana, Contact: contact})
	server := httptest.NewServer(c.fake)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// live does everything that a session does with the desk, from the agent's first look to a case that is linked when all is over.
func (c *contactCentre) live(t *testing.T) error {
	t.Helper()
	d, err := dynamics.New(dynamics.Config{URL: c.url, Credential: dynamics.StaticToken("service")})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(t.Context()); err != nil {
		return err
	}
	for _, conversation := range []string{c.chat, c.caseless} {
		record, err := d.Lookup(t.Context(), c.agent, conversation)
		if err != nil {
			return err
		}
		e := desk.Entry{Key: uuid.NewString(), Agent: c.agent, Record: record, Subject: "Co-browse session", Status: desk.Scheduled}
		if err := d.PutEntry(t.Context(), e); err != nil {
			return err
		}
		e.Status, e.Started, e.Ended, e.Text = desk.Completed, time.Unix(0, 0), time.Unix(60, 0), "Pages: Checkout"
		if err := d.PutEntry(t.Context(), e); err != nil {
			return err
		}
		file := desk.File{Key: e.Key, Agent: e.Agent, Record: e.Record, Name: "recording.webm", Type: "video/webm", Size: 3,
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte("abc"))), nil },
			Keep: func(context.Context, string) error { return nil }}
		if err := d.PutFile(t.Context(), file); err != nil {
			return err
		}
		e.Record.Case = desk.Ref{Type: "incident", ID: c.caseID}
		if err := errors.Join(d.AmendEntry(t.Context(), e), d.Rehome(t.Context(), e)); err != nil {
			return err
		}
		if who := c.named(e.Key); who != "contact systemuser" {
			return errors.New("the entry names only: " + who)
		}
	}
	return nil
}

// named are those who take part in a session according to its entry, by table.
func (c *contactCentre) named(session string) string {
	var who []string
	for _, it := range c.fake.Timeline(c.caseID) {
		if it.ID == desk.ID(session, "activity") {
			for _, p := range it.Parties {
				who = append(who, p.Table)
			}
		}
	}
	slices.Sort(who)
	return strings.Join(who, " ")
}

// byOthers are rights that are not used by what the service does: agents' browsers need them, or customers that are companies.
func byOthers(privilege string) bool {
	return strings.Contains(privilege, "msdyn_") || strings.HasPrefix(privilege, "prvReadEnvironment") || privilege == "prvReadWebResource" ||
		strings.HasSuffix(privilege, "Account")
}

// TestTheRolesAreEnoughAndNotTooMuch: with them sessions come to the timeline, and without any one right they do not.
func TestTheRolesAreEnoughAndNotTooMuch(t *testing.T) {
	c := newContactCentre(t)
	if err := c.live(t); err != nil {
		t.Fatalf("with the roles as they are installed: %v", err)
	}
	if n := c.fake.Count(table); n != 2 {
		t.Errorf("%d sessions were written", n)
	}
	for _, r := range roles {
		for _, p := range r.Privileges {
			if byOthers(p.Name) {
				continue
			}
			c.fake.SetDepth(r.Name, p.Name, "")
			if err := c.live(t); err == nil {
				t.Errorf("%s needs no %s", r.Name, p.Name)
			}
			c.fake.SetDepth(r.Name, p.Name, p.Depth)
		}
	}
	if err := c.live(t); err != nil {
		t.Errorf("after all rights were given back: %v", err)
	}
}

// TestTheRolesReachAsFarAsTheyMust: cases, customers and conversations are other people's, and the service is in a business unit of its own.
func TestTheRolesReachAsFarAsTheyMust(t *testing.T) {
	c := newContactCentre(t)
	for r, shorter := range map[string]string{RoleConnector: "Deep", RoleAgent: "Basic"} {
		for _, privilege := range []string{"prvReadActivity", "prvReadIncident", "prvReadContact", "prvAppendToIncident", "prvAppendToContact"} {
			c.fake.SetDepth(r, privilege, shorter)
			if err := c.live(t); err == nil {
				t.Errorf("%s: %s is enough as %s", r, privilege, shorter)
			}
			c.fake.SetDepth(r, privilege, map[string]string{RoleConnector: "Global", RoleAgent: "Local"}[r])
		}
	}
	if err := c.live(t); err != nil {
		t.Error(err)
	}
}
