package sessions_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// TestEachVideoIsAFile: each change of the picture's size begins another one.
func TestEachVideoIsAFile(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		for videos, want := range map[int]struct {
			files int
			line  string
		}{
			1:  {1, ""},
			3:  {3, "Recording: in 3 parts, one file each"},
			40: {10, "Recording: in 40 parts, the first 10 of them as files"},
		} {
			session, _ := liveSession(t, w)
			res := result(w, session)
			res.Recording.Videos = make([]cobrowse.Video, videos)
			if err := w.Sessions.Ended(ctx, session, res); err != nil {
				t.Fatal(err)
			}
			if got := storedOf(t, w, session).Outbox; len(got) != 1+want.files {
				t.Errorf("%d videos: %v", videos, got)
			}
			if text := entryOf(t, w, session).Text; !strings.Contains(text, want.line) || want.line == "" && strings.Contains(text, "Recording:") {
				t.Errorf("%d videos: %s", videos, text)
			}
		}
	})
}

// TestFilesAreWhatTheyAre: H.264 is no WebM. The type of a recording that is finished later is not known before.
func TestFilesAreWhatTheyAre(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		for _, unfinished := range []bool{false, true} {
			session, _ := liveSession(t, w)
			res := result(w, session)
			rec := res.Recording
			rec.Videos = []cobrowse.Video{{Key: "v1", Type: "video/x-matroska"}, {Key: "v2", Type: "video/webm"}}
			want := []string{"co-browse.mkv video/x-matroska", "co-browse-2.webm video/webm"}
			if unfinished {
				res.Recording = &cobrowse.Recording{Session: session, Unfinished: true}
				want = append([]string{"co-browse.webm video/webm"}, want...)
			}
			if err := w.Sessions.Ended(ctx, session, res); err != nil {
				t.Fatal(err)
			}
			if err := w.Sessions.Recovered(ctx, session, rec); err != nil {
				t.Fatal(err)
			}
			if got := filesOf(t, w, session); !slices.Equal(got, want) {
				t.Errorf("unfinished %v: announced %q, want %q", unfinished, got, want)
			}
		}
	})
}

// filesOf are the names and types of the files that wait to be delivered.
func filesOf(t *testing.T, w *sessionstest.World, session string) (files []string) {
	t.Helper()
	rows, err := w.DB.QueryContext(ctx, `SELECT body FROM outbox WHERE session = $1 AND step = 'file' ORDER BY position`, session)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var f deliver.Attachment
		if err := errors.Join(rows.Scan(&body), json.Unmarshal([]byte(body), &f)); err != nil {
			t.Fatal(err)
		}
		files = append(files, f.Name+" "+f.Type)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return files
}
