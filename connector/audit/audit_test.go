package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func ring(t *testing.T, key byte) *keyring.Ring {
	t.Helper()
	r, err := keyring.New(bytes.Repeat([]byte{key}, keyring.Size))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t *testing.T, db *store.DB, session string) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		return audit.Append(context.Background(), tx, ring(t, 1), audit.Line{
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
		if n, err := audit.Verify(context.Background(), db, ring(t, 1)); err != nil || n != 20 {
			t.Fatalf("%d lines, %v; want 20, nil", n, err)
		}
	})
}

// TestABusyChainIsWhole: lines that are added while the chain is read do not break it.
func TestABusyChainIsWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		written := make(chan struct{})
		go func() {
			defer close(written)
			for range 300 {
				write(t, db, "s")
			}
		}()
		for busy := true; busy; {
			select {
			case <-written:
				busy = false
			default:
			}
			if _, err := audit.Verify(context.Background(), db, ring(t, 1)); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestOnlyTheKeyMakesAChain: what somebody without it would write over the whole log does not fit, though it fits itself.
func TestOnlyTheKeyMakesAChain(t *testing.T) {
	db := storetest.SQLite(t)
	write(t, db, "s")
	if _, err := audit.Verify(context.Background(), db, ring(t, 2)); !errors.Is(err, audit.ErrBroken) {
		t.Fatalf("got %v, want ErrBroken", err)
	}
}

func TestTamperingShows(t *testing.T) {
	for name, tamper := range map[string]string{
		"changed": `UPDATE audit SET actor = 'agent:2' WHERE seq = 2`,
		"moved":   `UPDATE audit SET company = 'acmes', session = '' WHERE seq = 2`,
		"removed": `DELETE FROM audit WHERE seq = 2`,
		"cut off": `DELETE FROM audit WHERE seq = 3`,
		"cut off, with a head that fits": `DELETE FROM audit WHERE seq = 3;
			UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)`,
		"emptied":   `DELETE FROM audit`,
		"redated":   `UPDATE audit SET at = at + 1 WHERE seq = 3`,
		"reordered": `UPDATE audit SET seq = 7 - seq WHERE seq > 1`,
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t)
			for range 3 {
				write(t, db, "s")
			}
			if _, err := audit.Verify(context.Background(), db, ring(t, 1)); err != nil {
				t.Fatalf("the chain is broken before anybody touched it: %v", err)
			}
			err := db.Tx(context.Background(), func(tx *sql.Tx) error {
				_, err := tx.Exec(tamper)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := audit.Verify(context.Background(), db, ring(t, 1)); !errors.Is(err, audit.ErrBroken) {
				t.Fatalf("got %v, want ErrBroken", err)
			}
		})
	}
}
