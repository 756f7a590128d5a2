package dynamics

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"cobrowse-connector/adapters/desk"
)

const maxNote = 100000

// maxNotes is how many notes an entry may have: one with the text and the transcript, the others with one file each. Their ids are
// fixed, so that they are found without being listed anywhere.
const maxNotes = 7

func noteIDs(key string) []string {
	ids := []string{desk.ID(key, kindNote)}
	for n := 2; n <= maxNotes; n++ {
		ids = append(ids, desk.ID(key, fmt.Sprintf("%s/%d", kindNote, n)))
	}
	return ids
}

func notePath(key string) string { return "annotations(" + desk.ID(key, kindNote) + ")" }

// newNote is the entry's first note, on the record itself.
func newNote(s *schema, e desk.Entry) (write, error) {
	about, err := subjectOf(e.Record)
	if err != nil {
		return write{}, err
	}
	body := noteContent(e)
	body["subject"] = cut(plain(e.Subject), maxSubject)
	return write{path: notePath(e.Key), only: onlyNew, body: body}, s.tables["annotation"].bind(body, "objectid", about)
}

// note is one of an entry's notes as it stands in the organisation.
type note struct {
	ID       string `json:"annotationid"`
	Subject  string `json:"subject"`
	File     string `json:"filename"`
	Size     int64  `json:"filesize"`
	Home     string `json:"_objectid_value"`
	HomeType string `json:"_objectid_value@Microsoft.Dynamics.CRM.lookuplogicalname"`
}

// notes reads those of the entry's notes that are there, the first one first.
func (d *Desk) notes(ctx context.Context, agent, key string) ([]note, error) {
	ids := noteIDs(key)
	var list struct{ Value []note }
	query := url.Values{
		"$select": {"subject,filename,filesize,_objectid_value"},
		"$filter": {"annotationid eq " + strings.Join(ids, " or annotationid eq ")},
	}
	if err := d.writer.get(ctx, agent, "annotations", query, &list); err != nil {
		return nil, err
	}
	slices.SortFunc(list.Value, func(a, b note) int { return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID)) })
	return list.Value, nil
}

// noteHTML is the note's rich text. Everything in it is escaped: titles of pages come from anywhere on the web.
func noteHTML(e desk.Entry) string {
	var b strings.Builder
	add := func(s string) {
		if b.Len()+len(s) < maxNote-1000 { // the rest is left for the link
			b.WriteString(s)
		}
	}
	if len(e.Lines) == 0 && e.Text != "" {
		for _, line := range strings.Split(e.Text, "\n") {
			add("<p>" + escaped(line) + "</p>")
		}
	}
	for _, l := range e.Lines {
		add("<p><strong>" + escaped(l.Label) + ":</strong> " + strings.ReplaceAll(escaped(l.Value), "\n", "<br>") + "</p>")
	}
	if strings.HasPrefix(e.PlayerURL, "https://") || strings.HasPrefix(e.PlayerURL, "http://") {
		b.WriteString(`<p><a href="` + escaped(e.PlayerURL) + `" target="_blank" rel="noopener">` + escaped(cmp.Or(e.PlayerText, e.PlayerURL)) + "</a></p>")
	}
	return b.String()
}

func escaped(s string) string { return html.EscapeString(plain(s)) }

// plain takes out what a text cannot hold or would hide: control characters, which the organisation refuses, and those that turn
// the direction of what follows, by which a title could pretend to be another.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
}

// unmarked is text for a column that some forms show as plain and others as rich text: escaped it would be wrong in the first,
// as it is it would be dangerous in the second.
var markup = strings.NewReplacer("<", "‹", ">", "›")

func unmarked(s string) string { return markup.Replace(plain(s)) }

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
