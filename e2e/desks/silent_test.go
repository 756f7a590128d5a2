package desks

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestAgentWhoIsSignedIn elsewhere in the browser: the widget in a desk's frame and the player let them in without a window and without a press, where
// the browser gives frames their cookies. Where it does not, a button asks.
func TestAgentWhoIsSignedIn(t *testing.T) {
	for name, sent := range map[string]bool{"with cookies": true, "without cookies": false} {
		t.Run(name, func(t *testing.T) {
			c := newContactCentre(t)
			ana := c.person("entra agent "+name, people.Desktop)
			ana.ThirdPartyCookies(sent)
			ana.Open(c.Service + "/console?company=" + c.Company)
			ana.See("main.signin")
			signIn(ana, func() { ana.Press("Sign in") }, false, "Ana Ribeiro")
			ana.Reads("main.signin [role=alert]", "lacks the right") // she is no administrator, but Entra ID knows who she is
			silent, windows := c.entra.SignIns()

			ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
			widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
			if sent {
				widget.Reads("#case-title", "Checkout stops at the card")
			} else {
				widget.See("main.signin button")
			}
			if s, w := c.entra.SignIns(); s != silent+1 || w != windows {
				t.Errorf("the widget asked Entra ID %d times silently and %d times by a window", s-silent, w-windows)
			}
			if sent {
				ana.Open(c.Service + "/watch/00000000-0000-4000-8000-000000000000?company=" + c.Company)
				ana.Hears("There is no such recording") // the player, too, knows who she is
				if _, w := c.entra.SignIns(); w != windows {
					t.Errorf("the player asked Entra ID %d times by a window", w-windows)
				}
				return
			}
			signIn(ana, func() { widget.Press("Sign in") }, true, "Ana Ribeiro")
			widget.Reads("#case-title", "Checkout stops at the card")
		})
	}
}
