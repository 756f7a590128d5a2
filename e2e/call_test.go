package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

const card = "4111111111111111"

// call is a phone call whose session is live: agent and customer see the same page.
type call struct {
	t               *testing.T
	demo            *demo.Demo
	desk            *people.Person // the agent's window
	agent, customer hands
	// Where things are in the shared checkout, and what its button looks like: by that a picture of it is known.
	cardPlace, streetPlace, buyPlace people.Rect
	buyColor                         string // as CSS says it
}

// newCall is the ringing phone: the agent's pane waits for a PIN.
func newCall(t *testing.T) *call { return newCallWith(t, demo.Options{}) }

// newCallWith is newCall with another demo, and browsers that are started with more options.
func newCallWith(t *testing.T, o demo.Options, more ...chromedp.ExecAllocatorOption) *call {
	d := product.StartWith(t, o)
	desk := people.New(t, "agent", people.Desktop, more...)
	customer := people.New(t, "customer", viewport, more...)
	oracle := people.New(t, "oracle", people.Screen{Width: viewport.Width, Height: sharedHeight})
	desk.Open(d.Desk)
	desk.Press("Martin Weber")
	agent := desk.Frame(d.Service+"/agent", "iframe")
	agent.Hears("PIN of the customer")
	desk.Shot("pin")
	oracle.Open(d.Shop)
	return &call{t: t, demo: d, desk: desk, agent: hands{agent, oracle}, customer: hands{customer, oracle}}
}

// share goes from the customer's PIN to the first picture on both sides.
func (c *call) share() { c.shareAs(true) }

// shareAs is share by a customer who wants to be recorded, or not.
func (c *call) shareAs(recorded bool) {
	c.t.Helper()
	agent, customer := c.agent, c.customer
	customer.Hears("Read this PIN") // until then a new tab may still be on its way to this page
	for _, p := range []hands{agent, customer} {
		people.Eval[bool](p.Person, eyes+", true")
	}
	if size := people.Eval[float64](customer.Person, "parseFloat(getComputedStyle(document.querySelector('.pin')).fontSize)"); size < 48 {
		c.t.Errorf("the PIN is %v pixels high", size)
	}
	customer.Shot("pin")

	agent.Fill("#pin", digits(customer.Text(".pin"))[6:])
	agent.Press("Start co-browse")
	customer.Hears("Ana Ribeiro from Casa Lume asks to look at this browser with you")
	if recorded {
		customer.Click("input[type=checkbox]")
	}
	customer.Shot("consent")
	agent.Hears("They see your name")
	c.desk.Shot("waiting")
	customer.Press("Allow")

	agent.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === ''")
	customer.Until("the first picture", "document.querySelector('canvas')?.width > 300")
	customer.Gone(".cover") // until then what they do reaches nothing
}

// expand gives the agent room to work in.
func (c *call) expand() {
	c.t.Helper()
	c.agent.Press("Expand to the whole tab")
	c.agent.Until("the pane has grown", "document.querySelector('main.live.full') && innerWidth > 1000")
}

// goTo opens a page of the shop by the customer's address bar, and for the oracle.
func (c *call) goTo(path string) {
	c.t.Helper()
	c.customer.Fill("input[aria-label=Address]", c.demo.Shop+path+"\r")
	c.agent.oracle.Open(c.demo.Shop + path)
	c.arrived(path)
}

// arrived waits until both people are shown all of the page at path.
func (c *call) arrived(path string) {
	c.t.Helper()
	for _, p := range []*people.Person{c.customer.Person, c.agent.Person} {
		p.Until("the page "+path, fmt.Sprintf("document.querySelector('input[aria-label=Address]').value === %q", c.demo.Shop+path))
	}
	c.agent.Until("the picture of "+path, "document.querySelector('main.live').dataset.veil === '' && !document.querySelector('.tab.shown .loading')")
}

// follows waits until the oracle is at path, too: its press has been taken in then, and what it tells is about that page.
func (c *call) follows(path string) {
	c.t.Helper()
	c.agent.oracle.Until("the oracle at "+path, fmt.Sprintf("location.pathname === %q && document.readyState === 'complete'", path))
}

func TestCall(t *testing.T) {
	c := newCall(t)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.desk.Shot("live")
	c.customer.Shot("live")

	c.expand()

	// Each sees the other's labelled cursor.
	c.customer.point("h1")
	c.agent.Reads(".live-cursor-customer", "Martin Weber")
	c.agent.point("h2")
	c.customer.Reads(".live-cursor-agent", "Ana Ribeiro")
	c.desk.Shot("cursors")

	c.actTogether()
	c.fillCheckout()
	c.onlyCustomerBuys()
	c.pauseAndContinue()
	c.end()
	c.supervise()
}

// actTogether: either one scrolls for both, and what both type at the same time is all there, each in order.
func (c *call) actTogether() {
	both := []hands{c.customer, c.agent}
	x, y := c.agent.place("h1")
	for _, h := range both {
		h.watch("top", "h1")
	}
	c.agent.Wheel(x, y, 200)
	for _, h := range both {
		h.waitChange("top")
	}
	x, y = c.customer.place("h1")
	c.customer.Wheel(x, y, -400)
	for _, h := range both {
		h.Until("the top again", "__seen('top').now < 25")
	}

	c.agent.click("input[type=search]")
	c.customer.click("input[type=search]")
	var typing sync.WaitGroup
	typing.Go(func() { c.customer.Type("espresso") })
	typing.Go(func() { c.agent.Type("GRINDER") })
	typing.Wait()
	// The agent's keys take another way than the customer's Enter: they have come when the mouse that follows them has moved.
	at := c.customer.Rect(".live-cursor-agent")
	c.agent.point("h1")
	c.customer.Until("the agent's mouse has moved", fmt.Sprintf("Math.abs(document.querySelector('.live-cursor-agent').getBoundingClientRect().y - %f) > 5", at.Y))
	c.customer.Type("\r")
	const address = "document.querySelector('input[aria-label=Address]').value"
	c.agent.Until("the search is made", address+".includes('q=')")
	found := people.Eval[string](c.agent.Person, address)
	found = found[strings.Index(found, "q=")+2:]
	lower, upper := kept(found, unicode.IsLower), kept(found, unicode.IsUpper)
	if lower != "espresso" || upper != "GRINDER" {
		c.t.Errorf("both typed, and there stands %q", found)
	}
}

// fillCheckout: both shop, both type; the card number reaches the customer's eyes only, and the desk does not record the call meanwhile.
func (c *call) fillCheckout() {
	oracle := c.agent.oracle
	c.goTo("/p/aurora")
	c.agent.click("form button.button") // adds to the cart
	oracle.Click("form button.button")
	c.follows("/cart")
	c.arrived("/cart")
	c.customer.click("a.button")
	oracle.Click("a.button")
	c.follows("/checkout")
	c.arrived("/checkout")

	c.agent.watch("street", "[name=street]")
	c.customer.watch("town", "[name=town]")
	c.customer.click("[name=street]")
	c.customer.Type("Rua das Flores 12")
	c.agent.waitChange("street")
	c.agent.click("[name=town]")
	c.agent.Type("Porto")
	c.customer.waitChange("town")

	c.cardPlace, c.streetPlace = oracle.Place("#card-number"), inside(oracle.Place("[name=street]"))
	buy := oracle.Place("#buy-now")
	c.buyPlace = people.Rect{X: buy.X + buy.W/10, Y: buy.Y + buy.H/2, W: 1, H: 1} // beside its text
	c.buyColor = people.Eval[string](oracle, `getComputedStyle(document.querySelector('#buy-now')).backgroundColor`)
	c.agent.watch("card", "#card-number")
	c.customer.click("#card-number")
	c.customer.Type(card)
	c.customer.Until("the customer reads their own card number", `document.querySelector('.live-overlay')?.innerText.replaceAll(' ', '').includes('`+card+`')`)
	c.desk.See(".recording.paused")
	c.customer.Shot("card")
	c.desk.Shot("card")

	for _, f := range []struct{ selector, text string }{
		{"[name=first]", "Martin"}, {"[name=last]", "Weber"}, {"[name=email]", "martin@mail.example"}, {"[name=zip]", "10115"},
		{"[name=ccname]", "Martin Weber"}, {"[name=cc-exp]", "12 / 29"}, {"[name=cvc]", "737"},
	} {
		c.customer.click(f.selector)
		c.customer.Type(f.text)
	}
	c.customer.click("[name=street]")
	c.desk.See(".recording:not(.paused)")
	c.agent.watch("delivery", "[name=first]") // a picture later than everything typed
	if s := c.agent.saw("card"); s.Most > 0 {
		c.t.Errorf("the agent's picture of the card number changed by %d pixels in the worst of %d frames", s.Most, s.Frames)
	}
}

// onlyCustomerBuys: mouse, Enter and Space of the agent are refused, both are told; the customer's press works.
func (c *call) onlyCustomerBuys() {
	c.agent.click("#buy-now")
	c.agent.Hears("Only the customer can press “Buy now”")
	c.customer.Hears("Only you can press “Buy now”")
	c.desk.Shot("refused")
	c.customer.Shot("refused")
	for name, key := range map[string]string{"Enter": "\r", "Space": " "} {
		c.bothTold("the last refusal is gone", `!told`)
		c.agent.click("[name=cvc]")
		c.agent.Type("\t\t" + key) // past the link to the terms
		c.bothTold("the refusal of "+name, `told && told.includes('Only')`)
		if n := made(c.t, c.demo.Shop+"/orders"); n != 0 {
			c.t.Fatalf("the agent bought by %s: %d orders", name, n)
		}
	}
	c.customer.click("#buy-now")
	oneMade(c.t, c.demo.Shop+"/orders")
	c.agent.waitChange("delivery") // the form makes way for the thanks
}

// bothTold waits for what holds of told, the words about Buy now that stand at both people's pictures; a key that came before the
// focus had moved on is refused at the sentence above the button, which names it too.
func (c *call) bothTold(what, holds string) {
	c.t.Helper()
	for _, p := range []hands{c.agent, c.customer} {
		p.Until(what, `((told) => `+holds+`)(document.querySelector('.toasts')?.innerText.match(/.*Buy now.*/)?.[0])`)
	}
}

// pauseAndContinue: the first press of Stop blinds the agent.
func (c *call) pauseAndContinue() {
	c.customer.Press("Stop")
	c.agent.Until("the picture is blank", "document.querySelector('main.live').dataset.veil === 'paused' && __blank()")
	c.agent.Hears("The customer paused your view")
	c.desk.Shot("paused")
	c.customer.Shot("paused")
	c.customer.Press("Continue")
	c.agent.Until("the picture is back", "document.querySelector('main.live').dataset.veil === '' && !__blank()")
}

func (c *call) end() {
	c.agent.Press("End")
	c.agent.Press("Solved")
	c.desk.Shot("end")
	c.agent.Press("End session")
	c.agent.Hears("The session has ended")
	c.customer.Hears("Thank you")
	c.desk.Shot("ended")
	c.customer.Shot("ended")
}

// supervise: the case's timeline has the activity, the note with the summary and the transcript, the recording, and leads to the player.
func (c *call) supervise() {
	caseID := c.demo.Timelines[1].URL[strings.LastIndex(c.demo.Timelines[1].URL, "/")+1:]
	c.delivered(caseID)
	boss := people.New(c.t, "supervisor", people.Desktop)
	boss.Open(c.demo.Timelines[1].URL)
	boss.Hears("co-browse.webm")
	for _, words := range []string{"Outcome: solved", "Buy now", "Paused by the customer", "/checkout"} {
		boss.Hears(words)
	}
	if boss.Shot("timeline"); strings.Contains(boss.Text("main"), card[:6]) {
		c.t.Error("the timeline holds the card number")
	}
	c.recordedNothing(c.attached(caseID, ".webm"))
	c.readTranscript(boss, string(c.attached(caseID, "-transcript.txt")))
	player := boss.NewTab(func() { boss.Press("Play the recording") })
	player.Hears("Change of delivery address")
	c.replay(player)
	c.savesTranscript(player, string(c.attached(caseID, "-transcript.txt")))
}

// replay: the video plays and seeks, an event of the list leads to its moment, both cursors are drawn, and the track holds nothing
// of the card number.
func (c *call) replay(player *people.Person) {
	player.Until("the video is there", "document.querySelector('video')?.readyState >= 2")
	player.Press("Refused")
	player.Until("only refusals are listed", `document.querySelector('[aria-pressed=true]')?.innerText.includes('Refused')`)
	player.Press("0:")
	player.Until("the moment of the refusal", "!document.querySelector('video').seeking && document.querySelector('video').currentTime > 1")
	player.See(".cursor.agent")
	player.Shot("player")
	people.Eval[bool](player, "(document.querySelector('video').currentTime = 0, true)")
	player.Press("Play")
	player.See(".cursor.customer")
	player.Until("the video plays", "document.querySelector('video').currentTime > 0.5")
	track := people.Eval[string](player, `(async () => {
		const id = location.pathname.split('/').pop(), token = sessionStorage.getItem('cobrowse.watch.' + id);
		return (await fetch('/v1/recordings/' + id + '/track', {headers: {Authorization: 'Bearer ' + token}})).text();
	})()`)
	if !strings.Contains(track, `"refusal"`) || strings.Contains(track, card[:6]) {
		c.t.Errorf("the track lacks the refusal or holds the card number: %s", track)
	}
}

// delivered waits until the case holds one activity, one note with the transcript and one with the recording.
func (c *call) delivered(caseID string) {
	people.Eventually(c.t, "the case holds one activity and two notes with files", func() error {
		entries, err := c.demo.CRM.Entries(c.t.Context(), caseID)
		if err != nil {
			return err
		}
		kinds := map[string]int{}
		for _, e := range entries {
			kinds[e.Kind]++
			if e.File != nil {
				kinds["file"]++
			}
		}
		if kinds["file"] != 2 || kinds[demo.KindActivity] != 1 || kinds[demo.KindNote] != 2 {
			return fmt.Errorf("it holds %v", kinds)
		}
		return nil
	})
}
