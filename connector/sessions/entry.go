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

// delivers tells whether a session leaves something on the desk's record: it was live, and an agent's.
func delivers(r *row) bool { return !r.live.IsZero() && r.agent.ID != "" }

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

// job is what a session that is over leaves to the desk.
func (s *Sessions) job(ctx context.Context, tx *sql.Tx, r *row) (deliver.Job, error) {
	lines := entryLines(r)
	e := desk.Entry{
		Key: r.id, Agent: r.agent, Record: r.record, Subject: "Co-browse session", Text: plain(lines), Lines: lines,
		Started: r.live, Ended: r.ended, Status: desk.Completed, Outcome: r.outcome,
	}
	if r.state == cobrowse.StateFailed {
		e.Status = desk.Cancelled
	}
	j := deliver.Job{Company: r.company, Files: recordingFiles(r)}
	if recorded(r) {
		co, err := s.Companies.GetIn(ctx, tx, r.company) // as it is now: links are followed later
		if err != nil {
			return j, err
		}
		e.PlayerURL = co.PlayerLink(s.PublicURL, r.id)
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

var (
	outcomes = map[string]string{"": "not picked", "solved": "solved", "followup": "needs follow-up", "notsolved": "not solved"}
	reasons  = map[string]string{
		"ended": "ended", "customer_left": "the customer left", "agent_left": "the agent left", "failed": "the shared browser was lost",
		"shutdown": "the service was stopped", "limit": "the time limit was reached", "expired": "nobody joined in time", "declined": "the customer declined",
	}
)

// entryLines tells the session in labelled rows. All strings of a Summary are redacted already.
func entryLines(r *row) []desk.Line {
	sum := r.summary
	lines := []desk.Line{
		{Label: "Agent", Value: r.agent.Name},
		{Label: "Duration", Value: spell(r.ended.Sub(r.live))},
		{Label: "Ended", Value: ending(sum)},
		{Label: "Outcome", Value: outcomes[sum.Outcome]},
	}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, desk.Line{Label: label, Value: value})
		}
	}
	add("Note", sum.Note)
	for i, p := range sum.Pages {
		if i == maxPages {
			add("Pages", fmt.Sprintf("and %d more", len(sum.Pages)-maxPages))
			break
		}
		add(fmt.Sprintf("Page %d", i+1), fmt.Sprintf("%s (%s), %s", p.Title, p.URL, spell(p.Time)))
	}
	for _, role := range slices.Sorted(maps.Keys(sum.Actions)) {
		add("Actions, "+string(role), fmt.Sprint(sum.Actions[role]))
	}
	for _, ref := range sum.Refusals {
		add("Only for the customer", fmt.Sprintf("%q, tried %s", ref.Name, times(ref.Count)))
	}
	if sum.Pauses > 0 {
		add("Paused by the customer", fmt.Sprintf("%s, %s", times(sum.Pauses), spell(sum.Paused)))
	}
	add("Recording", recordingLine(r))
	return lines
}

// recordingLine says what the link to the player does not.
func recordingLine(r *row) string {
	switch {
	case unfinished(r):
		return "follows when it can be stored"
	case !recorded(r):
		return "none"
	}
	switch n := len(r.recording.Videos); {
	case n > maxFiles:
		return fmt.Sprintf("in %d parts, the first %d of them as files; the player shows all", n, maxFiles)
	case n > 1:
		return fmt.Sprintf("in %d parts, one file each; the player shows them as one", n)
	}
	return ""
}

func ending(sum *cobrowse.Summary) string {
	text := reasons[sum.EndReason]
	if text == "" {
		text = sum.EndReason
	}
	if sum.EndReason == "ended" {
		text += " by the " + string(sum.EndedBy)
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// spell writes a duration as "4 min 5 s".
func spell(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}
