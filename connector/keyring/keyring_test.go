package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadMakesAKeyOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "key")
	first, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(path)
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
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was taken for a key", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error quotes the key: %v", err)
		}
	}
}
