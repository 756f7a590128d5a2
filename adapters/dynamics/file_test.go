package dynamics

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// uploader is a world with an entry, and which requests its files made.
type uploader struct {
	*world
	key      string
	requests []string
	progress string                        // as the outbox keeps it
	lost     error                         // by which nothing is kept
	disturb  func(request string, nth int) // before the nth request of its kind is served
}

func newUploader(t *testing.T) *uploader {
	t.Helper()
	u := &uploader{world: newWorld(t, true)}
	u.fake.SetMaxUpload(20 << 20)
	e := u.entry()
	u.key = e.Key
	if err := u.desk.PutEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	u.fake.OnRequest(func(method, address string) {
		if method == "GET" {
			return
		}
		request := path.Base(address)
		if method == "PATCH" {
			request = "PATCH"
		}
		u.requests = append(u.requests, request)
		if u.disturb != nil {
			u.disturb(request, u.count(request))
		}
	})
	return u
}

func (u *uploader) count(request string) (n int) {
	for _, r := range u.requests {
		if r == request {
			n++
		}
	}
	return n
}

func (u *uploader) put(t *testing.T, size int) error {
	t.Helper()
	return u.putOf(t, size, size)
}

// putOf puts a file of which no more than there bytes can be read.
func (u *uploader) putOf(t *testing.T, size, there int) error {
	t.Helper()
	return u.putIn(t.Context(), size, there)
}

func (u *uploader) putIn(ctx context.Context, size, there int) error {
	content := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, size/7+1)[:there]
	return u.desk.PutFile(ctx, desk.File{
		Key: u.key, Name: "recording.webm", Type: "video/webm", Size: int64(size), Agent: u.agent, Record: u.record(),
		Open:     func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		Progress: u.progress, Keep: func(_ context.Context, progress string) error { u.progress = progress; return u.lost },
	})
}

func (u *uploader) stored(t *testing.T, size int) {
	t.Helper()
	for _, n := range u.notes() {
		if f, content, ok := u.fake.Attachment(n.ID); ok && f.Name == "recording.webm" {
			if len(content) != size || content[size-1] != byte((size-1)%7+1) {
				t.Errorf("%d bytes are stored, want %d", len(content), size)
			}
			return
		}
	}
	t.Error("the file is not there")
}

// TestWayOfAFile: up to the documented limit a file goes with its note in one request, beyond it in blocks into a note that is there. The
// stand-in refuses the rest.
func TestWayOfAFile(t *testing.T) {
	for size, want := range map[int][]string{
		inlineSize:     {"PATCH"},
		inlineSize + 1: {"PATCH", "InitializeAnnotationBlocksUpload", "UploadBlock", "CommitAnnotationBlocksUpload"},
		blockSize + 1:  {"PATCH", "InitializeAnnotationBlocksUpload", "UploadBlock", "UploadBlock", "CommitAnnotationBlocksUpload"},
	} {
		u := newUploader(t)
		if err := u.put(t, size); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		u.stored(t, size)
		if !slices.Equal(u.requests, want) {
			t.Errorf("%d bytes went by %q, want %q", size, u.requests, want)
		}
	}
}

// elsewhere lets another process go on, which knows what the outbox has kept and nothing else.
func (u *uploader) elsewhere(t *testing.T) {
	t.Helper()
	u.desk = u.connect(t, u.fake.Token())
}

// TestUploadGoesOn: what stops an upload in the middle costs no block that is there already, whoever goes on.
func TestUploadGoesOn(t *testing.T) {
	const size = 3*blockSize - 5
	var transient *desk.Transient
	for _, c := range []struct {
		name    string
		request string
		stop    func(*uploader)
		blocks  int // requests
		commits int
		after   time.Duration
	}{
		{"throttled", "UploadBlock", func(u *uploader) { u.fake.Throttle(1, 30*time.Second) }, 4, 1, 30 * time.Second},
		{"cut before it is done", "UploadBlock", func(u *uploader) { u.fake.FailAfter(0, dataversefake.LostRequest) }, 4, 1, 0},
		{"cut before its answer", "UploadBlock", func(u *uploader) { u.fake.FailAfter(0, dataversefake.LostAnswer) }, 4, 1, 0},
		{"throttled at the commit", "CommitAnnotationBlocksUpload", func(u *uploader) { u.fake.Throttle(1, 30*time.Second) }, 3, 2, 30 * time.Second},
		{"the commit's answer lost", "CommitAnnotationBlocksUpload", func(u *uploader) { u.fake.FailAfter(0, dataversefake.LostAnswer) }, 3, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUploader(t)
			u.disturb = func(request string, nth int) {
				if request == c.request && (nth == 2 || request != "UploadBlock") {
					c.stop(u)
					u.disturb = nil
				}
			}
			if err := u.put(t, size); !errors.As(err, &transient) || transient.After != c.after {
				t.Fatalf("got %v", err)
			}
			u.elsewhere(t)
			if err := u.put(t, size); err != nil {
				t.Fatal(err)
			}
			u.stored(t, size)
			begun, blocks, commits := u.count("InitializeAnnotationBlocksUpload"), u.count("UploadBlock"), u.count("CommitAnnotationBlocksUpload")
			if begun != 1 || blocks != c.blocks || commits != c.commits {
				t.Errorf("begun %d times, %d blocks, %d commits; want 1, %d, %d", begun, blocks, commits, c.blocks, c.commits)
			}
		})
	}
}

// TestUnreadableFileIsNotTheDesksFault: what we cannot read ourselves holds up no desk, and what is there already stays.
func TestUnreadableFileIsNotTheDesksFault(t *testing.T) {
	const size = 3*blockSize - 5
	u := newUploader(t)
	var transient *desk.Transient
	for range 2 {
		if err := u.putOf(t, size, blockSize+7); err == nil || errors.As(err, &transient) {
			t.Fatalf("got %v", err)
		}
	}
	if err := u.put(t, size); err != nil {
		t.Fatal(err)
	}
	u.stored(t, size)
	if n := u.count("UploadBlock"); n != 3 {
		t.Errorf("%d blocks were uploaded", n)
	}
}

// TestForgottenUpload: an organisation that does not know the upload any more gets it anew, and the file does not die.
func TestForgottenUpload(t *testing.T) {
	const size = 2 * blockSize
	u := newUploader(t)
	u.disturb = func(request string, nth int) {
		if request == "UploadBlock" && nth == 2 {
			u.fake.Throttle(1, time.Minute)
		}
	}
	var transient *desk.Transient
	for range 2 { // throttled; then refused, as the upload is unknown
		if err := u.put(t, size); !errors.As(err, &transient) {
			t.Fatalf("got %v", err)
		}
		u.fake.DropUploads()
		u.elsewhere(t)
	}
	if err := u.put(t, size); err != nil {
		t.Fatal(err)
	}
	u.stored(t, size)
}

// TestOldUploadIsBegunAnew: nobody asks the organisation whether it still knows what began an hour ago, or belonged to another file.
func TestOldUploadIsBegunAnew(t *testing.T) {
	const size = 2 * blockSize
	for name, change := range map[string]func(*upload){
		"old": func(u *upload) { u.Begun = u.Begun.Add(-keepUploads) }, "another note": func(u *upload) { u.Note = uuid.NewString() },
		"another size": func(u *upload) { u.Size++ },
	} {
		t.Run(name, func(t *testing.T) {
			u := newUploader(t)
			if err := u.putOf(t, size, blockSize); err == nil {
				t.Fatal("half a file was taken")
			}
			var kept upload
			if err := json.Unmarshal([]byte(u.progress), &kept); err != nil || kept.Blocks != 1 {
				t.Fatalf("%d blocks are kept (%v)", kept.Blocks, err)
			}
			change(&kept)
			text, err := json.Marshal(kept)
			if err != nil {
				t.Fatal(err)
			}
			u.progress = string(text)
			if err := u.put(t, size); err != nil {
				t.Fatal(err)
			}
			u.stored(t, size)
			if begun, blocks := u.count("InitializeAnnotationBlocksUpload"), u.count("UploadBlock"); begun != 2 || blocks != 3 {
				t.Errorf("begun %d times with %d blocks", begun, blocks)
			}
		})
	}
}

// TestUploadThatCannotBeKept stops, and is no failure of the desk.
func TestUploadThatCannotBeKept(t *testing.T) {
	u := newUploader(t)
	u.lost = errors.New("our own database is away")
	var transient *desk.Transient
	if err := u.put(t, 2*blockSize); !errors.Is(err, u.lost) || errors.As(err, &transient) {
		t.Errorf("got %v", err)
	}
}

// TestCancelledUploadGoesOn: a service that is stopped in the middle of going on forgets nothing.
func TestCancelledUploadGoesOn(t *testing.T) {
	const size = 3*blockSize - 5
	u := newUploader(t)
	if err := u.putOf(t, size, blockSize); err == nil {
		t.Fatal("a part of a file was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	u.disturb = func(request string, _ int) {
		if request == "UploadBlock" {
			u.fake.FailAfter(0, dataversefake.LostAnswer)
			cancel()
		}
	}
	if err := u.putIn(ctx, size, size); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	u.disturb = nil
	if err := u.put(t, size); err != nil {
		t.Fatal(err)
	}
	u.stored(t, size)
	if begun, blocks := u.count("InitializeAnnotationBlocksUpload"), u.count("UploadBlock"); begun != 1 || blocks != 4 {
		t.Errorf("begun %d times with %d blocks", begun, blocks)
	}
}
