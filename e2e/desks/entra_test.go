package desks

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cobrowse-connector/connector/auth/openidtest"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

// contactCentre is the real product with people who sign in with Entra ID, and the workspace that its agents work in.
type contactCentre struct {
	*demo.Demo
	t         *testing.T
	entra     *openidtest.Provider
	workspace *Workspace
}

func newContactCentre(t *testing.T) *contactCentre {
	t.Helper()
	c := &contactCentre{t: t, entra: openidtest.New(t, time.Now), workspace: Dynamics(t)}
	c.Demo = product.StartWith(t, demo.Options{
		Entra:     c.entra.Transport(),
		Configure: func(cfg *config.Config) { cfg.EntraAuthority = c.entra.Authority() },
		Settle: func(s *company.Settings) {
			s.Origins = append(s.Origins, c.workspace.Origin)
			s.PlayerURL = "" // links on the timeline lead to the player itself
			s.Entra = &company.Entra{Client: openidtest.Client, Tenants: []string{openidtest.Tenant}}
		},
	})
	c.entra.AddRedirects(c.Service + "/signed-in")
	for _, p := range c.People {
		role := map[string]string{demo.RoleAgent: "Cobrowse.Agent", demo.RoleSupervisor: "Cobrowse.Supervisor", demo.RoleAdministrator: "Cobrowse.Administrator"}[p.Role]
		c.entra.AddAccounts(openidtest.Account{Name: p.Name, ID: p.ID, Roles: []string{role}})
	}
	c.entra.AddAccounts(openidtest.Account{Name: "Otto Brandt", ID: "55555555-5555-4555-8555-555555555555"})
	return c
}

// person has a browser that takes the stand-in's certificate, and opens windows only in answer to a press, as browsers do outside of tests.
func (c *contactCentre) person(name string, screen people.Screen, more ...chromedp.ExecAllocatorOption) *people.Person {
	c.t.Helper()
	more = append(more, chromedp.Flag("ignore-certificate-errors-spki-list", c.entra.CertificateHash()), chromedp.Flag("disable-popup-blocking", false))
	return people.New(c.t, name, screen, more...)
}

// chats are the workspace's, which the stand-in organisation knows too.
func (c *contactCentre) chats() []Conversation {
	c.t.Helper()
	all, err := c.CRM.List(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	var chats []Conversation
	for _, one := range all {
		chats = append(chats, Conversation{ID: one.ID, Channel: one.Channel, CustomerName: one.CustomerName, CustomerID: one.CustomerID, CaseID: one.CaseID, Assigned: true})
	}
	return chats
}

// signIn goes through the windows that a press on "Sign in" opens: ours, if the page is in a frame, and Entra ID's.
func signIn(window *people.Person, press func(), framed bool, account string) {
	entra := window.NewTab(press)
	if framed {
		ours := entra
		ours.Shot("window")
		entra = ours.NewTab(func() { ours.Press("Continue") })
		defer ours.Closes()
	}
	entra.Press("Sign in " + account)
	entra.Closes()
}

// TestAgentSignsIn: in the frame of a desk, whose storage is a partition of its own. Somebody without the role is told so and takes another account.
// The tab that is loaded anew asks nobody again.
func TestAgentSignsIn(t *testing.T) {
	c := newContactCentre(t)
	ana := c.person("entra agent", people.Desktop)
	ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
	widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
	widget.See("main.signin")
	ana.Shot("signin")
	signIn(ana, func() { widget.Press("Sign in") }, true, "Otto Brandt")
	widget.Reads("main.signin [role=alert]", "lacks the right")
	ana.Shot("no-role")
	signIn(ana, func() { widget.Press("Sign in") }, true, "Ana Ribeiro")
	widget.Reads("#case-title", "Checkout stops at the card")
	widget.Press("Send join link")
	ana.Until("the link is in the chat", Did("sent", "message", c.Service+"/j#"))

	silent, windows := c.entra.SignIns()
	ana.Press("Martin Weber") // a call: the tab goes
	ana.Press("Julia Santos")
	ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe").See("main[data-phase=session], main[data-state]")
	if s, w := c.entra.SignIns(); s != silent || w != windows {
		t.Errorf("a tab that was loaded again asked Entra ID %d times silently and %d times by a window", s-silent, w-windows)
	}
}

// TestSupervisorAndAdministratorSignIn: on pages of ours that a link leads to. What the tab keeps asks nobody again.
func TestSupervisorAndAdministratorSignIn(t *testing.T) {
	c := newContactCentre(t)
	ruth := c.person("entra supervisor", people.Desktop)
	ruth.Open(c.Service + "/watch/00000000-0000-4000-8000-000000000000?company=" + c.Company)
	ruth.See("main.signin")
	signIn(ruth, func() { ruth.Press("Sign in") }, false, "Ruth Keller")
	ruth.Hears("There is no such recording") // whoever may not see any is not told
	ruth.Open(c.Service + "/console?company=" + c.Company)
	ruth.See("main.signin")
	signIn(ruth, func() { ruth.Press("Sign in") }, false, "Ruth Keller")
	ruth.Reads("main.signin [role=alert]", "lacks the right")
	signIn(ruth, func() { ruth.Press("Sign in") }, false, "Marta Lindqvist")
	ruth.See("#sign-out")
	ruth.Shot("console")
	silent, windows := c.entra.SignIns()
	ruth.Reload()
	ruth.See("#sign-out")
	if s, w := c.entra.SignIns(); s != silent || w != windows {
		t.Errorf("a page that was loaded again asked Entra ID %d times silently and %d times by a window", s-silent, w-windows)
	}
}
