package leaktest

import (
	"slices"

	"cobrowse-connector/cobrowse"
)

// peopleCases are about what people do about masks in a running session.
var peopleCases = []maskCase{
	{name: "sg-suggested", html: `<p id=suggested>&nbsp;<p>Beside it`, do: func(h *hand) error {
		if !h.isControl { // the control shows what a page without any rule shows
			if err := h.suggest("#suggested"); err != nil {
				return err
			}
		}
		return h.eval(`suggested.className='s',suggested.textContent='WORD#'`, nil)
	}, ms: 200},
	{name: "sg-suggested-again", html: `<p id=suggested-too class=x>&nbsp;`, files: map[string]string{"next.html": landing + `<p id=suggested-too class="x s">WORD#`}, do: func(h *hand) error {
		if !h.isControl {
			if err := h.suggest("#suggested-too"); err != nil {
				return err
			}
		}
		return goesTo("next.html")(h)
	}, ms: 200},
	{name: "rv-not-allowed", html: `<canvas id=c width=400 height=60></canvas><script>const g=c.getContext('2d');g.fillStyle='#f0f';g.font='30px sans-serif';g.fillText('Wassermelone',5,40)</script>`, do: func(h *hand) error {
		if h.isControl {
			return nil
		}
		c := h.customer
		isCanvas := func(i cobrowse.LayerItem) bool { return i.Kind == "canvas" }
		if err := c.until(patience, "the canvas in the layer", func() bool { return slices.ContainsFunc(c.layer, isCanvas) }); err != nil {
			return err
		}
		item := get(c, func() cobrowse.LayerItem { return c.layer[slices.IndexFunc(c.layer, isCanvas)] })
		for _, who := range []*person{c, h.agent} {
			who.send("reveal", map[string]any{"tab": h.stage.tab, "item": item.ID, "on": true})
		}
		return c.until(patience, "a refusal", func() bool { return len(c.errors[c.during]) > 0 })
	}, ms: 200},
}

// suggest is the agent's press on *hide this* over an element; it stands when both have been told.
func (h *hand) suggest(selector string) error {
	at, err := h.where(selector)
	if err != nil {
		return err
	}
	h.agent.send("suggest", map[string]any{"tab": h.stage.tab, "x": at.X, "y": at.Y})
	c := h.customer
	return c.until(patience, "the suggestion", func() bool { return slices.Contains(c.notices[c.during], "mask_suggested") })
}
