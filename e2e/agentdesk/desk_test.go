package agentdesk

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

type conversations []demo.Conversation

func (c conversations) List(context.Context) ([]demo.Conversation, error) { return c, nil }

// startDesk starts the desk on a host name of its own, so that the widget's frame is another site, as at a real desk.
func startDesk(t *testing.T) (string, *service) {
	t.Helper()
	return startDeskWith(t, &timeline{})
}

func startDeskWith(t *testing.T, tl *timeline) (string, *service) {
	t.Helper()
	secret := bytes.Repeat([]byte("s"), 32)
	s := startService(t, secret)
	tl.service = s.address
	now := time.Now()
	chat := demo.Conversation{ID: "c-chat", Channel: "chat", Subject: "Exchange", Queue: "Orders", CustomerID: "m-1", CustomerName: "Maria Oliveira",
		Email: "maria.oliveira@mail.example", Phone: "+55 11 5550 0142", Locale: "pt-BR", CaseID: "case-1", CaseTitle: "Winter coat in the wrong size", TicketNumber: "CAS-01047-K7P2", Started: now.Add(-4 * time.Minute),
		Messages: []demo.Message{
			{From: "customer", Name: "Maria Oliveira", Text: "Hi! The coat I ordered is too small, can I change the size?", At: now.Add(-4 * time.Minute)},
			{From: "agent", Name: "Ana Souza", Text: "Of course. Shall we do it together? I can send you a link.", At: now.Add(-3 * time.Minute)},
			{From: "customer", Name: "Maria Oliveira", Text: "Yes please", At: now.Add(-2 * time.Minute)},
		}}
	call := demo.Conversation{ID: "c-call", Channel: "voice", Subject: "Payment", Queue: "Orders", CustomerID: "m-2", CustomerName: "James Carter",
		Phone: "+1 425 555 0100", Locale: "en-US", CaseID: "case-2", CaseTitle: "Card is refused at the checkout", TicketNumber: "CAS-01048-B3X9", Started: now.Add(-72 * time.Second)}
	desk, err := demo.NewDesk(demo.DeskConfig{
		Service: s.address, KeyID: "desk-1", Secret: secret, Company: "northwind",
		People:        []demo.Person{{ID: "a-1", Name: "Ana Souza", Role: demo.RoleAgent}, {ID: "s-1", Name: "Sam Lee", Role: demo.RoleSupervisor}},
		Conversations: conversations{chat, call}, Timeline: tl, Dataverse: http.NotFoundHandler(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(desk)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1), s
}

var customer = object{"id": "p-c", "role": "customer", "name": "Maria Oliveira", "here": true}
var agent = object{"id": "p-a", "role": "agent", "name": "Ana Souza", "here": true}

func welcome(state string, participants ...object) object {
	return object{"type": "welcome", "v": 1, "session": "s-1", "you": agent, "state": state, "participants": participants, "company": company,
		"agentName": "Ana Souza", "recording": object{"possible": true, "on": state == "live"}, "channel": "chat",
		"rights": []string{"view", "point", "scroll", "click", "type", "navigate", "tabs"}, "viewport": object{"width": 1280, "height": 720, "scale": 1}}
}

func state(to, by string) object {
	return object{"type": "state", "state": to, "by": by, "reason": "", "recording": object{"possible": true, "on": true}}
}

var tabs = object{"type": "tabs", "shown": "t1", "tabs": []object{
	{"id": "t1", "title": "Checkout – Northwind Outdoor", "url": "https://shop.northwind.example/checkout", "canBack": true},
	{"id": "t2", "title": "", "url": "", "private": true},
}}

// goLive brings a joined widget to its first picture.
func (s *service) goLive() {
	s.t.Helper()
	s.say(state("live", "customer"), tabs, object{"type": "gate", "open": true, "reason": ""})
	s.picture()
	s.say(object{"type": "cursor", "who": "p-c", "role": "customer", "name": "Maria Oliveira", "tab": "t1", "x": 700, "y": 330, "down": false})
}

func TestChatFromLinkToEnd(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.Open(desk)
	widget := ana.Frame(s.address+"/agent", "#desk iframe")
	widget.Reads("#customer-name", "Maria Oliveira")
	ana.Shot("desk-launcher")
	ana.Accessible()
	widget.Accessible()

	widget.Press("Send join link")
	ana.Hears(s.address + "/j#")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	widget.Reads("#waiting-now", "not opened the link yet")
	widget.Reads(".sent", "in the chat")
	ana.Shot("desk-waiting")
	widget.Accessible()
	s.say(welcome("waiting", agent, customer))
	widget.Reads("#waiting-now", "Northwind Outdoor")
	ana.Shot("desk-deciding")

	s.goLive()
	widget.See("main[data-state=live][data-veil='']")
	ana.Hears("Co-browse started")
	ana.Shot("desk-live")
	ana.Accessible()
	widget.Accessible()

	widget.Press("End")
	widget.See("#outcome-solved")
	widget.Until("the dialog has come up", `document.querySelector('fluent-dialog').shadowRoot.querySelector('dialog').getAnimations().length === 0`)
	ana.Shot("desk-end")
	widget.Accessible()
	widget.Click("#outcome-solved")
	widget.Fill("#outcome-note", "Changed to size M")
	widget.Press("End session")
	if m := s.hears("end"); m["outcome"] != "solved" || m["note"] != "Changed to size M" {
		t.Errorf("end = %v", m)
	}
	s.say(object{"type": "ended", "by": "agent", "reason": "ended", "outcome": "solved", "seconds": 371})
	widget.Reads(".saved", "Solved")
	ana.Hears("Co-browse ended")
	ana.Shot("desk-ended")
}

func TestCallByPIN(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.Open(desk)
	ana.Frame(s.address+"/agent", "#desk iframe").See("#send-link")
	ana.Click("[data-channel=voice]")
	widget := ana.Frame(s.address+"/agent?company=northwind#launch", ".cobrowse-pane:not([hidden]) iframe")
	widget.Fill("#pin", "111")
	widget.Press("Start co-browse")
	widget.Reads("#problem", "six digits")
	ana.Shot("pin-short")
	ana.Type(" 111")
	widget.Gone("#problem")
	ana.Shot("pin")
	widget.Press("Start co-browse")
	widget.Reads("#problem", "not valid")
	ana.Shot("pin-wrong")
	ana.Accessible()
	widget.Accessible()
	widget.Click("#pin")
	widget.Until("the wrong PIN is selected", "document.querySelector('#pin').selectionEnd === 7 && document.querySelector('#pin').selectionStart === 0")
	ana.Type("483920")
	widget.Press("Start co-browse")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	widget.See("[data-step=deciding]")
}

func TestWhatTheAgentIsTold(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.Open(desk)
	widget := ana.Frame(s.address+"/agent", "#desk iframe")
	widget.Press("Send join link")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	widget.See("main[data-state=live][data-veil='']")

	page := widget.Rect(".live-stage")
	ana.MoveTo(page.Center())
	s.hears("input")
	widget.Reads(".pointer-tag", "You")
	s.say(object{"type": "blocked", "tab": "t1", "x": 640, "y": 360, "name": "Buy now"})
	widget.Reads(".pointer-tag", "Only the customer can do this")
	s.say(object{"type": "refused", "by": "agent", "how": "mouse", "name": "Buy now", "tab": "t1"})
	widget.Reads(".toast", "Only the customer can press “Buy now”.")
	ana.Shot("told-blocked")

	widget.Press("Expand to the whole tab")
	ana.See(".cobrowse-pane.full")
	widget.See("main.full")
	ana.MoveTo(widget.Rect(".live-stage").Center())
	ana.Shot("told-full")
	for _, reason := range []string{"masks", "unsupported"} {
		s.say(object{"type": "gate", "open": false, "reason": reason})
		widget.See("[data-veil=" + reason + "]")
		ana.Shot("told-" + reason)
	}
	s.say(object{"type": "gate", "open": true, "reason": ""}, state("paused", "customer"))
	widget.Reads(".veil", "paused your view")
	ana.Shot("told-paused")
	widget.Accessible()
	s.say(object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 125})
	widget.Reads("#ended-why", "The customer ended it after 2 min.")
	ana.Gone(".cobrowse-pane.full")
	ana.Shot("told-ended")
	widget.Accessible()
	widget.Click("#outcome-followup")
	widget.Press("Save outcome")
	if m := s.hears("outcome"); m["outcome"] != "followup" {
		t.Errorf("outcome = %v", m)
	}
	widget.Reads(".saved", "Follow-up needed")
}

func TestKeyboardGoesToThePageAndComesBack(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.Open(desk)
	widget := ana.Frame(s.address+"/agent", "#desk iframe")
	widget.Press("Send join link")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	widget.See("main[data-state=live][data-veil='']")
	ana.ClickAt(widget.Rect(".live-stage").Center())
	widget.See(".leave")
	ana.Type("a")
	for {
		if ev, _ := s.hears("input")["ev"].(object); ev["kind"] == "keydown" && ev["key"] == "a" {
			break
		}
	}
	ana.Shot("keyboard")
	people.Eval[bool](widget, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'F6', code: 'F6', bubbles: true, cancelable: true}))`)
	widget.Until("the focus is outside", `document.activeElement?.id === 'end'`)
}

func TestReloadComesBackIntoTheSession(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.Open(desk)
	widget := ana.Frame(s.address+"/agent", "#desk iframe")
	widget.Press("Send join link")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	widget.See("main[data-state=live][data-veil='']")
	s.mu.Lock()
	s.session["state"] = "live"
	s.mu.Unlock()
	people.Eval[bool](widget, `(setTimeout(() => location.reload()), true)`)
	s.waitForSocket()
	s.say(welcome("live", agent, customer))
	s.goLive()
	widget.See("main[data-state=live][data-veil='']")
	if hash := people.Eval[string](widget, "location.hash"); strings.Contains(hash, "launch") {
		t.Errorf("the launch stays in the address: %.20s…", hash)
	}
	ana.Hears("Co-browse started")
}

// TestRecordingWithoutALaunch: whoever has only the player's own address is told how recordings open.
func TestRecordingWithoutALaunch(t *testing.T) {
	_, s := startDesk(t)
	sam := people.New(t, "sam", people.Desktop)
	sam.Open(s.address + "/watch/s-1")
	sam.Reads("[role=alert]", "opens from its case only")
	sam.Accessible()
}

// TestNarrowFrameWithoutADesk opens the widget by itself, as wide as the narrowest pane: it says what to do without a desk.
func TestNarrowFrameWithoutADesk(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Screen{Width: 320, Height: 640})
	ana.Open(s.address + "/agent")
	ana.Reads("[data-phase=failed]", "Open co-browse from a conversation")
	ana.Open(desk) // only to be of the desk's origin for a moment
	launch := people.Eval[string](ana, `fetch('/launch', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"conversation":"c-chat"}'}).then(r => r.json()).then(j => j.launch)`)
	ana.Open("about:blank")
	ana.Open(s.address + "/agent#launch=" + launch)
	ana.Shot("narrow-launcher")
	ana.Press("Create join link")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	ana.Reads(".invite", "Copy the link")
	ana.Shot("narrow-waiting")
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	ana.See("main[data-state=live][data-veil='']")
	ana.Shot("narrow-live")
	ana.Accessible()
	ana.Press("End")
	ana.See("#outcome-note")
	ana.Until("the dialog has come up", `document.querySelector('fluent-dialog').shadowRoot.querySelector('dialog').getAnimations().length === 0`)
	ana.Shot("narrow-end")
}

func TestPhoneSizedDeskAndTimeline(t *testing.T) {
	desk, _ := startDesk(t)
	sam := people.New(t, "sam", people.Phone)
	for _, path := range []string{"/timeline/case-1", "/"} {
		sam.Open(desk + path)
		sam.Hears("Maria Oliveira")
		sam.Shot("phone-" + strings.Trim(strings.ReplaceAll(path, "/", "-"), "-"))
		sam.Accessible()
	}
}

// TestDeskSpeaksTheAgentsLanguage: the desk around the widget, with a chat and a call.
func TestDeskSpeaksTheAgentsLanguage(t *testing.T) {
	desk, _ := startDesk(t)
	for name, screen := range map[string]people.Screen{"desktop": people.Desktop, "phone": people.Phone} {
		ana := people.New(t, "desk pt "+name, screen)
		ana.BeforeEveryPage("Object.defineProperty(navigator, 'languages', {get: () => ['pt-PT']})")
		ana.Open(desk)
		ana.Reads(".sessions", "Minhas conversas")
		ana.Reads(".case", "Ocorrência · CAS-01047-K7P2")
		ana.Click("[data-channel=voice]")
		ana.Reads(".recording", "Gravando")
		people.Eval[bool](ana, "(scrollTo(0, 0), true)")
		ana.Shot("call")
		ana.Accessible()
	}
}
