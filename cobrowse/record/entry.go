package record

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

type entryKind byte

const (
	entryConfig entryKind = 1 // data: stream.Config as JSON
	entryChunk  entryKind = 2 // data: the picture as Matroska stores it
	entryEvent  entryKind = 3 // data: trackEvent as JSON
	entryEnd    entryKind = 4 // the recording was closed in good order
	entryHole   entryKind = 5 // never stored: stands for a part that cannot be read
)

// entry is one thing that was recorded. A part is a sequence of them:
//
//	0   u8   kind
//	1   u8   1 = key picture
//	2   u64  at, µs on the recording's clock
//	10  u32  length of data
//	14  …    data
type entry struct {
	kind entryKind
	key  bool
	at   time.Duration
	data []byte
}

const entryHeader = 14

func appendEntry(b []byte, e entry) []byte {
	flags := byte(0)
	if e.key {
		flags = 1
	}
	b = append(b, byte(e.kind), flags)
	b = binary.BigEndian.AppendUint64(b, uint64(e.at/time.Microsecond))
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.data)))
	return append(b, e.data...)
}

func decodeEntries(b []byte) ([]entry, error) {
	var entries []entry
	for len(b) > 0 {
		if len(b) < entryHeader {
			return nil, errors.New("record: a part ends within an entry")
		}
		size := int(binary.BigEndian.Uint32(b[10:]))
		if len(b)-entryHeader < size {
			return nil, errors.New("record: a part ends within an entry")
		}
		entries = append(entries, entry{
			kind: entryKind(b[0]), key: b[1]&1 != 0,
			at:   time.Duration(binary.BigEndian.Uint64(b[2:])) * time.Microsecond,
			data: b[entryHeader : entryHeader+size],
		})
		b = b[entryHeader+size:]
	}
	return entries, nil
}

func configEntry(at time.Duration, c stream.Config) entry {
	data, _ := json.Marshal(c) // a struct of numbers and strings
	return entry{kind: entryConfig, at: at, data: data}
}

func eventEntry(ev cobrowse.TrackEvent) entry {
	data, _ := json.Marshal(trackEvent(ev))
	return entry{kind: entryEvent, at: ev.At, data: data}
}

// gapEntry says that something is missing; what is a machine word: slow, events, codec, damaged, storage, interrupted.
func gapEntry(at time.Duration, what string) entry {
	return eventEntry(cobrowse.TrackEvent{At: at, Kind: "gap", By: cobrowse.RoleSystem, What: what})
}
