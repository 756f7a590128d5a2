package desks

import (
	"errors"
	"slices"
	"testing"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// TestSupervisorWatches a session from its link on the case: signed in with Entra ID, the whole recording plays.
func TestSupervisorWatches(t *testing.T) {
	c := newContactCentre(t)
	c.record()
	people.Eventually(t, "the recording is on the case", func() error {
		entries, err := c.CRM.Entries(t.Context(), c.chats()[0].CaseID)
		if err == nil && !slices.ContainsFunc(entries, func(e demo.TimelineEntry) bool { return e.File != nil }) {
			return errors.New("it is not there")
		}
		return err
	})
	ruth := c.person("supervisor at a recording", people.Desktop)
	ruth.Open(c.Timelines[0].URL)
	player := ruth.NewTab(func() { ruth.Press("Play the recording") })
	player.See("main.signin")
	signIn(player, func() { player.Press("Sign in") }, false, "Ruth Keller")
	player.Hears("Checkout stops at the card")
	player.Until("the video is there", "document.querySelector('video')?.readyState >= 2")
	people.Eval[bool](player, `(() => {
  window.picture = () => {
    const small = new OffscreenCanvas(32, 20).getContext('2d');
    small.drawImage(document.querySelector('video'), 0, 0, 32, 20);
    return small.getImageData(0, 0, 32, 20).data.join();
  };
  window.first = picture();
  return true;
})()`)
	player.Press("Play")
	player.Until("it has played to its end, which shows something else than its beginning", "document.querySelector('video').ended && picture() !== first")
	player.Until("the slider is at its end", "(s => s.value === s.max)(document.querySelector('.seek'))")
	player.Shot("played")
}

// record is a short session of a chat: agent and customer look at the shop, then at its checkout.
func (c *contactCentre) record() {
	c.t.Helper()
	ana := c.person("recorded agent", people.Desktop)
	ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Tab, Conversations: c.chats()}))
	widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane iframe")
	widget.See("main.signin")
	signIn(ana, func() { widget.Press("Sign in") }, true, "Ana Ribeiro")
	widget.Press("Send join link")
	ana.Until("the link is in the chat", Did("sent"))
	julia := people.New(c.t, "recorded customer", people.Desktop)
	julia.Open(people.Eval[string](ana, `mock.done.find((d) => d.what === 'sent').message.match(/http\S+/)[0]`))
	julia.Click("input[type=checkbox]") // to being recorded
	julia.Press("Allow")
	julia.Until("the first picture", "document.querySelector('canvas')?.width > 300")
	widget.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === ''")
	julia.Gone(".cover") // until then what she types reaches nothing
	julia.Fill("input[aria-label=Address]", c.Shop+"/checkout\r")
	widget.Until("the checkout's picture", "document.querySelector('input[aria-label=Address]').value.endsWith('/checkout') && document.querySelector('main.live').dataset.veil === ''")
	widget.Press("End")
	widget.Press("Solved")
	widget.Press("End session")
	widget.Hears("The session has ended")
}
