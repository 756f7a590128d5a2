package privacy

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// vector is one line of testdata/vectors.json, which the in-page matchers are held to as well (TestPageMatchers).
type vector struct {
	In   string
	Want []string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func kindsOf(hits []hit) []string {
	kinds := []string{}
	for _, h := range hits {
		kinds = append(kinds, h.kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func TestFind(t *testing.T) {
	for _, v := range vectors(t) {
		if got := kindsOf(find(plain(v.In).text, Classes)); !slices.Equal(got, v.Want) {
			t.Errorf("%q: got %v, want %v", v.In, got, v.Want)
		}
	}
}

func TestFindOnlyWhatIsAsked(t *testing.T) {
	if got := find("4111 1111 1111 1111 ana@example.com", []string{"email"}); len(got) != 1 || got[0].kind != "email" {
		t.Errorf("got %v", got)
	}
}

func TestRedactText(t *testing.T) {
	r := NewRedactor(Classes)
	r.Remember("Maria da Silva", "abc", "••••••")
	for in, want := range map[string]string{
		"Your cart (3)":                          "Your cart (3)",
		"Paid with 4111 1111 1111 1111 today":    "Paid with ••• today",
		"4111\u200b111111111111 and a@b.example": "••• and •••",
		"Account of MARIA DA SILVA, abc":         "Account of •••, abc",
		"ｍａｒｉａ da silva":                         "•••",
		"••••••":                                 "••••••",
	} {
		if got := r.Text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if r.Private(in) != (in != want) {
			t.Errorf("%q: Private = %v", in, r.Private(in))
		}
	}
}

func TestRememberIsBounded(t *testing.T) {
	r := NewRedactor(nil)
	for i := range 10 * mostLiterals {
		r.Remember(strings.Repeat("x", 10+i))
	}
	if len(r.literals) != mostLiterals {
		t.Errorf("keeps %d literals", len(r.literals))
	}
}

func TestRedactURL(t *testing.T) {
	r := NewRedactor(Classes)
	for in, want := range map[string]string{
		"https://shop.example/a/b?q=mug&page=2":                  "https://shop.example/a/b?q=mug&page=2",
		"https://user:pw@shop.example/":                          "https://shop.example/",
		"https://shop.example/u/ana@example.com/x":               "https://shop.example/u/•••/x",
		"https://shop.example/u/ana%40example.com":               "https://shop.example/u/•••",
		"https://shop.example/u/ana%2540example.com":             "https://shop.example/u/•••",
		"https://shop.example/4111/1111/1111/1111":               "https://shop.example/•••",
		"https://shop.example/?mail=ana%40example.com&x=1":       "https://shop.example/?mail=•••&x=1",
		"https://shop.example/?ana@example.com":                  "https://shop.example/?•••",
		"https://shop.example/?card=4111+1111+1111+1111":         "https://shop.example/?card=•••",
		"https://shop.example/cb?access_token=xyz&code=1&lang=d": "https://shop.example/cb?access_token=•••&code=•••&lang=d",
		"https://shop.example/#terms":                            "https://shop.example/#terms",
		"https://shop.example/#access_token=xyz":                 "https://shop.example/",
		"https://shop.example/#ana@example.com":                  "https://shop.example/",
		"about:blank":                                            "about:blank",
		"blob:https://shop.example/4b1d":                         "blob:•••",
		"data:text/html,4111111111111111":                        "data:•••",
		"https://bad host/":                                      "•••",
	} {
		if got := r.URL(in); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		} else if again := r.URL(got); again != got {
			t.Errorf("%s becomes %s", got, again)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  BUY\u200b Now! ": "buy now", "Ｂｕｙ ｎｏｗ": "buy now", "J’accepte": "j accepte", "Löschen": "loschen", "Straße": "strasse",
		"Finalizar  Compra…": "finalizar compra", "\u200b!": "",
	} {
		if got := fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
