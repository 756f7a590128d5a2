package e2e

import (
	"strings"
	"testing"

	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

func TestCall(t *testing.T) {
	d := product.Start(t, nil)
	agent := people.New(t, "agent", people.Desktop)
	customer := people.New(t, "customer", people.Desktop)

	agent.Open(d.Desk)
	agent.Hears("Martin Weber")
	agent.Shot("desk")
	agent.Press("Martin Weber")
	widget := agent.Frame(d.Service+"/agent", "iframe")
	widget.Hears("PIN of the customer")
	agent.Shot("pin")

	customer.Open(d.Join)
	customer.Shot("join")
	customer.Press("Get my PIN")
	customer.Hears("Read this PIN")
	customer.Shot("pin")
	pin := digits(customer.Text(".pin"))[6:]

	widget.Fill("#pin", pin)
	widget.Press("Start co-browse")
	customer.Hears("asks to look at this browser with you")
	customer.Shot("consent")
	widget.Hears("They see your name")
	agent.Shot("waiting")
	customer.Press("Allow")
	widget.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === ''")
	agent.Shot("live")
	customer.Until("the first picture", "document.querySelector('canvas')?.width > 300")
	customer.Shot("live")
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
