package demo

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// Timeline is where the desk finds what stands on a case. Unknown ids give ErrNotFound.
type Timeline interface {
	Case(ctx context.Context, id string) (Case, error)
	Entries(ctx context.Context, caseID string) ([]TimelineEntry, error)
	File(ctx context.Context, id string) (TimelineFile, error)
}

// Case is the record that a timeline belongs to.
type Case struct {
	ID           string    `json:"id"`
	Title        string    `json:"title"`
	TicketNumber string    `json:"ticketNumber"`
	Status       string    `json:"status"` // Active, Resolved, Canceled
	CustomerName string    `json:"customerName"`
	Owner        string    `json:"owner,omitempty"`
	Created      time.Time `json:"created"`
}

// Kinds of timeline entries.
const (
	KindActivity = "activity"
	KindNote     = "note"
)

// TimelineEntry is one activity or note. HTML is rich text as it is stored; the desk cleans it before anybody sees it.
type TimelineEntry struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Activity string    `json:"activity,omitempty"` // logical name of an activity's table
	Subject  string    `json:"subject"`
	Author   string    `json:"author"`
	At       time.Time `json:"at"`
	Status   string    `json:"status,omitempty"`
	HTML     string    `json:"html,omitempty"`
	Fields   []Field   `json:"fields,omitempty"` // at most the three that a timeline card shows
	Link     string    `json:"link,omitempty"`   // the player, when the entry has one
	File     *FileInfo `json:"file,omitempty"`
}

// Field is one value of a card. Its label is a word for which the page has texts: duration, outcome.
type Field struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// FileInfo describes an attachment. ID is what Timeline.File takes.
type FileInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// TimelineFile is an attachment's content.
type TimelineFile struct {
	FileInfo
	Body io.ReadCloser
}

func (d *desk) timeline(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("case")
	c, err := d.Timeline.Case(r.Context(), id)
	if err != nil {
		fail(w, err)
		return
	}
	entries, err := d.Timeline.Entries(r.Context(), id)
	if err != nil {
		fail(w, err)
		return
	}
	shown := make([]TimelineEntry, 0, len(entries))
	for _, e := range entries {
		e.HTML = cleanHTML(e.HTML)
		shown = append(shown, e)
	}
	answer(w, map[string]any{"case": c, "entries": shown, "supervisor": d.person(RoleSupervisor)})
}

func (d *desk) file(w http.ResponseWriter, r *http.Request) {
	f, err := d.Timeline.File(r.Context(), r.PathValue("file"))
	if err != nil {
		fail(w, err)
		return
	}
	defer f.Body.Close() //nolint:errcheck // nothing was written through it
	h := w.Header()
	h.Set("Content-Type", f.Type)
	// Always as a download, whatever it claims to be: an attachment must not run as a page of the desk.
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "sandbox")
	if f.Size > 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	if _, err := io.Copy(w, f.Body); err != nil {
		panic(http.ErrAbortHandler) // tells the browser that the file is not whole
	}
}
