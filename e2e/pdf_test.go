package e2e

import (
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/connector/web"
)

// paper serves the page that takes a PDF's place, for somebody who looks where things are in it.
func paper(t *testing.T, file string) string {
	t.Helper()
	res, err := http.Get(file)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	viewer, err := fs.ReadFile(web.FS, web.PDFViewer)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.NewReplacer("{{DOCUMENT}}", base64.StdEncoding.EncodeToString(content), "{{PROBLEM}}", "", "{{TITLE}}", "paper").Replace(string(viewer))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestPDF: both read a form, search in it and fill it in; an account number is for the customer's eyes, and so is the copy.
func TestPDF(t *testing.T) {
	c := newCall(t)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()
	oracle := c.agent.oracle
	oracle.Open(paper(t, c.demo.Shop+"/warranty.pdf"))
	oracle.See("[name=name]")
	c.customer.Fill("input[aria-label=Address]", c.demo.Shop+"/warranty.pdf\r")
	c.arrived("/warranty.pdf")
	c.agent.Until("the fields", "__colour('#eef3ff') > 1000")

	// The agent searches, and both see what is found.
	c.agent.click("#search")
	c.customer.Until("the search bar", "__colour('#2f6fed') >= 0 && __colour('#8fb8ff') > 50")
	c.agent.Type("serial")
	for _, p := range []hands{c.agent, c.customer} {
		p.Until("the place that was found", "__colour('#ff9b42') > 100")
	}
	c.desk.Shot("pdf-search")
	c.agent.Type("\x1b")
	c.agent.Until("the marks are gone", "__colour('#ff9b42') === 0")

	// Both fill it in.
	c.customer.watch("name", "[name=name]")
	c.agent.click("[name=name]")
	c.agent.Type("Martin Weber")
	c.customer.waitChange("name")
	c.agent.watch("iban", "[name=iban]")
	c.customer.click("[name=iban]")
	c.customer.Type("DE89370400440532013000")
	c.customer.Until("the customer reads their own number", `document.querySelector('.live-overlay')?.innerText.replaceAll(' ', '').includes('DE89370400440532013000')`)
	c.agent.watch("serial", "[name=serial]")
	c.customer.click("[name=serial]")
	c.customer.Type("CL-AU-2026")
	c.agent.waitChange("serial") // a picture later than everything typed
	if s := c.agent.saw("iban"); s.Most > 0 {
		t.Errorf("the agent's picture of the number changed by %d pixels", s.Most)
	}
	c.desk.Shot("pdf-form")
	c.customer.Shot("pdf-form")

	// The list of pages, and the copy that is the customer's.
	c.customer.click("#pages")
	c.agent.Until("the list of pages", "__colour('#33373c') > 10000")
	c.desk.Shot("pdf-pages")
	c.agent.click("#copy")
	c.agent.Hears("Only the customer can press “Save a copy”")
	c.customer.Hears("Only you can press “Save a copy”")
	c.customer.click("#copy")
	c.agent.Hears("The page gives the customer a file")
	c.customer.Hears("warranty-card.pdf")
}
