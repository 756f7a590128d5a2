package keyring

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestOpenMakesAKeyOnce(t *testing.T) {
	db, path := storetest.SQLite(t), filepath.Join(t.TempDir(), "deep", "key")
	first, err := Open(t.Context(), db, path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), db, path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Key(ForPINs), again.Key(ForPINs)) {
		t.Error("the second start got another key")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key file may be read by others: %v", info.Mode())
	}
}

// TestKeyBelongsToItsDatabase: a start in a fresh container must not seal with a key that nobody has tomorrow.
func TestKeyBelongsToItsDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		path := func(name string) string { return filepath.Join(t.TempDir(), name) }
		if _, err := Open(t.Context(), db, path("tried")); err != nil {
			t.Fatal(err)
		}
		right := path("right")
		if _, err := Open(t.Context(), db, right); err != nil {
			t.Errorf("nothing is sealed yet, but another key was refused: %v", err)
		}
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO companies (slug, version, settings, updated_at) VALUES ('acme', 1, '{}', 1)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		missing := path("missing")
		if _, err := Open(t.Context(), db, missing); err == nil || !strings.Contains(err.Error(), "COBROWSE_KEY_FILE") {
			t.Errorf("a missing key: %v", err)
		}
		if _, err := os.Stat(missing); err == nil {
			t.Error("a key was made for a database that has one")
		}
		other := path("other")
		if _, err := create(other); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), db, other); err == nil || !strings.Contains(err.Error(), "fingerprint") {
			t.Errorf("another key: %v", err)
		}
		if _, err := Open(t.Context(), db, right); err != nil {
			t.Errorf("the right key: %v", err)
		}
	})
}

func TestSealedOpensOnlyUnderItsNameAndPurpose(t *testing.T) {
	ring, err := New(bytes.Repeat([]byte{7}, Size))
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(bytes.Repeat([]byte{8}, Size))
	if err != nil {
		t.Fatal(err)
	}
	sealed := ring.Seal(ForCredential, "acme", []byte("hunter2"))
	if strings.Contains(sealed, "hunter2") {
		t.Fatal("not sealed at all")
	}
	if plain, err := ring.Open(ForCredential, "acme", sealed); err != nil || string(plain) != "hunter2" {
		t.Fatalf("got %q, %v", plain, err)
	}
	altered := []byte(sealed)
	altered[len(altered)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another name":    func() ([]byte, error) { return ring.Open(ForCredential, "other", sealed) },
		"another purpose": func() ([]byte, error) { return ring.Open(ForPINs, "acme", sealed) },
		"another key":     func() ([]byte, error) { return other.Open(ForCredential, "acme", sealed) },
		"altered":         func() ([]byte, error) { return ring.Open(ForCredential, "acme", string(altered)) },
		"cut":             func() ([]byte, error) { return ring.Open(ForCredential, "acme", sealed[:8]) },
		"no base64":       func() ([]byte, error) { return ring.Open(ForCredential, "acme", "!") },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s: opened to %q", name, plain)
		}
	}
}

func TestParseRefusesWrongKeys(t *testing.T) {
	for _, text := range []string{"", "short", "c2hvcnQ=", "not base64 at all!"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q was taken for a key", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error quotes the key: %v", err)
		}
	}
}
