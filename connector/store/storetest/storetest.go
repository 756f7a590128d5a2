// Package storetest gives tests real databases: a SQLite file and a PostgreSQL server started for the test run from the
// system's package. Each runs a test on both; Conformance is the suite that package store itself must pass on both.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"cobrowse-connector/connector/store"
)

var databases atomic.Int64

// Main runs a package's tests and stops the PostgreSQL server that they started: func TestMain(m) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if err := stopServer(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return 1
	}
	return code
}

// Each runs test on an empty, migrated database of each kind. The package must call Main in its TestMain.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite opens an empty, migrated SQLite file.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

// Postgres opens an empty, migrated database of the test's PostgreSQL server.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresDSN(t))
}

// PostgresDSN makes an empty database, not yet migrated, and returns its address.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	s, err := startServer()
	if err != nil {
		t.Fatalf("These tests need a real PostgreSQL server (Debian: apt-get install postgresql): %v", err)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	if err := s.createDatabase(context.Background(), name); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return s.dsn(name)
}

func open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return db
}
