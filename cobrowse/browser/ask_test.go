package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// asks waits for a question of a kind that was not there before.
func (r *rig) asks(kind cobrowse.AskKind) cobrowse.Ask {
	r.t.Helper()
	return await(r, "is asked: "+string(kind), func(e cobrowse.AskEvent) bool { return e.Ask.Kind == kind }).Ask
}

// answer answers it, and waits until it is gone.
func (r *rig) answer(a cobrowse.Ask, by cobrowse.Role, reply cobrowse.Reply) {
	r.t.Helper()
	r.forget()
	if err := r.Answer(r.t.Context(), a.ID, by, reply); err != nil {
		r.t.Fatalf("answer %s: %v", a.Kind, err)
	}
	await(r, "the question is gone", func(e cobrowse.AskGoneEvent) bool { return e.ID == a.ID })
}

func TestDialogsWaitForPeople(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body onclick="alert('hello'); document.title = confirm('sure?') + '/' + prompt('name?', 'Bea')">`})
	r := launch(t, Spec{Session: "dialogs"})
	tab := r.openPage(s.URL)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []cobrowse.Role{cobrowse.RoleAgent, cobrowse.RoleCustomer} {
		r.forget()
		r.press(tab, by, 50, 50)
		alert := r.asks(cobrowse.AskAlert)
		if alert.Message != "hello" || alert.Host != "127.0.0.1" || alert.Tab != tab || alert.Guarded {
			t.Errorf("%+v", alert)
		}
		r.press(tab, cobrowse.RoleCustomer, 50, 50) // reaches nobody
		r.mu.Lock()
		state, _ := p.gate.State(time.Now().Add(time.Hour))
		r.mu.Unlock()
		if state != "" {
			t.Errorf("the picture stands, but agents are kept from it: %q", state)
		}
		if by == cobrowse.RoleCustomer { // as who reads no longer than a question stays theirs
			r.Browser.mu.Lock()
			r.tabs[0].pressedAt = time.Now()
			r.Browser.mu.Unlock()
		}
		r.answer(alert, by, cobrowse.Reply{})
		confirm := r.asks(cobrowse.AskConfirm)
		if confirm.By != by {
			t.Errorf("%s pressed, asked by %q", by, confirm.By)
		}
		r.answer(confirm, by, cobrowse.Reply{OK: by == cobrowse.RoleCustomer})
		prompt := r.asks(cobrowse.AskPrompt)
		if prompt.Default != "Bea" {
			t.Errorf("%+v", prompt)
		}
		r.answer(prompt, cobrowse.RoleCustomer, cobrowse.Reply{OK: true, Values: []string{"Ana"}})
		r.titled(map[cobrowse.Role]string{cobrowse.RoleAgent: "false/Ana", cobrowse.RoleCustomer: "true/Ana"}[by])
		r.Browser.mu.Lock() // as after a while, so that the other's press is not in doubt
		r.tabs[0].agentActedAt, r.tabs[0].customerAt = time.Time{}, time.Time{}
		r.Browser.mu.Unlock()
	}
	if err := r.Answer(t.Context(), "q1", cobrowse.RoleCustomer, cobrowse.Reply{}); err != nil {
		t.Errorf("a question that is gone: %v", err)
	}
}

func TestGuardedPagesSaySo(t *testing.T) {
	s := site(t, map[string]string{"/": `<body onclick="confirm('sure?')">`})
	r := launch(t, Spec{Session: "guarded", Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "buy", Name: "buy"}}}})
	r.press(r.openPage(s.URL), cobrowse.RoleAgent, 50, 50)
	if a := r.asks(cobrowse.AskConfirm); !a.Guarded || a.By != cobrowse.RoleAgent {
		t.Errorf("%+v", a)
	}
}

// TestDialogsThatNobodySees: a page that is not shown is answered at once, and so is one that people turn away from.
func TestDialogsThatNobodySees(t *testing.T) {
	s := site(t, map[string]string{
		"/": `<title>start</title><body onclick="document.title = confirm('sure?')"><script>addEventListener('message', () => { alert('still here'); document.title = 'told' })</script>`, "/2": "<title>two</title>",
	})
	r := launch(t, Spec{Session: "unseen"})
	tab := r.openPage(s.URL)
	r.press(tab, cobrowse.RoleCustomer, 50, 50)
	a := r.asks(cobrowse.AskConfirm)
	if _, err := r.Open(t.Context(), s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	await(r, "put aside", func(e cobrowse.AskGoneEvent) bool { return e.ID == a.ID })
	await(r, "title false", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "false" })
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluate[any](t.Context(), p.session, "", "void postMessage(1)"); err != nil {
		t.Fatal(err)
	}
	await(r, "answered for people", func(e cobrowse.DialogEvent) bool { return e.Message == "still here" && e.Tab == tab && e.Accepted })
	await(r, "title told", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "told" })
}

// TestFromTabToTabAtOnce: however soon a person comes back, Chromium shows the tab that they see, and what its page asks from then on waits
// for them.
func TestFromTabToTabAtOnce(t *testing.T) {
	b, p, pipe := answeringPage(t)
	first, second := &tab{id: "t1", page: p}, &tab{id: "t2", page: newPage(p.chrome, "other", p.session)}
	p.tab, second.page.tab = first, second
	b.mu.Lock()
	for _, t := range []*tab{first, second, first} {
		b.showNow(t)
	}
	asked := b.askPeople(&openAsk{page: p, Ask: cobrowse.Ask{Kind: cobrowse.AskConfirm}, give: func(context.Context, cobrowse.Role, cobrowse.Reply) error {
		t.Error("answered for people")
		return nil
	}})
	b.mu.Unlock()
	if !asked {
		t.Fatal("not asked")
	}
	told := ""
	for range 3 {
		told = <-pipe.told
	}
	if !strings.Contains(told, "main") {
		t.Errorf("Chromium shows %s", told)
	}
	if err := b.Close(t.Context()); err != nil { // and waits for all that goes on
		t.Error(err)
	}
}

func TestDialogFloodEnds(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body onclick="for (let i = 0; i < 9; i++) alert(i); document.title = 'over'">`})
	r := launch(t, Spec{Session: "flood"})
	tab := r.openPage(s.URL)
	r.press(tab, cobrowse.RoleCustomer, 50, 50)
	for range mostInARow {
		r.answer(r.asks(cobrowse.AskAlert), cobrowse.RoleCustomer, cobrowse.Reply{OK: true})
	}
	await(r, "the rest is told", func(e cobrowse.DialogEvent) bool { return e.Message == "8" })
	r.titled("over")
	r.forget()
	r.press(tab, cobrowse.RoleCustomer, 50, 50)
	r.asks(cobrowse.AskAlert) // a press makes it their question again
}

func TestLeavingIsAsked(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="height:100vh" onclick="document.title = 'pressed'"><script>addEventListener('beforeunload', (e) => e.preventDefault())</script>`, "/2": "<title>two</title>"})
	r := launch(t, Spec{Session: "leaving"})
	for _, leave := range []bool{false, true} {
		r.forget()
		tab := r.openPage(s.URL)
		p, err := r.pageOf(tab)
		if err != nil {
			t.Fatal(err)
		}
		r.press(tab, cobrowse.RoleCustomer, 50, 50)
		r.titled("pressed") // a page that nobody has pressed asks nothing
		if err := r.Navigate(t.Context(), tab, s.URL+"/2"); err != nil {
			t.Fatal(err)
		}
		a := r.asks(cobrowse.AskLeave)
		r.Browser.mu.Lock()
		sent := p.sent
		r.Browser.mu.Unlock()
		if err := r.seeOff(p, sent, s.URL+"/2", func() error { t.Error("sent again"); return nil }); err != nil {
			t.Errorf("a page that waits for a person is not stuck: %v", err)
		}
		r.answer(a, cobrowse.RoleCustomer, cobrowse.Reply{OK: leave})
		await(r, "what comes of it", func(e cobrowse.TabsEvent) bool {
			last := e.Tabs[len(e.Tabs)-1]
			return !last.Loading && strings.HasSuffix(last.URL, "/2") == leave
		})
	}
}
