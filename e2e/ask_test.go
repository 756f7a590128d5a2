package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

const askingPage = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Order</title>
<style>body{font:18px/1.5 sans-serif;margin:40px;max-width:700px}button,select,input{font:inherit;padding:8px 16px;margin:6px 0;display:block;width:260px;box-sizing:border-box}</style>
<h1>Order 1042</h1><p>Aurora Espresso, delivered on Friday.</p>
<button id="remove" onclick="if (confirm('Remove this item from your order?')) document.title = 'Removed'">Remove the item</button>
<label>Colour <select id="colour" size="1" onchange="document.title = this.value"><option>Black<option>Copper<option disabled>Silver</select></label>
<label>Delivery <input id="day" type="date" value="2026-12-01" onchange="document.title = 'Day ' + this.value.slice(8)"></label>`

// TestThePageAsksBoth: neither side gets stuck in what a page asks outside of its picture; each has the answers that are theirs.
func TestThePageAsksBoth(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, askingPage)
	}))
	defer site.Close()
	c := newCallWith(t, demo.Options{Settle: func(s *company.Settings) {
		s.Policy.Private = append(s.Policy.Private, strings.TrimPrefix(site.URL, "http://"))
	}})
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()
	c.customer.Fill("input[aria-label=Address]", site.URL+"/\r")
	c.agent.oracle.Open(site.URL + "/")
	c.agent.Until("the picture of the order", "document.querySelector('main.live').dataset.veil === '' && document.querySelector('#address').value === '"+site.URL+"/'")
	titled := func(want string) {
		t.Helper()
		c.agent.Until("the page says "+want, fmt.Sprintf("[...document.querySelectorAll('.tab.shown .pick')].some((e) => e.textContent.includes(%q))", want))
	}

	titled("Order")
	c.agent.click("#remove")
	for _, p := range []*people.Person{c.agent.Person, c.customer.Person} {
		p.Hears("Remove this item from your order?")
	}
	c.agent.Hears("Only the customer can agree to this.")
	c.desk.Shot("ask")
	c.customer.Shot("ask")
	c.customer.Press("OK")
	c.agent.Gone(".ask")
	titled("Removed")

	c.agent.click("#colour")
	c.agent.Hears("Copper")
	c.customer.Hears("Ana Ribeiro is choosing")
	c.desk.Shot("ask-list")
	c.agent.Click(".ask [data-at='1']")
	c.customer.Gone(".ask")
	titled("Copper")

	r := c.customer.spot("#day")
	canvas := c.customer.Rect("canvas")
	k := canvas.W / float64(viewport.Width)
	c.customer.ClickAt(canvas.X+(r.X+r.W-24)*k, canvas.Y+(r.Y+r.H/2)*k)
	c.customer.See(".ask input[type=date]")
	c.agent.Hears("is choosing")
	c.customer.Shot("ask-date")
	people.Eval[bool](c.customer.Person, `(document.querySelector('.ask input').value = '2026-12-24', true)`)
	c.customer.Click(".ask .primary")
	titled("Day 24")
}
