package seal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// window is how many segments are fetched at once: a range request to a blob store is worth about a megabyte.
const window = 16

// Reader is the plain side of a sealed object. Every byte that it hands out has been checked. ReadAt is safe for
// concurrent use, Read and Seek are for one goroutine.
type Reader struct {
	src      io.ReaderAt
	segments *segments
	start    int64 // of the segments in src
	size     int64 // plain
	count    int64 // of segments

	pos int64

	mu     sync.Mutex
	plain  []byte // of the segments fetched last
	offset int64  // of plain
}

// NewReader opens the object in src, which is sealedLength long.
func NewReader(ctx context.Context, keys Keys, src io.ReaderAt, sealedLength int64, name Name) (*Reader, error) {
	head := make([]byte, min(sealedLength, fixedHeader+maxWrapped))
	if err := readFull(src, head, 0); err != nil {
		return nil, err
	}
	if len(head) < fixedHeader || [8]byte(head[:8]) != magic {
		return nil, ErrBroken
	}
	wrappedLen := int(binary.BigEndian.Uint32(head[8:]))
	if wrappedLen > maxWrapped || len(head) < fixedHeader+wrappedLen {
		return nil, ErrBroken
	}
	key, err := keys.Unwrap(ctx, head[fixedHeader:fixedHeader+wrappedLen])
	if err != nil {
		return nil, fmt.Errorf("seal: unwrap the data key: %w", err)
	}
	seg, err := newSegments(key, head[12:fixedHeader], name)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: src, segments: seg, start: int64(fixedHeader + wrappedLen)}
	body := sealedLength - r.start
	r.count = (body + sealedSize - 1) / sealedSize
	r.size = body - r.count*tagSize
	if r.count == 0 || r.size < 0 {
		return nil, ErrBroken
	}
	// The last segment vouches for the length; it is fetched first.
	if err := r.fetch(r.count - 1); err != nil {
		return nil, err
	}
	return r, nil
}

// Size is the plain length.
func (r *Reader) Size() int64 { return r.size }

// fetch makes plain hold the segments from first on; caller holds mu or is alone.
func (r *Reader) fetch(first int64) error {
	n := min(window, r.count-first)
	from := first * sealedSize
	sealed := make([]byte, min(n*sealedSize, r.size+r.count*tagSize-from))
	if err := readFull(r.src, sealed, r.start+from); err != nil {
		return err
	}
	r.plain, r.offset = r.plain[:0], first*segmentSize
	for i := first; i < first+n; i++ {
		end := min(len(sealed), sealedSize)
		plain, err := r.segments.open(sealed[:end], uint64(i), i == r.count-1)
		if err != nil {
			r.plain = nil
			return err
		}
		r.plain, sealed = append(r.plain, plain...), sealed[end:]
	}
	return nil
}

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("seal: negative offset")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	done := 0
	for done < len(p) {
		at := off + int64(done)
		if at >= r.size {
			return done, io.EOF
		}
		if at < r.offset || at >= r.offset+int64(len(r.plain)) {
			if err := r.fetch(at / segmentSize); err != nil {
				return done, err
			}
		}
		done += copy(p[done:], r.plain[at-r.offset:])
	}
	return done, nil
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.pos >= r.size {
		return 0, io.EOF
	}
	// No more than what one fetch brings: who reads in small steps should not wait for more.
	n, err := r.ReadAt(p[:min(len(p), window*segmentSize)], r.pos)
	r.pos += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// Seek implements io.Seeker.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.size
	default:
		return 0, errors.New("seal: no such whence")
	}
	if offset < 0 {
		return 0, errors.New("seal: negative offset")
	}
	r.pos = offset
	return offset, nil
}

func readFull(src io.ReaderAt, p []byte, off int64) error {
	n, err := src.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		return ErrBroken
	}
	return err
}
