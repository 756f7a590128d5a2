package storetest

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/connector/store"
)

// Conformance is what every database must do for the packages above it.
func Conformance(t *testing.T, db *store.DB) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *store.DB)
	}{
		{"migrating twice changes nothing", migrateTwice},
		{"a failed transaction leaves nothing", rollsBack},
		{"a panic in a transaction frees the writer", panicFreesWriter},
		{"upsert returns the new row", upsertReturns},
		{"concurrent increments lose nothing", concurrentIncrements},
		{"reads go on while a transaction is open", readsWhileWriting},
		{"a snapshot sees one moment", snapshot},
		{"foreign keys are enforced", foreignKeys},
		{"times come back as they went", timesRoundTrip},
		{"a cancelled context ends a transaction", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, db) })
	}
}

const addFailure = `INSERT INTO attempts (scope, subject, window_start, failures) VALUES ($1, $2, $3, 1)
	ON CONFLICT (scope, subject) DO UPDATE SET failures = attempts.failures + 1 RETURNING failures`

func migrateTwice(t *testing.T, db *store.DB) {
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func count(ctx context.Context, t *testing.T, db *store.DB, subject string) (n int64) {
	t.Helper()
	row := db.QueryRowContext(ctx, `SELECT COALESCE(SUM(failures), 0) FROM attempts WHERE subject = $1`, subject)
	if err := row.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func bump(ctx context.Context, tx *sql.Tx, subject string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, addFailure, "agent", subject, 1).Scan(&n)
	return n, err
}

func rollsBack(t *testing.T, db *store.DB) {
	stop := errors.New("stop")
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		if _, err := bump(context.Background(), tx, "rollback"); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("got %v, want the function's own error", err)
	}
	if n := count(context.Background(), t, db, "rollback"); n != 0 {
		t.Fatalf("%d rows survived a rollback", n)
	}
}

func panicFreesWriter(t *testing.T, db *store.DB) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Tx(context.Background(), func(*sql.Tx) error { panic("boom") })
	}()
	if err := db.Tx(context.Background(), func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func upsertReturns(t *testing.T, db *store.DB) {
	for want := int64(1); want <= 3; want++ {
		err := db.Tx(context.Background(), func(tx *sql.Tx) error {
			n, err := bump(context.Background(), tx, "upsert")
			if n != want {
				t.Errorf("got %d, want %d", n, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func concurrentIncrements(t *testing.T, db *store.DB) {
	const workers, each = 8, 10
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				err := db.Tx(context.Background(), func(tx *sql.Tx) error {
					_, err := bump(context.Background(), tx, "concurrent")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := count(context.Background(), t, db, "concurrent"); n != workers*each {
		t.Fatalf("counted %d of %d", n, workers*each)
	}
}

func readsWhileWriting(t *testing.T, db *store.DB) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := bump(ctx, tx, "isolated"); err != nil {
			return err
		}
		if n := count(ctx, t, db, "isolated"); n != 0 {
			t.Errorf("a reader saw %d uncommitted rows", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(ctx, t, db, "isolated"); n != 1 {
		t.Fatalf("a reader saw %d rows after the commit, want 1", n)
	}
}

func snapshot(t *testing.T, db *store.DB) {
	ctx := context.Background()
	seen := func(tx *sql.Tx) (n int64) {
		const sum = `SELECT COALESCE(SUM(failures), 0) FROM attempts WHERE subject = 'snapshot'`
		if err := tx.QueryRowContext(ctx, sum).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	err := db.Snapshot(ctx, func(tx *sql.Tx) error {
		before := seen(tx)
		err := db.Tx(ctx, func(other *sql.Tx) error {
			_, err := bump(ctx, other, "snapshot")
			return err
		})
		if after := seen(tx); after != before {
			t.Errorf("saw %d rows and then %d", before, after)
		}
		if _, err := bump(ctx, tx, "snapshot"); err == nil {
			t.Error("a snapshot can be written to")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(ctx, t, db, "snapshot"); n != 1 {
		t.Errorf("%d rows after the snapshot, want 1", n)
	}
}

func foreignKeys(t *testing.T, db *store.DB) {
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(context.Background(),
			`INSERT INTO tickets (hash, session, expires_at, used_at) VALUES ($1, $2, $3, $4)`, "h", "no such session", 1, 0)
		return err
	})
	if err == nil {
		t.Fatal("a ticket for a session that does not exist was accepted")
	}
}

func timesRoundTrip(t *testing.T, _ *store.DB) {
	now := time.Date(2026, 11, 23, 11, 22, 33, 456e6, time.UTC)
	if got := store.Time(store.Millis(now)); !got.Equal(now) {
		t.Errorf("got %v, want %v", got, now)
	}
	if !store.Time(store.Millis(time.Time{})).IsZero() {
		t.Error("the zero time does not stay zero")
	}
}

func cancelled(t *testing.T, db *store.DB) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := db.Tx(ctx, func(*sql.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}
