// Package desktest is the suite that every desk passes. A desk's own test brings a Harness: the desk, a stand-in of its CRM,
// and ways to look into and disturb the stand-in.
package desktest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
)

// Harness is one desk with its stand-in, fresh for each test.
type Harness struct {
	Desk   desk.Desk
	Record desk.Record // a conversation that Agent holds, as Lookup must report it
	Agent  desk.Agent
	// Foreign is an agent who may not see the conversation.
	Foreign desk.Agent
	// Texts lists the text of each entry that the stand-in holds; HTML, if the desk makes it, included.
	Texts func() []string
	// Files lists the files that the stand-in holds, transcripts included.
	Files func() []StoredFile
	// Throttle makes the stand-in refuse the next request and ask for the wait.
	Throttle func(time.Duration)
	// Lose lets n requests pass and loses the next: before it is done, or its answer. lost tells whether it has come to that,
	// and stops waiting for it.
	Lose func(n int, answer bool) (lost func() bool)
	// MaxFile is the size up to which files are taken; 0 for desks that only pass on: they take links, and cannot know whether
	// an entry or a conversation is there, and whose it is.
	MaxFile int64
	// RefusedName is a file name that the desk refuses for its type; "" when it refuses none.
	RefusedName string
}

// StoredFile is a file as the stand-in holds it.
type StoredFile struct {
	Name    string
	Content []byte
}

// Run runs the suite; make builds a fresh Harness.
func Run(t *testing.T, make func(*testing.T) Harness) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"a conversation is read as the agent", lookup},
		{"a foreign agent is denied", foreignAgent},
		{"an unknown conversation is not found", unknownConversation},
		{"an entry put twice is there once", entryTwice},
		{"an entry follows its session and never goes back", entryFollows},
		{"an entry at home stays", entryAtHome},
		{"an entry's text is escaped", entryEscaped},
		{"an entry is amended", entryAmended},
		{"amending nothing is not found", amendNothing},
		{"a transcript stands with its entry once, as it was told last", transcriptOnce},
		{"a transcript that is refused is left out and the entry says so", transcriptRefused},
		{"a file put twice is there once", fileTwice},
		{"files of one entry are kept apart", twoFiles},
		{"a file without an entry is not found", fileWithoutEntry},
		{"a large file is refused", fileTooLarge},
		{"a refused type is named", fileTypeRefused},
		{"a file that cannot be read is not the desk's failure", fileUnreadable},
		{"throttling tells the wait", throttled},
		{"a crash at any request is made good by a repeat", crashes},
		{"a sound desk passes its check", check},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, make(t)) })
	}
}

func (h Harness) entry() desk.Entry {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return desk.Entry{
		Key: uuid.NewString(), Agent: h.Agent, Record: h.Record, Subject: "Co-browse session", Text: "Pages: Checkout",
		Lines: []desk.Line{{Label: "Pages", Value: "Checkout"}}, PlayerURL: "https://service.example/watch/1",
		Started: start, Ended: start.Add(7 * time.Minute), Status: desk.Completed, Outcome: "solved", RecordingSHA: "ab12",
	}
}

func (h Harness) file(key, name string, content []byte) desk.File {
	return desk.File{
		Key: key, Name: name, Type: "video/webm", Size: int64(len(content)), Agent: h.Agent, Record: h.Record,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		Keep: func(context.Context, string) error { return nil },
	}
}

func want(t *testing.T, got, wanted error) {
	t.Helper()
	if !errors.Is(got, wanted) {
		t.Fatalf("got %v, want %v", got, wanted)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lookup(t *testing.T, h Harness) {
	got, err := h.Desk.Lookup(t.Context(), h.Agent, h.Record.Conversation)
	must(t, err)
	if got != h.Record {
		t.Fatalf("got %+v, want %+v", got, h.Record)
	}
}

func foreignAgent(t *testing.T, h Harness) {
	if h.MaxFile > 0 {
		_, err := h.Desk.Lookup(t.Context(), h.Foreign, h.Record.Conversation)
		want(t, err, desk.ErrDenied)
	}
	_, err := h.Desk.Lookup(t.Context(), desk.Agent{}, h.Record.Conversation)
	want(t, err, desk.ErrDenied)
}

func unknownConversation(t *testing.T, h Harness) {
	ids := []string{""}
	if h.MaxFile > 0 {
		ids = append(ids, uuid.NewString(), "x)/accounts("+uuid.NewString())
	}
	for _, id := range ids {
		_, err := h.Desk.Lookup(t.Context(), h.Agent, id)
		want(t, err, desk.ErrNotFound)
	}
}

func entryTwice(t *testing.T, h Harness) {
	e := h.entry()
	for range 2 {
		must(t, h.Desk.PutEntry(t.Context(), e))
	}
	h.entries(t, 1)
	must(t, h.Desk.PutEntry(t.Context(), h.entry()))
	h.entries(t, 2)
}

func (h Harness) entries(t *testing.T, n int) {
	t.Helper()
	if texts := h.Texts(); len(texts) != n {
		t.Fatalf("the desk holds %d entries, want %d: %q", len(texts), n, texts)
	}
}

func entryFollows(t *testing.T, h Harness) {
	end := h.entry()
	early := end
	early.Text, early.Lines, early.PlayerURL, early.RecordingSHA, early.Outcome, early.Ended = "", nil, "", "", "", time.Time{}
	for _, status := range []desk.Status{desk.Scheduled, desk.Open, desk.Completed, desk.Scheduled, desk.Open} {
		e := early
		if e.Status = status; status == desk.Completed {
			e = end
		}
		must(t, h.Desk.PutEntry(t.Context(), e))
	}
	h.entries(t, 1)
	if text := h.Texts()[0]; !bytes.Contains([]byte(text), []byte("Checkout")) {
		t.Fatalf("the entry says %q at the end", text)
	}
}

func entryAtHome(t *testing.T, h Harness) {
	e := h.entry()
	if h.MaxFile > 0 {
		want(t, h.Desk.Rehome(t.Context(), e), desk.ErrNotFound)
	}
	must(t, h.Desk.PutEntry(t.Context(), e))
	must(t, h.Desk.Rehome(t.Context(), e))
	h.entries(t, 1)
}

func entryEscaped(t *testing.T, h Harness) {
	e := h.entry()
	e.Lines = []desk.Line{{Label: "Pages", Value: `<img src=x onerror=alert(1)>`}}
	e.Text = `<img src=x onerror=alert(1)>`
	must(t, h.Desk.PutEntry(t.Context(), e))
	for _, text := range h.Texts() {
		if bytes.Contains([]byte(text), []byte("<img")) {
			t.Fatalf("markup of a page reached the desk: %s", text)
		}
	}
}

func entryAmended(t *testing.T, h Harness) {
	e := h.entry()
	must(t, h.Desk.PutEntry(t.Context(), e))
	e.Lines = append(e.Lines, desk.Line{Label: "Outcome", Value: "needs a follow-up"})
	e.Text += "\nOutcome: needs a follow-up"
	for range 2 {
		must(t, h.Desk.AmendEntry(t.Context(), e))
	}
	h.entries(t, 1)
	if text := h.Texts()[0]; !bytes.Contains([]byte(text), []byte("needs a follow-up")) {
		t.Fatalf("the entry still says %q", text)
	}
}

func amendNothing(t *testing.T, h Harness) {
	if h.MaxFile == 0 {
		must(t, h.Desk.AmendEntry(t.Context(), h.entry()))
		return
	}
	want(t, h.Desk.AmendEntry(t.Context(), h.entry()), desk.ErrNotFound)
}

func (h Harness) stored(t *testing.T, files ...desk.File) {
	t.Helper()
	got := h.Files()
	if len(got) != len(files) {
		t.Fatalf("the desk holds %d files, want %d", len(got), len(files))
	}
	for _, f := range files {
		r, err := f.Open(t.Context())
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		same := func(s StoredFile) bool { return s.Name == f.Name && bytes.Equal(s.Content, content) }
		if !slices.ContainsFunc(got, same) {
			t.Fatalf("%s is not there as it was given", f.Name)
		}
	}
}

// sizes are one that fits a request and one that needs several, as far as the desk takes them.
func (h Harness) sizes() []int64 {
	if h.MaxFile == 0 {
		return nil
	}
	return []int64{1000, min(h.MaxFile, 9<<20)}
}

func fileTwice(t *testing.T, h Harness) {
	for _, size := range h.sizes() {
		e := h.entry()
		must(t, h.Desk.PutEntry(t.Context(), e))
		before := len(h.Files())
		f := h.file(e.Key, "recording.webm", bytes.Repeat([]byte{7, 8, 9}, int(size/3)))
		for range 2 {
			must(t, h.Desk.PutFile(t.Context(), f))
		}
		if added := len(h.Files()) - before; added != 1 {
			t.Fatalf("%d bytes put twice are %d files", size, added)
		}
	}
}

func twoFiles(t *testing.T, h Harness) {
	if h.MaxFile == 0 {
		return // fileTooLarge shows that such a desk takes none
	}
	e := h.entry()
	must(t, h.Desk.PutEntry(t.Context(), e))
	a, b := h.file(e.Key, "recording.webm", []byte("moving pictures")), h.file(e.Key, "summary.txt", []byte("words"))
	for range 2 {
		must(t, h.Desk.PutFile(t.Context(), a))
		must(t, h.Desk.PutFile(t.Context(), b))
	}
	h.stored(t, a, b)
}

func fileWithoutEntry(t *testing.T, h Harness) {
	if h.MaxFile == 0 {
		return // fileTooLarge shows that such a desk takes none
	}
	want(t, h.Desk.PutFile(t.Context(), h.file(uuid.NewString(), "recording.webm", []byte("x"))), desk.ErrNotFound)
}

func fileTooLarge(t *testing.T, h Harness) {
	e := h.entry()
	must(t, h.Desk.PutEntry(t.Context(), e))
	f := h.file(e.Key, "recording.webm", nil)
	f.Size = h.MaxFile + 1
	err := h.Desk.PutFile(t.Context(), f)
	if !errors.Is(err, desk.ErrTooLarge) && (h.MaxFile > 0 || !errors.Is(err, desk.ErrTypeRefused)) {
		t.Fatalf("got %v", err)
	}
	if n := len(h.Files()); n != 0 {
		t.Fatalf("the desk holds %d files", n)
	}
}

func fileTypeRefused(t *testing.T, h Harness) {
	if h.RefusedName == "" {
		return // nothing to refuse
	}
	e := h.entry()
	must(t, h.Desk.PutEntry(t.Context(), e))
	want(t, h.Desk.PutFile(t.Context(), h.file(e.Key, h.RefusedName, []byte("x"))), desk.ErrTypeRefused)
}

func fileUnreadable(t *testing.T, h Harness) {
	away := errors.New("our own store is away")
	for name, open := range map[string]func(context.Context) (io.ReadCloser, error){
		"not opened": func(context.Context) (io.ReadCloser, error) { return nil, away },
		"broken off": func(context.Context) (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(away)), nil },
	} {
		for _, size := range h.sizes() {
			e := h.entry()
			must(t, h.Desk.PutEntry(t.Context(), e))
			f := h.file(e.Key, "recording.webm", nil)
			f.Size, f.Open = size, open
			err := h.Desk.PutFile(t.Context(), f)
			var transient *desk.Transient
			if !errors.Is(err, away) || errors.As(err, &transient) {
				t.Fatalf("%s: got %v", name, err)
			}
		}
	}
}

func throttled(t *testing.T, h Harness) {
	h.Throttle(17 * time.Second)
	var transient *desk.Transient
	if err := h.Desk.PutEntry(t.Context(), h.entry()); !errors.As(err, &transient) || transient.After != 17*time.Second {
		t.Fatalf("got %v, want to be told to wait 17 s", err)
	}
	h.entries(t, 0)
}

// crashes loses each request in turn, once before it is done and once after, and repeats what was under way.
func crashes(t *testing.T, h Harness) {
	for _, answer := range []bool{false, true} {
		for n := 0; ; n++ {
			e := transcribed(h.entry(), "transcript.txt", "09:00 joined")
			f := h.file(e.Key, "recording.webm", bytes.Repeat([]byte{1, 2, 3}, 3000))
			entries, files := len(h.Texts()), len(h.Files())
			lost := h.Lose(n, answer)
			failed := h.deliver(t, e, f)
			reached := lost()
			if failed && h.deliver(t, e, f) {
				t.Fatalf("request %d: the repeat failed too", n)
			}
			if got := len(h.Texts()) - entries; got != 1 {
				t.Fatalf("request %d lost, answer only %v: %d entries", n, answer, got)
			}
			want := 1 // the transcript
			if h.MaxFile > 0 {
				want++
			}
			if got := len(h.Files()) - files; got != want {
				t.Fatalf("request %d lost, answer only %v: %d files", n, answer, got)
			}
			if !reached { // fewer requests than n: every one was lost once
				if n == 0 {
					t.Fatal("no request was lost")
				}
				break
			}
		}
	}
}

// deliver does what an outbox does and tells whether it must come back.
func (h Harness) deliver(t *testing.T, e desk.Entry, f desk.File) bool {
	err := h.Desk.PutEntry(t.Context(), e)
	if err == nil && h.MaxFile > 0 {
		err = h.Desk.PutFile(t.Context(), f)
	}
	var transient *desk.Transient
	if err != nil && !errors.As(err, &transient) {
		t.Fatalf("a lost request is transient, got %v", err)
	}
	return err != nil
}

func check(t *testing.T, h Harness) { must(t, h.Desk.Check(t.Context())) }
