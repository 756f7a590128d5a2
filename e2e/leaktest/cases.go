package leaktest

import (
	"fmt"

	"cobrowse-connector/cobrowse"
)

// maskCase is one way in which a page may show something private. Everything secret is magenta (class s): in the control the page
// must show it, beside it no picture may. Cyan (class k) must stay visible.
type maskCase struct {
	name  string
	html  string
	files map[string]string // further files of the case's folder
	host  string            // of the page, "" = home
	stage string            // the policy that it is played with, see policies.go; "" = the usual one
	do    func(h *hand) error
	ms    int    // how long the case runs, 0 for what needs no time
	keep  bool   // there is something cyan
	layer string // what the customer's private layer must hold
	// says: the secret leaves as words, too: the control's agent must have been told it.
	says bool
	// unseen: nothing of the case can be in a picture; it is about words alone.
	unseen bool
	// bare is what the control's page shows instead: fields that are hidden whatever the rules are.
	bare string
	// closed: agents see nothing of the page, for this reason of the gate.
	closed string
	// repeat: navigation and windows, which are played again and again on a busy machine.
	repeat bool
	// residual is a known hole, in the words of SECURITY.md: the case is expected to leak.
	residual string
	// open is a leak that is known and not closed yet, with what is to be done.
	open string
}

// blockCase is one way to carry out an action. In the control and for the customer it must fire, for the agent it must not.
// Pages call fire() or submit to FIRE.
type blockCase struct {
	name     string
	html     string
	files    map[string]string
	host     string
	stage    string
	do       func(h *hand) error
	ms       int  // how long a refused action is given to fire after all
	free     bool // not guarded: the agent may do it too
	quiet    bool // the agent is stopped without a word (passing by, or nothing that a person tried)
	tab      bool // for whoever may, it opens a window
	repeat   bool
	residual string
	open     string
}

func clickOn(selector string) func(h *hand) error {
	return func(h *hand) error { return h.click(selector) }
}

// keysIn focuses by script, as the case is about the keys, and types.
func keysIn(selector string, keys ...string) func(h *hand) error {
	return func(h *hand) error {
		if err := h.focus(selector); err != nil {
			return err
		}
		return h.keys(keys...)
	}
}

// typed presses a selector and types.
func typed(selector string, keys ...string) func(h *hand) error {
	return func(h *hand) error {
		if err := h.click(selector); err != nil {
			return err
		}
		return h.keys(keys...)
	}
}

func chars(s string) []string {
	var all []string
	for _, r := range s {
		all = append(all, string(r))
	}
	return all
}

func script(js string) func(h *hand) error {
	return func(h *hand) error { return h.eval(js, nil) }
}

func then(steps ...func(h *hand) error) func(h *hand) error {
	return func(h *hand) error {
		for _, step := range steps {
			if err := step(h); err != nil {
				return err
			}
		}
		return nil
	}
}

// inFrame presses the middle of the page's only frame, which a button fills.
func inFrame() func(h *hand) error { return clickOn("iframe") }

// goesTo takes the customer to a file of the case's folder, and waits for the agent's view of it. The page tells that it has loaded
// by HELPER.
func goesTo(file string) func(h *hand) error {
	return func(h *hand) error {
		turns := get(h.agent, func() int { return h.agent.gate.turns })
		h.goes(file)
		return h.seen(turns, "")
	}
}

// goes sends the customer to a file of the case's folder.
func (h *hand) goes(file string) {
	h.customer.send("navigate", map[string]any{"tab": h.stage.tab, "url": h.address(file)})
}

// address is that of a file of the case's folder.
func (h *hand) address(file string) string {
	return fmt.Sprintf("http://%s:%d%s%s", h.visit.host, h.site.port, h.visit.dir, file)
}

// opens lets the customer press something that opens a window, and waits for the agent's view of that.
func opens(selector string) func(h *hand) error {
	return func(h *hand) error {
		c := h.customer
		turns := get(h.agent, func() int { return h.agent.gate.turns })
		if err := h.as(c).click(selector); err != nil {
			return err
		}
		if err := c.until(patience, "a second tab", func() bool { return len(c.tabs) > 1 && c.shown != h.stage.tab }); err != nil {
			return err
		}
		return h.seen(turns, "")
	}
}

// pressMiddle presses the middle of what is shown, where windows and frames have their button.
func pressMiddle(h *hand) error {
	h.pressAt(point{pageWidth / 2, pageHeight / 2}, 0, 1)
	return nil
}

var handheld = cobrowse.Viewport{Width: pageWidth, Height: pageHeight, Scale: 1, Mobile: true}

// textIn focuses a field by script and puts text into it as an on-screen keyboard does.
func textIn(selector, text string) func(h *hand) error {
	return func(h *hand) error {
		if err := h.focus(selector); err != nil {
			return err
		}
		h.text(text)
		return nil
	}
}

// bigButton is a frame's or window's whole page.
const bigButton = `<!doctype html><meta charset=utf-8><style>button{position:fixed;inset:14px 0 0 0;width:100%;height:90%}</style><script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script><button onclick=fire()>Buy now</button>`

// moveOver moves about on an element.
func moveOver(selector string) func(h *hand) error {
	return func(h *hand) error {
		at, err := h.where(selector)
		if err != nil {
			return err
		}
		for i := range 3 {
			h.move(point{at.X + float64(i), at.Y})
		}
		return nil
	}
}
