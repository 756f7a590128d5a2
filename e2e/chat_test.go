package e2e

import (
	"fmt"
	"testing"

	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

// TestChat: one click posts the link into the conversation, the customer opens it on a phone; both come back after a reload;
// a second opening of the link is refused; the customer ends it, and the agent picks the outcome afterwards.
func TestChat(t *testing.T) {
	d := product.Start(t, nil)
	desk := people.New(t, "chat agent", people.Desktop)
	customer := people.New(t, "chat customer", people.Phone)

	desk.Open(d.Desk)
	desk.Press("Julia Santos")
	agent := desk.Frame(d.Service+"/agent", "iframe")
	agent.Press("Send join link")
	agent.Hears("The join link is in the chat.")
	desk.Reads(".transcript", "http:")
	desk.Shot("link")
	link := people.Eval[string](desk, fmt.Sprintf("(document.querySelector('.transcript').innerText.match(/%s\\S+/) ?? [''])[0]", "http:"))
	if link == "" {
		t.Fatal("the transcript holds no link")
	}

	customer.Open(link)
	customer.Hears("Ana Ribeiro from Casa Lume asks to look at this browser with you")
	customer.Shot("consent")
	customer.Press("Allow")
	customer.Until("the first picture", "document.querySelector('canvas')?.width > 300")
	agent.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === ''")
	customer.Shot("live")
	desk.Shot("live")

	stranger := people.New(t, "stranger", people.Phone)
	stranger.Open(link)
	stranger.Hears("This link has been used already")
	stranger.Shot("used")

	customer.Reload()
	customer.Until("the picture after the customer's reload", "document.querySelector('canvas')?.width > 300")
	desk.Reload()
	desk.Press("Julia Santos")
	agent = desk.Frame(d.Service+"/agent", "iframe")
	agent.Until("the picture after the agent's reload", "document.querySelector('main.live')?.dataset.veil === ''")

	customer.Press("Stop")
	customer.Press("End the session")
	customer.Hears("Thank you")
	agent.Hears("The customer ended it")
	agent.Press("Follow-up needed")
	agent.Press("Save outcome")
	agent.Hears("Outcome saved")
	desk.Shot("ended")
}
