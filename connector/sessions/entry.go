package sessions

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/web/src/i18n"
)

const webm = "video/webm"

// maxFiles bounds the files of an entry: a phone that is turned again and again makes one each time.
const maxFiles = 10

// RecordingName names the n-th video of a recording, counted from 0, as a file of the desk's entry.
func RecordingName(n int, mime string) string {
	ending := ".mkv" // H.264, which WebM does not allow
	if mime == webm {
		ending = ".webm"
	}
	if n == 0 {
		return "co-browse" + ending
	}
	return fmt.Sprintf("co-browse-%d%s", n+1, ending)
}

// maxPages bounds the pages in an entry; the player's track has all of them.
const maxPages = 30

func recordJSON(r desk.Record) (string, error) {
	text, err := json.Marshal(r)
	return string(text), wrap(err)
}

// delivers tells whether a session stands on the desk's record: since an agent holds it.
func delivers(r *row) bool { return r.agent.ID != "" }

func recorded(r *row) bool { return r.recording != nil && r.recording.VideoKey != "" }

// unfinished tells whether the recording could not be finished yet: delivering its file does it.
func unfinished(r *row) bool { return r.recording != nil && r.recording.Unfinished }

// recordingFiles announces the recording. What an unfinished one will be is not known: when it turns out to be none of WebM, the file
// announced here is none, and those that there are are announced then.
func recordingFiles(r *row) []deliver.Attachment {
	if unfinished(r) {
		return []deliver.Attachment{{Name: RecordingName(0, webm), Type: webm}}
	}
	if !recorded(r) {
		return nil
	}
	var files []deliver.Attachment
	for i, v := range r.recording.Videos[:min(len(r.recording.Videos), maxFiles)] {
		files = append(files, deliver.Attachment{Name: RecordingName(i, v.Type), Type: v.Type})
	}
	return files
}

// job is what a session that is over leaves to the desk, in the company's first language. One that never got live is told as cancelled.
func (s *Sessions) job(ctx context.Context, tx *sql.Tx, r *row) (deliver.Job, error) {
	j := deliver.Job{Company: r.company, Files: recordingFiles(r)}
	co, err := s.Companies.GetIn(ctx, tx, r.company) // as it is now: links are followed later
	if err != nil {
		return j, err
	}
	t := texts{i18n.Entry(co.Languages)}
	lines := t.lines(r)
	e := desk.Entry{
		Key: r.id, Agent: r.agent, Record: r.record, Subject: t.Say("subject"), Text: plain(lines), Lines: lines,
		Started: r.live, Ended: r.ended, Status: desk.Completed, Outcome: r.outcome, Transcript: transcriptOf(co, r),
	}
	if r.state == cobrowse.StateFailed || r.live.IsZero() {
		e.Status = desk.Cancelled
	}
	if recorded(r) {
		e.PlayerURL, e.PlayerText = co.PlayerLink(s.PublicURL, r.id), t.Say("player")
		e.RecordingSHA = r.recording.SHA256
	}
	j.Entry = e
	return j, nil
}

func plain(lines []desk.Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s: %s\n", l.Label, l.Value)
	}
	return b.String()
}

// texts tells a session in one language.
type texts struct{ i18n.Texts }

// lines tells the session in labelled rows. All strings of a Summary are redacted already.
func (t texts) lines(r *row) []desk.Line {
	sum := r.summary
	if r.live.IsZero() {
		return []desk.Line{{Label: t.Say("agent"), Value: r.agent.Name}, {Label: t.Say("ended"), Value: t.ending(sum)}}
	}
	lines := []desk.Line{
		{Label: t.Say("agent"), Value: r.agent.Name},
		{Label: t.Say("duration"), Value: t.spell(r.ended.Sub(r.live))},
		{Label: t.Say("ended"), Value: t.ending(sum)},
		{Label: t.Say("outcome"), Value: t.Say("outcome." + sum.Outcome)},
	}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, desk.Line{Label: label, Value: value})
		}
	}
	add(t.Say("note"), sum.Note)
	for i, p := range sum.Pages {
		if i == maxPages {
			add(t.Say("pages"), t.Say("pages.more", "{n}", fmt.Sprint(len(sum.Pages)-maxPages)))
			break
		}
		key := "page.visit"
		if p.Title == "" {
			key = "page.visit.unnamed"
		}
		add(t.Say("page", "{n}", fmt.Sprint(i+1)), t.Say(key, "{title}", p.Title, "{url}", p.URL, "{time}", t.spell(p.Time)))
	}
	for _, role := range slices.Sorted(maps.Keys(sum.Actions)) {
		add(t.Say("actions."+string(role)), fmt.Sprint(sum.Actions[role]))
	}
	for _, ref := range sum.Refusals {
		add(t.Say("refused"), t.Say("refused.tried", "{name}", ref.Name, "{times}", t.times(ref.Count)))
	}
	if sum.Pauses > 0 {
		add(t.Say("paused"), t.Say("paused.how", "{times}", t.times(sum.Pauses), "{time}", t.spell(sum.Paused)))
	}
	add(t.Say("recording"), t.recording(r))
	return lines
}

// recording says what the link to the player does not.
func (t texts) recording(r *row) string {
	switch {
	case unfinished(r):
		return t.Say("recording.later")
	case !recorded(r):
		return t.Say("recording.none")
	}
	switch n := len(r.recording.Videos); {
	case n > maxFiles:
		return t.Say("recording.first", "{n}", fmt.Sprint(n), "{files}", fmt.Sprint(maxFiles))
	case n > 1:
		return t.Say("recording.parts", "{n}", fmt.Sprint(n))
	}
	return ""
}

func (t texts) ending(sum *cobrowse.Summary) string {
	if sum.EndReason == "ended" {
		return t.Say("ended." + string(sum.EndedBy))
	}
	return t.Say("ended." + sum.EndReason)
}

func (t texts) times(n int) string {
	if n == 1 {
		return t.Say("once")
	}
	return t.Say("times", "{n}", fmt.Sprint(n))
}

// spell writes a duration as "4 min 5 s".
func (t texts) spell(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	seconds := fmt.Sprint(int(d.Seconds()) % 60)
	if d < time.Minute {
		return t.Say("seconds", "{s}", seconds)
	}
	return t.Say("minutes", "{m}", fmt.Sprint(int(d.Minutes())), "{s}", seconds)
}
