package customerpage

import (
	"net/http"
	"strings"
	"testing"

	"cobrowse-connector/e2e/people"
)

// speaking makes a person's browser one of somebody who reads that language.
func speaking(p *people.Person, language string) {
	p.BeforeEveryPage(`Object.defineProperty(navigator, 'languages', {get: () => ['` + language + `']})`)
}

// sharing brings a person by PIN to the shared page.
func (s *service) sharing(p *people.Person, width, height int) *peer {
	s.t.Helper()
	p.Open(s.url + "/join/casa-lume#from=" + "https%3A%2F%2Fshop.example%2Fcart")
	peer := s.customer()
	peer.say(s.welcome("live", width, height), tabs("https://shop.example/cart"))
	p.See(".live")
	return peer
}

// lose cuts the connection and leaves the page to find out.
func (p *peer) lose() { p.conn.CloseNow() }

func TestEndWithoutConnection(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer ending", people.Phone)
	first := s.sharing(p, 390, 756)
	p.Press("Stop")
	first.hear("pause")
	p.Hears("view is being stopped") // nobody has confirmed it
	first.say(state("paused", "customer", true))
	p.Hears("sees nothing and can do nothing")
	first.lose()
	p.Hears("you can continue as soon as it is back")
	look(t, p, "paused-lost")
	p.Press("End the session")
	p.Hears("The session ends as soon as it is back")
	second := s.customer()
	second.say(s.welcome("paused", 390, 756))
	second.hear("end")
	second.say(object{"type": "ended", "by": "customer", "reason": "ended", "outcome": "", "seconds": 9})
	p.Hears("Thank you")
}

func TestNoWithoutConnection(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer refusing", people.Phone)
	p.Open(s.url + "/join/casa-lume")
	p.Press("Get my PIN")
	first := s.customer()
	first.say(s.welcome("waiting", 390, 756))
	p.Hears("asks to look at this browser")
	first.lose()
	p.Reads(".lost", "Connection lost")
	look(t, p, "consent-lost")
	p.Press("No")
	p.Hears("Nobody has seen anything")
	second := s.customer()
	second.say(s.welcome("waiting", 390, 756))
	if m := second.hear("consent"); m["granted"] != false {
		t.Errorf("consent: %v", m)
	}
	if people.Eval[bool](p, `!document.body.innerText.includes('Nobody has seen anything')`) {
		t.Error("who said no is asked again")
	}
}

// TestConsentIsForOneSession: who allowed the first session has not allowed the next one.
func TestConsentIsForOneSession(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer again", people.Desktop)
	p.Open(s.url + "/join/casa-lume")
	p.Press("Get my PIN")
	first := s.customer()
	first.say(s.welcome("waiting", 1280, 752))
	p.Press("Allow")
	first.hear("consent")
	first.say(object{"type": "ended", "by": "agent", "reason": "ended", "outcome": "", "seconds": 0})
	p.Press("Start again")
	second := s.customer()
	second.say(s.welcome("waiting", 1280, 752))
	p.Hears("asks to look at this browser with you")
	p.Press("No")
	if m := second.hear("consent"); m["granted"] != false {
		t.Errorf("the page answered by itself: %v", m)
	}
}

func TestPauseStaysInSight(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer escaping", people.Desktop)
	peer := s.sharing(p, 1280, 752)
	p.Press("Stop")
	peer.hear("pause")
	peer.say(state("paused", "customer", true))
	p.Hears("sees nothing and can do nothing")
	people.Eval[bool](p, `(window.escaped = 0, document.querySelector('dialog.pause').addEventListener('close', () => escaped++), true)`)
	p.Type("\x1b\x1b")
	p.Until("the dialog was closed and is back", `escaped > 0 && document.querySelector('dialog.pause').open`)
	p.Press("Continue")
	peer.hear("resume")
	// Stop and Continue before anybody answered: both are said, in their order.
	peer.say(state("live", "customer", true))
	p.Gone("dialog[open]")
	p.Press("Stop")
	p.Press("Continue")
	peer.hear("pause")
	peer.hear("resume")
	p.Gone("dialog[open]")
}

func TestPastedLinesPressNoEnter(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer pasting", people.Desktop)
	peer := s.sharing(p, 1280, 752)
	shared(t, p, peer, device{screen: people.Desktop})
	people.Eval[bool](p, `(() => {
		const data = new DataTransfer();
		data.setData('text/plain', 'Rua A 1\r\nPorto');
		const field = document.querySelector('.live-keyboard');
		field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
		field.value += '\n'; // an on-screen keyboard's Enter
		return field.dispatchEvent(new InputEvent('input', {inputType: 'insertLineBreak', bubbles: true}));
	})()`)
	var said []string
	for range 3 {
		ev := peer.hear("input")["ev"].(object)
		text, _ := ev["text"].(string)
		key, _ := ev["key"].(string)
		said = append(said, ev["kind"].(string)+" "+text+key)
	}
	if got := strings.Join(said, "|"); got != "text Rua A 1\nPorto|keydown Enter|keyup Enter" {
		t.Errorf("pasting two lines and Enter arrived as %q", got)
	}
	people.Eval[bool](p, `(() => {
		const data = new DataTransfer();
		data.setData('text/plain', 'x'.repeat(200_001));
		data.items.add(new File(['picture'], 'a.png', {type: 'image/png'}));
		return document.querySelector('.live-keyboard').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
	})()`)
	p.Hears("This text is too long to paste here")
}

func TestEveryEndIsExplained(t *testing.T) {
	for language, says := range map[string]map[string]string{
		"en": {
			"expired": "an invitation is good for a short time only", "limit": "A session can take only so long", "failed": "wrong on our side",
			"shutdown": "Our service had to restart", "customer_left": "You were away", "agent_left": "The agent has left",
			"declined": "Nobody has seen anything", "ended": "Thank you",
		},
		"pt-BR": {"expired": "um convite vale só por pouco tempo", "failed": "do nosso lado", "ended": "Obrigado"},
	} {
		t.Run(language, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer "+language, people.Phone)
			speaking(p, language)
			for reason, text := range says {
				p.Open(s.url + "/join/casa-lume?" + reason + "#from=" + "https%3A%2F%2Fshop.example%2F")
				peer := s.customer()
				peer.say(s.welcome("waiting", 390, 756), object{"type": "ended", "by": "system", "reason": reason, "outcome": "", "seconds": 0})
				p.Hears(text)
				look(t, p, "end-"+reason)
			}
			p.Open(s.url + "/join/casa-lume?again#from=" + "https%3A%2F%2Fshop.example%2F")
			s.customer().say(s.welcome("requested", 390, 756), object{"type": "ended", "by": "system", "reason": "expired", "outcome": "", "seconds": 0})
			p.Press(map[string]string{"en": "Get a new PIN", "pt-BR": "Receber um novo PIN"}[language])
			s.customer().say(s.welcome("requested", 390, 756))
			p.Reads(".pin", "483")
		})
	}
}

func TestAnExpiredLinkIsExplained(t *testing.T) {
	s := newService(t)
	p := people.New(t, "customer with an old link", people.Phone)
	p.Open(s.url + "/j#good")
	peer := s.customer()
	peer.say(s.welcome("requested", 390, 756))
	p.Hears("Nobody sees anything yet")
	look(t, p, "wait")
	peer.say(object{"type": "ended", "by": "system", "reason": "expired", "outcome": "", "seconds": 0})
	p.Hears("please ask the agent for a new link")
	p.Shot("end-expired")
}

func TestWhatDoesNotWork(t *testing.T) {
	for language, says := range map[string][]string{
		"en":    {"There is no join page at this address", "Get my PIN", "Too many tries", "Try again", "We cannot be reached", "Something went wrong on our side"},
		"pt-BR": {"Não há página de acesso neste endereço", "Receber meu PIN", "Muitas tentativas", "Tentar de novo", "Não conseguimos conexão", "Algo deu errado do nosso lado"},
	} {
		t.Run(language, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer "+language, people.Phone)
			speaking(p, language)
			p.Open(s.url + "/join/nobody")
			p.Hears(says[0])
			look(t, p, "unknown")
			p.Open(s.url + "/join/casa-lume")
			limited := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				reply(w, http.StatusTooManyRequests, object{"reason": "rate_limited"})
			})
			s.refuse.Store(&limited)
			p.Press(says[1])
			p.Hears(says[2])
			look(t, p, "limited")
			unreachable := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			s.refuse.Store(&unreachable)
			p.Press(says[3])
			p.Hears(says[4])
			look(t, p, "unreachable")
			broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				reply(w, http.StatusConflict, object{"reason": "something_new"})
			})
			s.refuse.Store(&broken)
			p.Press(says[3])
			p.Hears(says[5])
			look(t, p, "broken")
			s.refuse.Store(nil)
			p.Press(says[3])
			s.customer().say(s.welcome("requested", 390, 756))
			p.Reads(".pin", "483")
		})
	}
}

func TestWhatTheCustomerIsTold(t *testing.T) {
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
		{notice("page_failed", object{"url": "https://shpo.example", "code": "dns"}), "Check the spelling: https://shpo.example", "Verifique se está escrito corretamente: https://shpo.example"},
		{notice("page_failed", object{"url": "https://shop.example/gone", "code": "new"}), "could not be opened. Try again in a moment: https://shop.example/gone", "Não foi possível abrir esta página. Tente de novo"},
		{notice("url_refused", object{"host": "intranet.example"}), "cannot be opened here: intranet.example", "não pode ser aberto aqui: intranet.example"},
		{notice("url_refused", object{"host": ""}), "This address cannot be opened here.", "Este endereço não pode ser aberto aqui."},
		{notice("browser_lost", object{"restored": true, "lost": []string{"forms"}}), "had to be started again", "precisou ser reiniciado"},
		{notice("browser_lost", object{"restored": true, "lost": []string{"forms", "cookies"}, "why": ""}), "have to sign in again", "entrar de novo na sua conta"},
		{notice("browser_lost", object{"restored": true, "lost": []string{"forms"}, "why": "memory"}), "used too much memory", "usou memória demais"},
		{notice("page_failed", object{"url": "https://shop.example/big", "code": "memory"}), "more memory than it can have here", "mais memória do que pode ter aqui"},
		{notice("recording_stopped", object{"reason": "storage"}), "The recording has stopped", "A gravação parou"},
		{notice("mask_suggested", object{"name": "Balance"}), "has hidden a part of this page", "ocultou uma parte desta página"},
		{notice("page_private", object{}), "it is yours alone", "ela é só sua"},
		{object{"type": "stuck", "reason": "masks"}, "You can go on alone", "Você pode continuar sem ajuda"},
		{failure("reveal_refused"), "This part stays private", "Esta parte continua privada"},
		{failure("busy"), "still busy", "ainda está ocupado"},
		{failure("no_right"), "You cannot do this", "Você não pode fazer isto"},
		{failure("something_new"), "That did not work", "Não deu certo"},
	}
	for _, language := range []string{"en", "pt-BR"} {
		t.Run(language, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "customer "+language, people.Phone)
			speaking(p, language)
			peer := s.sharing(p, 390, 756)
			for _, one := range told {
				peer.say(one.message)
				text := one.en
				if language != "en" {
					text = one.pt
				}
				p.Hears(text)
			}
			look(t, p, "told")
			if n := people.Eval[int](p, `document.querySelectorAll('.toasts p').length`); n > 3 {
				t.Errorf("%d messages hide the page", n)
			}
			if people.Eval[bool](p, `document.body.innerText.includes('English from')`) {
				t.Error("a text that nobody translated is shown")
			}
		})
	}
}

// TestInPortuguese shows every screen of a call on a phone as somebody in Brazil has it: its texts are a quarter longer.
func TestInPortuguese(t *testing.T) {
	s := newService(t)
	d := devices[1]
	p := people.New(t, "cliente", people.Phone)
	speaking(p, "pt-BR")
	p.Open(s.url + "/join/casa-lume")
	p.Hears("Nada é instalado")
	look(t, p, "1-start")
	p.Press("Receber meu PIN")
	peer := s.customer()
	peer.say(s.welcome("requested", 390, 756))
	p.Reads(".pin", "483")
	look(t, p, "2-pin")
	peer.say(object{"type": "participants", "participants": []object{customerView, agentView}}, state("waiting", "system", false))
	p.Hears("pede para ver este navegador")
	look(t, p, "3-consent")
	p.Press("Permitir")
	peer.hear("consent")
	peer.say(state("live", "customer", true), tabs("https://shop.casa-lume.example/checkout", "https://priceowl.example/compare/aurora"))
	shared(t, p, peer, d)
	p.Reads(".sees-status", "Ana Ribeiro vê esta página")
	look(t, p, "4-live")
	if over := people.Eval[float64](p, `document.querySelector('.sees-status').getBoundingClientRect().bottom - document.querySelector('.bar-page').getBoundingClientRect().top`); over > 0 {
		t.Errorf("who sees the page is said over the address, %v pixels too low", over)
	}
	p.Press("Parar")
	peer.hear("pause")
	peer.say(state("paused", "customer", true))
	p.Hears("não vê nada e não pode fazer nada")
	look(t, p, "5-paused")
	peer.say(object{"type": "ended", "by": "agent", "reason": "ended", "outcome": "solved", "seconds": 272})
	p.Hears("Durou 4:32")
	look(t, p, "6-ended")
}
