package privacy

import (
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
)

// BeatLimit is how long a frame may be silent before the picture is withheld. The engine beats once a second.
const BeatLimit = 3 * time.Second

// Gate says whether agents and recordings may see the shown tab. It is a pure state machine: the browser feeds it what
// happens to the frames of one tab, with the time, and asks State. It is not safe for concurrent use; the goroutine that reads
// the tab's events owns it. A tab has one Gate for its life.
type Gate struct {
	main   string
	frames map[string]*gateFrame
}

type gateFrame struct {
	loader  string
	parent  string
	state   frameState
	ready   float64   // epoch milliseconds, from the engine
	lastSay time.Time // when it last spoke
	held    bool      // its process stands still
	had     bool      // a document before this one was there: this is a navigation
}

type frameState int

const (
	frameWaiting frameState = iota // no proof for the current document
	frameReady
	frameExempt // shows nothing of a site: an error page inside a frame
	frameFailed
	frameCrashed
	frameUnsupported
)

// NewGate returns a closed gate for a tab whose main frame is main.
func NewGate(main string) *Gate {
	return &Gate{main: main, frames: map[string]*gateFrame{main: {}}}
}

// Attached adds a frame. It withholds the picture until the frame's document confirms.
func (g *Gate) Attached(frame, parent string, now time.Time) {
	if f := g.frames[frame]; f != nil {
		f.parent = parent // seen again from its own process after a swap
		return
	}
	g.frames[frame] = &gateFrame{parent: parent, lastSay: now}
}

// Detached removes a frame with everything below it. Do not call it when a frame only moves to another process
// (Page.frameDetached with reason swap).
func (g *Gate) Detached(frame string) {
	if frame == g.main {
		return
	}
	delete(g.frames, frame)
	for id, f := range g.frames {
		if f.parent == frame {
			g.Detached(id)
		}
	}
}

// Navigated tells that frame committed a document, also by a restore from the back/forward cache. Its old proof is void; so
// are the frames below it.
func (g *Gate) Navigated(frame, parent, loader, url string, now time.Time) {
	had := false
	if f := g.frames[frame]; f != nil {
		had = f.loader != ""
	}
	for id, f := range g.frames {
		if f.parent == frame {
			g.Detached(id)
		}
	}
	g.frames[frame] = &gateFrame{loader: loader, parent: parent, state: g.firstState(frame, url), lastSay: now, had: had}
}

// firstState knows the documents in which no extension may run.
func (g *Gate) firstState(frame, url string) frameState {
	scheme, _, _ := strings.Cut(url, ":")
	switch scheme {
	case "chrome-error":
		if frame != g.main {
			return frameExempt // Chromium's own sad-face page: it holds an error code, no content
		}
		return frameUnsupported
	case "chrome", "chrome-untrusted", "chrome-extension", "devtools", "view-source", "file":
		return frameUnsupported
	}
	return frameWaiting
}

// Ready is the engine's proof for a document. at is the engine's clock, in epoch milliseconds. A proof for another document
// than the current one counts for nothing.
func (g *Gate) Ready(frame, loader string, at float64, now time.Time) {
	f := g.frames[frame]
	if f == nil || f.loader != loader || f.state == frameUnsupported || f.state == frameCrashed {
		return
	}
	f.state, f.ready, f.lastSay = frameReady, at, now
}

// Beat tells that the engine of a document lives. readyAt is that of its last ready, 0 when it is not ready: a beat repeats
// the proof, so one that crossed a navigation's event on the way is not lost.
func (g *Gate) Beat(frame, loader string, readyAt float64, now time.Time) {
	f := g.frames[frame]
	if f == nil || f.loader != loader {
		return
	}
	f.lastSay = now
	switch {
	case readyAt == 0 && f.state == frameReady:
		f.state = frameWaiting
	case readyAt > 0 && f.state == frameWaiting:
		g.Ready(frame, loader, readyAt, now)
	}
}

// Failed tells that a document's engine gave up.
func (g *Gate) Failed(frame, loader string) {
	if f := g.frames[frame]; f != nil && f.loader == loader && f.state != frameUnsupported {
		f.state = frameFailed
	}
}

// Crashed tells that the renderer that holds frame is gone. Only a new document heals it.
func (g *Gate) Crashed(frame string) {
	if f := g.frames[frame]; f != nil {
		f.state = frameCrashed
	}
}

// Unsupported tells that frame shows something that no engine can see into, such as the PDF viewer.
func (g *Gate) Unsupported(frame string) {
	if f := g.frames[frame]; f != nil {
		f.state = frameUnsupported
	}
}

// Hold tells that the process of a frame stands still until a person has answered a dialog, or goes on. It neither beats nor paints then:
// what was seen before stays as it is.
func (g *Gate) Hold(frame string, on bool, now time.Time) {
	if f := g.frames[frame]; f != nil && f.held != on {
		f.held, f.lastSay = on, now
	}
}

// State returns "" when the picture may be seen, else why not. Since is then the latest proof among the frames, in epoch
// milliseconds: pictures captured at or before it must not pass.
func (g *Gate) State(now time.Time) (reason string, since float64) {
	worst := 0
	for id, f := range g.frames {
		r := f.reason(id == g.main, now)
		if rank := severity[r]; rank > worst {
			worst, reason = rank, r
		}
		since = max(since, f.ready)
	}
	return reason, since
}

// Silent tells whether the tab's document has not been heard of for longer than its engine ever pauses.
func (g *Gate) Silent(now time.Time) bool {
	f := g.frames[g.main]
	return f.loader != "" && f.silent(now)
}

// SilentSince tells since when the tab's document has been silent, if it is.
func (g *Gate) SilentSince(now time.Time) (time.Time, bool) {
	return g.frames[g.main].lastSay, g.Silent(now)
}

// Next returns when State may change without any event, and whether it may at all.
func (g *Gate) Next(now time.Time) (time.Time, bool) {
	var first time.Time
	for _, f := range g.frames {
		t := f.lastSay.Add(BeatLimit)
		if f.state != frameReady || f.held || !t.After(now) {
			continue
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	return first, !first.IsZero()
}

var severity = map[string]int{
	"": 0, cobrowse.GateMasks: 1, cobrowse.GateNavigating: 2, cobrowse.GateLoading: 3, cobrowse.GateUnsupported: 4, cobrowse.GateCrashed: 5,
}

func (f *gateFrame) silent(now time.Time) bool { return !f.held && now.Sub(f.lastSay) >= BeatLimit }

func (f *gateFrame) reason(main bool, now time.Time) string {
	switch f.state {
	case frameReady:
		if f.silent(now) {
			return cobrowse.GateMasks
		}
		return ""
	case frameExempt:
		return ""
	case frameCrashed:
		return cobrowse.GateCrashed
	case frameUnsupported:
		return cobrowse.GateUnsupported
	case frameFailed:
		return cobrowse.GateMasks
	}
	switch {
	case !main || f.ready > 0: // a frame, or a document that lost its proof
		return cobrowse.GateMasks
	case f.loader == "":
		return cobrowse.GateLoading
	case f.had:
		return cobrowse.GateNavigating
	}
	return cobrowse.GateLoading
}
