package cobrowse

import (
	"time"

	"cobrowse-connector/cobrowse/stream"
)

// TrackEvent is one entry of a recording's event track: what a player draws and lists. All strings are redacted already.
type TrackEvent struct {
	At   time.Duration `json:"at"`   // since the recording began, milliseconds in JSON: see MarshalJSON in record
	Kind string        `json:"kind"` // cursor, input, navigation, tab, refusal, pause, resume, gate, joined, left, gap, notice, viewport, end
	By   Role          `json:"by,omitempty"`
	Name string        `json:"name,omitempty"` // the participant's
	Tab  TabID         `json:"tab,omitempty"`
	X    float64       `json:"x,omitempty"`
	Y    float64       `json:"y,omitempty"`
	What string        `json:"what,omitempty"` // click, key, scroll, …; the refused element's name; the page's title
	URL  string        `json:"url,omitempty"`
	// Width and Height come with a viewport.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
}

// Recorder keeps a session's pictures and events. Package record implements it.
type Recorder interface {
	// Record consumes sub (a gated subscription) until it ends or Close is called. Called once.
	Record(sub *stream.Subscription)
	// Event adds to the event track; it never blocks on storage for longer than its buffer and writes a gap when full.
	Event(TrackEvent)
	// Close finishes the recording and returns what is stored. With an error, what is stored is not finished.
	Close() (Recording, error)
}

// Stopping is what a Recorder may also be: one that tells when it cannot keep anything more (a full disk). The session
// goes on without it and tells both people.
type Stopping interface {
	// Stopped is closed then. Close still returns what was kept.
	Stopped() <-chan struct{}
	// StopReason is a machine word (storage, encoder) once Stopped is closed.
	StopReason() string
}

// Recording describes a finished recording. Keys are blob names. VideoKey, Bytes and SHA256 are those of the first video.
type Recording struct {
	Session  string        `json:"session"`
	VideoKey string        `json:"videoKey"` // sealed WebM; "" when nothing was recorded
	TrackKey string        `json:"trackKey"` // sealed JSON
	Bytes    int64         `json:"bytes"`    // of the WebM, unsealed
	Duration time.Duration `json:"duration"`
	SHA256   string        `json:"sha256"` // of the WebM, hex
	Gaps     int           `json:"gaps"`
	// Unfinished: the store refused at the end, so that there are only sealed parts. record.Recover finishes it.
	Unfinished bool `json:"unfinished,omitempty"`
	// Videos follow each other without a break. There is more than one when the picture's size or codec changed, as one
	// file has one of each.
	Videos []Video `json:"videos"`
}

// Video is one file of a recording.
type Video struct {
	Key    string        `json:"key"`
	Type   string        `json:"type"` // media type
	From   time.Duration `json:"from"` // on the recording's clock
	To     time.Duration `json:"to"`
	Width  int           `json:"width"`
	Height int           `json:"height"`
	Codec  string        `json:"codec"` // WebCodecs name
	Bytes  int64         `json:"bytes"` // unsealed
	SHA256 string        `json:"sha256"`
}
