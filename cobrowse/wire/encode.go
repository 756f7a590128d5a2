package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// Close codes of the socket.
const (
	CloseOver       = 1000 // the session is over
	CloseBroken     = 1008 // a malformed message
	CloseTooMuch    = 1013 // too slow or too much
	CloseElsewhere  = 4001 // the same person opened it elsewhere
	CloseNotAllowed = 4003
	CloseNoSession  = 4004
)

// frameHeader is the size of what stands before the encoded picture or sound in a binary frame.
const frameHeader = 24

// Kinds of binary frames.
const (
	kindPicture = 0
	kindSound   = 1
)

// Encode makes a frame of a message; binary tells which kind.
func Encode(m cobrowse.Message) (frame []byte, binary bool, err error) {
	switch m := m.(type) {
	case cobrowse.Picture:
		return encodePicture(m.Chunk), true, nil
	case cobrowse.Sound:
		return encodeSound(m.Packet), true, nil
	}
	name, ok := typeOf(m)
	if !ok {
		return nil, false, fmt.Errorf("wire: %T has no form on the socket", m)
	}
	frame, err = object(name, m)
	return frame, false, err
}

// EncodePong answers a Ping.
func EncodePong(p Ping, now time.Time) ([]byte, error) {
	return object("pong", struct {
		T   float64 `json:"t"`
		Now string  `json:"now"`
	}{p.T, now.UTC().Format(time.RFC3339Nano)})
}

func typeOf(m cobrowse.Message) (string, bool) {
	switch m.(type) {
	case cobrowse.Welcome:
		return "welcome", true
	case cobrowse.StateChanged:
		return "state", true
	case cobrowse.ParticipantsChanged:
		return "participants", true
	case cobrowse.TabsChanged:
		return "tabs", true
	case cobrowse.PictureConfig:
		return "picture", true
	case cobrowse.GateChanged:
		return "gate", true
	case cobrowse.Stuck:
		return "stuck", true
	case cobrowse.QualityChanged:
		return "quality", true
	case cobrowse.Cursor:
		return "cursor", true
	case cobrowse.Refused:
		return "refused", true
	case cobrowse.Blocked:
		return "blocked", true
	case cobrowse.LayerChanged:
		return "layer", true
	case cobrowse.HiddenChanged:
		return "hidden", true
	case cobrowse.Copied:
		return "copied", true
	case cobrowse.DownloadChanged:
		return "download", true
	case cobrowse.UploadAsked:
		return "upload_wanted", true
	case cobrowse.FocusChanged:
		return "focus", true
	case cobrowse.Asked:
		return "ask", true
	case cobrowse.AskGone:
		return "askGone", true
	case cobrowse.Notice:
		return "notice", true
	case cobrowse.ViewportChanged:
		return "viewport", true
	case cobrowse.Ended:
		return "ended", true
	case cobrowse.Failure:
		return "error", true
	}
	return "", false
}

// object puts the type in front of a struct's own fields.
func object(name string, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("wire: %s: %w", name, err)
	}
	head := `{"type":"` + name + `"`
	if name == "welcome" {
		head += fmt.Sprintf(`,"v":%d`, Version)
	}
	if len(body) > 2 {
		head += ","
	}
	return append([]byte(head), body[1:]...), nil
}

// encodePicture makes a binary frame of a chunk.
func encodePicture(c *stream.Chunk) []byte {
	frame := header(kindPicture, c.Seq, c.Timestamp, len(c.Data))
	if c.Key {
		frame[1] = 1
	}
	binary.BigEndian.PutUint32(frame[4:], c.Generation)
	return append(frame, c.Data...)
}

// encodeSound makes a binary frame of a packet.
func encodeSound(p *stream.Sound) []byte {
	return append(header(kindSound, p.Seq, p.Timestamp, len(p.Data)), p.Data...)
}

// header is what all kinds of binary frames begin with, with room for size more bytes.
func header(kind byte, seq uint64, at time.Duration, size int) []byte {
	frame := make([]byte, frameHeader, frameHeader+size)
	frame[0], frame[2] = Version, kind
	binary.BigEndian.PutUint64(frame[8:], seq)
	binary.BigEndian.PutUint64(frame[16:], uint64(at.Microseconds()))
	return frame
}
