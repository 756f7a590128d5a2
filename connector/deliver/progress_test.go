package deliver

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/store"
)

// TestFileGoesOnWithWhatItKept, on another node and sealed in between; when the file is there, nothing is left of it.
func TestFileGoesOnWithWhatItKept(t *testing.T) {
	const secret = "a token of the desk"
	bubble(t, func(t *testing.T, db *store.DB) {
		o := newOrg()
		kept := make(chan struct{})
		half := fakeDesk{
			put: func(context.Context, desk.Entry) error { return nil },
			file: func(ctx context.Context, f desk.File) error {
				if err := f.Keep(ctx, secret); err != nil {
					t.Error(err)
				}
				close(kept)
				<-ctx.Done()
				return ctx.Err()
			},
		}
		j := o.job("acme")
		enqueue(t, db, j)
		stop := started(t, New(db, ring, always(half), filesOf, quiet(), Options{}))
		<-kept
		stop()
		if progress := progressOf(t, db, j); progress == "" || strings.Contains(progress, secret) {
			t.Errorf("the database holds %q", progress)
		}
		var found []string
		rest := half
		rest.file = func(ctx context.Context, f desk.File) error {
			if found = append(found, f.Progress); len(found) == 1 {
				return errors.Join(f.Keep(ctx, ""), &desk.Transient{Err: errors.New("begun anew")})
			}
			return nil
		}
		w := New(db, ring, always(rest), filesOf, quiet(), Options{})
		stop = started(t, w)
		idle(t, w, time.Minute)
		stop()
		if len(found) != 2 || found[0] != secret || found[1] != "" {
			t.Errorf("the next attempts found %q", found)
		}
		if progress := progressOf(t, db, j); progress != "" {
			t.Errorf("what is done still holds %q", progress)
		}
	})
}

func progressOf(t *testing.T, db *store.DB, j Job) (progress string) {
	t.Helper()
	row := db.QueryRowContext(context.Background(), `SELECT progress FROM outbox WHERE id = $1`, j.Entry.Key+"/file/recording.webm")
	if err := row.Scan(&progress); err != nil {
		t.Fatal(err)
	}
	return progress
}

// TestLeaseOfADeadNode: its row is taken over when its lease has run out, and not before; what it still does then changes nothing.
func TestLeaseOfADeadNode(t *testing.T) {
	bubble(t, func(t *testing.T, db *store.DB) {
		o, ctx := newOrg(), context.Background()
		j := o.job("acme")
		enqueue(t, db, j)
		dead := New(db, ring, one(o, t), filesOf, quiet(), Options{Lease: time.Hour})
		rows, err := dead.claim(ctx, "acme", 1)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		w := New(db, ring, one(o, t), filesOf, quiet(), Options{})
		stop := started(t, w)
		took := idle(t, w, 2*time.Hour)
		stop()
		o.sessions(t, 1)
		if took < time.Hour || took > time.Hour+time.Minute {
			t.Errorf("it was taken over after %v", took)
		}
		if err := dead.keepProgress(ctx, rows[0], "late"); !errors.Is(err, errLeaseLost) {
			t.Errorf("the dead node kept something: %v", err)
		}
	})
}
