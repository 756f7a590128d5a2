package privacy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// patternVectors hold both halves to the same finds.
var patternVectors = []struct {
	p    cobrowse.Pattern
	in   string
	want []string
}{
	{cobrowse.Pattern{Expression: `AC-\d{4,8}`}, "see AC-12345 and AC-12", []string{"AC-12345"}},
	{cobrowse.Pattern{Expression: `(?i)kunde\s*[0-9]+`}, "KUNDE 77, kunde88 Kunde", []string{"KUNDE 77", "kunde88"}},
	{cobrowse.Pattern{Expression: `\b[A-Z]{2}\d{6}[A-D]?\b`}, "AB123456C xAB123456C QQ654321", []string{"AB123456C", "QQ654321"}},
	{cobrowse.Pattern{Expression: `[\p{L}]+straße \d+`}, "Lange straße 5, Hauptstraße 12", []string{"Hauptstraße 12"}},
	{cobrowse.Pattern{Expression: `\d{4}( ?\d{4}){2}`, Check: "luhn"}, "4532 0151 1284 and 1234 5678 9018", nil},
	{cobrowse.Pattern{Expression: `\d{12}`, Check: "luhn"}, "450000000007 450000000008", []string{"450000000007"}},
	{cobrowse.Pattern{Expression: `\d{12}`, Check: "verhoeff"}, "234123412346 234123412345", []string{"234123412346"}},
	{cobrowse.Pattern{Expression: `\d{5}`, Check: "mod97"}, "00098 00099", []string{"00098"}},
	{cobrowse.Pattern{Expression: `\d{9}`, Check: "mod11"}, "123456789 123456780", []string{"123456789"}},
	{cobrowse.Pattern{Expression: `x|(?:yy|z{2,3}?)`}, "x yy zzz", []string{"x", "yy", "zz"}},
	{cobrowse.Pattern{Expression: `[^a-z ]{3}`}, "abc 𝔸🙂é abc", []string{"A🙂é"}},
	{cobrowse.Pattern{Expression: `AC\d+`}, "ＡＣ１２", []string{"AC12"}},
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	js, err := bundleScript("vectors.ts")
	if err != nil {
		t.Fatal(err)
	}
	p := caseTab(t, startChromium(t, nil), nil)
	if err := p.visit(newCaseSite(t).serve(1, "patterns", "<p>x", nil)); err != nil {
		t.Fatal(err)
	}
	if err := p.eval(string(js), nil); err != nil {
		t.Fatal(err)
	}
	for _, v := range patternVectors {
		v.p.ID = "p"
		c, err := compilePattern(v.p)
		if err != nil {
			t.Errorf("%s: %v", v.p.Expression, err)
			continue
		}
		text := plain(v.in).text
		var got []string
		for _, h := range patternHits(text, []pattern{c}) {
			got = append(got, text[h.start:h.end])
		}
		if len(v.want) > 0 && !slices.Equal(got, v.want) {
			t.Errorf("%s in %q: got %q, want %q", v.p.Expression, v.in, got, v.want)
		}
		in, _ := json.Marshal(v.in)
		rule, _ := json.Marshal(forPages([]cobrowse.Pattern{v.p})[0])
		var there []string
		if err := p.eval(fmt.Sprintf("patternTexts(%s,%s)", in, rule), &there); err != nil {
			t.Error(err)
		} else if !slices.Equal(there, got) {
			t.Errorf("%s in %q: the page finds %q, Go %q", v.p.Expression, v.in, there, got)
		}
	}
}

func TestHostilePatterns(t *testing.T) {
	t.Parallel()
	for expression, why := range map[string]string{
		`(a+)+$`: "too many ways", `(a|aa)+$`: "too many ways", `(\d+,?)*x`: "too many ways", `\d*\d*\d*\d*x`: "too many ways",
		`(a?){40}a`: "too many ways", `a(?=b)`: "lookaround", `(a)\1`: "lookaround", `a*`: "nothing", ``: "1 to 200", strings.Repeat("a", 201): "1 to 200",
		`(?m)^a$`: "not understood", `[`: "not an expression", `a{1001}`: "not an expression", `((a{100}){100}){100}`: "not an expression",
	} {
		_, err := compilePattern(cobrowse.Pattern{ID: "p", Expression: expression})
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", expression, err, why)
		}
	}
	if err := Validate(cobrowse.Policy{Patterns: []cobrowse.Pattern{{ID: "p", Expression: "a", Check: "crc"}}}); err == nil {
		t.Error("an unknown check is accepted")
	}
	var many cobrowse.Policy
	for i := range 10_000 {
		many.Masks = append(many.Masks, cobrowse.MaskRule{ID: fmt.Sprint(i), Selector: ".a"})
	}
	if err := Validate(many); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("10,000 rules: %v", err)
	}
}

var patternCases = []maskCase{
	{name: "text", html: `<p class=k>stays<p class=s>Contract AC-123456`, keep: true, layer: "Contract AC-123456"},
	{name: "words", html: `<p class=s>project bluebird`},
	{name: "field", html: `<input class=s value="AC-123456">`, layer: "AC-123456"},
	{name: "placeholder", html: `<style>::placeholder{color:#f0f;opacity:1}</style><input class=s placeholder="AC-123456">`},
	{name: "split", html: `<p class=s>A<b>C-12</b><i>3456</i>`},
	{name: "late", html: `<p class=s id=x>&nbsp;</p><script>setTimeout(()=>x.firstChild.nodeValue='AC-123456',40)</script>`, ms: 90},
	{name: "frame", html: `<iframe src=OTHERf.html></iframe>`, files: map[string]string{"f.html": `<p style="color:#f0f">AC-123456`}},
	{name: "nif", html: `<p class=s>NIF 123456789`},
	{name: "glued-behind", html: `<p>Order <i>A-2</i><b class=s>4111 <i>1111 1111 </i>1111</b>`},
	{name: "glued-before", html: `<p><b class=s>4111 1111 1111 1111</b><i>2</i> pieces`},
	{name: "glued-both", html: `<p><i>A-2</i><b class=s><i>4111 1111</i> 1111 1111</b><i>2</i> pieces`},
	{name: "cnpj", html: `<p class=s>11.222.333/0001-81`},
}

func TestPatternMasks(t *testing.T) {
	t.Parallel()
	runMaskCases(t, cobrowse.Policy{PII: Classes, Patterns: []cobrowse.Pattern{{ID: "contract", Expression: `AC-\d{6}`}, {ID: "project", Expression: `(?i)\bbluebird\b`}}}, patternCases)
}

func TestRedactPatterns(t *testing.T) {
	r := NewRedactor(nil, cobrowse.Pattern{ID: "contract", Expression: `AC-\d{6}`}, cobrowse.Pattern{ID: "broken", Expression: `(`})
	if got := r.Text("your AC-123456 is ready"); got != "your ••• is ready" {
		t.Errorf("got %q", got)
	}
	if got := r.URL("https://shop.example/c/AC-123456?x=AC-123456&y=1"); got != "https://shop.example/c/•••?x=•••&y=1" {
		t.Errorf("got %q", got)
	}
}
