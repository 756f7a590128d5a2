package console

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// newConsole is a console whose editors have scripted browsers, which browsers gives in their order.
func newConsole(t *testing.T, db *store.DB) (c *Console, browsers chan *cobrowsetest.Browser) {
	t.Helper()
	w := sessionstest.New(t, db)
	browsers = make(chan *cobrowsetest.Browser, 10)
	c = New(Config{
		DB: db, Ring: w.Ring, Companies: w.Companies, Launches: auth.NewLaunches(w.Companies, sessionstest.PublicURL, w.Now),
		Rules: rules.New(db, w.Ring, w.Companies), Defaults: cobrowse.Policy{PII: []string{"card"}}, MostEditors: 3, Log: slog.New(slog.DiscardHandler),
		Browser: func(context.Context, live.SessionSpec) (cobrowse.Browser, error) {
			b := cobrowsetest.NewBrowser()
			browsers <- b
			return b, nil
		},
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := c.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return c, browsers
}

func administrator(company, id string) auth.Identity {
	return auth.Identity{Company: company, Role: auth.RoleAdministrator, Agent: desk.Agent{ID: id, Name: id}}
}

// TestAnEditorIsItsAdministratorsOwn: nobody else points in it, and its two tokens are a customer's and an agent's.
func TestAnEditorIsItsAdministratorsOwn(t *testing.T) {
	ctx := context.Background()
	c, browsers := newConsole(t, storetest.SQLite(t))
	marta := administrator("acme", "marta")
	made, err := c.StartEditor(ctx, marta, "https://shop.acme.example/")
	if err != nil {
		t.Fatal(err)
	}
	<-browsers
	for token, role := range map[string]cobrowse.Role{made.Customer: cobrowse.RoleCustomer, made.Agent: cobrowse.RoleAgent} {
		a, err := c.editors.Admit(ctx, token)
		if err != nil || a.Participant.Role != role || a.Session.ID != made.ID || a.Session.RecordingMode != live.RecordingOff || a.Session.Channel != "editor" {
			t.Errorf("%s: %+v %v", role, a, err)
		}
	}
	for _, other := range []auth.Identity{administrator("acme", "olaf"), administrator("other", "marta")} {
		if _, err := c.Pick(ctx, other, made.ID, "t1", 1, 1); cobrowse.ReasonOf(err) != "editor_unknown" {
			t.Errorf("%s of %s picks: %v", other.Agent.ID, other.Company, err)
		}
		if err := c.CloseEditor(other, made.ID); cobrowse.ReasonOf(err) != "editor_unknown" {
			t.Errorf("%s of %s closes it: %v", other.Agent.ID, other.Company, err)
		}
		if err := c.Draft(ctx, other, made.ID, cobrowse.Policy{}); cobrowse.ReasonOf(err) != "editor_unknown" {
			t.Errorf("%s of %s drafts: %v", other.Agent.ID, other.Company, err)
		}
	}
}

// TestADraftIsInTheBrowserOnly: it is shown at once and published to nobody.
func TestADraftIsInTheBrowserOnly(t *testing.T) {
	ctx := context.Background()
	c, browsers := newConsole(t, storetest.SQLite(t))
	marta := administrator("acme", "marta")
	made, err := c.StartEditor(ctx, marta, "https://shop.acme.example/")
	if err != nil {
		t.Fatal(err)
	}
	browser := <-browsers
	draft := cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "mine", Selector: "#balance"}}}
	if err := browser.Await(ctx, func(d cobrowsetest.Done) bool { return d.What == "open" }); err != nil {
		t.Fatal(err)
	}
	if err := c.Draft(ctx, marta, made.ID, draft); err != nil {
		t.Fatal(err)
	}
	shown := browser.Policies()
	if len(shown) == 0 || !slices.Equal(shown[len(shown)-1].Masks, draft.Masks) || !slices.Equal(shown[len(shown)-1].PII, []string{"card"}) {
		t.Errorf("the browser has %+v", shown)
	}
	if p, err := c.Policy(ctx, marta); err != nil || len(p.Own.Masks) != 0 {
		t.Errorf("published: %+v %v", p, err)
	}
	if err := c.Draft(ctx, marta, made.ID, cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "bad", Selector: "div[["}}}); cobrowse.ReasonOf(err) != "policy_selector" {
		t.Errorf("a bad draft: %v", err)
	}
}

// TestEditorsAreFew: a company and a node have so many, and a closed one makes room; its tokens work no more.
func TestEditorsAreFew(t *testing.T) {
	ctx := context.Background()
	c, _ := newConsole(t, storetest.SQLite(t))
	marta := administrator("acme", "marta")
	var first Editor
	for i := range maxEditors {
		made, err := c.StartEditor(ctx, marta, "https://shop.acme.example/")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = made
		}
	}
	if _, err := c.StartEditor(ctx, administrator("acme", "olaf"), "https://shop.acme.example/"); cobrowse.ReasonOf(err) != "editors_busy" {
		t.Fatalf("one too many: %v", err)
	}
	if _, err := c.StartEditor(ctx, administrator("other", "olaf"), "https://shop.other.example/"); err != nil {
		t.Errorf("another company: %v", err)
	}
	if _, err := c.StartEditor(ctx, administrator("other", "marta"), "https://shop.other.example/"); cobrowse.ReasonOf(err) != "editors_full" {
		t.Errorf("one too many for the node: %v", err)
	}
	s, _ := c.editors.sessions.Get(first.ID)
	if err := c.CloseEditor(marta, first.ID); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if _, err := c.editors.Admit(ctx, first.Customer); cobrowse.ReasonOf(err) != "token_invalid" {
		t.Errorf("the closed editor's token: %v", err)
	}
	if _, err := c.StartEditor(ctx, marta, "https://shop.acme.example/"); err != nil {
		t.Errorf("after closing one: %v", err)
	}
	for _, address := range []string{"", "shop.example", "file:///etc/passwd", "javascript:alert(1)", "https://user:pw@shop.example/"} {
		if _, err := c.StartEditor(ctx, administrator("other", "x"), address); cobrowse.ReasonOf(err) != "url_invalid" {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestEditorsEndWithTheSignIn that they were started with, whoever ends it.
func TestEditorsEndWithTheSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		c, _ := newConsole(t, db)
		signIn := func() auth.Identity {
			t.Helper()
			secret, err := Link(ctx, db, c.Ring, "acme")
			if err != nil {
				t.Fatal(err)
			}
			token, _, err := c.OpenLink(ctx, secret)
			if err != nil {
				t.Fatal(err)
			}
			who, err := auth.Check(ctx, db, token, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return who
		}
		edit := func(who auth.Identity) *cobrowse.Session {
			t.Helper()
			made, err := c.StartEditor(ctx, who, "https://shop.acme.example/")
			if err != nil {
				t.Fatal(err)
			}
			s, _ := c.editors.sessions.Get(made.ID)
			return s
		}
		one, other := signIn(), signIn()
		first, second := edit(one), edit(other)
		if err := c.Close(ctx, one); err != nil {
			t.Fatal(err)
		}
		<-first.Done()
		if err := c.Sweep(ctx); err != nil || second.State() == cobrowse.StateEnded {
			t.Errorf("another sign-in: %v %v", second.State(), err)
		}
		unused, err := Link(ctx, db, c.Ring, "acme")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := Revoke(ctx, db, c.Ring, "other"); err != nil || n != 0 {
			t.Errorf("another company: %d %v", n, err)
		}
		if n, err := Revoke(ctx, db, c.Ring, "acme"); err != nil || n != 1 {
			t.Errorf("revoked: %d %v", n, err)
		}
		if err := c.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		<-second.Done()
		if _, _, err := c.OpenLink(ctx, unused); cobrowse.ReasonOf(err) != "link_invalid" {
			t.Errorf("an address from before: %v", err)
		}
		if _, err := Revoke(ctx, db, c.Ring, "nobody"); cobrowse.ReasonOf(err) != "company_unknown" {
			t.Errorf("an unknown company: %v", err)
		}
	})
}
