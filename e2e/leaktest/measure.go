package leaktest

import (
	"regexp"
	"strings"
	"unicode"
)

// measure counts the text of an ordinary page, and how much of it is hidden that nobody called private.
func (p *pair) measure(h *hand) error {
	var page struct {
		Text    string
		Private []string
	}
	err := h.eval(`(()=>{const all=[...document.querySelectorAll('[data-private]')].map(e=>e.value||e.textContent);
return {Text:document.body.innerText+' '+[...document.querySelectorAll('input,textarea')].map(e=>e.value).join(' '),Private:all}})()`, &page)
	if err != nil {
		return err
	}
	page.Private = append(page.Private, card, iban, cpf, email, phone, ssn, "737", "114488") // also in frames and closed trees
	private := 0
	for _, text := range page.Private[:len(page.Private)-8] {
		private += letters(text)
	}
	p.text += max(0, letters(page.Text)-private)
	for _, item := range get(h.customer, func() []string { return layerTexts(h.customer) }) {
		rest := without(item, page.Private)
		p.hiddenWithoutNeed += letters(rest)
		if rest != "" {
			p.falsely = append(p.falsely, rest)
		}
	}
	return nil
}

// layerTexts are the hidden texts of the customer's layer. Caller holds mu.
func layerTexts(p *person) []string {
	var all []string
	for _, item := range p.layer {
		if item.Kind == "text" || item.Kind == "field" {
			all = append(all, item.Text)
		}
	}
	return all
}

// without is what remains of a hidden text when what is private in it is taken out.
func without(text string, private []string) string {
	if strings.Trim(text, "• ") == "" {
		return "" // a password
	}
	for _, secret := range private {
		if strings.Contains(strings.Join(strings.Fields(secret), " "), strings.Join(strings.Fields(text), " ")) {
			return ""
		}
		text = strings.ReplaceAll(text, secret, "")
	}
	return rowMail.ReplaceAllString(text, "")
}

// rowMail are the addresses of the virtual list, whose rows have changed since the page was asked.
var rowMail = regexp.MustCompile(`person\d+@example\.com`)

func letters(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
