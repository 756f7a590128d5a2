package e2e

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestFromTheShop: the customer begins on the company's own site, by its one script line, and takes the agent along to the terms, to the
// site of another company and to a PDF.
func TestFromTheShop(t *testing.T) {
	c := newCall(t)
	shop := c.customer.Person
	shop.Open(c.demo.Shop + "/terms")
	c.customer.Person = shop.NewTab(func() { shop.Press("Share screen with support") })
	c.customer.Fit(viewport)
	c.share()
	c.expand()
	c.agent.oracle.Open(c.demo.Shop + "/terms")
	c.arrived("/terms") // where the customer was
	c.agent.watch("end", "h1")
	x, y := c.agent.place("h1")
	c.agent.Wheel(x, y, 5000)
	c.agent.waitChange("end")
	people.Eval[bool](c.agent.oracle, "(scrollTo(0, 5000), true)")

	c.agent.click("#i-agree")
	c.agent.Hears("Only the customer can press “I agree”")
	c.customer.Hears("Only you can press “I agree”")
	if n := made(t, c.demo.Shop+"/agreements"); n != 0 {
		t.Fatalf("the agent agreed %d times", n)
	}
	c.customer.click("#i-agree")
	eventually(t, "the customer's agreement stands", func() bool { return made(t, c.demo.Shop+"/agreements") == 1 })

	// A link to another company's site opens in a tab of its own, for both.
	c.agent.click("footer a[target=_blank]")
	for _, p := range []*people.Person{c.customer.Person, c.agent.Person} {
		p.Until("the second site", "document.querySelector('input[aria-label=Address]').value.startsWith('"+c.demo.SecondSite+"')")
	}
	c.agent.Until("its picture", "document.querySelector('main.live').dataset.veil === ''")
	c.desk.Shot("second-site")

	// No mask can be proven in a PDF yet: the customer reads it, the agent is told why not.
	c.customer.Fill("input[aria-label=Address]", c.demo.Shop+"/manual.pdf\r")
	c.agent.Until("the veil of the PDF", "document.querySelector('main.live').dataset.veil === 'unsupported' && __blank()")
	c.customer.Until("the customer's picture of the PDF", "!__blank()")
	c.desk.Shot("pdf")
	c.customer.Shot("pdf")
}
