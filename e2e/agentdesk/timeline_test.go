package agentdesk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// timeline is what stands on the desk's case.
type timeline struct {
	service string
	more    int         // tasks besides the three entries
	later   atomic.Bool // whether a session that is going on has come
	away    atomic.Bool // whether nothing answers
}

func (tl *timeline) Case(_ context.Context, id string) (demo.Case, error) {
	if id != "case-1" {
		return demo.Case{}, demo.ErrNotFound
	}
	if tl.away.Load() {
		return demo.Case{}, errors.New("the organisation does not answer")
	}
	return demo.Case{ID: "case-1", Title: "Winter coat in the wrong size", TicketNumber: "CAS-01047-K7P2", Status: "Active",
		CustomerName: "Maria Oliveira", Owner: "Ana Souza", Created: time.Date(2026, 11, 23, 9, 2, 0, 0, time.UTC)}, nil
}

// hostile is what somebody else wrote into a note.
const hostile = `<script>document.title='broken'</script><img src=x onerror="document.title='broken'"><p onclick="document.title='broken'">` +
	`<a href="javascript:document.title='broken'">Look here</a></p><iframe srcdoc="<script>parent.document.title='broken'</script>"></iframe>`

func (tl *timeline) Entries(context.Context, string) ([]demo.TimelineEntry, error) {
	at := time.Date(2026, 11, 23, 9, 31, 0, 0, time.UTC)
	entries := []demo.TimelineEntry{
		{ID: "p1", Kind: demo.KindActivity, Activity: "phonecall", Subject: "Call from Maria Oliveira", Author: "Ben Costa", At: at.Add(-48 * time.Hour), Status: "Completed"},
		{ID: "a1", Kind: demo.KindActivity, Activity: "cob_cobrowsesession", Subject: "Co-browse session with Maria Oliveira", Author: "Ana Souza", At: at, Status: "Completed",
			Fields: []demo.Field{{Label: "duration", Value: "6 min"}, {Label: "outcome", Value: "Solved"}}},
		{ID: "n1", Kind: demo.KindNote, Subject: "Co-browse session, 6 minutes, solved", Author: "Ana Souza", At: at.Add(time.Second),
			HTML: `<p><b>Outcome:</b> Solved. Changed the order to size M.</p><table><tr><td>Winter coat</td><td>2 min 10 s</td></tr><tr><td>Checkout</td><td>3 min 5 s</td></tr></table>` + hostile,
			Link: tl.service + "/watch/s-1", File: &demo.FileInfo{ID: "f1", Name: "cobrowse-session.webm", Type: "video/webm", Size: 4}},
	}
	for i := range tl.more {
		entries = append(entries, demo.TimelineEntry{ID: fmt.Sprint("t", i), Kind: demo.KindActivity, Activity: "task", Subject: fmt.Sprint("Task ", i), Author: "Ben Costa", At: at.Add(-72 * time.Hour), Status: "Canceled"})
	}
	if tl.later.Load() {
		entries = append(entries, demo.TimelineEntry{ID: "a2", Kind: demo.KindActivity, Activity: "cob_cobrowsesession", Subject: "Second session", Author: "Ana Souza", At: time.Now(), Status: "Open"})
	}
	return entries, nil
}

func (*timeline) File(context.Context, string) (demo.TimelineFile, error) {
	return demo.TimelineFile{FileInfo: demo.FileInfo{Name: "cobrowse-session.webm", Type: "video/webm", Size: 4}, Body: io.NopCloser(strings.NewReader("webm"))}, nil
}

func TestTimelineForTheSupervisor(t *testing.T) {
	tl := &timeline{}
	desk, s := startDeskWith(t, tl)
	sam := people.New(t, "sam", people.Desktop)
	sam.Open(desk + "/timeline/case-1")
	sam.Reads("[data-kind=note]", "Changed the order to size M")
	order(sam, "note cob_cobrowsesession phonecall")
	sam.Shot("timeline")
	sam.Accessible()
	sam.Click("[data-kind=note] .text a:not([href])")
	if title := people.Eval[string](sam, "document.title"); !strings.Contains(title, "Winter coat") {
		t.Errorf("a note's script ran: %q", title)
	}
	if link := people.Eval[string](sam, "document.querySelector('.play').getAttribute('href')"); link != s.address+"/watch/s-1" {
		t.Errorf("player link = %s (of %s)", link, s.address)
	}
	tl.later.Store(true)
	sam.Reads("[data-kind=activity]", "Second session") // without a reload
	sam.Reads("[data-kind=activity] .status", "In progress")
}

// order waits until these are the records, in this order.
func order(p *people.Person, want string) {
	p.Until("the records are "+want, fmt.Sprintf(`[...document.querySelectorAll('.entry')].map((e) => e.dataset.activity ?? e.dataset.kind).join(' ') === %q`, want))
}

// search types words in the place of those that are there.
func search(p *people.Person, words string) {
	p.Click("input[type=search]")
	people.Eval[bool](p, "(document.activeElement.select(), true)")
	p.Type(words)
}

// TestTimelineIsSearched: what people do to find a record, and what they take from it.
func TestTimelineIsSearched(t *testing.T) {
	desk, _ := startDeskWith(t, &timeline{})
	sam := people.New(t, "sam", people.Desktop)
	saved := sam.SavesFiles()
	sam.Open(desk + "/timeline/case-1")
	order(sam, "note cob_cobrowsesession phonecall")
	sam.Press("Sort older to newer")
	order(sam, "phonecall cob_cobrowsesession note")
	sam.Press("Sort newer to older")
	search(sam, "checkout")
	order(sam, "note")
	search(sam, "no such thing")
	sam.Hears("No records match")
	search(sam, " ")
	sam.Press("Filter")
	sam.Press("Activities")
	order(sam, "cob_cobrowsesession phonecall")
	sam.Press("Ben Costa")
	order(sam, "phonecall")
	sam.Hears("1 of 3 records")
	sam.Shot("timeline-filter")
	sam.Accessible()
	sam.Press("Clear all filters")
	sam.Press("With a file")
	order(sam, "note")
	sam.Press("Clear all filters")
	sam.Press("Collapse all records")
	sam.Gone("details[open]")
	sam.Shot("timeline-collapsed")
	sam.Press("Co-browse session, 6 minutes")
	sam.Until("only that record is open", `document.querySelectorAll('details[open]').length === 1 && document.querySelector('.entry.note details').open`)
	sam.Press("cobrowse-session.webm")
	people.Eventually(t, "the file is saved", func() error {
		text, err := os.ReadFile(filepath.Join(saved, "cobrowse-session.webm"))
		if err == nil && string(text) != "webm" {
			err = fmt.Errorf("it holds %q", text)
		}
		return err
	})
}

func TestLongTimelineAndOneThatIsAway(t *testing.T) {
	tl := &timeline{more: 9}
	desk, _ := startDeskWith(t, tl)
	sam := people.New(t, "sam", people.Phone)
	sam.Open(desk + "/timeline/case-1")
	sam.Until("ten records", `document.querySelectorAll('.entry').length === 10`)
	sam.Press("Filter")
	sam.Shot("phone-timeline-filter")
	sam.Accessible()
	people.Eval[bool](sam, "(document.querySelector('.more').scrollIntoView(), true)")
	sam.Press("Load more")
	sam.Until("all records", `document.querySelectorAll('.entry').length === 12 && !document.querySelector('.more')`)
	tl.away.Store(true)
	sam.See("[role=alert]")
	people.Eval[bool](sam, "(scrollTo(0, 0), true)")
	people.Eval[bool](sam, "((last) => { for (let i = 1; i <= last; i++) clearInterval(i); return true })(setInterval(() => 0, 1e6))") // it would come back by itself, and the button go
	tl.away.Store(false)
	sam.Press("Try again")
	sam.Gone("[role=alert]")
}

// TestTimelineSpeaksTheReadersLanguage: the desk's words, dates and filters; what people wrote stays as it is.
func TestTimelineSpeaksTheReadersLanguage(t *testing.T) {
	desk, _ := startDeskWith(t, &timeline{})
	for name, c := range map[string]struct {
		language string
		screen   people.Screen
		words    []string // on the page, and of its filters
	}{
		"en desktop":    {"en", people.Desktop, []string{"Phone call by Ben Costa", "Monday, November 23, 2026", "Activity status", "Completed"}},
		"en phone":      {"en", people.Phone, []string{"3 records", "Duration", "Created by"}},
		"pt-BR desktop": {"pt-BR", people.Desktop, []string{"Chamada telefônica de Ben Costa", "egunda-feira, 23 de novembro de 2026", "Situação da atividade", "Concluída"}},
		"pt-BR phone":   {"pt-BR", people.Phone, []string{"3 registros", "Duração", "Criado por"}},
	} {
		t.Run(name, func(t *testing.T) {
			sam := people.New(t, "timeline "+name, c.screen)
			sam.BeforeEveryPage(fmt.Sprintf("Object.defineProperty(navigator, 'languages', {get: () => [%q]})", c.language))
			sam.Open(desk + "/timeline/case-1")
			sam.Until("the page says its language", fmt.Sprintf("document.documentElement.lang === %q", c.language))
			sam.Reads("[data-kind=note]", "Changed the order to size M")
			sam.Shot("page")
			sam.Click(".bar button")
			for _, words := range c.words {
				sam.Hears(words)
			}
			sam.Shot("filters")
			sam.Accessible()
			sam.Open(desk + "/timeline/case-9")
			sam.See("[role=alert]")
			sam.Shot("gone")
		})
	}
}
