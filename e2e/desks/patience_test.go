package desks

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// halt lets the clock of a page's longer timers stand still from here on, until time passes on it. A clock that only ran faster would make minutes
// of the seconds that a busy machine takes.
func halt(p *people.Person) {
	people.Eval[bool](p, `(() => {
  const { setTimeout, setInterval, clearTimeout } = window, later = new Map();
  let now = 0, last = 1e9;
  const timer = (real, every) => (go, ms = 0, ...rest) => {
    if (ms < 1000) return real.call(window, go, ms, ...rest);
    later.set(++last, { at: now + ms, every: every && ms, go: () => go(...rest) });
    return last;
  };
  window.setTimeout = timer(setTimeout, false);
  window.setInterval = timer(setInterval, true);
  window.clearTimeout = window.clearInterval = (id) => { if (!later.delete(id)) clearTimeout.call(window, id) };
  window.pass = async (ms) => {
    for (const end = now + ms; ;) {
      const [id, next] = [...later].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      now = next?.at ?? end;
      if (!next) return true;
      if (next.every) next.at += next.every;
      else later.delete(id);
      next.go();
      await new Promise((done) => setTimeout.call(window, done));
    }
  };
  return true;
})()`)
}

// fiveMinutes pass on the clock of a page.
func fiveMinutes(p *people.Person) {
	people.Eval[bool](p, `pass(300_000)`)
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
		halt(widget)
		ours := ana.NewTab(func() { widget.Press("Sign in") })
		ours.See("main.signin")
		halt(ours)
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
		halt(marta)
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
