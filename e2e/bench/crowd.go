package bench

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/product"
)

// crowd is the product with many sessions at a time, each in a conversation of its own. Nobody decodes their pictures: what is measured
// is the service and its Chromiums.
type crowd struct {
	t    testing.TB
	demo *demo.Demo
	data string // its folder
	work string // that of the profiles
	asks []demo.Conversation
}

func newCrowd(t testing.TB, works *httptest.Server, sessions int) *crowd {
	t.Helper()
	c := &crowd{t: t}
	for i := range sessions {
		id := func(kind string) string { return fmt.Sprintf("%s-0000-4000-8000-%012d", kind, i+1) }
		c.asks = append(c.asks, demo.Conversation{
			ID: id("aaaaaaaa"), Channel: "chat", Subject: "Help", CustomerID: id("bbbbbbbb"), CustomerName: "Ana Souza", CaseID: id("cccccccc"),
			CaseTitle: "Help", TicketNumber: fmt.Sprintf("CAS-%d", i), Started: time.Now(),
		})
	}
	c.demo = product.StartWith(t, demo.Options{
		More: c.asks,
		Configure: func(cfg *config.Config) {
			c.data, c.work = cfg.DataDir, profiles(t)
			cfg.ProxyHops = 1                                 // a crowd does not come from one address
			cfg.MaxSessions, cfg.WorkDir = 2*sessions, c.work // one that is over keeps its place until its Chromium is gone
		},
		Settle: func(s *company.Settings) {
			s.StartURL = works.URL + "/static"
			s.Policy.Private = append(s.Policy.Private, strings.TrimPrefix(works.URL, "http://"))
		},
	})
	return c
}

// profiles is a folder that Chromium's user may enter; that of t.TempDir is not.
func profiles(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "crowd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		t.Fatal(err)
	}
	return dir
}

// pair are the two people of one session.
type pair struct{ customer, agent *socket }

// meet makes a session in one of the conversations, by a link, and waits until the agent has a picture.
func (c *crowd) meet(conversation int, recording bool) pair {
	c.t.Helper()
	d, from := c.demo, fmt.Sprintf("198.51.100.%d", conversation+1)
	signed := post[struct{ Launch string }](c.t, d.Desk+"/launch", "", map[string]string{"conversation": c.asks[conversation].ID, "role": "agent"}).Launch
	agent := postFrom[struct{ Token string }](c.t, from, d.Service+"/v1/agent/launch", "", map[string]string{"launch": signed}).Token
	made := post[struct {
		Session struct{ ID string }
		JoinURL string
	}](c.t, d.Service+"/v1/agent/sessions", agent, struct{}{})
	ticket := made.JoinURL[strings.LastIndexAny(made.JoinURL, "#/=")+1:]
	customer := postFrom[struct{ Token string }](c.t, from, d.Service+"/v1/join/tickets", "", map[string]string{"ticket": ticket}).Token
	p := pair{customer: enter(c.t, d, customer, true, recording)}
	live := post[struct{ Token string }](c.t, d.Service+"/v1/agent/sessions/"+made.Session.ID+"/join", agent, struct{}{}).Token
	p.agent = enter(c.t, d, live, false, false)
	p.agent.picture()
	return p
}

// part ends the session and waits until both have heard of it.
func (p pair) part() {
	p.customer.send(map[string]any{"type": "end"})
	for _, s := range []*socket{p.customer, p.agent} {
		s.over()
		s.leave()
	}
}
