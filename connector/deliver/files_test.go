package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/store"
)

func TestFilesThatAreNotThere(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		ready := time.Now().Add(30 * time.Second)
		files := func(ctx context.Context, session, name string) (Content, error) {
			if name == "never.webm" {
				return Content{}, ErrNoFile
			}
			if time.Now().Before(ready) {
				return Content{}, errors.New("still being closed")
			}
			return filesOf(ctx, session, name)
		}
		j := o.job("acme")
		j.Files = append(j.Files, Attachment{Name: "never.webm", Type: "video/webm"})
		enqueue(t, db, j)
		w := New(db, ring, one(o, t), files, quiet(), Options{})
		stop := started(t, w)
		idle(t, w, 10*time.Minute)
		stop()
		o.sessions(t, 1)
		if _, got, _ := result(t, db, j.Entry.Key+"/file/never.webm"); got != resultNothing {
			t.Errorf("a file that never was is %q", got)
		}
	})
}

// TestFilesOfASessionInOrder: which note holds which file depends on it.
func TestFilesOfASessionInOrder(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		var mu sync.Mutex
		var got []string
		d := fakeDesk{
			put: func(context.Context, desk.Entry) error { return nil },
			file: func(_ context.Context, f desk.File) error {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, f.Name)
				if len(got) == 1 {
					return &desk.Transient{Err: errors.New("not now")}
				}
				return nil
			},
		}
		j := o.job("acme")
		j.Files = append(j.Files, Attachment{Name: "another.webm", Type: "video/webm"})
		enqueue(t, db, j)
		w := New(db, ring, always(d), filesOf, quiet(), Options{AtOnce: 4})
		stop := started(t, w)
		idle(t, w, time.Hour)
		stop()
		if want := []string{"recording.webm", "recording.webm", "another.webm"}; !slices.Equal(got, want) {
			t.Errorf("delivered %q, want %q", got, want)
		}
	})
}

// TestOwnStoreAway: a file that we cannot read ourselves is nobody's trouble but its own.
func TestOwnStoreAway(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		first, amend, later := o.job("acme"), o.job("acme"), o.job("acme")
		amend.Amend, amend.Files, amend.Entry.Key = true, nil, first.Entry.Key
		back := time.Now().Add(2 * time.Hour)
		files := func(_ context.Context, session, _ string) (Content, error) {
			c, err := filesOf(context.Background(), session, "")
			if open := c.Open; session == first.Entry.Key {
				c.Open = func(ctx context.Context) (io.ReadCloser, error) {
					if time.Now().Before(back) {
						return nil, errors.New("the bucket is away")
					}
					return open(ctx)
				}
			}
			return c, err
		}
		enqueue(t, db, first)
		w := New(db, ring, one(o, t), files, quiet(), Options{Poll: time.Minute})
		stop := started(t, w)
		time.Sleep(time.Hour) // many attempts
		enqueue(t, db, amend)
		enqueue(t, db, later)
		w.Wake()
		time.Sleep(10 * time.Second)
		for id, want := range map[string]string{
			first.Entry.Key + "/file/recording.webm": "pending", later.Entry.Key + "/entry": "done", later.Entry.Key + "/file/recording.webm": "done",
		} {
			if state, _, last := result(t, db, id); state != want {
				t.Errorf("%s is %s (%s), want %s", id, state, last, want)
			}
		}
		if letters, err := List(context.Background(), db, "acme", 10); err != nil || len(letters) != 1 {
			t.Errorf("more waits than the one file: %+v, %v", letters, err)
		}
		idle(t, w, 2*time.Hour)
		stop()
		o.sessions(t, 2)
	})
}

// TestErasedFile: a recording may be deleted between its announcement and its delivery.
func TestErasedFile(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		files := func(context.Context, string, string) (Content, error) {
			return Content{Size: 10, Open: func(context.Context) (io.ReadCloser, error) { return nil, fmt.Errorf("blob: %w", ErrNoFile) }}, nil
		}
		j := o.job("acme")
		enqueue(t, db, j)
		w := New(db, ring, one(o, t), files, quiet(), Options{})
		stop := started(t, w)
		idle(t, w, time.Minute)
		stop()
		if state, got, last := result(t, db, j.Entry.Key+"/file/recording.webm"); state != "done" || got != resultNothing {
			t.Errorf("the file is %s/%s: %s", state, got, last)
		}
	})
}
