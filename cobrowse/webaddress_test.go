package cobrowse_test

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

func TestWebAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://shop.example/a?b#c": "", "HTTP://shop.example": "", "http://[::1]:8080/": "", "https://ana@shop.example/": "",
		"ht tp://x": "url_invalid", "https://": "url_refused", "https://:8080/": "url_refused", "shop.example": "url_refused",
		"javascript:alert(1)": "url_refused", "file:///etc/passwd": "url_refused", "chrome://settings": "url_refused", "about:blank": "url_refused",
	} {
		u, err := cobrowse.WebAddress(address)
		if got := cobrowse.ReasonOf(err); got != want || (u != nil) != (want == "") {
			t.Errorf("%s: %v, %q, want %q", address, u, got, want)
		}
	}
}
