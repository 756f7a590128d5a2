package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestFiles: what a page gives goes to the customer's device, what it asks for comes from there, and the agent, who pressed, gets neither.
func TestFiles(t *testing.T) {
	c := newCall(t)
	saved := c.customer.SavesFiles()
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
	people.Eventually(t, "it is saved", func() error {
		content, err := os.ReadFile(filepath.Join(saved, "invoice-CL-20388.pdf"))
		if err == nil && !bytes.HasPrefix(content, []byte("%PDF-")) {
			err = errors.New(string(content[:min(len(content), 20)]))
		}
		return err
	})
	c.customer.Press("Hide the list of files")

	c.goTo("/claim")
	c.agent.watch("receipt", "#receipt")
	c.agent.click("#receipt")
	c.agent.Hears("The customer is asked for a file")
	c.desk.Shot("upload")
	c.customer.Hears("The page asks for a file")
	c.customer.Shot("upload")
	c.customer.Chooses(".upload input", "receipt of Julia.pdf", "RECEIPT")
	c.customer.Until("its name in the customer's layer", "[...document.querySelectorAll('*')].some(e => e.textContent === 'receipt of Julia.pdf')")
	c.customer.Gone(".upload")
	c.agent.waitChange("receipt") // the field is hidden now
	c.desk.Shot("uploaded")
	c.customer.Shot("uploaded")

	// What the customer copies in the shared page is in their own clipboard.
	people.Eval[bool](c.customer.Person, "(navigator.clipboard.writeText = async (text) => { window.copied = text }, true)")
	c.customer.click("h1")
	for _, key := range []string{"a", "c"} {
		people.Eval[bool](c.customer.Person, fmt.Sprintf(`(() => {
			const field = document.querySelector('.live-keyboard');
			for (const type of ['keydown', 'keyup']) field.dispatchEvent(new KeyboardEvent(type, {key: %q, code: 'Key' + %q, ctrlKey: true, bubbles: true, cancelable: true}));
			return true;
		})()`, key, strings.ToUpper(key)))
	}
	c.customer.Until("the text is copied", "window.copied?.includes('Warranty claim')")
}
