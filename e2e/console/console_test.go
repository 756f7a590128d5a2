package console

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

var (
	desk  = people.Screen{Width: 1600, Height: 940}
	phone = people.Phone
)

// world is the product with a hand on its database, as an operator has one.
type world struct {
	*demo.Demo
	t    *testing.T
	db   *store.DB
	ring *keyring.Ring
}

func start(t *testing.T) world {
	t.Helper()
	var cfg *config.Config
	d := product.Start(t, func(c *config.Config) { cfg = c })
	db, err := store.Open(context.Background(), cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := keyring.Open(context.Background(), db, cfg.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	return world{d, t, db, ring}
}

func (w world) rules() *rules.Rules { return rules.New(w.db, w.ring, company.New(w.db, w.ring)) }

// link is an operator's one-time address.
func (w world) link() string {
	w.t.Helper()
	secret, err := console.Link(context.Background(), w.db, w.ring, demo.Slug)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Service + "/console#link=" + secret
}

func (w world) policy() cobrowse.Policy {
	w.t.Helper()
	co, err := company.New(w.db, w.ring).Get(context.Background(), demo.Slug)
	if err != nil {
		w.t.Fatal(err)
	}
	return co.Policy
}

// editor opens the editor on a page of the shop and waits for both pictures.
func (w world) editor(p *people.Person, path string) {
	w.t.Helper()
	people.Eval[bool](p, `location.hash = 'editor', true`)
	p.See("#start-url")
	people.Eval[bool](p, `document.querySelector('#start-url').select(), true`)
	p.Type(w.Shop + path)
	p.Click("#start-editor")
	p.See("#glass")
	p.Until("both pictures are there", drawn)
}

// drawn says that both sides show more than one colour.
const drawn = `[...document.querySelectorAll('.ed-side canvas')].length === 2 && [...document.querySelectorAll('.ed-side canvas')].every((c) => {
  const s = new OffscreenCanvas(64, 64), x = s.getContext('2d'); x.drawImage(c, 0, 0, 64, 64);
  const d = x.getImageData(0, 0, 64, 64).data; return d.some((v, i) => Math.abs(v - d[i % 4]) > 60) })`

// inkIn counts the dark pixels of a rectangle of the page in one side's picture.
const inkIn = `(() => { const c = document.querySelector('#%s-side canvas'), stage = document.querySelector('#customer-side .live-stage'), k = c.width / stage.offsetWidth;
  const [x, y, w, h] = [%v, %v, %v, %v].map((v) => Math.round(v * k)); const s = new OffscreenCanvas(w, h), pen = s.getContext('2d'); pen.drawImage(c, -x, -y);
  const d = pen.getImageData(0, 0, w, h).data; let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] + d[i + 1] + d[i + 2] < 330) n++; return n })()`

// pointAt presses the thing in the customer's view that stands at a rectangle of the page.
func pointAt(p *people.Person, r people.Rect) {
	stage := p.Rect("#customer-side .live-stage")
	scale := people.Eval[float64](p, `document.querySelector('#customer-side .live-stage').offsetWidth`)
	x, y := r.Center()
	p.MoveTo(stage.X+x/scale*stage.W, stage.Y+y/scale*stage.W)
	p.ClickAt(stage.X+x/scale*stage.W, stage.Y+y/scale*stage.W)
}

// TestPointMaskPublish is the way of an administrator who has never seen a selector.
func TestPointMaskPublish(t *testing.T) {
	w := start(t)
	oracle := people.New(t, "oracle", people.Screen{Width: 1024, Height: 720})
	oracle.Open(w.Shop + "/account")
	field, beside := oracle.Place("input[name=first]"), oracle.Place("input[name=last]")

	marta := people.New(t, "marta", desk)
	marta.Open(w.link())
	marta.Hears("What is hidden")
	marta.Accessible()
	marta.Shot("rules-empty")

	w.editor(marta, "/account")
	marta.Shot("editor")
	marta.Until("the agent's picture shows the field", fmt.Sprintf(inkIn, "agent", field.X, field.Y, field.W, field.H)+` >= 40`)
	marta.Accessible()
	people.Eval[bool](marta, `document.querySelector('#glass').focus(), true`)
	marta.Type("\r") // by the keyboard: the middle of the page
	marta.Until("the focus is where it goes on", `document.activeElement?.matches('.ed-thing h2')`)
	pointAt(marta, field)
	marta.Reads(".ed-thing h2", "First name")
	marta.Shot("editor-picked")
	marta.Accessible()
	marta.Click("#do-mask")
	// The field beside it is there all the time: the picture was not only blanked.
	marta.Until("the agent's view has lost it", `document.querySelector('#agent-side').dataset.shows === 'draft' && `+fmt.Sprintf(inkIn, "agent", beside.X, beside.Y, beside.W, beside.H)+
		` > 40 && `+fmt.Sprintf(inkIn, "agent", field.X, field.Y, field.W, field.H)+` === 0`)
	marta.See("#customer-side .private-window")
	marta.Shot("editor-masked")
	if len(w.policy().Masks) != 0 {
		t.Error("a draft was published by itself")
	}
	marta.Click("#publish")
	marta.Hears("Published as version")
	marta.Gone("#publish")
	masks := w.policy().Masks
	if len(masks) != 1 || masks[0].Site != "127.0.0.1" || masks[0].Selector == "" {
		t.Fatalf("published: %+v", masks)
	}
	people.Eval[bool](marta, `location.hash = 'rules', true`)
	marta.See(`#mask-rules [data-rule="` + masks[0].ID + `"]`)
	marta.Reads("#mask-rules", "Not met in a session yet")
	marta.Shot("rules")
	people.Eval[bool](marta, `location.hash = 'versions', true`)
	marta.Hears("Version 2")
	marta.Shot("versions")
	marta.Accessible()
	w.sharesWithTheRule()
}

// sharesWithTheRule: in the next session, which people have as ever, the customer has what the rule names and the agent has not.
func (w world) sharesWithTheRule() {
	w.t.Helper()
	agent, customer := w.session(people.Desktop)
	customer.Fill("input[aria-label=Address]", w.Shop+"/account\r")
	customer.See(".private-window[data-private=rule]")
	agent.Until("a picture", "document.querySelector('main.live').dataset.veil === ''")
	agent.See(".hidden-area")
	// A page that is still being laid out moves its fields: where it stands is asked each time.
	people.Eventually(w.t, "the label is in the agent's picture and nothing of the field", func() error {
		at := people.Eval[people.Rect](customer, inStage)
		label := people.Eval[int](agent, fmt.Sprintf(darkIn, at.X, at.Y-at.H*0.7, at.W, at.H))
		if field := people.Eval[int](agent, fmt.Sprintf(darkIn, at.X, at.Y, at.W, at.H)); label <= 20 || field != 0 {
			return fmt.Errorf("dark pixels: %d of the label, %d of the field", label, field)
		}
		return nil
	})
	agent.Shot("with-the-rule")
	customer.Shot("with-the-rule")
}

// inStage is where the customer has the first hidden field of a rule, in parts of the picture's width.
const inStage = `(() => { const stage = document.querySelector('.live-stage').getBoundingClientRect(), f = document.querySelector('.private-window[data-private=rule]').getBoundingClientRect();
  return { x: (f.x - stage.x) / stage.width, y: (f.y - stage.y) / stage.width, w: f.width / stage.width, h: f.height / stage.width } })()`

// darkIn counts the dark pixels of a part of somebody's picture, in parts of the picture's width.
const darkIn = `(() => { const c = document.querySelector('canvas'), [x, y, w, h] = [%v, %v, %v, %v].map((v) => Math.round(v * c.width));
  const s = new OffscreenCanvas(w, h), pen = s.getContext('2d'); pen.drawImage(c, -x, -y);
  const d = pen.getImageData(0, 0, w, h).data; let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] + d[i + 1] + d[i + 2] < 330) n++; return n })()`

// session begins a session by a link in the chat.
func (w world) session(screen people.Screen) (agent, customer *people.Person) {
	w.t.Helper()
	desk := people.New(w.t, "ana", people.Desktop)
	customer = people.New(w.t, "julia", screen)
	desk.Open(w.Desk)
	desk.Press("Julia Santos")
	agent = desk.Frame(w.Service+"/agent", "iframe")
	agent.Press("Send join link")
	agent.Hears("The join link is in the chat.")
	customer.Open(people.Eval[string](desk, `document.querySelector('.transcript').innerText.match(/http:\S+/)[0]`))
	customer.Press("Allow")
	agent.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === ''")
	return agent, customer
}

// suggest is what an agent does in a session.
func (w world) suggest() {
	w.t.Helper()
	err := w.rules().Suggest(context.Background(), demo.Slug, "s1", cobrowse.Suggestion{
		By: cobrowse.Participant{Name: "Ana Ribeiro", Role: cobrowse.RoleAgent}, Page: "https://shop.example/account",
		Rule: cobrowse.MaskRule{ID: "suggested-abcdefghij", Site: "shop.example", Selector: "#loyalty-balance"}, Picked: cobrowse.Picked{Tag: "input", Name: "Loyalty balance"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestSuggestionsAndHealth: what an agent asked for becomes a rule, and a rule that finds nothing any more is told of.
func TestSuggestionsAndHealth(t *testing.T) {
	w := start(t)
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.suggest()
	marta := people.New(t, "marta", desk)
	marta.Open(w.Console) // the desk vouches for her
	marta.Hears("What is hidden")
	people.Eval[bool](marta, `location.hash = 'suggestions', true`)
	marta.Hears("Hide “Loyalty balance” on shop.example")
	marta.Shot("suggestions")
	marta.Accessible()
	marta.Press("Approve")
	marta.Hears("it is a rule of your company now")
	if m := w.policy().Masks; len(m) != 1 || m[0].Selector != "#loyalty-balance" {
		t.Fatalf("rules: %+v", m)
	}
	for range 6 {
		must(w.rules().Learn(ctx, demo.Slug, []cobrowse.RuleHealth{{Rule: "suggested-abcdefghij", Host: "shop.example", Pages: 2}}))
	}
	people.Eval[bool](marta, `location.hash = 'rules', true`)
	marta.Reload()
	marta.Hears("Has matched nothing in the last 6 sessions")
	marta.Shot("health")
	marta.Accessible()
	w.pointsAgain(marta)
	must(w.rules().Learn(ctx, demo.Slug, []cobrowse.RuleHealth{{Rule: "suggested-abcdefghij", Host: "shop.example", Pages: 2, Matched: 1}}))
	marta.Reload()
	marta.Hears("Last matched")
}

// TestSigningOut leaves nothing behind in the tab, after a question when something is not published.
func TestSigningOut(t *testing.T) {
	w := start(t)
	p := people.New(t, "marta", phone)
	p.Open(w.link())
	p.Click("#add-mask")
	p.Fill("#mask-selector", "#mine")
	p.Press("Save")
	p.Hears("1 change is not published")
	p.Shot("sign-out")
	p.Accessible()
	people.Eval[bool](p, `window.confirm = (asked) => (window.asked = asked, !!window.yes), true`)
	p.Click("#sign-out")
	p.Until("the question", `asked.includes('not published')`)
	people.Eval[bool](p, `window.yes = true`)
	p.Click("#sign-out")
	p.Hears("Open the console from your desk")
	if left := people.Eval[int](p, `sessionStorage.length`); left != 0 {
		t.Errorf("%d things are left in the tab", left)
	}
}

// pressesAtOnce goes to the suggestions in the moment in which their tab is there.
const pressesAtOnce = `new MutationObserver((_, seen) => {
	const tab = document.querySelector('nav a[href="#suggestions"]')
	if (tab) { seen.disconnect(); tab.click() }
}).observe(document, { childList: true, subtree: true })`

// TestAFullListOfSuggestions says that others are left out, to those who come for it at once, too.
func TestAFullListOfSuggestions(t *testing.T) {
	w := start(t)
	for i := range 200 {
		err := w.rules().Suggest(t.Context(), demo.Slug, "s1", cobrowse.Suggestion{By: cobrowse.Participant{Name: fmt.Sprint("Agent ", i%5)},
			Rule: cobrowse.MaskRule{ID: "suggested-abcdefghij", Site: "shop.example", Selector: fmt.Sprintf("#thing-%d", i)}, Picked: cobrowse.Picked{Tag: "p"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	p := people.New(t, "marta", desk)
	p.BeforeEveryPage(pressesAtOnce)
	p.Open(w.link())
	p.Hears("as many as fit")
}

// everySection looks at one section after the other.
func everySection(t *testing.T, p *people.Person) {
	t.Helper()
	for _, section := range []string{"rules", "blocks", "kinds", "sites", "browser", "suggestions", "versions", "deliveries", "editor"} {
		people.Eval[bool](p, fmt.Sprintf(`location.hash = %q, true`, section))
		p.See(fmt.Sprintf(`nav a[href="#%s"][aria-current]`, section))
		p.Until("its tab is in sight", tabInSight)
		p.Shot(section)
		p.Accessible()
	}
}

// pointsAgain: what is pointed at takes the place of the rule that finds nothing any more.
func (w world) pointsAgain(marta *people.Person) {
	w.t.Helper()
	oracle := people.New(w.t, "oracle", people.Screen{Width: 1024, Height: 720})
	oracle.Open(w.Shop + "/account")
	marta.Press("Point at it again")
	marta.Hears("what you choose takes its place")
	marta.Shot("again-start")
	w.editor(marta, "/account")
	pointAt(marta, oracle.Place("input[name=first]"))
	marta.See("#do-mask")
	marta.Shot("again")
	marta.Accessible()
	marta.Click("#do-mask")
	marta.Gone("#again-not")
	marta.Click("#publish")
	marta.Hears("Published as version")
	if m := w.policy().Masks; len(m) != 1 || m[0].ID != "suggested-abcdefghij" || m[0].Selector == "#loyalty-balance" {
		w.t.Errorf("rules: %+v", m)
	}
	people.Eval[bool](marta, `location.hash = 'rules', true`)
}

// tabInSight says that the tab of the section that is shown lies in the window.
const tabInSight = `(() => { const r = document.querySelector('nav a[aria-current]').getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth })()`

// TestEverySectionOnAPhone: 390 px wide, by the keyboard's and the eye's rules.
func TestEverySectionOnAPhone(t *testing.T) {
	w := start(t)
	lusa := people.New(t, "telefone", phone)
	lusa.BeforeEveryPage(`Object.defineProperty(navigator, 'languages', {get: () => ['pt-BR']})`)
	lusa.Open(w.link())
	lusa.Hears("O que fica oculto")
	everySection(t, lusa)
	p := people.New(t, "phone", phone)
	p.BeforeEveryPage(`{ const every = setInterval; window.setInterval = (f, ms) => ms === 30000 ? (window.__poll = f, 0) : every(f, ms) }`)
	p.Open(w.link())
	p.Hears("What is hidden")
	everySection(t, p)
	people.Eval[bool](p, `location.hash = 'versions', true`)
	p.Reload()
	p.See(`nav a[href="#versions"][aria-current]`)
	p.Until("its tab is in sight", tabInSight)
	w.suggest()
	people.Eval[bool](p, `__poll(), true`)
	p.See("nav .count") // which makes the tabs before it wider
	p.Until("its tab is in sight still", tabInSight)
	people.Eval[bool](p, `location.hash = 'kinds', true`)
	p.Fill("#try", "card 4111 1111 1111 1111")
	p.Until("the number is gone", `!document.querySelector('#try-seen').textContent.includes('4111') && document.querySelector('#try-seen').textContent.includes('card')`)
	p.Click("#pii-card")
	p.Until("the number is read", `document.querySelector('#try-seen').textContent.includes('4111')`)
	p.Hears("1 change is not published")
	p.Shot("kinds-tried")
	p.Click("#pii-card")
	p.Gone("#publish")
	w.editor(p, "/account")
	p.Shot("editor-running")
	p.Accessible()
	glass := p.Rect("#customer-side .live-stage")
	p.ClickAt(glass.X+glass.W*0.2, glass.Y+glass.H*0.22)
	p.See("#do-mask")
	p.Shot("editor-picked")
	p.Accessible()
}

// TestNothingIsLost: somebody else publishes meanwhile, the tab is reloaded, a rule is refused.
func TestNothingIsLost(t *testing.T) {
	w := start(t)
	p := people.New(t, "marta", desk)
	p.Open(w.link())
	p.Click("#add-mask")
	p.Fill("#mask-selector", "#mine")
	p.Press("Save")
	p.Hears("1 change is not published")
	companies := company.New(w.db, w.ring)
	_, err := companies.ChangePolicy(context.Background(), demo.Slug, "somebody", func(_ *sql.Tx, co company.Company) (cobrowse.Policy, error) {
		co.Policy.Masks = append(co.Policy.Masks, cobrowse.MaskRule{ID: "theirs", Selector: "#theirs"})
		return co.Policy, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Click("#publish")
	p.Hears("Somebody else has published version")
	p.Shot("conflict")
	p.See(`[data-rule="theirs"]`)
	p.Click("#publish")
	p.Hears("Published as version")
	if m := w.policy().Masks; len(m) != 2 || m[0].Selector != "#theirs" || m[1].Selector != "#mine" {
		t.Fatalf("rules: %+v", m)
	}
	p.Click("#add-mask")
	p.Fill("#mask-selector", "div:unheard-of")
	p.Press("Save")
	p.Reads("#mask-selector-problem", "not a selector") // the browser knows
	p.Shot("refused-here")
	people.Eval[bool](p, `document.querySelector('#mask-selector').select(), true`)
	p.Type("div")
	p.Fill("#mask-site", "https://shop.example/")
	p.Press("Save")
	p.Click("#publish")
	p.Reads(".card.refused .wrong", "not a site")
	p.Shot("refused")
	p.Accessible()
	if m := w.policy().Masks; len(m) != 2 {
		t.Errorf("a refused rule was stored: %+v", m)
	}
}

// TestFromASessionToARule: an agent hides a thing in a session, the administrator makes it a rule, and the session tells how rules did.
func TestFromASessionToARule(t *testing.T) {
	w := start(t)
	agent, customer := w.session(people.Phone)
	agent.Click("#suggest")
	agent.Click(".picker") // what is in the middle of the page
	agent.See(`.toast[data-code="mask_suggested"]`)

	marta := people.New(t, "marta", people.Desktop)
	marta.Open(w.Console)
	marta.Hears("What is hidden")
	people.Eval[bool](marta, `location.hash = 'suggestions', true`)
	marta.See("#suggestions .card")
	marta.Shot("suggested")
	marta.Press("Approve")
	marta.Hears("it is a rule of your company now")
	masks := w.policy().Masks
	if len(masks) != 1 || masks[0].Site != "127.0.0.1" {
		t.Fatalf("rules: %+v", masks)
	}
	customer.Press("Stop")
	customer.Press("End the session")
	agent.Hears("The customer ended it")
	people.Eval[bool](marta, `location.hash = 'rules', true`)
	people.Eventually(t, "the session has told how the rule did", func() error {
		health, err := w.rules().Health(context.Background(), demo.Slug)
		if err == nil && !slices.ContainsFunc(health, func(h rules.Health) bool { return h.Rule == masks[0].ID && h.Matched > 0 && h.Host == "127.0.0.1" }) {
			err = fmt.Errorf("it told %+v", health)
		}
		return err
	})
	marta.Reload()
	marta.See("#mask-rules .health.well")
}
