package record

import (
	"encoding/json"
	"math"
	"time"

	"cobrowse-connector/cobrowse"
)

// Track is a recording's event track. Width and Height are what X and Y of the events count in until the first viewport
// event.
type Track struct {
	V      int
	Width  int
	Height int
	Events []cobrowse.TrackEvent
}

type trackJSON struct {
	V      int          `json:"v"`
	Width  int          `json:"width"`
	Height int          `json:"height"`
	Events []trackEvent `json:"events"`
}

// MarshalJSON writes the form of docs/protocol.md, with times in milliseconds.
func (t Track) MarshalJSON() ([]byte, error) {
	out := trackJSON{V: t.V, Width: t.Width, Height: t.Height, Events: make([]trackEvent, len(t.Events))}
	for i, ev := range t.Events {
		out.Events[i] = trackEvent(ev)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Track) UnmarshalJSON(b []byte) error {
	var in trackJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*t = Track{V: in.V, Width: in.Width, Height: in.Height, Events: make([]cobrowse.TrackEvent, len(in.Events))}
	for i, ev := range in.Events {
		t.Events[i] = cobrowse.TrackEvent(ev)
	}
	return nil
}

// trackEvent is a TrackEvent with its time in milliseconds.
type trackEvent cobrowse.TrackEvent

type plainEvent cobrowse.TrackEvent // without trackEvent's methods

func (ev trackEvent) MarshalJSON() ([]byte, error) {
	ev.X, ev.Y = math.Round(ev.X*10)/10, math.Round(ev.Y*10)/10
	return json.Marshal(struct {
		At int64 `json:"at"`
		plainEvent
	}{ev.At.Milliseconds(), plainEvent(ev)})
}

func (ev *trackEvent) UnmarshalJSON(b []byte) error {
	in := struct {
		At int64 `json:"at"`
		*plainEvent
	}{plainEvent: (*plainEvent)(ev)}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	ev.At = time.Duration(in.At) * time.Millisecond
	return nil
}
