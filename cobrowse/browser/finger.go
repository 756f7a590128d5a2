package browser

import (
	"time"

	"github.com/chromedp/cdproto/input"

	"cobrowse-connector/cobrowse"
)

// finger is the one on the emulated touch screen, which has one place only.
type finger struct {
	of    cobrowse.Role // "" when there is none
	came  time.Time
	clock float64 // its person's, when it came
	last  time.Duration
}

// byFinger tells whether an event is a finger's for the page: on a phone's all are, as there is nothing else, and on a tablet's what says so.
// The session lets go for people who are gone, and knows of no fingers.
func (h *hands) byFinger(v cobrowse.Viewport, j *job) bool {
	return v.Mobile || v.Touch && (j.ev.Time > 0 || j.ev.Kind == cobrowse.InputUp && h.finger.of == j.by)
}

// fingerAhead is how far a finger's own clock may be ahead of what has come here of it: the first event may have been slow.
const fingerAhead = time.Second

// at is when something happened by its person's clock: how events arrive here tells little of how fast a finger was, and a page goes on
// scrolling after a fast one.
func (f *finger) at(clock float64) input.TimeSinceEpoch {
	most := time.Since(f.came) + fingerAhead
	since := time.Duration(min((clock-f.clock)*float64(time.Millisecond), float64(most)))
	f.last = max(f.last, since)
	return input.TimeSinceEpoch(float64(f.came.Add(f.last).UnixMicro()) / 1e6)
}

var errFinger = cobrowse.Errorf(cobrowse.CodeConflict, "finger_down", "The other person's finger is on the page. Please try again.")

// touch turns presses into fingers, as a page made for phones may listen to nothing else. There is one finger: while one person's is
// down, the other's cannot be, nor lift it.
func (h *hands) touch(j *job) (string, any, error) {
	event := input.DispatchTouchEventParams{TouchPoints: []*input.TouchPoint{{X: j.ev.X, Y: j.ev.Y}}, Modifiers: int64(j.ev.Mods)}
	f := &h.finger
	down, own := j.ev.Kind == cobrowse.InputDown, f.of == j.by
	switch {
	case down && f.of == "":
		*f = finger{of: j.by, came: time.Now(), clock: j.ev.Time}
		event.Type = input.DispatchTouchEventTypeTouchStart
	case down && !own:
		return "", nil, errFinger
	case j.ev.Kind == cobrowse.InputMove && own:
		event.Type = input.DispatchTouchEventTypeTouchMove
	case j.ev.Kind == cobrowse.InputUp && own:
		f.of = ""
		event.Type, event.TouchPoints = input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{}
	case j.ev.Kind == cobrowse.InputMove && f.of == "":
		return input.CommandDispatchMouseEvent, mouseEvent(j.ev), nil // a mouse passes over a phone's page, too
	default:
		return "", nil, nil
	}
	if j.ev.Time > 0 {
		event.Timestamp = f.at(j.ev.Time)
	}
	return input.CommandDispatchTouchEvent, event, nil
}
