package cobrowsetest

import (
	"context"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// codecStrings are the WebCodecs strings of what SetPicture takes.
var codecStrings = map[string]string{"av1": "av01.0.08M.08", "vp9": "vp09.00.40.08", "h264": "avc1.42E028"}

// Emit sends an event as the browser would.
func (b *Browser) Emit(e cobrowse.BrowserEvent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.events <- e
	}
}

// Visit lets a tab show another page.
func (b *Browser) Visit(tab cobrowse.TabID, url, title string) {
	b.mu.Lock()
	for i := range b.tabs {
		if b.tabs[i].ID == tab {
			b.tabs[i].URL, b.tabs[i].Title, b.tabs[i].Withheld = url, title, false
		}
	}
	b.mu.Unlock()
	b.Emit(cobrowse.NavigatedEvent{Tab: tab, URL: url})
	b.tellTabs()
}

// Withhold makes the page of a tab one that only the customer sees.
func (b *Browser) Withhold(tab cobrowse.TabID) {
	b.mu.Lock()
	for i := range b.tabs {
		b.tabs[i].Withheld = b.tabs[i].Withheld || b.tabs[i].ID == tab
	}
	b.mu.Unlock()
	b.tellTabs()
	b.Gate(false, "private")
}

// Gate opens or closes the gate, as a page's masks would.
func (b *Browser) Gate(open bool, reason string) {
	if open {
		reason = ""
	}
	b.mu.Lock()
	b.withheld = reason
	b.mu.Unlock()
	b.applyGate()
}

// applyGate opens the gate, for pictures from now on, unless the page or a pause keeps it closed.
func (b *Browser) applyGate() {
	b.mu.Lock()
	reason, after := b.withheld, b.clock+1
	if b.paused {
		reason = "paused"
	}
	b.mu.Unlock()
	if reason == "" {
		b.hub.Release("browser", after)
	} else {
		b.hub.Hold("browser", reason)
	}
	b.Emit(cobrowse.GateEvent{Open: reason == "", Reason: reason})
}

// Picture publishes one picture; data says what it shows.
func (b *Browser) Picture(key bool, data string) {
	b.mu.Lock()
	b.seq++
	b.clock += 33 * time.Millisecond
	c := stream.Chunk{Generation: b.gen, Seq: b.seq, Key: key, Timestamp: b.clock, Captured: b.clock, Data: []byte(data)}
	b.mu.Unlock()
	b.hub.Publish(c)
}

// Sound publishes one packet of sound; data says what is to be heard.
func (b *Browser) Sound(data string) {
	b.mu.Lock()
	b.seq++
	b.clock += 20 * time.Millisecond
	p := stream.Sound{Seq: b.seq, Timestamp: b.clock, Captured: b.clock, Data: []byte(data)}
	b.mu.Unlock()
	b.hub.PublishSound(p)
}

// Still publishes one still of what was captured last.
func (b *Browser) Still(data string) {
	b.mu.Lock()
	c := stream.Chunk{Generation: b.gen, Key: true, Timestamp: b.clock, Captured: b.clock, Data: []byte(data)}
	b.mu.Unlock()
	b.hub.PublishStill(c)
}

// Guard refuses agents' input of a kind, and hints at it left of x = 100.
func (b *Browser) Guard(kind cobrowse.InputKind, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.guarded[kind] = cobrowse.Refusal{How: "mouse", Name: name, Rule: "test"}
	b.zone = &cobrowse.Refusal{How: "mouse", Name: name, Rule: "test"}
}

// Point says what Pick finds.
func (b *Browser) Point(p cobrowse.Picked) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picked = p
}

// Hide says what changes of the policy hide from now on.
func (b *Browser) Hide(l cobrowse.Layer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hidden = &l
}

// Policies are those that were set so far.
func (b *Browser) Policies() []cobrowse.Policy {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]cobrowse.Policy(nil), b.policies...)
}

// Hang lets input wait until the function it returns is called, like a page that is busy.
func (b *Browser) Hang() (goOn func()) {
	block := make(chan struct{})
	b.mu.Lock()
	b.block = block
	b.mu.Unlock()
	return func() {
		b.mu.Lock()
		b.block = nil
		b.mu.Unlock()
		close(block)
	}
}

// Fail lets input come to an error from now on.
func (b *Browser) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing = err
}

// Crash is Chromium's death without a return.
func (b *Browser) Crash() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.shut()
	}
}

// Calls are all calls so far.
func (b *Browser) Calls() []Done {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Done(nil), b.calls...)
}

// Inputs are the input events that were carried out for a role.
func (b *Browser) Inputs(by cobrowse.Role) []cobrowse.InputEvent {
	var evs []cobrowse.InputEvent
	for _, c := range b.Calls() {
		if c.What == "input" && c.By == by {
			evs = append(evs, c.Ev)
		}
	}
	return evs
}

// Await waits for a call that fits.
func (b *Browser) Await(ctx context.Context, fits func(Done) bool) error {
	for {
		b.mu.Lock()
		changed := b.changed
		for _, c := range b.calls {
			if fits(c) {
				b.mu.Unlock()
				return nil
			}
		}
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// KeysAsked counts how often a key frame was asked for.
func (b *Browser) KeysAsked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keys
}

// Gone tells whether the browser has been closed or has crashed.
func (b *Browser) Gone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

func (b *Browser) tellTabs() {
	b.mu.Lock()
	e := cobrowse.TabsEvent{Tabs: append([]cobrowse.Tab(nil), b.tabs...), Shown: b.shown}
	for i, t := range e.Tabs {
		e.Tabs[i].Vetted = cobrowse.Page{Title: t.Title, URL: t.URL}
		if t.Withheld {
			e.Tabs[i].Vetted = cobrowse.Page{URL: cobrowse.HostOnly(t.URL)}
		}
	}
	b.mu.Unlock()
	b.Emit(e)
}

// configure begins a new generation of the picture.
func (b *Browser) configure() {
	b.mu.Lock()
	b.gen++
	c := stream.Config{Generation: b.gen, Codec: codecStrings[b.codec], Width: b.view.Width, Height: b.view.Height, Tab: string(b.shown)}
	b.mu.Unlock()
	b.hub.Configure(c)
}
