package pdf

import (
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

const iban = "DE89 3704 0044 0532 0130 00"

// TestSearch: words are found on every page and marked where they stand; what is masked is neither counted nor marked, whoever asks.
func TestSearch(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"a.pdf": textFile(
		"The coffee machine", "Paid from "+iban, "Coffee: more of it", "nothing here", "nothing here", "at last a COFFEE",
	)})
	r.show("a.pdf")
	want(r, "the words of three pages", "1 of 3", "find('coffee')")
	want(r, "marks on the first page", 1, "until(() => all('.hit.current').length)")
	inside := `(() => { const [m, p] = [one('.hit.current'), one('main .page')].map((e) => e.getBoundingClientRect())
		return m.left > p.left && m.right < p.right && m.width > 30 && m.height > 10 })()`
	want(r, "the mark lies on the page", true, "%s", inside)
	r.do("one('#next').click()")
	want(r, "the next one", "2 of 3", "one('#found').textContent")
	r.do("one('#next').click()")
	want(r, "the last one", "Page 6 of 6", "until(() => one('#where').textContent.startsWith('Page 6') && one('#where').textContent)")
	r.do("until(() => all('main .page')[5].querySelector('.hit.current'))")

	for _, secret := range []string{iban, "DE89", "0532 0130", "Paid from"} {
		want(r, "a search for "+secret, "Nothing found", "find(%q)", secret)
	}
	want(r, "marks", 0, "all('.hit').length")
	want(r, "text that was laid out for the search", true, "all('main .text').length <= 6")
	r.do("one('#done').click()")
	want(r, "the bar", true, "one('#find').hidden")
}

// TestWhereTextIsHiddenNothingIsFound: a mode that hides all text hides it from searches, too.
func TestWhereTextIsHiddenNothingIsFound(t *testing.T) {
	p := defaults()
	p.Modes = []cobrowse.SiteMode{{Site: "127.0.0.1", Mode: "text"}}
	r := read(t, p, map[string][]byte{"a.pdf": textFile("The coffee machine")})
	r.show("a.pdf")
	want(r, "a search", "Nothing found", "find('coffee')")
}

// TestFields: fields are fields of a page: they are filled in, masked by what stands in them, and keep it while the tab lives.
func TestFields(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"form.pdf": form(), "other.pdf": textFile("other")})
	r.show("form.pdf")
	r.do("until(() => one('[name=street]'))")
	want(r, "kinds of fields", "INPUT text,INPUT text,TEXTAREA textarea,INPUT checkbox,SELECT select-one,INPUT password",
		"all('.surface [name]').map((e) => e.tagName + ' ' + e.type).join()")
	want(r, "the street", "Rua Um", "one('[name=street]').value")
	want(r, "its label", "Street", "one('[name=street]').getAttribute('aria-label')")
	hidden := "getComputedStyle(one('[name=%s]')).opacity"
	want(r, "a field with an account number", "0", hidden, "payment")
	want(r, "a field for a secret", "0", hidden, "secret")
	want(r, "a field without one", "1", hidden, "street")
	want(r, "the picture below the fields", "255,255,255", "pixel(100, 102)")

	fill := "(e => { e.focus(); %s; e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true })) })(one('[name=%s]'))"
	r.do(fill, "e.value = 'Avenida Dois'", "street")
	r.do(fill, "e.value = '4111 1111 1111 1111'", "notes")
	r.do(fill, "e.value = 'blue'", "colour")
	r.do("one('[name=terms]').click()")
	want(r, "a card number that was typed", "0", hidden, "notes")
	r.do("one('#larger').click()")
	r.do("picture()")
	want(r, "the street in another size", "Avenida Dois", "until(() => one('[name=street]')).then((e) => e.value)")
	r.do("new Promise((done) => { f.onload = done; f.contentWindow.location.href = 'other.pdf' }).then(() => picture())")
	r.do("new Promise((done) => { f.onload = done; history.back() }).then(() => picture())")
	r.do("until(() => one('[name=street]'))")
	want(r, "what was filled in, after another document", "Avenida Dois true blue",
		"[one('[name=street]').value, one('[name=terms]').checked, one('[name=colour]').selectedOptions[0].text].join(' ')")
}

// TestModeHidesFields: where a company hides what people type, it does so in a PDF.
func TestModeHidesFields(t *testing.T) {
	p := defaults()
	p.Modes = []cobrowse.SiteMode{{Site: "127.0.0.1", Mode: "inputs"}}
	r := read(t, p, map[string][]byte{"form.pdf": form()})
	r.show("form.pdf")
	want(r, "the street", "0", "until(() => one('[name=street]')).then((e) => getComputedStyle(e).opacity)")
}

// TestCopy: the copy holds what was filled in, and only the customer can take it.
func TestCopy(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"form.pdf": form()})
	r.show("form.pdf")
	r.do("until(() => one('[name=street]'))")
	r.do("(e => { e.value = 'Avenida Dois'; e.dispatchEvent(new Event('input', { bubbles: true })) })(one('[name=street]'))")
	r.do("f.contentWindow.HTMLAnchorElement.prototype.click = function () { window.copied = this }")
	at := ask[[]float64](r, "(r => [r.x + r.width / 2, r.y + r.height / 2])(one('#copy').getBoundingClientRect())")
	press := func(by cobrowse.Role) (refusal *cobrowse.Refusal) {
		for _, kind := range []cobrowse.InputKind{cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp} {
			refused, err := r.Input(t.Context(), r.tab, by, cobrowse.InputEvent{Kind: kind, X: at[0], Y: at[1], Clicks: 1})
			if err != nil {
				t.Fatalf("%s of %s: %v", kind, by, err)
			}
			if refused != nil {
				refusal = refused
			}
		}
		return refusal
	}
	if refused := press(cobrowse.RoleAgent); refused == nil || refused.Rule != "pdf-copy" || refused.Name != "Save a copy" {
		t.Errorf("the agent's press: %+v", refused)
	}
	want(r, "a copy for the agent", false, "!!window.copied")
	if refused := press(cobrowse.RoleCustomer); refused != nil {
		t.Errorf("the customer's press: %+v", refused)
	}
	want(r, "its name", "form.pdf", "until(() => window.copied).then((a) => a.download)")
	if copied := ask[string](r, "fetch(copied.href).then((r) => r.text())"); !strings.HasPrefix(copied, "%PDF") || !strings.Contains(copied, "Avenida Dois") {
		t.Errorf("the copy is %d bytes: %.40q", len(copied), copied)
	}
}
