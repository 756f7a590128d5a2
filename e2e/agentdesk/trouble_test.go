package agentdesk

import (
	"fmt"
	"testing"

	"github.com/coder/websocket"

	"cobrowse-connector/e2e/people"
)

// startWidget opens the widget by itself, at the size of a pane, for the chat or the call.
func startWidget(t *testing.T, screen people.Screen, language, conversation string) (*people.Person, *service) {
	t.Helper()
	ana, s := launchWidget(t, screen, language, conversation, "")
	ana.See("[data-phase=launcher]")
	return ana, s
}

// launchWidget opens the widget with a launch that the service refuses for a reason, or not.
func launchWidget(t *testing.T, screen people.Screen, language, conversation, refusal string) (*people.Person, *service) {
	t.Helper()
	desk, s := startDesk(t)
	s.refuse(refusal)
	ana := people.New(t, "ana "+language, screen)
	ana.BeforeEveryPage(`Object.defineProperty(navigator, 'languages', {get: () => ['` + language + `']})`)
	ana.Open(desk) // only to be of the desk's origin for a moment
	launch := people.Eval[string](ana, `fetch('/launch', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({conversation: '`+conversation+`'})}).then(r => r.json()).then(j => j.launch)`)
	ana.Open("about:blank")
	ana.Open(s.address + "/agent#launch=" + launch)
	return ana, s
}

var narrow = people.Screen{Width: 320, Height: 640}

// sharing brings the widget to a live session with a picture.
func sharing(t *testing.T, screen people.Screen, language string) (*people.Person, *service) {
	t.Helper()
	ana, s := startWidget(t, screen, language, "c-chat")
	ana.Click("#send-link")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	ana.See("main[data-state=live][data-veil='']")
	return ana, s
}

// TestDeskThatDoesNotAnswer: the service keeps the launch for another try, and the agent is offered one.
func TestDeskThatDoesNotAnswer(t *testing.T) {
	for _, one := range []struct {
		language, says, again string
		screen                people.Screen
	}{
		{"en", "Your desk does not answer", "Try again", narrow},
		{"pt-BR", "Sua estação não responde", "Tentar de novo", people.Phone},
	} {
		t.Run(one.language, func(t *testing.T) {
			ana, s := launchWidget(t, one.screen, one.language, "c-chat", "desk_unavailable")
			ana.Reads("[role=alert]", one.says)
			fits(t, ana, "desk-away")
			s.refuse("")
			ana.Press(one.again)
			ana.See("[data-phase=launcher]")
		})
	}
}

func TestEndWithoutConnection(t *testing.T) {
	ana, s := sharing(t, narrow, "en")
	s.lose()
	ana.Reads("#state", "Connecting")
	ana.Click("#end")
	ana.Click("#outcome-solved")
	ana.Fill("#outcome-note", "Size M")
	ana.Click("#end-confirm")
	ana.Reads("#state", "Ending")
	s.waitForSocket()
	s.say(welcome("live", agent, customer))
	if m := s.hears("end"); m["outcome"] != "solved" || m["note"] != "Size M" {
		t.Errorf("end = %v", m)
	}
	// The customer was quicker: nothing is saved, and nothing that the agent chose is lost.
	s.say(object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 125})
	ana.Reads("#ended-why", "The customer ended it")
	ana.Shot("ended-not-saved")
	if people.Eval[bool](ana, `!!document.querySelector('.saved')`) {
		t.Error("an outcome is called saved that the service never got")
	}
	ana.Click("#outcome-save")
	if m := s.hears("outcome"); m["outcome"] != "solved" || m["note"] != "Size M" {
		t.Errorf("outcome = %v", m)
	}
	ana.Reads(".saved", "Solved")
}

func TestCancelWithoutConnection(t *testing.T) {
	ana, s := startWidget(t, narrow, "en", "c-chat")
	ana.Click("#send-link")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	ana.See("#cancel")
	s.lose()
	ana.Hears("The connection was lost. Reconnecting")
	ana.Shot("waiting-lost")
	ana.Click("#cancel")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	s.hears("end")
}

func TestEndedWhileAway(t *testing.T) {
	ana, s := sharing(t, narrow, "en")
	s.closes(websocket.StatusNormalClosure)
	ana.Reads("#ended-why", "It ended while you had no connection")
	ana.See("#outcome-solved")
	ana.Shot("ended-away")
}

func TestReleasesReachThePageThatWasPressed(t *testing.T) {
	ana, s := sharing(t, people.Desktop, "en")
	x, y := ana.Rect(".live-stage").Center()
	ana.ClickAt(x, y) // the mouse is known to the page now, and the keyboard is in it
	pointer := func(kind string, buttons string) {
		people.Eval[bool](ana, `document.querySelector('.live-stage').dispatchEvent(new PointerEvent('`+kind+`', {pointerType: 'mouse', pointerId: 1, button: 0, buttons: `+buttons+`, clientX: 300, clientY: 300, bubbles: true, cancelable: true}))`)
	}
	key := func(kind string) {
		people.Eval[bool](ana, `document.querySelector('.live-keyboard').dispatchEvent(new KeyboardEvent('`+kind+`', {key: 'ArrowDown', code: 'ArrowDown', bubbles: true, cancelable: true}))`)
	}
	pointer("pointerdown", "1")
	key("keydown")
	hearsInput(s, "keydown")
	s.say(object{"type": "gate", "open": false, "reason": "navigating"})
	ana.See("[data-veil=navigating]")
	pointer("pointerup", "0")
	key("keyup")
	hearsInput(s, "up")
	hearsInput(s, "keyup")
	// What is pressed behind the veil is not sent, nor is its release, and the agent hears so.
	key("keydown")
	key("keyup")
	ana.Hears("did not reach the page")
	ana.Fit(narrow)
	ana.Shot("missed")
	ana.Click(".toast[data-code=missed] button")
	ana.Gone(".toast")
	ana.ClickAt(ana.Rect(".live-stage").Center())
	ana.Hears("did not reach the page")
	ana.Click("#end")
	ana.Click("#end-confirm")
	for m := s.next("end"); m["type"] != "end"; m = s.next("end") {
		if m["type"] == "input" {
			t.Errorf("behind the veil the widget sent %v", m["ev"])
		}
	}
}

func hearsInput(s *service, kind string) {
	s.t.Helper()
	for {
		if ev, _ := s.hears("input")["ev"].(object); ev["kind"] == kind {
			return
		}
	}
}

func TestVeilWaitsForThePicture(t *testing.T) {
	ana, s := sharing(t, narrow, "en")
	s.say(object{"type": "gate", "open": false, "reason": "masks"})
	ana.See("[data-veil=masks]")
	s.say(object{"type": "gate", "open": true, "reason": ""}, object{"type": "notice", "code": "dialog", "params": object{"message": "after the gate"}})
	ana.Hears("after the gate")
	ana.See("[data-veil=masks]")
	s.picture()
	ana.See("[data-veil='']")
}

// TestVeilLiftsWithAStill: there is one only, of a page that rests. News that come while it is decoded do not take it away; a gate that
// closes does.
func TestVeilLiftsWithAStill(t *testing.T) {
	ana, s := sharing(t, narrow, "en")
	people.Eval[bool](ana, `(() => { const decode = createImageBitmap;
  window.createImageBitmap = async (...args) => { const picture = await decode(...args); await new Promise((go) => { window.__drawn = go }); return picture };
  return true })()`)
	news := func(text string) {
		s.say(object{"type": "notice", "code": "dialog", "params": object{"message": text}})
		ana.Hears(text)
	}
	for _, closes := range []bool{true, false} {
		s.say(object{"type": "gate", "open": false, "reason": "masks"}, object{"type": "gate", "open": true, "reason": ""})
		people.Eval[bool](ana, `delete window.__drawn`)
		s.still()
		ana.Until("the still is decoded", `window.__drawn`)
		news(fmt.Sprintf("decoded, closes %t", closes))
		if closes {
			s.say(object{"type": "gate", "open": false, "reason": "masks"}, object{"type": "gate", "open": true, "reason": ""})
			news("opened anew")
		}
		people.Eval[bool](ana, `__drawn(), true`)
		if closes {
			news("and drawn")
			ana.See("[data-veil=masks]")
		}
	}
	ana.See("[data-veil='']")
}

func TestWhatTheAgentReads(t *testing.T) {
	notice := func(code string, params object) object {
		return object{"type": "notice", "code": code, "params": params}
	}
	failure := func(reason string) object {
		return object{"type": "error", "code": "conflict", "reason": reason, "message": "English from the service"}
	}
	told := []struct {
		message object
		en, pt  string
	}{
		{notice("page_failed", object{"url": "https://shpo.example", "code": "dns"}), "The address https://shpo.example was not found. Check the spelling.", "O endereço https://shpo.example não foi encontrado. Verifique"},
		{notice("page_failed", object{"url": "https://shop.example/gone", "code": "new"}), "The page https://shop.example/gone could not be opened", "Não foi possível abrir a página https://shop.example/gone"},
		{notice("url_refused", object{"host": "intranet.example"}), "intranet.example may not be opened", "intranet.example não pode ser aberto"},
		{notice("url_refused", object{"host": ""}), "This address may not be opened", "Este endereço não pode ser aberto"},
		{notice("browser_lost", object{"restored": true, "lost": []string{"forms", "storage"}, "why": "memory"}), "used too much memory and was loaded again. Gone: what was typed into forms, what sites had stored", "usou memória demais"},
		{notice("browser_lost", object{"restored": true, "lost": []string{"forms"}}), "Gone: what was typed into forms", "Perdido: o que foi digitado em formulários"},
		{notice("page_wanted", object{"what": "location"}), "The page asked for the customer’s location", "A página pediu a localização do cliente"},
		{notice("recording_stopped", object{"reason": "storage"}), "The recording has stopped", "A gravação parou"},
		{notice("mask_suggested", object{"name": "Balance"}), "“Balance” is hidden from now on", "“Balance” fica oculto"},
		{failure("nothing_there"), "There is nothing there", "Não há nada ali"},
		{failure("customer_away"), "The customer has no connection", "O cliente está sem conexão"},
		{failure("tab_gone"), "This tab is no longer open", "Esta aba não está mais aberta"},
		{failure("something_new"), "This did not work", "Isto não funcionou"},
	}
	for _, language := range []string{"en", "pt-BR"} {
		t.Run(language, func(t *testing.T) {
			ana, s := sharing(t, narrow, language)
			for _, one := range told {
				s.say(one.message)
				if language == "en" {
					ana.Hears(one.en)
				} else {
					ana.Hears(one.pt)
				}
			}
			fits(t, ana, "told")
			if people.Eval[bool](ana, `document.body.innerText.includes('English from')`) {
				t.Error("a text that nobody translated is shown")
			}
		})
	}
}

// fits keeps a picture and lets axe judge the widget.
func fits(t *testing.T, ana *people.Person, name string) {
	t.Helper()
	ana.Shot(name)
	ana.Accessible()
}

func TestNarrowPaneInBothLanguages(t *testing.T) {
	for language, text := range map[string]struct{ wait, wrong, limited, elsewhere, gone, retrying string }{
		"en":    {"Waiting for", "not valid", "Too many attempts. Try again in 2 min", "open in another place", "no longer there", "Reconnecting"},
		"pt-BR": {"Aguardando", "não é válido", "Tentativas demais. Tente de novo em 2 min", "aberta em outro lugar", "não existe mais", "Reconectando"},
	} {
		t.Run(language, func(t *testing.T) {
			call, _ := startWidget(t, narrow, language, "c-call")
			fits(t, call, "call-launcher")
			call.Fill("#pin", "111111")
			call.Click("#pin-go")
			call.Reads("#problem", text.wrong)
			fits(t, call, "call-wrong")
			call.Click("#pin")
			call.Until("the wrong PIN is selected", "document.querySelector('#pin').selectionEnd - document.querySelector('#pin').selectionStart === 7")
			call.Type("999999")
			call.Click("#pin-go")
			call.Reads("#problem", text.limited)
			fits(t, call, "call-limited")

			ana, s := startWidget(t, narrow, language, "c-chat")
			fits(t, ana, "chat-launcher")
			ana.Click("#send-link")
			s.waitForSocket()
			s.say(welcome("waiting", agent, customer))
			ana.Reads("h2", text.wait)
			fits(t, ana, "chat-waiting")
			s.goLive()
			ana.See("main[data-state=live][data-veil='']")
			fits(t, ana, "chat-live")
			s.lose()
			ana.Hears(text.retrying)
			fits(t, ana, "chat-retrying")
			s.waitForSocket()
			s.say(welcome("live", agent, customer))
			s.closes(4001)
			ana.Reads(".elsewhere", text.elsewhere)
			fits(t, ana, "chat-elsewhere")
			ana.Click(".elsewhere fluent-button")
			s.waitForSocket()
			s.say(welcome("live", agent, customer))
			s.closes(4004)
			ana.Reads("#problem", text.gone)
			fits(t, ana, "chat-gone")
		})
	}
}

// TestCopyingThatFails: a desk may give its frames no clipboard.
func TestCopyingThatFails(t *testing.T) {
	ana, s := startWidget(t, narrow, "en", "c-chat")
	ana.Click("#send-link")
	s.waitForSocket()
	s.say(welcome("provisioning", agent))
	ana.See("#copy")
	people.Eval[bool](ana, `(navigator.clipboard.writeText = () => Promise.reject(new Error('no')), document.execCommand = () => false, true)`)
	ana.Click("#copy")
	ana.Reads(".copy", "Press Ctrl+C")
	fits(t, ana, "not-copied")
	if selected := people.Eval[int](ana, `(f => f === document.activeElement ? f.selectionEnd - f.selectionStart : 0)(document.querySelector('#join-url'))`); selected == 0 {
		t.Error("the link is not selected")
	}
	people.Eval[bool](ana, `(document.execCommand = () => true, true)`)
	// It says so for a moment only.
	people.Eval[bool](ana, `(window.said = [], new MutationObserver(() => said.push(document.querySelector('#copy').innerText)).observe(document.querySelector('#copy'), {childList: true, characterData: true, subtree: true}), true)`)
	ana.Click("#copy")
	ana.Until("the button says Copied", `said.includes('Copied')`)
}

// TestGoingOnHereIsPressedTwice: the session is joined once, or one page would close the other.
func TestGoingOnHereIsPressedTwice(t *testing.T) {
	ana, s := sharing(t, narrow, "en")
	s.closes(4001)
	ana.See(".elsewhere fluent-button")
	before := s.joins.Load()
	people.Eval[bool](ana, `(b => (b.click(), b.click(), true))(document.querySelector('.elsewhere fluent-button'))`)
	s.waitForSocket()
	s.say(welcome("live", agent, customer))
	s.goLive()
	ana.See("main[data-state=live][data-veil='']")
	if n := s.joins.Load() - before; n != 1 {
		t.Errorf("joined %d times", n)
	}
}

// TestPanesOfTheDesk: a launch that failed is tried again when its conversation is shown again, and a closed session takes its
// pane along.
func TestPanesOfTheDesk(t *testing.T) {
	desk, s := startDesk(t)
	ana := people.New(t, "ana", people.Desktop)
	ana.BeforeEveryPage(`{
		const real = window.fetch;
		window.refuse = true;
		window.fetch = (what, ...more) => (window.refuse && String(what).includes('/launch') ? Promise.reject(new Error('no')) : real(what, ...more));
	}`)
	ana.Open(desk)
	ana.Hears("Co-browse could not be opened")
	ana.Click("[data-channel=voice]")
	people.Eval[bool](ana, `(window.refuse = false, true)`)
	ana.Click("[data-channel=chat]")
	widget := ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe")
	widget.Press("Send join link")
	s.waitForSocket()
	s.say(welcome("waiting", agent, customer))
	s.goLive()
	ana.Hears("Co-browse started")

	ana.Click("[data-channel=voice]")
	ana.Frame(s.address+"/agent", ".cobrowse-pane:last-child:not([hidden]) iframe").See("main[data-phase]")
	people.Eval[bool](ana, `(() => {
		const channel = new BroadcastChannel(Microsoft.Apm.getEventPublisherTopic('ON_SESSION_CLOSED'));
		channel.postMessage({sessionId: 'session-c-chat'});
		channel.postMessage({sessionId: 'session-unknown'});
		return true;
	})()`)
	ana.Until("only the call's pane is left", `document.querySelectorAll('.cobrowse-pane').length === 1`)
	ana.Click("[data-channel=chat]")
	ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe").See("main[data-phase]")
}
