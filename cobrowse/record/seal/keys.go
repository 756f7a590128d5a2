package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeySize is the size of master and data keys, in bytes.
const KeySize = 32

// errWrongKey means that an object was sealed under another master key.
var errWrongKey = errors.New("seal: sealed under another master key")

// Keys wraps data keys by a master key: one in memory (LocalKeys), or one that never leaves a key service.
type Keys interface {
	Wrap(ctx context.Context, key []byte) (wrapped []byte, err error)
	Unwrap(ctx context.Context, wrapped []byte) (key []byte, err error)
}

// LocalKeys wraps with a master key in memory. A wrapped key is 8 bytes that name the master key, a nonce and the
// AES-256-GCM ciphertext.
type LocalKeys struct {
	id   [8]byte
	aead cipher.AEAD
}

// NewLocalKeys takes a master key of 32 bytes.
func NewLocalKeys(master []byte) (*LocalKeys, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("seal: the master key has %d bytes, want %d", len(master), KeySize)
	}
	aead, err := newGCM(master)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("cobrowse seal key id"), master...))
	return &LocalKeys{id: [8]byte(sum[:8]), aead: aead}, nil
}

// Wrap implements Keys.
func (k *LocalKeys) Wrap(_ context.Context, key []byte) ([]byte, error) {
	out := make([]byte, len(k.id)+k.aead.NonceSize(), len(k.id)+k.aead.NonceSize()+len(key)+k.aead.Overhead())
	copy(out, k.id[:])
	nonce := out[len(k.id):]
	_, _ = rand.Read(nonce)
	return k.aead.Seal(out, nonce, key, k.id[:]), nil
}

// Unwrap implements Keys.
func (k *LocalKeys) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) {
	n := len(k.id) + k.aead.NonceSize()
	if len(wrapped) < n || [8]byte(wrapped[:8]) != k.id {
		return nil, errWrongKey
	}
	key, err := k.aead.Open(nil, wrapped[len(k.id):n], wrapped[n:], k.id[:])
	if err != nil {
		return nil, ErrBroken
	}
	return key, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
