package egress

import (
	"net/url"
	"testing"
)

func TestCheckTellsBeforeTheBrowserTries(t *testing.T) {
	p, err := Listen(t.Context(), Config{Block: []string{"*.blocked.example"}, Private: []string{"127.0.0.1:8081"}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // it returns none
	for address, want := range map[string]string{
		"https://shop.example/cart":     "",
		"http://127.0.0.1:8081/":        "",
		"http://127.0.0.1:8082/":        ReasonPort,
		"http://127.0.0.1/":             ReasonPrivate,
		"http://[::1]/":                 ReasonPrivate,
		"http://169.254.169.254/":       ReasonPrivate,
		"https://localhost/":            ReasonPrivate,
		"https://x.blocked.example/":    ReasonBlocked,
		"http://shop.example:25/":       ReasonPort,
		"http://2130706433/":            ReasonAddress,
		"https://[2606:4700::1111]:443": "",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Check(u); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
