package cobrowse

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	data, err := os.ReadFile("testdata/addresses.json") // the guards of pages are held to them as well
	if err != nil {
		t.Fatal(err)
	}
	type vector struct {
		Pattern, Address string
		Matches          bool
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	vectors = append(vectors, vector{"bank.example", "https://bank.example:port/a", true}, vector{"bank.example", "", false}) // what only Go is asked
	for _, test := range vectors {
		a, err := ParseAddress(test.Pattern)
		if err != nil {
			t.Errorf("%s: %v", test.Pattern, err)
			continue
		}
		if got := a.Matches(test.Address); got != test.Matches {
			t.Errorf("%s matches %s: %v", test.Pattern, test.Address, got)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, pattern := range []string{"", " ", "/a", "https://", "://a", "https:///a", "a b/c", "a@b/c", "a..b/c", ".a/c", "a:b/c", "[::1]/c", "a.example/c#d", "a_b://c", strings.Repeat("a", longestAddress+1)} {
		if _, err := ParseAddress(pattern); CodeOf(err) != CodeInvalid {
			t.Errorf("%.40q: %v", pattern, err)
		}
	}
	if !PauseAddresses([]PageRule{{URL: "/a"}}).Match("https://any.example/") {
		t.Error("a rule that nobody understands shows pages")
	}
}

// hostile is the worst that a page and a rule can come to together.
func hostile(t testing.TB) (a Address, addresses []string) {
	t.Helper()
	a, err := ParseAddress("*/" + strings.Repeat("*a", longestAddress/2-2) + "b")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{strings.Repeat("a", 1<<19), strings.Repeat("%2525", 1<<17), strings.Repeat("/", 1<<19)} {
		addresses = append(addresses, "https://x.example/"+path)
	}
	return a, addresses
}

// TestHostileAddress: neither a page nor a rule keeps the service busy. A matching that goes back over what it has tried would not end.
func TestHostileAddress(t *testing.T) {
	a, addresses := hostile(t)
	for _, address := range addresses {
		if a.Matches(address) {
			t.Errorf("matched %.30s", address)
		}
	}
}

func BenchmarkHostileAddress(b *testing.B) {
	a, addresses := hostile(b)
	for b.Loop() {
		for _, address := range addresses {
			a.Matches(address)
		}
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
