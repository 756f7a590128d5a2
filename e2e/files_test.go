package e2e

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestFiles: what a page gives goes to the customer's device, what it asks for comes from there, and the agent, who pressed, gets neither.
func TestFiles(t *testing.T) {
	c := newCall(t)
	c.customer.BeforeEveryPage(`HTMLAnchorElement.prototype.click = async function () { window.saved = this.download + " " + (await (await fetch(this.href)).text()).slice(0, 5) }`)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()

	c.goTo("/account")
	c.agent.click("#save-invoice")
	c.agent.Hears("The page gives the customer a file")
	c.customer.Hears("invoice-CL-20388.pdf")
	c.customer.Shot("files")
	c.customer.Press("Save invoice-CL-20388.pdf")
	c.customer.Until("it is saved", `window.saved === "invoice-CL-20388.pdf %PDF-"`)
	c.customer.Press("Hide the list of files")

	c.goTo("/claim")
	c.agent.watch("receipt", "#receipt")
	c.agent.click("#receipt")
	c.agent.Hears("The customer is asked for a file")
	c.desk.Shot("upload")
	c.customer.Hears("The page asks for a file")
	c.customer.Shot("upload")
	people.Eval[bool](c.customer.Person, `(() => {
		const chosen = new DataTransfer(), field = document.querySelector('.upload input');
		chosen.items.add(new File(["RECEIPT"], "receipt of Julia.pdf"));
		field.files = chosen.files;
		return field.dispatchEvent(new Event('change'));
	})()`)
	c.customer.Until("its name in the customer's layer", "[...document.querySelectorAll('*')].some(e => e.textContent === 'receipt of Julia.pdf')")
	c.customer.Gone(".upload")
	c.agent.waitChange("receipt") // the field is hidden now
	c.desk.Shot("uploaded")
	c.customer.Shot("uploaded")
}
