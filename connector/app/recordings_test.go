package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/sessions"
)

// shelf is a store of recordings that a test can take away.
type shelf struct {
	recordings
	t      *testing.T
	folder string
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, folder: filepath.Join(t.TempDir(), "bucket")}
	bucket, err := fileblob.OpenBucket(s.folder, &fileblob.Options{CreateDir: true, NoTempDir: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	keys, err := seal.NewLocalKeys(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	s.recordings = recordings{bucket, keys, slog.New(slog.DiscardHandler)}
	return s
}

// away takes the store away or brings it back.
func (s *shelf) away(away bool) {
	s.t.Helper()
	from, to := s.folder+".away", s.folder
	if away {
		from, to = to, from
	} else if err := os.Remove(s.folder); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(from, to); err != nil {
		s.t.Fatal(err)
	}
	if !away {
		return
	}
	if err := os.WriteFile(s.folder, nil, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// record leaves the parts of a recording whose picture changed its size once.
func (s *shelf) record(session string) {
	s.t.Helper()
	rec, err := record.Start(context.Background(), s.bucket, s.keys, meta("acme", session), s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	hub := stream.NewHub(func() {})
	go rec.Record(hub.Subscribe(true))
	for n := range 4 { // a part may end between a size and its first picture: the next part has it
		if n%2 == 0 {
			hub.Configure(stream.Config{Generation: uint32(n / 2), Codec: "vp09.00.40.08", Width: 320 + n, Height: 240})
		}
		stored, at := s.parts(session), time.Duration(n+1)*time.Second
		hub.Publish(stream.Chunk{Generation: uint32(n / 2), Key: true, Timestamp: at, Captured: at, Data: []byte("picture")})
		for late := time.Now().Add(time.Minute); s.parts(session) == stored; <-time.After(10 * time.Millisecond) {
			if time.Now().After(late) {
				s.t.Fatal("no part is stored")
			}
		}
	}
	hub.Close() // and nobody closes the recording
}

// parts is how many parts of a session's recording are stored.
func (s *shelf) parts(session string) int {
	s.t.Helper()
	n := 0
	for it := s.bucket.List(&blob.ListOptions{Prefix: "recordings/acme/" + session + "/parts/"}); ; n++ {
		_, err := it.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return n
		}
		if gcerrors.Code(err) == gcerrors.NotFound { // a part got its name while the folder was read
			return s.parts(session)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// endUnfinished ends a session whose recording could not be finished.
func endUnfinished(t *testing.T, a *App) (session string) {
	t.Helper()
	session = liveSession(t, a)
	err := a.sessions.Ended(context.Background(), session, cobrowse.Result{
		State:     cobrowse.StateEnded,
		Summary:   cobrowse.Summary{Session: session, Started: time.Now(), Ended: time.Now(), EndReason: "ended"},
		Recording: &cobrowse.Recording{Session: session, Unfinished: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// TestUnfinishedRecordingIsFinishedByItsDelivery: the store was away when the session ended, and comes back later.
func TestUnfinishedRecordingIsFinishedByItsDelivery(t *testing.T) {
	a, s := start(t, t.TempDir(), "https://desk.example/hook"), newShelf(t)
	defer a.close() //nolint:errcheck // not what this test is about
	session := endUnfinished(t, a)
	s.record(session)
	files := s.files(a.sessions)
	s.away(true)
	if _, err := files(t.Context(), session, sessions.RecordingName(0, "video/webm")); err == nil || errors.Is(err, deliver.ErrNoFile) {
		t.Errorf("while the store is away: %v", err)
	}
	s.away(false)
	for n := range 2 {
		content, err := files(t.Context(), session, sessions.RecordingName(n, "video/webm"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := content.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if video, err := io.ReadAll(f); err != nil || int64(len(video)) != content.Size || content.Size == 0 {
			t.Errorf("file %d has %d bytes of %d: %v", n, len(video), content.Size, err)
		}
	}
	if _, err := files(t.Context(), session, sessions.RecordingName(2, "video/webm")); !errors.Is(err, deliver.ErrNoFile) {
		t.Errorf("a file that never was: %v", err)
	}
	content, err := files(t.Context(), session, sessions.RecordingName(0, "video/webm"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.folder, "recordings", "acme", session)); err != nil {
		t.Fatal(err)
	}
	if _, err := content.Open(t.Context()); !errors.Is(err, deliver.ErrNoFile) {
		t.Errorf("after it was erased: %v", err)
	}
}

func TestUnfinishedRecordingOfNothing(t *testing.T) {
	a, s := start(t, t.TempDir(), "https://desk.example/hook"), newShelf(t)
	defer a.close() //nolint:errcheck // not what this test is about
	session := endUnfinished(t, a)
	for range 2 { // the first finds out, the second knows
		if _, err := s.files(a.sessions)(t.Context(), session, sessions.RecordingName(0, "video/webm")); !errors.Is(err, deliver.ErrNoFile) {
			t.Errorf("got %v", err)
		}
	}
}
