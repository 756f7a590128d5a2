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

	c.agent.inPlace("#i-agree")
	c.agent.click("#i-agree")
	c.agent.Hears("Only the customer can press “I agree”")
	c.customer.Hears("Only you can press “I agree”")
	if n := made(t, c.demo.Shop+"/agreements"); n != 0 {
		t.Fatalf("the agent agreed %d times", n)
	}
	c.customer.click("#i-agree")
	oneMade(t, c.demo.Shop+"/agreements")

	// A link to another company's site opens in a tab of its own, for both.
	c.agent.click("footer a[target=_blank]")
	for _, p := range []*people.Person{c.customer.Person, c.agent.Person} {
		p.Until("the second site", "document.querySelector('input[aria-label=Address]').value.startsWith('"+c.demo.SecondSite+"')")
	}
	c.agent.Until("its picture", "document.querySelector('main.live').dataset.veil === ''")
	c.desk.Shot("second-site")

	// A PDF is a page like any other: both read it, and what is private in it is covered in the agent's picture.
	c.customer.Fill("input[aria-label=Address]", c.demo.Shop+"/manual.pdf\r")
	c.agent.Until("the manual", "document.querySelector('main.live').dataset.veil === '' && __colour('#b24a20') > 1000")
	if n := people.Eval[int](c.agent.Person, "__colour('"+pdfCover+"')"); n > 0 {
		t.Errorf("%d pixels of a manual without private data are covered", n)
	}
	c.customer.Fill("input[aria-label=Address]", c.demo.Shop+"/invoice.pdf\r")
	c.agent.Until("the covered invoice", "document.querySelector('main.live').dataset.veil === '' && __colour('"+pdfCover+"') > 1000")
	c.customer.Until("the customer's layer over it", "[...document.querySelectorAll('*')].some(e => e.textContent === 'DE89 3704 0044 0532 0130 00' || e.textContent.includes('DE89'))")
	c.desk.Shot("pdf")
	c.customer.Shot("pdf")
}

// pdfCover is what private text of a PDF is painted over with.
const pdfCover = "#c9d3f0"
