package desks

import (
	"testing"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

// caseless opens the conversation that nobody has linked a case to.
func caseless(t *testing.T, name string) (d *demo.Demo, desk, widget *people.Person) {
	t.Helper()
	d = product.Start(t, nil)
	desk = people.New(t, name, people.Desktop)
	desk.Open(d.Desk)
	desk.Press("Sofia Marino")
	widget = desk.Frame(d.Service+"/agent", ".cobrowse-pane:not([hidden]) iframe")
	widget.Reads("#case-title", "No case linked yet")
	desk.Reads(".case h1", "No case linked yet")
	desk.Shot("none")
	return d, desk, widget
}

// TestDeskLinksACase: the agent finds the customer's open case, or another one by its words, and the desk shows it with its timeline.
func TestDeskLinksACase(t *testing.T) {
	d, desk, widget := caseless(t, "case")
	widget.Press("Choose a case")
	widget.Reads(".case-choice ul", "Grinder in the wrong colour")
	desk.Shot("choose")
	desk.Accessible()
	widget.Fill("#case-search", "checkout stops\r")
	widget.Reads(".case-choice ul", "CAS-01042-K7")
	people.Eval[any](widget, "document.querySelector('#case-search').select()")
	widget.Type("GRINDER\r")
	widget.Press("Grinder in the wrong colour")
	widget.Reads("#case-title", "Grinder in the wrong colour")
	widget.Gone(".case-choice")
	desk.Reads(".case h1", "Grinder in the wrong colour")
	desk.Shot("linked")
	desk.Reload()
	desk.Press("Sofia Marino")
	timeline := desk.NewTab(func() { desk.Press("Open the timeline") })
	timeline.Reads(".head", "CAS-01038-T4")
	timeline.Reads(".head", "Sofia Marino")
	all, err := d.CRM.List(t.Context())
	if err != nil || all[2].CaseTitle != "Grinder in the wrong colour" {
		t.Errorf("the organisation has %+v, %v", all[2], err)
	}
}

// TestDeskMakesACase: it belongs to the conversation's customer and gets a number.
func TestDeskMakesACase(t *testing.T) {
	d, desk, widget := caseless(t, "new case")
	widget.Press("Create a case")
	widget.Fill("#case-title-new", "Wants to return a grinder\r")
	widget.Reads("#case-title", "Wants to return a grinder")
	desk.Reads(".case .kind", "Case · CAS-")
	desk.Shot("made")
	all, err := d.CRM.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.CRM.Case(t.Context(), all[2].CaseID)
	if err != nil || c.CustomerName != "Sofia Marino" || c.Owner != "Ana Ribeiro" || c.Status != "Active" {
		t.Errorf("the organisation has %+v, %v", c, err)
	}
}
