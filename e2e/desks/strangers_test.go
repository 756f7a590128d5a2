package desks

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestNobodyElseAnswersTheFrame: what the desk says, what a page of ours in no window of this sign-in says, and what that window says as a page of
// somebody else, is not taken for the answer.
func TestNobodyElseAnswersTheFrame(t *testing.T) {
	c := newContactCentre(t)
	ana := c.person("agent with a forger", people.Desktop)
	ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
	widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
	ours := ana.NewTab(func() { widget.Press("Sign in") })
	ours.See("main.signin")
	people.Eval[bool](widget, `(window.heard = 0, addEventListener('message', (e) => { if (e.data.entraToken) heard++ }), true)`)
	people.Eval[bool](widget, `(postMessage({entraToken: 'forged'}, location.origin), true)`)
	people.Eval[bool](ana, `(document.querySelector('iframe.tab').contentDocument.querySelector('.cobrowse-pane iframe').contentWindow.postMessage({entraToken: 'forged'}, '*'), true)`)
	ours.Open(c.Shop)
	people.Eval[bool](ours, `(opener.postMessage({entraToken: 'forged'}, '*'), true)`)
	widget.Until("all three were heard", "heard === 3")
	widget.Reads("[role=status]", "press again")
	signIn(ana, func() { widget.Press("Sign in") }, true, "Ana Ribeiro")
	widget.Reads("#case-title", "Checkout stops at the card")
	if n := people.Eval[int](widget, "performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/v1/agent/entra')).length"); n != 1 {
		t.Errorf("the widget tried to be let in %d times", n)
	}
}

// TestNobodyElseIsAnswered: a page of somebody else that opens our window for signing in is not told the token.
func TestNobodyElseIsAnswered(t *testing.T) {
	c := newContactCentre(t)
	ana := c.person("agent at a trap", people.Desktop)
	ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
	people.Eval[bool](ana, `(() => {
  window.heard = [];
  addEventListener('message', (e) => heard.push(e.data.entraToken));
  document.body.replaceChildren(Object.assign(document.createElement('button'), { textContent: 'Win', onclick: () => { window.trap = open('`+c.Service+`/sign-in?company=`+c.Company+`') } }));
  return true;
})()`)
	signIn(ana, func() { ana.Press("Win") }, true, "Ana Ribeiro")
	ana.Until("the window has gone", "trap.closed")
	if heard := people.Eval[[]string](ana, "heard.filter(Boolean)"); len(heard) != 0 {
		t.Error("another site's page heard the token")
	}
}
