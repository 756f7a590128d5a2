package agentdesk

import (
	"testing"

	"cobrowse-connector/e2e/desks"
	"cobrowse-connector/e2e/people"
)

// caseless opens the pane with a call that has no case.
func caseless(t *testing.T, name string, change func(*service, *desks.Setup)) (s *service, ana, widget *people.Person) {
	t.Helper()
	s = startDynamics(t)
	s.record = object{"id": "", "title": ""}
	setup := workspace(s.address, desks.Pane)
	setup.Conversations = setup.Conversations[2:]
	if change != nil {
		change(s, &setup)
	}
	ana = people.New(t, name, people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(setup))
	widget = ana.Frame(s.address+"/agent", ".cobrowse-pane iframe")
	widget.See("#case-choose")
	return s, ana, widget
}

func TestCaseIsChosen(t *testing.T) {
	_, ana, widget := caseless(t, "dynamics choose", nil)
	ana.Shot("case-none")
	widget.Press("Choose a case")
	widget.Until("the search has the focus", "document.activeElement.id === 'case-search'")
	widget.Reads(".case-choice ul", "James's card is refused")
	ana.Shot("case-choose")
	widget.Accessible()
	widget.Fill("#case-search", "nothing like this\r")
	widget.Reads(".case-choice", "No case fits")
	widget.Click("#case-search")
	people.Eval[any](widget, "document.querySelector('#case-search').select()")
	widget.Type("james's card\r")
	widget.Press("James's card is refused")
	widget.Gone(".case-choice")
	widget.Reads("#case-title", "James's card is refused")
	ana.Until("it is linked", desks.Did("linked", "table", "incident", "recordId", cardID, "id", callID)+" === 1")
}

func TestCaseIsMade(t *testing.T) {
	_, ana, widget := caseless(t, "dynamics create", nil)
	widget.Press("Create a case")
	widget.Until("the title has the focus", "document.activeElement.id === 'case-title-new'")
	ana.Type("Card is refused")
	ana.Shot("case-create")
	widget.Accessible()
	widget.Click("#case-make")
	widget.Gone(".case-choice")
	ana.Until("it is made and linked", desks.Did("created", "title", "Card is refused")+" === 1 && "+desks.Did("linked", "id", callID)+" === 1")
}

// TestCaseThatCannotBeLinked: without a customer there is nothing to make a case for.
func TestCaseThatCannotBeLinked(t *testing.T) {
	for language, says := range map[string]struct{ none, open, refused string }{
		"en":    {"No case linked yet", "no open case", "could not be linked"},
		"pt-BR": {"Nenhuma ocorrência vinculada", "não tem ocorrência aberta", "Não foi possível vincular"},
	} {
		t.Run(language, func(t *testing.T) {
			_, ana, widget := caseless(t, "dynamics refused "+language, func(s *service, d *desks.Setup) {
				s.language, d.Conversations[0].CustomerID = language, ""
			})
			widget.Reads("#case-title", says.none)
			widget.Click("#case-choose")
			widget.Reads(".case-choice", says.open)
			ana.Shot("case-nothing")
			widget.Click("#case-create")
			widget.Fill("#case-title-new", "Card is refused\r")
			widget.Reads(".case-choice", says.refused)
			ana.Shot("case-refused")
			widget.Accessible()
			ana.Until("nothing was made", desks.Did("created")+" === 0")
		})
	}
}

// TestSessionWithoutACase: the agent reads what becomes of its summary, and can still link a case.
func TestSessionWithoutACase(t *testing.T) {
	s, ana, widget := caseless(t, "dynamics none", nil)
	widget.Fill("#pin", "483920")
	widget.Press("Start co-browse")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 60})
	widget.Reads(".ended", "moves to a case as soon as one is linked")
	ana.Shot("ended")
	widget.Press("Choose a case")
	widget.Press("James's card is refused")
	widget.Reads(".ended", "being written to the case")
}

// TestCaseForm: on the form of a case the session is about that case, with a PIN.
func TestCaseForm(t *testing.T) {
	s := startDynamics(t)
	ana := people.New(t, "dynamics form", people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.Case)))
	ana.Frame(s.address+"/agent", ".cobrowse-pane iframe").See("#pin")
	ana.Shot("case-form")
	if target := s.opened(); target != "incident:"+coatID {
		t.Errorf("the frame is about %s", target)
	}
	ana.Until("the control registers by its name", desks.Did("registered", "name", "Cobrowse.CobrowsePane"))
}
