// Package wiretest reads what a service sends to people, for tests that stand in for their pages. It knows docs/protocol.md and nothing of
// package wire, so that it finds where the two differ.
package wiretest

import (
	"encoding/binary"
	"errors"
	"time"

	"cobrowse-connector/cobrowse/stream"
)

// header is the size of what stands before the encoded picture in a binary frame.
const header = 24

// Picture reads a binary frame.
func Picture(frame []byte) (stream.Chunk, error) {
	if len(frame) < header || frame[0] != 1 || frame[2] != 0 {
		return stream.Chunk{}, errors.New("wiretest: this is not a picture of version 1")
	}
	return stream.Chunk{
		Key:        frame[1]&1 != 0,
		Generation: binary.BigEndian.Uint32(frame[4:]),
		Seq:        binary.BigEndian.Uint64(frame[8:]),
		Timestamp:  time.Duration(binary.BigEndian.Uint64(frame[16:])) * time.Microsecond,
		Data:       frame[header:],
	}, nil
}

// Sound reads a binary frame.
func Sound(frame []byte) (stream.Sound, error) {
	if len(frame) < header || frame[0] != 1 || frame[2] != 1 {
		return stream.Sound{}, errors.New("wiretest: this is no sound of version 1")
	}
	return stream.Sound{
		Seq:       binary.BigEndian.Uint64(frame[8:]),
		Timestamp: time.Duration(binary.BigEndian.Uint64(frame[16:])) * time.Microsecond,
		Data:      frame[header:],
	}, nil
}
