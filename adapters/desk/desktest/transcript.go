package desktest

import (
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/adapters/desk"
)

// transcribed is an entry with a transcript.
func transcribed(e desk.Entry, name, text string) desk.Entry {
	e.Transcript = &desk.Transcript{Name: name, Text: text, Refused: desk.Line{Label: "Transcript", Value: "not taken here"}}
	return e
}

func transcriptOnce(t *testing.T, h Harness) {
	e := transcribed(h.entry(), "transcript.txt", "outcome: open")
	solved := transcribed(e, "transcript.txt", "outcome: solved")
	for _, put := range []func() error{
		func() error { return h.Desk.PutEntry(t.Context(), e) }, func() error { return h.Desk.AmendEntry(t.Context(), solved) },
	} {
		for range 2 {
			must(t, put())
		}
	}
	h.entries(t, 1)
	if got := h.Files(); len(got) != 1 || got[0].Name != "transcript.txt" || string(got[0].Content) != "outcome: solved" {
		t.Fatalf("the desk holds %q", got)
	}
}

func transcriptRefused(t *testing.T, h Harness) {
	if h.MaxFile == 0 {
		return // it is part of what such a desk passes on
	}
	refused := []desk.Entry{transcribed(h.entry(), "transcript.txt", strings.Repeat("x", int(h.MaxFile)+3))}
	if h.RefusedName != "" {
		refused = append(refused, transcribed(h.entry(), h.RefusedName, "09:00 joined"))
	}
	for n, e := range refused {
		must(t, h.Desk.PutEntry(t.Context(), e))
		must(t, h.Desk.AmendEntry(t.Context(), e))
		h.entries(t, n+1)
	}
	silent := func(text string) bool { return !strings.Contains(text, "not taken here") }
	if texts := h.Texts(); slices.ContainsFunc(texts, silent) || len(h.Files()) != 0 {
		t.Fatalf("%d files, and the entries say %q", len(h.Files()), texts)
	}
}
