package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the size of master and data keys, in bytes.
const KeySize = 32

// ErrWrongKey means that an object was sealed under another master key.
var ErrWrongKey = errors.New("seal: sealed under another master key")

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

// LoadLocalKeys reads the master key from a file of exactly 32 bytes and makes one, readable by its owner only, where
// there is none. Whoever loses the file loses all recordings.
func LoadLocalKeys(path string) (*LocalKeys, error) {
	master, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createKey(path); err == nil {
			master, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	keys, err := NewLocalKeys(master)
	if err != nil {
		return nil, fmt.Errorf("%w (file %s)", err, path)
	}
	return keys, nil
}

// createKey makes the file appear complete or not at all; when somebody else was first, theirs stays.
func createKey(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	master := make([]byte, KeySize)
	_, _ = rand.Read(master)
	_, err = f.Write(master)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
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
		return nil, ErrWrongKey
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
