package cobrowse_test

import (
	"context"
	"errors"
	"fmt"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
)

// A session from its start to its end, as the customer hears of it. Folder example has a program with a real browser and two windows.
func Example() {
	ctx := context.Background()
	session := cobrowse.Start(ctx, cobrowse.Config{
		StartURL: "https://shop.example/",
		Launch:   func(context.Context) (cobrowse.Browser, error) { return cobrowsetest.NewBrowser(), nil }, // package browser has the real one
	})
	agent := cobrowse.Participant{ID: "a1", Role: cobrowse.RoleAgent, Name: "Bo"}
	customer := cobrowse.Participant{ID: "c1", Role: cobrowse.RoleCustomer, Name: "Ana"}
	window, err := session.Attach(ctx, customer, cobrowse.Viewer{Codecs: allCodecs, Viewport: desktop})
	if err != nil {
		fmt.Println(err)
	}
	if err := session.Claim(ctx, agent, ""); err != nil {
		fmt.Println(err)
	}
	for {
		message, err := window.Next(ctx)
		if err != nil {
			fmt.Println(errors.Is(err, cobrowse.ErrOver))
			break
		}
		switch m := message.(type) {
		case cobrowse.StateChanged:
			fmt.Println(m.State)
			switch m.State {
			case cobrowse.StateWaiting:
				err = session.Do(ctx, customer.ID, cobrowse.Consent{Granted: true})
			case cobrowse.StateLive:
				err = session.Do(ctx, customer.ID, cobrowse.End{})
			}
		case cobrowse.Ended:
			fmt.Println("ended by the", m.By)
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	<-session.Done()
	// Output:
	// provisioning
	// waiting
	// live
	// ending
	// ended by the customer
	// true
}
