package seal

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	segmentSize = 64 << 10
	tagSize     = 16
	sealedSize  = segmentSize + tagSize
	fixedHeader = 44
	maxWrapped  = 4096
	hkdfInfo    = "cobrowse seal v1"
)

var magic = [8]byte{'C', 'B', 'S', 'E', 'A', 'L', 0, 1}

// ErrBroken means that an object is not what was sealed under its name: damaged, cut, exchanged or tampered with.
var ErrBroken = errors.New("seal: the object is damaged or not the one that was sealed under this name")

// Name says which object it is; an object opens under its own name only.
type Name struct{ Company, Object string }

// Sealer seals the objects of one recording under one data key. Safe for concurrent use.
type Sealer struct{ dataKey, wrapped []byte }

// NewSealer makes a data key and has it wrapped.
func NewSealer(ctx context.Context, keys Keys) (*Sealer, error) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key)
	wrapped, err := keys.Wrap(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("seal: wrap the data key: %w", err)
	}
	if len(wrapped) > maxWrapped {
		return nil, fmt.Errorf("seal: a wrapped data key of %d bytes is too long", len(wrapped))
	}
	return &Sealer{dataKey: key, wrapped: wrapped}, nil
}

// NewWriter seals what is written to it into w. Only after Close is it a whole object; w stays open.
func (s *Sealer) NewWriter(w io.Writer, name Name) (*Writer, error) {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt)
	return s.newWriter(w, name, salt)
}

func (s *Sealer) newWriter(w io.Writer, name Name, salt []byte) (*Writer, error) {
	seg, err := newSegments(s.dataKey, salt, name)
	if err != nil {
		return nil, err
	}
	header := append([]byte{}, magic[:]...)
	header = binary.BigEndian.AppendUint32(header, uint32(len(s.wrapped)))
	header = append(append(header, salt...), s.wrapped...)
	if _, err := w.Write(header); err != nil {
		return nil, err
	}
	return &Writer{w: w, segments: seg, buf: make([]byte, 0, sealedSize)}, nil
}

// Writer is the plain side of an object that is being sealed.
type Writer struct {
	w        io.Writer
	segments *segments
	buf      []byte // plaintext that has not been sealed, less than a segment or exactly one
	index    uint64
	err      error
}

func (w *Writer) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && w.err == nil {
		if len(w.buf) == segmentSize { // full, and not the last one
			w.flush(false)
		}
		n := min(segmentSize-len(w.buf), len(p))
		w.buf = append(w.buf, p[:n]...)
		p, written = p[n:], written+n
	}
	return written, w.err
}

// Close seals the last segment.
func (w *Writer) Close() error {
	if w.err == nil {
		w.flush(true)
	}
	if w.err == nil {
		w.err = errors.New("seal: closed")
		return nil
	}
	return w.err
}

func (w *Writer) flush(last bool) {
	sealed := w.segments.seal(w.buf, w.index, last)
	if _, err := w.w.Write(sealed); err != nil {
		w.err = err
	}
	w.buf = w.buf[:0]
	w.index++
}

// segments seals and opens the segments of one object.
type segments struct {
	aead cipher.AEAD
	name []byte // the part of the additional data that is the same for all
}

func newSegments(dataKey, salt []byte, name Name) (*segments, error) {
	key, err := hkdf.Key(sha256.New, dataKey, salt, hkdfInfo, KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	var ad []byte
	for _, s := range []string{name.Company, name.Object} {
		ad = binary.BigEndian.AppendUint32(ad, uint32(len(s)))
		ad = append(ad, s...)
	}
	return &segments{aead: aead, name: ad}, nil
}

func (s *segments) bind(index uint64, last bool) (nonce, ad []byte) {
	flag := byte(0)
	if last {
		flag = 1
	}
	nonce = binary.BigEndian.AppendUint64([]byte{0, 0, 0, flag}, index)
	ad = binary.BigEndian.AppendUint64(append([]byte{}, s.name...), index)
	return nonce, append(ad, flag)
}

func (s *segments) seal(plain []byte, index uint64, last bool) []byte {
	nonce, ad := s.bind(index, last)
	return s.aead.Seal(nil, nonce, plain, ad)
}

func (s *segments) open(sealed []byte, index uint64, last bool) ([]byte, error) {
	nonce, ad := s.bind(index, last)
	plain, err := s.aead.Open(nil, nonce, sealed, ad)
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}
