package live_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
	"cobrowse-connector/cobrowse/wire"
)

// TestRulesAreLearnedFrom: what an agent suggests and how rules did are kept for the company.
func TestRulesAreLearnedFrom(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Point(cobrowse.Picked{Tag: "b", Name: "Balance", Host: "shop.example", Choices: []cobrowse.Choice{{Selector: "#balance", By: "id", Matches: 1}}})
	agent.say(`{"type":"suggest","tab":"t1","x":5,"y":5}`)
	select {
	case got := <-h.suggested:
		if got != "acme #balance" {
			t.Errorf("suggested: %s", got)
		}
	case <-h.ctx.Done():
		t.Fatal("nobody was told of the suggestion")
	}
	h.browser.Emit(cobrowse.RulesEvent{Host: "shop.example", Applied: []string{"m"}, Matched: []string{"m"}})
	agent.until("what comes after the event", func(m told) bool { return m.Type == "notice" && m.Code == "mask_suggested" })
	h.browser.Gate(false, "loading")
	agent.until("closed gate", func(m told) bool { return m.Type == "gate" && !m.Open })
	customer.say(`{"type":"end"}`)
	select {
	case got := <-h.learned:
		if len(got) != 1 || got[0] != (cobrowse.RuleHealth{Rule: "m", Host: "shop.example", Pages: 1, Matched: 1}) {
			t.Errorf("learned: %+v", got)
		}
	case <-h.ctx.Done():
		t.Fatal("nobody learned of the rules")
	}
}

func TestASession(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Picture(true, "first")
	for _, p := range []*page{customer, agent} {
		if got := p.await("picture frame"); string(got.Picture.Data) != "first" || !got.Picture.Key {
			t.Errorf("%+v", got.Picture)
		}
	}
	agent.say(`{"type":"ping","t":7}`)
	if got := agent.await("pong"); got.T != 7 {
		t.Errorf("pong %v", got.T)
	}
	customer.say(`{"type":"pause"}`)
	agent.awaitState(cobrowse.StatePaused)
	agent.say(`{"type":"input","tab":"t1","ev":{"kind":"down","x":1,"y":1}}`)
	if got := agent.await("error"); got.Reason != "paused" {
		t.Errorf("the agent acts while paused: %+v", got)
	}
	customer.say(`{"type":"resume"}`)
	agent.awaitState(cobrowse.StateLive)
	agent.say(`{"type":"end","outcome":"solved"}`)
	for _, p := range []*page{customer, agent} {
		if got := p.await("ended"); got.Outcome != "solved" || got.Reason != "ended" {
			t.Errorf("ended: %+v", got)
		}
		p.awaitClose(wire.CloseOver)
	}
	if r := <-h.book.result; r.State != cobrowse.StateEnded || r.Summary.Pauses != 1 {
		t.Errorf("stored: %+v", r)
	}
	if e := h.book.ending; len(e) != 1 || e[0].Summary.Outcome != "solved" || e[0].Summary.Pauses != 1 {
		t.Errorf("stored at first: %+v", e)
	}
	if want := []cobrowse.State{"provisioning", "waiting", "live", "paused", "live", "ending"}; !slices.Equal(h.book.moved, want) {
		t.Errorf("stored states: %v", h.book.moved)
	}
}

func TestBothAtOnce(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	const each = 120 // together fewer than wait for one tab: whoever sends more is closed
	var both sync.WaitGroup
	for _, p := range []*page{customer, agent} {
		both.Go(func() {
			for i := range each {
				msg := fmt.Sprintf(`{"type":"input","tab":"t1","ev":{"kind":"down","x":%d,"y":1,"clicks":1}}`, i)
				if err := p.conn.Write(h.ctx, websocket.MessageText, []byte(msg)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	for _, by := range []cobrowse.Role{cobrowse.RoleCustomer, cobrowse.RoleAgent} {
		err := h.browser.Await(h.ctx, func(d cobrowsetest.Done) bool { return d.By == by && d.Ev.X == each-1 })
		if err != nil {
			t.Fatal(err)
		}
		got := h.browser.Inputs(by)
		if len(got) != each || !slices.IsSortedFunc(got, func(a, b cobrowse.InputEvent) int { return int(a.X - b.X) }) {
			t.Errorf("%s: %d of %d, or out of order", by, len(got), each)
		}
	}
	if got := customer.await("cursor"); got.Who != "a1" {
		t.Errorf("the customer sees the cursor of %s", got.Who)
	}
	if got := agent.await("cursor"); got.Who != "c1" {
		t.Errorf("the agent sees the cursor of %s", got.Who)
	}
}

func TestReconnect(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.browser.Picture(true, "first")
	agent.await("picture frame")
	h.browser.Picture(false, "motion")
	agent.conn.CloseNow() // a lost network says nothing
	customer.until("agent away", func(m told) bool { return m.Type == "participants" })

	agent = h.connect()
	agent.hello("tok-agent")
	if m, err := agent.next(); err != nil || m.Type != "welcome" || m.State != cobrowse.StateLive {
		t.Fatalf("first comes %+v, %v", m, err)
	}
	agent.until("open gate", func(m told) bool { return m.Type == "gate" && m.Open })
	asked := h.browser.KeysAsked()
	h.browser.Picture(false, "depends on what was missed")
	h.browser.Picture(true, "whole")
	if got := agent.await("picture frame"); string(got.Picture.Data) != "whole" || !got.Picture.Key {
		t.Errorf("the picture comes back with %+v", got.Picture)
	}
	if asked == 0 {
		t.Error("no key frame was asked for")
	}
}

func TestOpenedElsewhere(t *testing.T) {
	h := open(t)
	first := h.join("tok-customer")
	h.join("tok-customer")
	first.awaitClose(wire.CloseElsewhere)
}

func TestWaitingWithAPIN(t *testing.T) {
	h := open(t)
	customer := h.join("tok-customer")
	if got := len(h.browser.Calls()); got != 0 || h.sessions.Count() != 1 {
		t.Errorf("%d calls of the browser before the claim, %d sessions", got, h.sessions.Count())
	}
	early := h.connect()
	early.hello("tok-agent")
	if got := early.await("error"); got.Reason != "not_claimed" {
		t.Errorf("%+v", got)
	}
	early.awaitClose(wire.CloseNoSession)
	if err := h.claim(); err != nil {
		t.Fatal(err)
	}
	customer.awaitState(cobrowse.StateWaiting)
}

func TestRestartedNode(t *testing.T) {
	h := open(t)
	for state, want := range map[cobrowse.State]string{
		cobrowse.StateLive: "session_over", cobrowse.StatePaused: "session_over", cobrowse.StateEnded: "session_over", cobrowse.StateWaiting: "",
	} {
		spec := h.spec
		spec.ID, spec.State, spec.Agent = "restarted-"+string(state), state, &agentBo
		s, err := h.sessions.Join(h.ctx, spec)
		if want == "" {
			if err != nil || s.State() == cobrowse.StateRequested {
				t.Errorf("%s: is not made ready again: %v", state, err)
			}
		} else if cobrowse.FailureOf(err).Reason != want {
			t.Errorf("%s: %v", state, err)
		}
	}
	<-h.closed()
}
