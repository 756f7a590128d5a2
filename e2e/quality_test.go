package e2e

import "testing"

// lateAnswers is put before a page: what answers its pings comes late, as over a bad network.
const lateAnswers = `window.WebSocket = class extends WebSocket {
  set onmessage(hear) {
    super.onmessage = (e) => (typeof e.data === 'string' && e.data.includes('"pong"') ? setTimeout(() => hear(e), 900) : hear(e));
  }
};`

// TestConnectionOfBoth: each measures their own, and the other is told whose it is.
func TestConnectionOfBoth(t *testing.T) {
	c := newCall(t)
	c.customer.BeforeEveryPage(lateAnswers)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.customer.See(".signal-button[data-level=slow]")
	c.customer.Hears("Your connection is slow")
	c.agent.Reads(".connection[data-level=slow]", "Customer’s connection is slow")
	c.desk.Shot("slow-customer")
	c.customer.Shot("slow")
	c.customer.Open("about:blank")
	c.agent.Reads(".connection[data-level=reconnecting]", "Customer is reconnecting")
}
