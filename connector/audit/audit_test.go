package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func write(t *testing.T, db *store.DB, session string) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		return audit.Append(context.Background(), tx, audit.Line{
			At: time.UnixMilli(1000), Company: "acme", Session: session, Actor: "agent:1", Action: audit.SessionClaimed,
			Detail: map[string]string{"b": "2", "a": "1"},
		})
	})
	if err != nil {
		t.Error(err)
	}
}

func TestChainHoldsUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				for range 4 {
					write(t, db, "s")
				}
			})
		}
		all.Wait()
		if n, err := audit.Verify(context.Background(), db); err != nil || n != 20 {
			t.Fatalf("%d lines, %v; want 20, nil", n, err)
		}
	})
}

func TestTamperingShows(t *testing.T) {
	for name, tamper := range map[string]string{
		"changed":   `UPDATE audit SET actor = 'agent:2' WHERE seq = 2`,
		"moved":     `UPDATE audit SET company = 'acmes', session = '' WHERE seq = 2`,
		"removed":   `DELETE FROM audit WHERE seq = 2`,
		"cut off":   `DELETE FROM audit WHERE seq = 3`,
		"emptied":   `DELETE FROM audit`,
		"redated":   `UPDATE audit SET at = at + 1 WHERE seq = 3`,
		"reordered": `UPDATE audit SET seq = 7 - seq WHERE seq > 1`,
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t)
			for range 3 {
				write(t, db, "s")
			}
			if _, err := audit.Verify(context.Background(), db); err != nil {
				t.Fatalf("the chain is broken before anybody touched it: %v", err)
			}
			err := db.Tx(context.Background(), func(tx *sql.Tx) error {
				_, err := tx.Exec(tamper)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := audit.Verify(context.Background(), db); !errors.Is(err, audit.ErrBroken) {
				t.Fatalf("got %v, want ErrBroken", err)
			}
		})
	}
}
