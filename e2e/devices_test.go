package e2e

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestTabsTogether: what either opens and puts in another order both see, and an empty tab is a place to go on from.
func TestTabsTogether(t *testing.T) {
	c := newCall(t)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()
	c.agent.Click("#new-tab")
	c.agent.Type(c.demo.Shop + "/p/aurora\r") // they do not wait for the tab
	c.agent.Until("two tabs", `document.querySelectorAll('.tab').length === 2`)
	c.customer.Until("the customer is there, too", `document.querySelector('input[aria-label=Address]').value.endsWith('/p/aurora')`)
	c.agent.Until("its picture", `document.querySelector('main.live').dataset.veil === ''`)
	second := people.Eval[string](c.agent.Person, `document.querySelector('.tab:nth-child(2)').dataset.tab`)
	c.customer.Click(".tabs-button")
	c.customer.Click(".tab-row:nth-child(2) .move-tab")
	c.agent.Until("the other order", fmt.Sprintf(`document.querySelector('.tab').dataset.tab === %q`, second))
	c.customer.Shot("tabs")
	c.desk.Shot("tabs")
	c.agent.Until("the tab's button", `document.querySelector('.tab.shown .pick').focus() ?? true`)
	people.Eval[bool](c.agent.Person, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true}))`)
	c.customer.Until("back again", fmt.Sprintf(`document.querySelector('.tab-row:nth-child(2)').dataset.tab === %q`, second))
}

// TestAPhoneIsAPhone: the agent sees how the customer holds it, and the shared page turns with it.
func TestAPhoneIsAPhone(t *testing.T) {
	c := newCall(t)
	c.customer.Fit(people.Phone)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.agent.Reads(".device", "On a phone, upright")
	c.agent.Until("an upright page", `(() => { const r = document.querySelector('.live-stage').getBoundingClientRect(); return r.height > r.width })()`)
	c.desk.Shot("upright")
	c.customer.Shot("upright")
	c.customer.Fit(people.Screen{Width: 844, Height: 390, Phone: true})
	c.agent.Reads(".device", "on its side")
	c.agent.Until("a page on its side", `(() => { const r = document.querySelector('.live-stage').getBoundingClientRect(); return r.width > r.height })()`)
	c.agent.Until("its picture", `document.querySelector('main.live').dataset.veil === ''`)
	c.desk.Shot("sideways")
	c.customer.Shot("sideways")
}
