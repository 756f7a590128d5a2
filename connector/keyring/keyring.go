// Package keyring turns the service's one master key into a key for each purpose, and seals small secrets with it.
//
// Losing the master key loses the desks' credentials and the recordings, so it is made once and kept apart from the database.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Size of the master key and of every derived key, in bytes.
const Size = 32

// Purposes of derived keys. A purpose's name is part of the key: changing it makes what was written with it unreadable.
const (
	ForPINs       = "pins"
	ForTickets    = "tickets"
	ForAddresses  = "addresses"
	ForCredential = "credentials"
	ForRecordings = "recordings"
	ForAudit      = "audit"
	ForUploads    = "uploads"

	forFingerprint = "fingerprint"
)

// Ring holds the master key. It has no String method on purpose.
type Ring struct{ master []byte }

// New takes a master key of Size bytes.
func New(master []byte) (*Ring, error) {
	if len(master) != Size {
		return nil, fmt.Errorf("keyring: the master key has %d bytes, want %d", len(master), Size)
	}
	return &Ring{master: append([]byte(nil), master...)}, nil
}

// parse takes the master key as its file holds it: base64 of 32 bytes.
func parse(text string) (*Ring, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("keyring: the master key is not base64") // never the key itself
	}
	return New(key)
}

func create(path string) (*Ring, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	key := make([]byte, Size)
	rand.Read(key) //nolint:errcheck // never fails, by its documentation
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return New(key)
}

// Key derives the key of a purpose.
func (r *Ring) Key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, r.master, nil, "cobrowse-connector/"+purpose, Size)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

// MAC is the keyed hash of parts for a purpose. Parts are separated by a byte that none of them may hold.
func (r *Ring) MAC(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, r.Key(purpose))
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum(nil)
}

// Seal encrypts plain for a purpose, bound to name: it opens only under the same name.
func (r *Ring) Seal(purpose, name string, plain []byte) string {
	aead := r.aead(purpose)
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) //nolint:errcheck // never fails, by its documentation
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(name)))
}

// Open is the opposite of Seal.
func (r *Ring) Open(purpose, name, sealed string) ([]byte, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errors.New("keyring: sealed text is malformed")
	}
	aead := r.aead(purpose)
	if len(raw) < aead.NonceSize() {
		return nil, errors.New("keyring: sealed text is too short")
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(name))
	if err != nil {
		return nil, errors.New("keyring: sealed with another master key, or altered")
	}
	return plain, nil
}

func (r *Ring) aead(purpose string) cipher.AEAD {
	block, err := aes.NewCipher(r.Key(purpose))
	if err != nil {
		panic(err) // only for key lengths that Key does not return
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // never for AES
	}
	return aead
}
