package browser

import (
	"errors"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// TestAgentsGoOnlyWhereTheyMay: by the address bar, a new tab, back and reload they come to no address that a rule keeps from them.
func TestAgentsGoOnlyWhereTheyMay(t *testing.T) {
	s := site(t, map[string]string{"/pay/now": "<title>Pay</title>", "/logout": "<title>Out</title>", "/other": "<title>Other</title>"})
	r := launch(t, Spec{Session: "journey", Policy: cobrowse.Policy{
		Guards:   []cobrowse.GuardRule{{ID: "pay", Link: "*/pay/*", Site: "elsewhere.example"}},
		Requests: []cobrowse.RequestRule{{ID: "out", Method: "get", URL: "*/logout"}, {ID: "post", URL: "*/other"}},
	}})
	tab, err := r.Open(t.Context(), s.URL+"/pay/now")
	if err != nil {
		t.Fatal(err)
	}
	title := func(want string) {
		t.Helper()
		await(r, want, func(e cobrowse.TabsEvent) bool {
			return len(e.Tabs) == 1 && e.Tabs[0].Title == want && !e.Tabs[0].Loading
		})
		r.forget()
	}
	title("Pay")
	refused := func(what, rule string, err error) {
		t.Helper()
		if !errors.Is(err, cobrowse.ErrGuarded) {
			t.Errorf("%s: %v", what, err)
		}
		told := await(r, what, func(cobrowse.RefusedEvent) bool { return true }).Refusal
		if told.Rule != rule || told.How != "address" || told.By != cobrowse.RoleAgent || told.Name != "127.0.0.1" {
			t.Errorf("%s: %+v", what, told)
		}
		r.forget()
	}
	refused("reload", "pay", r.Browser.History(t.Context(), tab, cobrowse.RoleAgent, 0))
	if err := r.Browser.Navigate(t.Context(), tab, cobrowse.RoleAgent, s.URL+"/other"); err != nil {
		t.Fatal(err)
	}
	title("Other")
	refused("back", "pay", r.Browser.History(t.Context(), tab, cobrowse.RoleAgent, -1))
	refused("address", "out", r.Browser.Navigate(t.Context(), tab, cobrowse.RoleAgent, s.URL+"/logout"))
	_, err = r.Browser.Open(t.Context(), cobrowse.RoleAgent, s.URL+"/PAY/%6eow")
	refused("new tab", "pay", err)
	if err := r.History(t.Context(), tab, -1); err != nil {
		t.Fatal(err)
	}
	title("Pay")
	if err := r.Navigate(t.Context(), tab, s.URL+"/logout"); err != nil {
		t.Fatal(err)
	}
	title("Out")
}

// actedJustNow makes what an agent has done something of this moment, however slow the machine is.
func (r *rig) actedJustNow() {
	r.Browser.mu.Lock()
	defer r.Browser.mu.Unlock()
	r.shown.agentActed(time.Now().Add(time.Hour))
}

// doubtful awaits a question that may be about what an agent did: it is not the customer's alone.
func (r *rig) doubtful() cobrowse.Ask {
	r.t.Helper()
	a := r.asks(cobrowse.AskConfirm)
	if a.By == cobrowse.RoleCustomer {
		r.t.Error("the question is said to be the customer's")
	}
	return a
}

// TestCustomersKeysAnswerNoQuestionOfTheAgents: a page that asks late about what the agent pressed does not ask in the name of the
// customer, whose key came last.
func TestCustomersKeysAnswerNoQuestionOfTheAgents(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="margin:0"><button style="width:200px;height:40px"
		onclick="onkeyup=()=>setTimeout(()=>document.title=confirm('Delete?'))">Remove</button>
		<button style="position:absolute;left:0;top:60px;width:200px;height:40px" onclick="document.title=confirm('Own?')+'!'">Own</button>`})
	r := launch(t, Spec{Session: "questions"})
	tab := r.openPage(s.URL)
	r.press(tab, cobrowse.RoleAgent, 50, 20)
	r.actedJustNow()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputKeyDown, cobrowse.InputKeyUp} {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, Key: "x", Code: "KeyX"}); err != nil {
			t.Fatal(err)
		}
	}
	r.answer(r.doubtful(), cobrowse.RoleCustomer, cobrowse.Reply{})
	await(r, "no", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "false" })
	r.forget()
	r.click(tab, 50, 80)
	own := r.asks(cobrowse.AskConfirm)
	if own.By != cobrowse.RoleCustomer {
		t.Errorf("the customer's own press, by %q", own.By)
	}
	r.answer(own, cobrowse.RoleCustomer, cobrowse.Reply{OK: true})
	await(r, "the customer's own", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "true!" })
}
