package cobrowse

import (
	"strings"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		pattern, address string
		want             bool
	}{
		{"bank.example/statements/*", "https://bank.example/statements/2026", true},
		{"bank.example/statements/*", "http://bank.example:8443/statements/", true},
		{"bank.example/statements/*", "https://bank.example/statements", false},
		{"bank.example/statements*", "https://bank.example/statements", true},
		{"bank.example/statements/*", "https://bank.example/home", false},
		{"bank.example/statements/*", "https://evil.example/?bank.example/statements/1", false},
		{"bank.example/statements/*", "https://evil.example/bank.example/statements/1", false},
		{"bank.example/statements/*", "https://bank.example.evil.example/statements/1", false},
		{"bank.example/statements/*", "https://bank.example@evil.example/statements/1", false},
		{"bank.example/statements/*", "https://u:p@bank.example/statements/1", true},
		{"bank.example/statements/*", "https://BANK.example./Statements/1", true},
		{"bank.example/statements/*", "https://bank.example/st%61tements/1", true},
		{"bank.example/statements/*", "https://bank.example/st%2561tements/1", true},
		{"bank.example/statements/*", "https://bank.example//statements//1", true},
		{"bank.example/statements/*", "https://bank.example/statements%2F1", true},
		{"bank.example/statements/*", "https://bank.example/statements/1?x#y", true},
		{"bank.example/statements/*", "blob:https://bank.example/statements/1", true},
		{"bank.example", "https://bank.example/any/thing?x", true},
		{"bank.example", "https://www.bank.example/", false},
		{"bank.example", "blob:https://bank.example/7d3", true},
		{"*.bank.example", "https://www.bank.example/a", true},
		{"*.bank.example", "https://bank.example/a", true},
		{"*.bank.example", "https://notbank.example/a", false},
		{"https://bank.example/*", "https://bank.example/a", true},
		{"https://bank.example/*", "http://bank.example/a", false},
		{"http*://bank.example/*", "http://bank.example/a", true},
		{"bank.example:8443/*", "https://bank.example:8443/a", true},
		{"bank.example:8443/*", "https://bank.example/a", false},
		{"bank.example:443/*", "https://bank.example/a", true},
		{"bank.example/a?mode=pay*", "https://bank.example/a?mode=pay&x=1", true},
		{"bank.example/a?mode=pay*", "https://bank.example/a?mode=look", false},
		{"bank.example/a?mode=pay*", "https://bank.example/a", false},
		{"bank.example/a", "https://bank.example/a?mode=look", true},
		{"bank.example?x=*", "https://bank.example/?x=1", true},
		{"*/pay", "https://any.example/pay", true},
		{"*/*/pay*", "https://any.example/de/pay/now", true},
		{"*/a*b*c", "https://any.example/aXbYc", true},
		{"*/a*b*c", "https://any.example/aXcYb", false},
		{"*/ab*ba", "https://any.example/aba", false},
		{"bücher.example/*", "https://xn--bcher-kva.example/a", true},
		{"*.bücher.example/*", "https://a.xn--bcher-kva.example/a", true},
		{"bank.example", "https://bank.example:port/a", true},
		{"bank.example", "about:blank", false},
		{"bank.example", "", false},
	} {
		a, err := ParseAddress(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		if got := a.Matches(test.address); got != test.want {
			t.Errorf("%s matches %s: %v", test.pattern, test.address, got)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, pattern := range []string{"", " ", "/a", "https://", "://a", "https:///a", "a b/c", "a@b/c", strings.Repeat("a", longestAddress+1)} {
		if _, err := ParseAddress(pattern); CodeOf(err) != CodeInvalid {
			t.Errorf("%.40q: %v", pattern, err)
		}
	}
	if !PauseAddresses([]PageRule{{URL: "/a"}}).Match("https://any.example/") {
		t.Error("a rule that nobody understands shows pages")
	}
}

// TestHostileAddress: neither a page nor a rule keeps the service busy.
func TestHostileAddress(t *testing.T) {
	a, err := ParseAddress("*/" + strings.Repeat("*a", longestAddress/2-2) + "b")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if a.Matches("https://x.example/" + strings.Repeat("a", 1<<19)) {
		t.Error("matched")
	}
	a.Matches("https://x.example/" + strings.Repeat("%2525", 1<<17))
	a.Matches("https://x.example/" + strings.Repeat("/", 1<<19))
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("bank.example/*", "https://bank.example/a")
	f.Add("*://*.x:1?*", "blob:x://%zz")
	f.Fuzz(func(_ *testing.T, pattern, address string) {
		if a, err := ParseAddress(pattern); err == nil {
			a.Matches(address)
		}
	})
}
