package sessions_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

var ctx = context.Background()

// each runs a test in a world on each database.
func each(t *testing.T, test func(t *testing.T, w *sessionstest.World)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, sessionstest.New(t, db)) })
}

// reason is the machine word of an error.
func reason(err error) string {
	return cmp.Or(cobrowse.ReasonOf(err), fmt.Sprint(err))
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCallFromPINToLive(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "https://user:pw@shop.acme.example/kettles#top", "a"))(t)
		customer := must(w.Sessions.Admit(ctx, inv.Token))(t)
		if s := customer.Session; s.State != cobrowse.StateRequested || s.Agent != nil || s.StartURL != "https://shop.acme.example/kettles#top" {
			t.Fatalf("before the claim: %+v", s)
		}
		agent := w.Agent("acme", "ada", "c-voice")
		view := must(w.Sessions.Claim(ctx, agent, inv.PIN, "192.0.2.1"))(t)
		if view.ID != inv.Session || view.CustomerName != "Carla" || view.AgentName != "Agent ada" || view.Channel != "voice" {
			t.Fatalf("claimed: %+v", view)
		}
		// The claim tells the actor who the agent is, under the id they will be admitted with.
		spec := must(w.Sessions.Spec(ctx, inv.Session))(t)
		token := must(w.Sessions.Join(ctx, agent, inv.Session))(t)
		joined := must(w.Sessions.Admit(ctx, token))(t)
		if spec.Agent == nil || spec.Agent.ID != joined.Participant.ID || joined.Participant.Role != cobrowse.RoleAgent {
			t.Fatalf("the agent is %+v by the claim and %+v by the token", spec.Agent, joined.Participant)
		}
		if again := must(w.Sessions.Admit(ctx, inv.Token))(t); again.Participant.Name != "Carla" || again.Participant.ID != customer.Participant.ID {
			t.Fatalf("the customer after the claim: %+v", again.Participant)
		}
		if joined.Session.Policy.PII[0] != "card" || len(joined.Session.Policy.Rights) == 0 {
			t.Errorf("policy: %+v", joined.Session.Policy)
		}
		if state := must(w.Sessions.ContextOf(ctx, agent))(t); state.Session == nil || state.Session.ID != inv.Session || state.Case.Title != "Broken kettle" {
			t.Errorf("context: %+v", state)
		}
	})
}

func TestChatFromLinkToCustomer(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-chat")
		view, address, err := w.Sessions.Link(ctx, agent)
		if err != nil {
			t.Fatal(err)
		}
		same, sameAddress, err := w.Sessions.Link(ctx, agent)
		if err != nil || same.ID != view.ID || sameAddress != address {
			t.Fatalf("the open invitation was not returned again: %v %v %v", same, sameAddress, err)
		}
		path, ticket, _ := strings.Cut(address, "#")
		if path != sessionstest.PublicURL+"/j" || len(ticket) < 40 {
			t.Fatalf("the link is %s", address)
		}
		token, session, co, err := w.Sessions.OpenTicket(ctx, ticket)
		if err != nil || session != view.ID || co.Slug != "acme" {
			t.Fatalf("got %s %s %v", session, co.Slug, err)
		}
		if a := must(w.Sessions.Admit(ctx, token))(t); a.Participant.Role != cobrowse.RoleCustomer || a.Participant.Name != "Chris" {
			t.Fatalf("admitted as %+v", a.Participant)
		}
		if _, _, _, err := w.Sessions.OpenTicket(ctx, ticket); reason(err) != "ticket_used" {
			t.Errorf("opened twice: %v", err)
		}
		if _, _, _, err := w.Sessions.OpenTicket(ctx, "nonsense"); reason(err) != "ticket_invalid" {
			t.Errorf("an unknown ticket: %v", err)
		}
		if _, _, err := w.Sessions.Link(ctx, agent); reason(err) != "session_running" {
			t.Errorf("a second link while the customer is there: %v", err)
		}
	})
}

func TestLinkExpires(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-chat")
		view, address, err := w.Sessions.Link(ctx, agent)
		if err != nil {
			t.Fatal(err)
		}
		w.Turn(16 * time.Minute)
		_, ticket, _ := strings.Cut(address, "#")
		if _, _, _, err := w.Sessions.OpenTicket(ctx, ticket); reason(err) != "ticket_invalid" {
			t.Errorf("an old ticket: %v", err)
		}
		if next, _, err := w.Sessions.Link(ctx, agent); err != nil || next.ID == view.ID {
			t.Errorf("an expired invitation was returned again: %v %v", next, err)
		}
	})
}

func TestOneTicketOneCustomer(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		_, address, err := w.Sessions.Link(ctx, w.Agent("acme", "ada", "c-chat"))
		if err != nil {
			t.Fatal(err)
		}
		_, ticket, _ := strings.Cut(address, "#")
		results := make(chan error, 6)
		var all sync.WaitGroup
		for range cap(results) {
			all.Go(func() {
				_, _, _, err := w.Sessions.OpenTicket(ctx, ticket)
				results <- err
			})
		}
		all.Wait()
		close(results)
		in := 0
		for err := range results {
			if err == nil {
				in++
			} else if reason(err) != "ticket_used" {
				t.Error(err)
			}
		}
		if in != 1 {
			t.Fatalf("%d customers came in by one link", in)
		}
	})
}

// linkWaitedOn is a link whose agent waits for the customer already.
func linkWaitedOn(t *testing.T, w *sessionstest.World, agent auth.Identity) (session, ticket string) {
	t.Helper()
	view, address, err := w.Sessions.Link(ctx, agent)
	if err != nil {
		t.Fatal(err)
	}
	must(w.Sessions.Join(ctx, agent, view.ID))(t)
	for _, s := range []cobrowse.State{cobrowse.StateProvisioning, cobrowse.StateWaiting} {
		if err := w.Sessions.Moved(ctx, view.ID, s, w.Now()); err != nil {
			t.Fatal(err)
		}
	}
	_, ticket, _ = strings.Cut(address, "#")
	return view.ID, ticket
}

func TestPINMakesAnUnopenedLinkUseless(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-voice")
		link, ticket := linkWaitedOn(t, w, agent)
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		must(w.Sessions.Claim(ctx, agent, inv.PIN, "a"))(t)
		if _, _, _, err := w.Sessions.OpenTicket(ctx, ticket); reason(err) != "ticket_used" {
			t.Errorf("the link still works: %v", err)
		}
		if got := storedOf(t, w, link); got.State != "ended" || got.AuditEnds != 1 || !slices.Equal(got.Outbox, []string{"entry"}) {
			t.Errorf("the link's session: %+v", got)
		}
		if got := w.Closed(); !slices.Equal(got, []string{link + " replaced"}) {
			t.Errorf("actors that were told to end: %v", got)
		}
		if state := must(w.Sessions.ContextOf(ctx, agent))(t); state.Session == nil || state.Session.ID != inv.Session {
			t.Errorf("the widget shows %+v", state.Session)
		}
		other := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		if _, err := w.Sessions.Claim(ctx, agent, other.PIN, "a"); reason(err) != "session_running" {
			t.Errorf("a second session in one conversation: %v", err)
		}
		if _, err := w.Sessions.Claim(ctx, w.Agent("acme", "bob", "c-chat"), other.PIN, "a"); err != nil {
			t.Errorf("the refused claim used the PIN up: %v", err)
		}
	})
}

func TestAWrongPINLeavesTheLinkOpen(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-voice")
		link, ticket := linkWaitedOn(t, w, agent)
		if _, err := w.Sessions.Claim(ctx, agent, "no PIN", "a"); reason(err) != "pin_invalid" {
			t.Fatal(err)
		}
		if _, session, _, err := w.Sessions.OpenTicket(ctx, ticket); err != nil || session != link {
			t.Errorf("the link led to %q, %v", session, err)
		}
		if got := w.Closed(); len(got) != 0 {
			t.Errorf("actors were told to end: %v", got)
		}
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		if _, err := w.Sessions.Claim(ctx, agent, inv.PIN, "a"); reason(err) != "session_running" {
			t.Errorf("a PIN while the link's customer is there: %v", err)
		}
	})
}

// atOnce calls f several times at the same time and counts what it said. A database has to be asked a few rounds until it has the
// connections to answer at the same time.
func atOnce(f func() string) map[string]int {
	const n = 5
	said := make(chan string, n)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			<-begin
			said <- f()
		})
	}
	close(begin)
	all.Wait()
	close(said)
	count := map[string]int{}
	for s := range said {
		count[s]++
	}
	return count
}

func TestLinksAtOnceAreOne(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-chat")
		for round := range 10 {
			agent.Conversation = fmt.Sprint("c-", round)
			made := atOnce(func() string {
				view, _, err := w.Sessions.Link(ctx, agent)
				if err != nil {
					t.Error(err)
				}
				return view.ID
			})
			if len(made) != 1 {
				t.Errorf("sessions of one conversation: %v", made)
			}
		}
	})
}

func TestPINsAtOnceMakeOneSession(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		agent := w.Agent("acme", "ada", "c-voice")
		for round := range 10 {
			agent.Conversation = fmt.Sprint("c-", round)
			pins := make(chan string, 5)
			for range cap(pins) {
				pins <- must(w.Sessions.Invite(ctx, "acme", "", "a"))(t).PIN
			}
			said := atOnce(func() string {
				if _, err := w.Sessions.Claim(ctx, agent, <-pins, "a"); err != nil {
					return reason(err)
				}
				return "claimed"
			})
			if said["claimed"] != 1 || said["session_running"] != 4 {
				t.Errorf("claims at once: %v", said)
			}
		}
	})
}

// TestAPINThatMadeWay: its customer is told, as of one that is too old.
func TestAPINThatMadeWay(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		first := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		for range pin.OpenLimit {
			w.Turn(time.Millisecond)
			must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		}
		if got := storedOf(t, w, first.Session); got.State != "ended" || got.AuditEnds != 1 {
			t.Errorf("its session: %+v", got)
		}
		if got := w.Closed(); !slices.Equal(got, []string{first.Session + " expired"}) {
			t.Errorf("actors that were told to end: %v", got)
		}
		if _, err := w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), first.PIN, "a"); reason(err) != "pin_invalid" {
			t.Errorf("it still works: %v", err)
		}
	})
}

func TestForeignersLearnNothing(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		if _, err := w.Sessions.Claim(ctx, w.Agent("other", "eve", "c-voice"), inv.PIN, "a"); reason(err) != "pin_invalid" {
			t.Errorf("another company's agent: %v", err)
		}
		must(w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), inv.PIN, "a"))(t)
		for name, who := range map[string]auth.Identity{
			"another agent":                       w.Agent("acme", "bob", "c-voice"),
			"another company's":                   w.Agent("other", "eve", "c-voice"),
			"the same id, in the other company's": w.Agent("other", "ada", "c-voice"),
		} {
			if _, err := w.Sessions.Join(ctx, who, inv.Session); reason(err) != "session_unknown" {
				t.Errorf("%s joined: %v", name, err)
			}
			if err := w.Sessions.PickOutcome(ctx, who, inv.Session, "solved", ""); reason(err) != "session_unknown" {
				t.Errorf("%s picked an outcome: %v", name, err)
			}
			if _, err := w.Sessions.Watch(ctx, who, inv.Session); reason(err) != "session_unknown" {
				t.Errorf("%s watched: %v", name, err)
			}
			if state := must(w.Sessions.ContextOf(ctx, who))(t); state.Session != nil {
				t.Errorf("%s sees %+v", name, state.Session)
			}
		}
	})
}

func TestRecordComesFromTheDesk(t *testing.T) {
	w := sessionstest.New(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		prepare      func()
		conversation string
		reason       string
	}{
		"unknown conversation": {func() {}, "c-unknown", "conversation_unknown"},
		"denied":               {func() { w.Desk.Denied = "ada" }, "c-voice", "conversation_denied"},
		"desk is down":         {func() { w.Desk.Fail = &desk.Transient{Err: errors.New("503")} }, "c-voice", "desk_unavailable"},
		"misconfigured":        {func() { w.Desk.Fail = &desk.Permanent{Err: errors.New("401")} }, "c-voice", "desk_misconfigured"},
		"cannot sign in":       {func() { w.Desk.Fail = desk.ErrSignIn }, "c-voice", "desk_misconfigured"},
	} {
		t.Run(name, func(t *testing.T) {
			w.Desk.Denied, w.Desk.Fail = "", nil
			c.prepare()
			signed := w.Launch("acme", "ada", c.conversation, nil)
			if _, _, err := w.Sessions.Launch(ctx, signed); reason(err) != c.reason {
				t.Fatalf("got %v, want %s", err, c.reason)
			}
			// The desk's trouble did not use the launch up.
			w.Desk.Denied, w.Desk.Fail = "", nil
			w.Desk.Records["c-unknown"] = desk.Record{Conversation: "c-unknown"}
			if _, _, err := w.Sessions.Launch(ctx, signed); err != nil {
				t.Fatalf("the same launch, once the desk is well: %v", err)
			}
			if _, _, err := w.Sessions.Launch(ctx, signed); reason(err) != "launch_used" {
				t.Fatalf("a replay: %v", err)
			}
			delete(w.Desk.Records, "c-unknown")
		})
	}
}

func TestLaunchesAreForTheirPurpose(t *testing.T) {
	w := sessionstest.New(t, storetest.SQLite(t))
	for name, signed := range map[string]string{
		"a supervisor's in the widget": w.Supervise("acme", "s"),
		"a player's in the widget":     w.Launch("acme", "ada", "c-voice", func(l *auth.Launch) { l.Session = "s" }),
	} {
		if _, _, err := w.Sessions.Launch(ctx, signed); reason(err) != "launch_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Sessions.LaunchPlayer(ctx, w.Launch("acme", "ada", "c-voice", nil)); reason(err) != "launch_invalid" {
		t.Errorf("a widget's in the player: %v", err)
	}
	if _, err := w.Sessions.LaunchPlayer(ctx, w.Supervise("acme", "unknown")); reason(err) != "session_unknown" {
		t.Errorf("a session that does not exist: %v", err)
	}
	inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
	if _, err := w.Sessions.LaunchPlayer(ctx, w.Supervise("other", inv.Session)); reason(err) != "session_unknown" {
		t.Errorf("another company's supervisor: %v", err)
	}
}

func TestInviteChecksTheStartAddress(t *testing.T) {
	w := sessionstest.New(t, storetest.SQLite(t))
	for _, bad := range []string{"javascript:alert(1)", "file:///etc/passwd", "shop", "https://", "https://x/" + strings.Repeat("a", 2000), "ht tp://x"} {
		if _, err := w.Sessions.Invite(ctx, "acme", bad, "a"); reason(err) != "url_invalid" {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
	if _, err := w.Sessions.Invite(ctx, "nobody", "", "a"); reason(err) != "company_unknown" {
		t.Errorf("an unknown company: %v", err)
	}
}

func TestANewTokenEndsTheFormer(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		agent := w.Agent("acme", "ada", "c-voice")
		must(w.Sessions.Claim(ctx, agent, inv.PIN, "a"))(t)
		first := must(w.Sessions.Join(ctx, agent, inv.Session))(t)
		a := must(w.Sessions.Admit(ctx, first))(t)
		second := must(w.Sessions.Join(ctx, agent, inv.Session))(t)
		if _, err := w.Sessions.Admit(ctx, first); reason(err) != "token_invalid" {
			t.Errorf("the former token: %v", err)
		}
		if b := must(w.Sessions.Admit(ctx, second))(t); b.Participant.ID != a.Participant.ID {
			t.Error("the agent became another participant")
		}
		if _, err := w.Sessions.Admit(ctx, "nonsense"); cobrowse.CodeOf(err) != cobrowse.CodeDenied {
			t.Errorf("an unknown token: %v", err)
		}
	})
}

func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashEnv); dsn != "" {
		crashingChild(dsn)
	}
	os.Exit(storetest.Main(m))
}
