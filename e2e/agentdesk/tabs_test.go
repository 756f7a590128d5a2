package agentdesk

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
)

// leaf is an icon as the service sends it: one green pixel.
const leaf = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNgmCYFAAGWAM/UnDSnAAAAAElFTkSuQmCC"

func manyTabs(order ...int) object {
	var list []object
	for _, n := range order {
		list = append(list, object{"id": fmt.Sprint("t", n), "title": fmt.Sprintf("Page number %d of the shop", n), "url": fmt.Sprintf("https://shop.northwind.example/%d", n), "icon": leaf})
	}
	return object{"type": "tabs", "shown": "t3", "tabs": list}
}

// TestTabsOfTheAgent: the strip fits into the narrowest pane and keeps the shown tab in sight; tabs are moved by mouse, by keys and by a
// button, and opened.
func TestTabsOfTheAgent(t *testing.T) {
	for name, screen := range map[string]people.Screen{"narrow": {Width: 320, Height: 640}, "wide": people.Desktop} {
		t.Run(name, func(t *testing.T) {
			ana, s := sharing(t, screen, "en")
			s.say(manyTabs(1, 2, 4, 5, 6, 3))
			ana.Until("the shown tab is in sight", `(() => { const t = document.querySelector('.tab.shown')?.getBoundingClientRect(), l = document.querySelector('.tabs ul').getBoundingClientRect();
				return t && t.left >= l.left - 1 && t.right <= l.right + 1 })()`)
			ana.Until("its icon", `document.querySelector('.tab.shown img').naturalWidth > 0`)
			ana.Shot("tabs-" + name)
			ana.Accessible()
			moved := func(how, id string, to float64) {
				t.Helper()
				for {
					if m := s.hears("tab"); m["op"] == "move" {
						if m["tab"] != id || m["to"] != to {
							t.Errorf("%s: %v", how, m)
						}
						return
					}
				}
			}
			people.Eval[bool](ana, `document.querySelector('.tab.shown .pick').focus(), true`)
			people.Eval[bool](ana, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true}))`)
			moved("by keys", "t3", 4)
			ana.Until("it is said", `document.querySelector('.tabs [role=status]').textContent.includes('5 of 6')`)
			ana.See(".tab.shown .to-left")
			ana.Click(".tab.shown .to-left")
			moved("by the button", "t3", 4)
			s.say(manyTabs(1, 2, 3))
			ana.Until("three tabs", `document.querySelectorAll('.tab').length === 3`)
			people.Eval[bool](ana, `document.querySelector('.tabs ul').scrollTo(0, 0), true`)
			from, to := ana.Rect(".tab:nth-child(1) .pick > span:last-child"), ana.Rect(".tab:nth-child(2)")
			x, y := from.Center()
			ana.Drag(x, y, to.X+to.W-4, y)
			moved("by mouse", "t1", 1)
			ana.Click("#new-tab")
			if m := s.hears("tab"); m["op"] != "open" {
				t.Errorf("a new tab: %v", m)
			}
			ana.Until("the address may be typed", `document.activeElement.id === 'address'`)
			ana.Type("shop.northwind.example/sale\r")
			opened := manyTabs(1, 2, 3, 4)
			opened["shown"] = "t4"
			s.say(opened)
			if m := s.hears("navigate"); m["url"] != "https://shop.northwind.example/sale" || m["tab"] != "t4" {
				t.Errorf("the typed address: %v", m)
			}
			s.say(object{"type": "notice", "code": "tabs_full", "params": object{"most": 10}})
			ana.Hears("10 can be open")
		})
	}
}

// TestThePhoneOfTheCustomer: its page stands in the frame of a phone, upright or on its side, in every pane.
func TestThePhoneOfTheCustomer(t *testing.T) {
	for name, screen := range map[string]people.Screen{"narrow": {Width: 360, Height: 640}, "wide": people.Desktop} {
		t.Run(name, func(t *testing.T) {
			ana, s := sharing(t, screen, "en")
			for held, size := range map[string][2]int{"upright": {390, 756}, "on its side": {844, 320}} {
				s.say(object{"type": "viewport", "viewport": object{"width": size[0], "height": size[1], "scale": 2, "mobile": true}})
				ana.Reads(".device", "On a phone, "+held)
				ana.See(".live-phone")
				page, stage := ana.Rect(".live-stage"), ana.Rect(".stage")
				if page.X < stage.X+12 || page.Y < stage.Y+12 || page.X+page.W > stage.X+stage.W-12 || page.Y+page.H > stage.Y+stage.H-12 {
					t.Errorf("%s: there is no room for the phone around the page: %v in %v", held, page, stage)
				}
				if wide := page.W > page.H; wide != (held == "on its side") {
					t.Errorf("%s: %v", held, page)
				}
				ana.Shot("phone-" + name + "-" + held)
			}
			ana.Accessible()
		})
	}
}
