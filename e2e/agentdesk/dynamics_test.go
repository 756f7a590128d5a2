package agentdesk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"cobrowse-connector/connector/web"
	"cobrowse-connector/e2e/desks"
	"cobrowse-connector/e2e/people"
)

const (
	chatID, otherChatID = "8a000000-0000-4000-8000-00000000c4a7", "8a000000-0000-4000-8000-00000000c4a8"
	callID              = "8a000000-0000-4000-8000-00000000ca11"
	mariaID, jamesID    = "c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"
	coatID, cardID      = "ca5e0000-0000-4000-8000-000000000001", "ca5e0000-0000-4000-8000-000000000002"
)

// workspace is what an agent of Dynamics has: two chats and a call that is recorded and has no case, and two cases.
func workspace(service, surface string) desks.Setup {
	return desks.Setup{
		Service: service, Company: "northwind", Surface: surface,
		Conversations: []desks.Conversation{
			{ID: chatID, Channel: "chat", CustomerName: "Maria Oliveira", CustomerID: mariaID, CaseID: coatID, Assigned: true},
			{ID: otherChatID, Channel: "chat", CustomerName: "Chen Wei", CustomerID: jamesID, Assigned: true},
			{ID: callID, Channel: "voice", CustomerName: "James Carter", CustomerID: jamesID, Assigned: true, Recorded: true},
		},
		Cases: []desks.CaseRecord{
			{ID: coatID, Title: "Winter coat in the wrong size", Number: "CAS-01047-K7P2", Customer: mariaID},
			{ID: cardID, Title: "James's card is refused at the checkout", Number: "CAS-01048-B3X9", Customer: jamesID},
		},
	}
}

// startDynamics is a service whose agents sign in by themselves. The first thing that its widget loads stands for Entra ID: it gets a launch for the
// target that the frame was opened with.
func startDynamics(t *testing.T) *service {
	t.Helper()
	s := startService(t, bytes.Repeat([]byte("s"), 32))
	s.widget, s.language = signedIn, "en"
	s.mux.HandleFunc("GET /desk/cif", page("dynamics-cif.html"))
	s.mux.HandleFunc("GET /sign-in.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, "Object.defineProperty(navigator, 'languages', {get: () => [%q]});\n%s\n%s", s.language, s.early, signIn)
	})
	s.mux.HandleFunc("POST /sign-in", s.signIn)
	s.mux.HandleFunc("POST /v1/agent/context/refresh", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.record = object{"id": cardID, "title": "James's card is refused at the checkout"}
		s.mu.Unlock()
		answer(w, http.StatusOK, s.contextOf())
	})
	return s
}

const signIn = `const start = new URLSearchParams(location.hash.slice(1));
if (start.has('conversation')) {
  const ask = new XMLHttpRequest();
  ask.open('POST', '/sign-in', false);
  ask.send(JSON.stringify({conversation: start.get('conversation'), origin: start.get('origin')}));
  history.replaceState(null, '', '#launch=' + ask.responseText);
}`

func (s *service) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct{ Conversation, Origin string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.t.Error(err)
	}
	channel := "chat"
	if in.Conversation == callID || strings.HasPrefix(in.Conversation, "incident:") {
		channel = "voice"
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: s.secret}, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	launch, err := jwt.Signed(signer).Claims(object{
		"agent": object{"id": "a-1", "name": "Ana Souza"}, "conversation": in.Conversation, "channel": channel, "origin": in.Origin, "jti": time.Now().String(),
	}).Serialize()
	if err != nil {
		s.t.Error(err)
		return
	}
	_, _ = w.Write([]byte(launch))
}

// signedIn serves the widget with what stands for Entra ID before it.
func signedIn(w http.ResponseWriter, _ *http.Request) {
	html, err := fs.ReadFile(web.FS, "agent.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(bytes.Replace(html, []byte("<head>"), []byte(`<head><script src="/sign-in.js"></script>`), 1))
}

// opened is the target that the newest frame was opened with.
func (s *service) opened() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	target, _ := s.claims["conversation"].(string)
	return target
}

// TestChatTab: the link goes into the conversation, the workspace hears when the session begins and, as tabs are loaded anew at each switch, when
// the tab goes; back in it the same session is there.
func TestChatTab(t *testing.T) {
	s := startDynamics(t)
	ana := people.New(t, "dynamics chat", people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.Tab)))
	widget := ana.Frame(s.address+"/agent", ".cobrowse-pane iframe")
	widget.Reads("#case-title", "Winter coat")
	ana.Shot("tab-launcher")
	widget.Press("Send join link")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	widget.Reads(".sent", "in the chat")
	ana.Until("the link is in the chat", desks.Did("sent", "id", chatID, "message", s.address+"/j#"))
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	widget.See("main[data-state=live][data-veil='']")
	ana.Until("the workspace hears of it", desks.Did("CobrowseConnectedEvent")+" === 1")
	ana.Shot("tab-live")

	ana.Press("Chen Wei")
	ana.Until("the workspace hears that the tab went", desks.Did("CobrowseEndedEvent")+" === 1")
	ana.Press("Maria Oliveira")
	widget = ana.Frame(s.address+"/agent", ".cobrowse-pane iframe")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), tabs, object{"type": "gate", "open": true, "reason": ""})
	s.picture()
	widget.See("main[data-state=live][data-veil='']")
	ana.Until("it is connected again", desks.Did("CobrowseConnectedEvent")+" === 2")
	s.say(object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 371})
	widget.Reads("#ended-why", "The customer ended it")
	ana.Until("it is over", desks.Did("CobrowseEndedEvent")+" === 2")
}

// TestChatTabLinks: what the conversation does not take is copied by the agent, and with the send box first it says so.
func TestChatTabLinks(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*desks.Setup)
		reads  string
		did    string
	}{
		"not mine": {func(d *desks.Setup) { d.Conversations[0].Assigned = false }, "could not be put into the chat", desks.Did("sent") + " === 0"},
		"send box": {func(d *desks.Setup) { d.Variables = map[string]string{"cob_SendDirectly": "no"} }, "in your send box", desks.Did("sendBox", "id", chatID)},
	} {
		t.Run(name, func(t *testing.T) {
			s := startDynamics(t)
			setup := workspace(s.address, desks.Tab)
			c.change(&setup)
			ana := people.New(t, "dynamics links", people.Desktop)
			ana.Open(desks.Dynamics(t).Shows(setup))
			widget := ana.Frame(s.address+"/agent", ".cobrowse-pane iframe")
			widget.Press("Send join link")
			s.waitForSocket()
			s.say(welcome("requested", agent))
			widget.Reads(".invite", c.reads)
			ana.Until("that is what was done", c.did)
		})
	}
}

// TestEnvironmentCountsBeforeThePackage: the package of one company names a service that is gone.
func TestEnvironmentCountsBeforeThePackage(t *testing.T) {
	s := startDynamics(t)
	setup := workspace("http://127.0.0.1:9", desks.Tab)
	setup.Variables = map[string]string{"cob_ServiceUrl": s.address}
	ana := people.New(t, "dynamics environment", people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(setup))
	ana.Frame(s.address+"/agent", ".cobrowse-pane iframe").See("#send-link")
}

// TestPane: in a call the agent types the PIN; while the customer is in a hidden field the call is not recorded, and after the session it is.
func TestPane(t *testing.T) {
	for language, paused := range map[string]string{"en": "Call recording paused", "pt-BR": "Chamada sem gravação"} {
		t.Run(language, func(t *testing.T) {
			s := startDynamics(t)
			s.language = language
			ana := people.New(t, "dynamics pane "+language, people.Desktop)
			ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.Pane)))
			ana.Press("James Carter")
			widget := ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe")
			widget.Fill("#pin", "483920")
			ana.Shot("pin")
			widget.Click("#pin-go")
			s.waitForSocket()
			s.say(welcome("live", agent, customer), tabs, object{"type": "gate", "open": true, "reason": ""})
			s.picture()
			widget.See("main[data-state=live][data-veil='']")

			private := object{"type": "focus", "tab": "t1", "editable": true, "inputMode": "text", "masked": true}
			s.say(private)
			widget.Reads("#call-recording", paused)
			ana.Until("the call is not recorded", desks.Did("recordingPaused", "liveWorkItemId", callID)+" === 1")
			ana.Shot("recording-paused")
			widget.Accessible()
			s.say(object{"type": "focus", "tab": "t1", "editable": false, "inputMode": "", "masked": false})
			widget.Gone("#call-recording")
			ana.Until("the call is recorded", desks.Did("recordingStarted", "liveWorkItemId", callID)+" === 1")
			widget.Click("#expand")
			ana.See(".cobrowse-pane.full")
			ana.Shot("full")

			s.say(private)
			widget.See("#call-recording")
			s.closes(4001) // the agent goes on in another place, which pauses for itself
			ana.Until("the call is recorded again", desks.Did("recordingStarted", "liveWorkItemId", callID)+" === 2")
			widget.Click(".elsewhere fluent-button")
			s.waitForSocket()
			s.say(welcome("live", agent, customer), tabs, private)
			widget.See("#call-recording")
			s.say(object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 60})
			ana.Until("the call is recorded after the session", desks.Did("recordingStarted", "liveWorkItemId", callID)+" === 3")
			ana.Gone(".cobrowse-pane.full")
		})
	}
}

// inAHiddenField is a call with co-browse in the pane, whose customer has gone into a hidden field.
func inAHiddenField(t *testing.T, s *service, name string) (ana, widget *people.Person) {
	t.Helper()
	ana = people.New(t, name, people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.Pane)))
	ana.Press("James Carter")
	widget = ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe")
	widget.Fill("#pin", "483920")
	widget.Press("Start co-browse")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), tabs, object{"type": "focus", "tab": "t1", "editable": true, "inputMode": "text", "masked": true})
	return ana, widget
}

// TestPaneKeepsSessions: another conversation has a frame of its own, and the session of the first goes on behind it. A pane that is taken away
// leaves no call unrecorded.
func TestPaneKeepsSessions(t *testing.T) {
	s := startDynamics(t)
	ana, widget := inAHiddenField(t, s, "dynamics switch")
	widget.See("#call-recording")
	ana.Press("Chen Wei")
	ana.Until("the other conversation has its own frame", "document.querySelectorAll('.cobrowse-pane').length === 3 && document.querySelectorAll('.cobrowse-pane:not([hidden])').length === 1")
	ana.Press("James Carter")
	widget.See("main[data-state=live]")
	people.Eval[any](ana, "mock.leave()")
	ana.Until("the call is recorded", desks.Did("recordingStarted", "liveWorkItemId", callID)+" === 1")
}

// heldDesk keeps back what the desk says until deskSays().
const heldDesk = `{
	const held = [];
	let open = false;
	addEventListener('message', (e) => { if (!open) { e.stopImmediatePropagation(); held.push(e) } });
	window.deskSays = () => { open = true; return held.every(({data, origin, source}) => dispatchEvent(new MessageEvent('message', {data, origin, source}))) };
}`

// TestDeskThatAnswersLate: the customer is in a hidden field already when the widget hears that the desk can pause the recording.
func TestDeskThatAnswersLate(t *testing.T) {
	s := startDynamics(t)
	s.early = heldDesk
	ana, widget := inAHiddenField(t, s, "dynamics late")
	widget.See(".typing")
	people.Eval[bool](widget, "deskSays()")
	ana.Until("the call is not recorded", desks.Did("recordingPaused", "liveWorkItemId", callID)+" === 1")
	widget.See("#call-recording")
}

// TestAReloadedFrameLetsTheRecordingGoOn: the customer has left the hidden field while the frame was away.
func TestAReloadedFrameLetsTheRecordingGoOn(t *testing.T) {
	s := startDynamics(t)
	ana, widget := inAHiddenField(t, s, "dynamics reload")
	widget.See("#call-recording")
	people.Eval[bool](widget, "setTimeout(() => location.reload()), true")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), tabs)
	ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe").See("main[data-state=live]")
	if people.Eval[bool](ana, desks.Did("recordingStarted", "liveWorkItemId", callID)+" > 0") {
		t.Error("the call is recorded although nobody knows yet whether the customer is in a hidden field")
	}
	s.say(object{"type": "focus", "tab": "t1", "editable": false, "inputMode": "", "masked": false})
	ana.Until("the call is recorded", desks.Did("recordingStarted", "liveWorkItemId", callID)+" === 1")
}

// TestWithoutPreviews: an organisation without the preview of the calls' SDK has everything else.
func TestWithoutPreviews(t *testing.T) {
	s := startDynamics(t)
	setup := workspace(s.address, desks.Pane)
	setup.Without = []string{"StandaloneSDK", "Xrm"}
	s.record = object{"id": "", "title": ""}
	ana := people.New(t, "dynamics plain", people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(setup))
	ana.Press("James Carter")
	widget := ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe")
	widget.Reads("#case-title", "No case linked yet")
	widget.Gone(".case-choice")
	widget.Fill("#pin", "483920")
	widget.Press("Start co-browse")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), tabs, object{"type": "focus", "tab": "t1", "editable": true, "inputMode": "text", "masked": true})
	widget.See(".typing")
	widget.Gone("#call-recording")
}
