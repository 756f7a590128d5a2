package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"cobrowse-connector/cobrowse"
)

// Version is the protocol's.
const Version = 1

// MaxMessage is the size of the largest message towards the service.
const MaxMessage = 64 << 10

// Bounds of what people send. Characters, except for maxURL and maxToken, which are bytes.
const (
	maxToken  = 512
	maxCodecs = 16
	maxWord   = 64 // ids, keys, codecs, languages
	maxItem   = 256
	maxURL    = 8 << 10
	maxText   = 16 << 10
	maxAt     = 1 << 14 // coordinates and wheel distances, either way

	maxRoundTrip = 60_000 // ms
)

// Hello is the first message of a socket.
type Hello struct {
	Token    string
	Codecs   []string
	Viewport cobrowse.Viewport
	Lang     string
}

// Ping asks for a Pong with the same T. RoundTrip is what the last one took, 0 when there was none.
type Ping struct {
	T         float64
	RoundTrip time.Duration
}

// ErrUnknownType says that a message is well-formed but of a type that this version does not know: it is answered and ignored.
var ErrUnknownType = cobrowse.Errorf(cobrowse.CodeInvalid, "unknown_type", "The service does not know this type of message.")

func malformed(format string, args ...any) error {
	return cobrowse.Errorf(cobrowse.CodeInvalid, "malformed", format, args...)
}

// Decode reads one text frame: a Hello, a Ping or a cobrowse.Command. Every error but ErrUnknownType means that the sender is broken.
func Decode(data []byte) (any, error) {
	if len(data) > MaxMessage {
		return nil, malformed("A message may have at most %d bytes.", MaxMessage)
	}
	if !utf8.Valid(data) {
		return nil, malformed("A message must be UTF-8.")
	}
	data = withoutNUL(data)
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, malformed("A message must be one JSON object with a type.")
	}
	read, known := decoders[head.Type]
	if !known {
		if head.Type == "" {
			return nil, malformed("A message must have a type.")
		}
		return nil, ErrUnknownType
	}
	return read(data)
}

// escapes are JSON's, each one whole: the backslash of one is never that of the next.
var escapes = regexp.MustCompile(`\\(?:u0000|.)`)

// withoutNUL drops U+0000 from all texts of a message: nobody types it, and PostgreSQL keeps it in none. Unescaped it is no JSON.
func withoutNUL(data []byte) []byte {
	if !bytes.Contains(data, []byte(`u0000`)) {
		return data
	}
	return escapes.ReplaceAllFunc(data, func(escape []byte) []byte {
		if string(escape) == `\u0000` {
			return nil
		}
		return escape
	})
}

var decoders = map[string]func([]byte) (any, error){
	"hello":           decodeHello,
	"ping":            decodePing,
	"consent":         plain[cobrowse.Consent],
	"input":           decodeInput,
	"point":           decodePoint,
	"navigate":        decodeNavigate,
	"history":         decodeHistory,
	"tab":             decodeTab,
	"pause":           func([]byte) (any, error) { return cobrowse.Pause{}, nil },
	"resume":          func([]byte) (any, error) { return cobrowse.Resume{}, nil },
	"end":             decodeEnd,
	"viewport":        decodeViewport,
	"reveal":          decodeReveal,
	"suggest":         decodeSuggest,
	"sound":           plain[cobrowse.Listen],
	"answer":          decodeAnswer,
	"keyframe":        func([]byte) (any, error) { return cobrowse.Keyframe{}, nil },
	"upload":          decodeUpload,
	"cancel_download": decodeCancelDownload,
}

// fields reads the fields of one message type.
func fields[T any](data []byte) (T, error) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return v, malformed("A field of the message is of the wrong kind or out of range.")
	}
	return v, nil
}

func plain[T any](data []byte) (any, error) {
	v, err := fields[T](data)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// viewport is read with fractions: that is how browsers measure.
type viewport struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Scale  float64 `json:"scale"`
	Mobile bool    `json:"mobile"`
	Touch  bool    `json:"touch"`
}

func (v viewport) checked() cobrowse.Viewport {
	side := func(n float64) int { return int(math.Round(min(max(n, 0), maxAt))) }
	return cobrowse.Viewport{Width: side(v.Width), Height: side(v.Height), Scale: min(max(v.Scale, 0), 8), Mobile: v.Mobile, Touch: v.Touch}
}

func decodeHello(data []byte) (any, error) {
	h, err := fields[struct {
		V        int      `json:"v"`
		Token    string   `json:"token"`
		Codecs   []string `json:"codecs"`
		Viewport viewport `json:"viewport"`
		Lang     string   `json:"lang"`
	}](data)
	switch {
	case err != nil:
		return nil, err
	case h.V != Version:
		return nil, malformed("The service speaks version %d.", Version)
	case h.Token == "" || len(h.Token) > maxToken:
		return nil, malformed("A hello must bring a token.")
	case len(h.Codecs) > maxCodecs || slices.ContainsFunc(h.Codecs, tooLong(maxWord)):
		return nil, malformed("A hello may name at most %d codecs.", maxCodecs)
	case runes(h.Lang) > maxWord:
		return nil, malformed("This is not a language.")
	}
	return Hello{Token: h.Token, Codecs: h.Codecs, Viewport: h.Viewport.checked(), Lang: h.Lang}, nil
}

func decodePing(data []byte) (any, error) {
	p, err := fields[struct {
		T   float64 `json:"t"`
		RTT float64 `json:"rtt"`
	}](data)
	if err != nil {
		return nil, err
	}
	return Ping{p.T, time.Duration(min(max(p.RTT, 0), maxRoundTrip) * float64(time.Millisecond))}, nil
}

var inputKinds = []cobrowse.InputKind{
	cobrowse.InputMove, cobrowse.InputDown, cobrowse.InputUp, cobrowse.InputWheel,
	cobrowse.InputKeyDown, cobrowse.InputKeyUp, cobrowse.InputText, cobrowse.InputCompose,
}

func decodeInput(data []byte) (any, error) {
	in, err := fields[cobrowse.Input](data)
	ev := &in.Ev
	switch {
	case err != nil:
		return nil, err
	case !isID(in.Tab):
		return nil, malformed("Input must name a tab.")
	case !slices.Contains(inputKinds, ev.Kind):
		return nil, malformed("This kind of input does not exist.")
	case ev.Button < 0 || ev.Button > 2, ev.Buttons < 0 || ev.Buttons > 31, ev.Clicks < 0, ev.Mods < 0 || ev.Mods > 15:
		return nil, malformed("A button, a click count or a modifier is out of range.")
	case runes(ev.Key) > maxWord, runes(ev.Code) > maxWord, runes(ev.Text) > maxText:
		return nil, malformed("A key or a text is too long.")
	}
	ev.X, ev.Y, ev.DX, ev.DY = clamp(ev.X), clamp(ev.Y), clamp(ev.DX), clamp(ev.DY)
	ev.Clicks = min(ev.Clicks, 3)
	return in, nil
}

func decodePoint(data []byte) (any, error) {
	p, err := fields[cobrowse.Point](data)
	if err != nil {
		return nil, err
	}
	if !isID(p.Tab) {
		return nil, malformed("A point must name a tab.")
	}
	p.X, p.Y = clamp(p.X), clamp(p.Y)
	return p, nil
}

func decodeReveal(data []byte) (any, error) {
	r, err := fields[cobrowse.Reveal](data)
	switch {
	case err != nil:
		return nil, err
	case !isID(r.Tab) || r.Item == "" || len(r.Item) > maxItem:
		return nil, malformed("To reveal something, its tab and its id must be named.")
	}
	return r, nil
}

func decodeSuggest(data []byte) (any, error) {
	s, err := fields[cobrowse.Suggest](data)
	if err != nil {
		return nil, err
	}
	if !isID(s.Tab) {
		return nil, malformed("A suggestion must name a tab.")
	}
	s.X, s.Y = clamp(s.X), clamp(s.Y)
	return s, nil
}

func decodeUpload(data []byte) (any, error) {
	u, err := fields[cobrowse.EndUpload](data)
	if err == nil && (u.ID == "" || len(u.ID) > maxWord) {
		err = malformed("To end an upload, its id must be named.")
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

func decodeCancelDownload(data []byte) (any, error) {
	d, err := fields[cobrowse.CancelDownload](data)
	if err == nil && (d.ID == "" || len(d.ID) > maxWord) {
		err = malformed("To cancel a download, its id must be named.")
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func decodeNavigate(data []byte) (any, error) {
	n, err := fields[cobrowse.Navigate](data)
	switch {
	case err != nil:
		return nil, err
	case !isID(n.Tab):
		return nil, malformed("A navigation must name a tab.")
	case n.URL == "" || len(n.URL) > maxURL:
		return nil, malformed("A navigation must bring an address of at most %d bytes.", maxURL)
	}
	return n, nil
}

func decodeHistory(data []byte) (any, error) {
	h, err := fields[cobrowse.History](data)
	switch {
	case err != nil:
		return nil, err
	case !isID(h.Tab) || h.Delta < -1 || h.Delta > 1:
		return nil, malformed("History goes one step back or forward, or reloads, in one tab.")
	}
	return h, nil
}

func decodeTab(data []byte) (any, error) {
	t, err := fields[cobrowse.TabCommand](data)
	switch {
	case err != nil:
		return nil, err
	case t.Op == "open" && len(t.URL) <= maxURL:
		return t, nil
	case (t.Op == "show" || t.Op == "close" || t.Op == "move" && t.To >= 0) && isID(t.Tab):
		return t, nil
	}
	return nil, malformed("A tab is opened, or shown, closed or moved by its id.")
}

func decodeEnd(data []byte) (any, error) {
	e, err := fields[cobrowse.End](data)
	switch {
	case err != nil:
		return nil, err
	case runes(e.Outcome) > maxWord || runes(e.Note) > cobrowse.MaxNote:
		return nil, malformed("A note may have at most %d characters.", cobrowse.MaxNote)
	}
	return e, nil
}

func decodeViewport(data []byte) (any, error) {
	v, err := fields[struct {
		Viewport viewport `json:"viewport"`
	}](data)
	if err != nil {
		return nil, err
	}
	return cobrowse.SetViewport{Viewport: v.Viewport.checked()}, nil
}

func isID(id cobrowse.TabID) bool { return id != "" && len(id) <= maxWord }

func clamp(n float64) float64 { return min(max(n, -maxAt), maxAt) }

func runes(s string) int { return utf8.RuneCountInString(s) }

func tooLong(limit int) func(string) bool { return func(s string) bool { return len(s) > limit } }
