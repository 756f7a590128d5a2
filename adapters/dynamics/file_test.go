package dynamics

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// uploader is a world with an entry, and which requests its files made.
type uploader struct {
	*world
	key      string
	requests []string
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

// waited ends the time for which the organisation asked to be left alone.
func (w *world) waited() {
	b := w.desk.writer.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = time.Time{}
}

// putOf puts a file of which no more than there bytes can be read.
func (u *uploader) putOf(t *testing.T, size, there int) error {
	t.Helper()
	content := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, size/7+1)[:there]
	return u.desk.PutFile(t.Context(), desk.File{
		Key: u.key, Name: "recording.webm", Type: "video/webm", Size: int64(size), Agent: u.agent, Record: u.record(),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
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

// TestUploadGoesOn: what stops an upload in the middle costs no block that is there already.
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
			u.waited()
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
		u.waited()
	}
	if err := u.put(t, size); err != nil {
		t.Fatal(err)
	}
	u.stored(t, size)
}
