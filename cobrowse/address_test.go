package cobrowse

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
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
