package e2e

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// sockets keeps the live sockets of a page, so that a test can cut them.
const sockets = `window.__sockets = []; window.WebSocket = class extends WebSocket { constructor(...of) { super(...of); __sockets.push(this) } };`

// TestComingBack: whatever takes one of them away for a moment, both are in the same session again, with its picture.
func TestComingBack(t *testing.T) {
	c := newCall(t)
	c.customer.BeforeEveryPage(sockets)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	back := func(after string) {
		t.Helper()
		c.customer.Until("the customer's picture after "+after, "document.querySelector('canvas')?.width > 300 && !__blank()")
		c.agent.Until("the agent's picture after "+after, "document.querySelector('main.live')?.dataset.veil === '' && !__blank()")
		c.agent.Hears("Martin Weber")
	}

	people.Eval[bool](c.customer.Person, "(__sockets.at(-1).close(4900), true)")
	c.customer.Until("another socket", "__sockets.length > 1")
	back("a lost connection")

	c.customer.Reload()
	people.Eval[bool](c.customer.Person, eyes+", true")
	back("a reload")

	// As desks do that keep a pane elsewhere while another conversation is open: the same frame, loaded by its first address.
	people.Eval[bool](c.desk, "(() => { const f = document.querySelector('iframe'), home = f.parentNode; f.remove(); home.append(f); return true })()")
	c.agent.Person = c.desk.Frame(c.demo.Service+"/agent", "iframe")
	c.agent.Until("the live panel", "document.querySelector('main.live')")
	people.Eval[bool](c.agent.Person, eyes+", true")
	back("the desk put its frame elsewhere")
}
