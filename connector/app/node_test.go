package app

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/connector/config"
)

func TestOneServicePerDataFolder(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir, "https://desk.example/hook")
	cfg, err := config.Default(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(context.Background(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "in use by another service") {
		t.Errorf("the second service: %v", err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, dir, "https://desk.example/hook")
	if second.node == "" || second.node != first.node {
		t.Errorf("the node is %q after a restart, was %q", second.node, first.node)
	}
	if err := second.close(); err != nil {
		t.Fatal(err)
	}
}

func TestNodeOfAnotherFolderIsAnother(t *testing.T) {
	ids := map[string]bool{}
	half := t.TempDir()
	if err := os.WriteFile(filepath.Join(half, "node"), []byte("1b6f8f5e-6b1d"), 0o600); err != nil { // the disk was full
		t.Fatal(err)
	}
	for _, dir := range []string{t.TempDir(), t.TempDir(), half, half} {
		id, lock, err := claimNode(dir)
		if err != nil {
			t.Fatal(err)
		}
		ids[id] = true
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(ids) != 3 {
		t.Errorf("three folders are the nodes %v", ids)
	}
}

// TestNodesHearEachOther: a running service beats, and meets the nodes that carry sessions.
func TestNodesHearEachOther(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	session := liveSession(t, a)
	write(t, a, `UPDATE sessions SET node = 'replaced' WHERE id = '`+session+`'`)
	stop := run(a)
	for node, want := range map[string]int64{a.node: 2, "replaced": 0} { // it may have gone on when it is looked at
		beats := int64(-1)
		for late := time.Now().Add(time.Minute); beats < want && time.Now().Before(late); <-time.After(10 * time.Millisecond) {
			err := a.db.QueryRowContext(context.Background(), `SELECT beats FROM nodes WHERE id = $1`, node).Scan(&beats)
			if err != nil && err != sql.ErrNoRows {
				t.Fatal(err)
			}
		}
		if beats < want || node == "replaced" && beats > 0 {
			t.Errorf("node %s has %d beats, want %d", node, beats, want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestNodeThatWasGivenUpEndsItsSessions: they were finished by another.
func TestNodeThatWasGivenUpEndsItsSessions(t *testing.T) {
	ctx := context.Background()
	a := start(t, t.TempDir(), "https://desk.example/hook")
	inv, err := a.sessions.Invite(ctx, "acme", "", "a")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := a.sessions.Spec(ctx, inv.Session)
	if err != nil {
		t.Fatal(err)
	}
	running, err := a.live.Join(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, `DELETE FROM nodes`)
	stop := run(a)
	select {
	case <-running.Done():
	case <-time.After(time.Minute):
		t.Error("the session goes on")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, a *App, statement string) {
	t.Helper()
	err := a.db.Tx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
