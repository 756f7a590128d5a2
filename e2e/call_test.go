package e2e

import (
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
	pin := customer.Text(".pin")
	t.Log(pin)
}
