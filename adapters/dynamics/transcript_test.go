package dynamics

import (
	"net/http"
	"strings"
	"testing"

	"cobrowse-connector/adapters/desk"
)

// transcripts are those on the case.
func (w *world) transcripts() (texts []string) {
	for _, n := range w.notes() {
		if f, content, ok := w.fake.Attachment(n.ID); ok && f.Name == "session-transcript.txt" && f.Type == "text/plain" {
			texts = append(texts, string(content))
		}
	}
	return texts
}

// TestTranscriptIsNoReasonToLoseAnEntry: the organisation's limits have changed since they were read.
func TestTranscriptIsNoReasonToLoseAnEntry(t *testing.T) {
	for _, custom := range []bool{true, false} {
		w := newWorld(t, custom)
		w.put(t, w.entry())
		w.fake.SetMaxUpload(10)
		e := w.entry()
		for _, s := range []desk.Status{desk.Scheduled, desk.Open, desk.Completed, desk.Completed} {
			w.put(t, w.at(e, s))
		}
		if err := w.desk.AmendEntry(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		notes := w.notes()
		if said := strings.Contains(notes[0].HTML, "refused here") != strings.Contains(notes[1].HTML, "refused here"); !said || len(notes) != 2 || len(w.transcripts()) != 1 {
			t.Errorf("%d notes, %d transcripts: %+v", len(notes), len(w.transcripts()), notes)
		}
	}
}

// TestTranscriptWithoutKnowingTheLimits: an application that may not read Organization attaches what the organisation takes.
func TestTranscriptWithoutKnowingTheLimits(t *testing.T) {
	w := newWorld(t, true)
	w.desk = answering(t, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/organizations") {
			rw.WriteHeader(http.StatusForbidden)
			_, _ = rw.Write([]byte(`{"error":{"code":"0x80040220","message":"no"}}`))
			return
		}
		r.Header.Set("Authorization", "Bearer "+w.fake.Token())
		w.fake.ServeHTTP(rw, r)
	})
	w.put(t, w.entry())
	if got := w.transcripts(); len(got) != 1 || got[0] != "09:00:00 joined\n" {
		t.Errorf("attached: %q", got)
	}
}

// TestRecordingLeavesThePlaceToTheTranscript: also where there was no transcript at first.
func TestRecordingLeavesThePlaceToTheTranscript(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	without := e
	without.Transcript = nil
	w.put(t, without)
	if err := w.desk.PutFile(t.Context(), w.file(e, "recording.webm")); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.AmendEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, n := range w.notes() {
		if _, content, ok := w.fake.Attachment(n.ID); ok && string(content) == "recording.webm" {
			kept++
		}
	}
	if kept != 1 || len(w.transcripts()) != 1 {
		t.Errorf("%d recordings and %d transcripts", kept, len(w.transcripts()))
	}
}
