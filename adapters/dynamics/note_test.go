package dynamics

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"cobrowse-connector/adapters/desk"
)

// hostile are texts that titles of pages, names and outcomes may hold.
var hostile = []string{
	`<img src=x onerror=alert(1)>`, `</p><script>alert(1)</script>`, `"><a href="javascript:alert(1)">`, `' onmouseover='alert(1)`,
	`&lt;script&gt;`, `<!--`, `]]>`, "a\x00b\x0bc", "invoice\u202egpj.exe", "\xff\xfe", "<svg/onload=alert(1)//", "{{7*7}}${7*7}",
}

// TestNoteHoldsOnlyWhatWeWrote: whatever the texts are, the note parses to the elements and attributes that we make, and reads
// as the text that was given.
func TestNoteHoldsOnlyWhatWeWrote(t *testing.T) {
	for _, text := range hostile {
		e := desk.Entry{Text: text, PlayerURL: "https://service.example/watch/" + text, PlayerText: text}
		for _, lines := range [][]desk.Line{nil, {{Label: text, Value: text + "\n" + text}}} {
			e.Lines = lines
			note := noteHTML(e)
			root, err := html.Parse(strings.NewReader(note))
			if err != nil {
				t.Fatal(err)
			}
			for n := range root.Descendants() {
				checkNode(t, note, n)
			}
		}
	}
}

func checkNode(t *testing.T, note string, n *html.Node) {
	t.Helper()
	if n.Type == html.CommentNode || n.Type == html.ElementNode && !slices.Contains([]string{"html", "head", "body", "p", "strong", "br", "a"}, n.Data) {
		t.Errorf("%q holds a %s", note, n.Data)
	}
	for _, a := range n.Attr {
		ours := n.Data == "a" && (a.Key == "target" || a.Key == "rel" || a.Key == "href" && strings.HasPrefix(a.Val, "https://service.example/watch/"))
		if !ours {
			t.Errorf("%q has %s=%q", note, a.Key, a.Val)
		}
	}
	for _, r := range n.Data {
		if r < ' ' && r != '\n' || r == '\u202e' {
			t.Errorf("%q holds the character %U", note, r)
		}
	}
}

// TestOtherLinksAreLeftOut: the link is the service's own and nothing else.
func TestOtherLinksAreLeftOut(t *testing.T) {
	for _, url := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example", ""} {
		if note := noteHTML(desk.Entry{Text: "x", PlayerURL: url}); note != "<p>x</p>" {
			t.Errorf("%q became %s", url, note)
		}
	}
}

// TestHostileTitlesAtTheDesk: subject and description may be shown as rich text by a form, too.
func TestHostileTitlesAtTheDesk(t *testing.T) {
	for _, text := range hostile {
		w := newWorld(t, true)
		e := w.entry()
		e.Text, e.Subject, e.Lines = text, "Co-browse "+text, []desk.Line{{Label: "Pages", Value: text}}
		w.put(t, e)
		got := w.activityOf(t, w.caseID)
		if strings.ContainsAny(got.Text, "<>\x00\u202e") || strings.ContainsAny(got.Subject, "\x00\x0b\u202e") {
			t.Errorf("%q became %q, %q", text, got.Subject, got.Text)
		}
	}
}

// TestFilesAreNamed: each file has a note of its own, which says whose it is; a known file changes nothing.
func TestFilesAreNamed(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	w.put(t, e)
	put := func(name string) error {
		return w.desk.PutFile(t.Context(), w.file(e, name))
	}
	for range 2 {
		for n := range maxNotes - 1 {
			if err := put(fmt.Sprintf("file %d.txt", n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got []string
	for _, n := range w.notes() {
		got = append(got, n.Subject+" | "+n.File.Name)
	}
	slices.Sort(got)
	want := []string{
		"Co-browse session | session-transcript.txt", "Co-browse session: file 0.txt | file 0.txt", "Co-browse session: file 1.txt | file 1.txt", "Co-browse session: file 2.txt | file 2.txt",
		"Co-browse session: file 3.txt | file 3.txt", "Co-browse session: file 4.txt | file 4.txt", "Co-browse session: file 5.txt | file 5.txt",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the notes are %q", got)
	}
	if err := put("one too many.txt"); err == nil {
		t.Error("one more was taken")
	}
}
