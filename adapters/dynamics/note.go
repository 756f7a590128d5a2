package dynamics

import (
	"cmp"
	"html"
	"strings"
	"unicode/utf16"

	"cobrowse-connector/adapters/desk"
)

const maxNote = 100000

// noteHTML is the note's rich text. Everything in it is escaped: titles of pages come from anywhere on the web.
func noteHTML(e desk.Entry) string {
	var b strings.Builder
	add := func(s string) {
		if b.Len()+len(s) < maxNote-1000 { // the rest is left for the link
			b.WriteString(s)
		}
	}
	if len(e.Lines) == 0 {
		for _, line := range strings.Split(e.Text, "\n") {
			add("<p>" + html.EscapeString(line) + "</p>")
		}
	}
	for _, l := range e.Lines {
		add("<p><strong>" + html.EscapeString(l.Label) + ":</strong> " + strings.ReplaceAll(html.EscapeString(l.Value), "\n", "<br>") + "</p>")
	}
	if strings.HasPrefix(e.PlayerURL, "https://") || strings.HasPrefix(e.PlayerURL, "http://") {
		b.WriteString(`<p><a href="` + html.EscapeString(e.PlayerURL) + `" target="_blank" rel="noopener">` + html.EscapeString(cmp.Or(e.PlayerText, e.PlayerURL)) + "</a></p>")
	}
	return b.String()
}

// cut shortens text to max UTF-16 units, which is how Dataverse counts, and marks that it did.
func cut(s string, max int) string {
	if len(utf16.Encode([]rune(s))) <= max {
		return s
	}
	var out []rune
	used := 1 // for the mark
	for _, r := range s {
		used += utf16.RuneLen(r)
		if used > max {
			break
		}
		out = append(out, r)
	}
	return string(out) + "…"
}
