package desks

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// hurry lets the clock of a page run a hundred times as fast from here on.
func hurry(p *people.Person) {
	people.Eval[bool](p, `(() => {
  for (const timer of ['setTimeout', 'setInterval']) {
    const real = window[timer];
    window[timer] = (go, ms = 0, ...rest) => real(go, ms / 100, ...rest);
  }
  return true;
})()`)
}

// fiveMinutes pass on the clock of a page.
func fiveMinutes(p *people.Person) {
	people.Eval[bool](p, `new Promise((done) => setTimeout(() => done(true), 300_000))`)
}

// TestPeopleTakeTheirTime at Entra ID, whose pages cut the tie to the window that opened them: the page that waits takes it neither for closed nor for
// too late.
func TestPeopleTakeTheirTime(t *testing.T) {
	t.Run("in a frame", func(t *testing.T) {
		c := newContactCentre(t)
		ana := c.person("patient agent", people.Desktop)
		ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
		widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
		widget.See("main.signin")
		hurry(widget)
		ours := ana.NewTab(func() { widget.Press("Sign in") })
		ours.See("main.signin")
		hurry(ours)
		entra := ours.NewTab(func() { ours.Press("Continue") })
		entra.See("form")
		fiveMinutes(ours)
		fiveMinutes(widget)
		entra.Press("Sign in Ana Ribeiro")
		widget.Reads("#case-title", "Checkout stops at the card")
	})
	t.Run("on a page", func(t *testing.T) {
		c := newContactCentre(t)
		marta := c.person("patient administrator", people.Desktop)
		marta.Open(c.Service + "/console?company=" + c.Company)
		marta.See("main.signin")
		hurry(marta)
		entra := marta.NewTab(func() { marta.Press("Sign in") })
		entra.See("form")
		fiveMinutes(marta)
		entra.Press("Sign in Marta Lindqvist")
		marta.See("#sign-out")
	})
}

// TestClosedWindow: whoever closed the window of Entra ID presses again and is let in, once. The window of ours that they left for another goes.
func TestClosedWindow(t *testing.T) {
	t.Run("in a frame", func(t *testing.T) {
		c := newContactCentre(t)
		ana := c.person("agent with a closed window", people.Desktop)
		ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
		widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
		ours := ana.NewTab(func() { widget.Press("Sign in") })
		entra := ours.NewTab(func() { ours.Press("Continue") })
		entra.Leave()
		ours.Reads("[role=status]", "press again")
		ours.NewTab(func() { ours.Press("Continue") }).Leave()
		widget.Reads("[role=status]", "press again")
		signIn(ana, func() { widget.Press("Sign in") }, true, "Ana Ribeiro")
		ours.Closes()
		widget.Reads("#case-title", "Checkout stops at the card")
		if n := people.Eval[int](widget, "performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/v1/agent/entra')).length"); n != 1 {
			t.Errorf("the widget was let in %d times", n)
		}
	})
	t.Run("on a page", func(t *testing.T) {
		c := newContactCentre(t)
		marta := c.person("administrator with a closed window", people.Desktop)
		marta.Open(c.Service + "/console?company=" + c.Company)
		marta.NewTab(func() { marta.Press("Sign in") }).Leave()
		marta.Reads("[role=status]", "press again")
		signIn(marta, func() { marta.Press("Sign in") }, false, "Marta Lindqvist")
		marta.See("#sign-out")
	})
}

// TestBlockedWindow: a browser that opens no window is what people are told of, in a frame and on a page.
func TestBlockedWindow(t *testing.T) {
	c := newContactCentre(t)
	ana := c.person("agent without windows", people.Desktop)
	ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
	widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
	marta := c.person("administrator without windows", people.Desktop)
	marta.Open(c.Service + "/console?company=" + c.Company)
	for _, page := range []*people.Person{widget, marta} {
		page.See("main.signin")
		// Without a press, as when it comes too long after one.
		people.Eval[bool](page, "(document.querySelector('main.signin button').click(), true)")
		page.Reads("[role=alert]", "Allow windows for this page")
	}
}
