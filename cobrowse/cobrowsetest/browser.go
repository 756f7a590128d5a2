// Package cobrowsetest has a scripted Browser and Recorder, for tests of everything above the engine's browser. They keep the
// contracts of package cobrowse; what happens on the other side of them is said by the test.
package cobrowsetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// Done is one call that a Browser got, in order.
type Done struct {
	What string // input, open, show, close, move, navigate, history, viewport, picture, policy, reveal, answer
	Tab  cobrowse.TabID
	By   cobrowse.Role
	Ev   cobrowse.InputEvent
	Arg  string
}

// Browser is a cobrowse.Browser that does what a test tells it.
type Browser struct {
	hub    *stream.Hub
	events chan cobrowse.BrowserEvent

	mu       sync.Mutex
	calls    []Done
	tabs     []cobrowse.Tab
	shown    cobrowse.TabID
	next     int
	block    chan struct{} // closed = input goes on
	failing  error         // what input comes to
	guarded  map[cobrowse.InputKind]cobrowse.Refusal
	zone     *cobrowse.Refusal
	picked   cobrowse.Picked
	policies []cobrowse.Policy
	hidden   *cobrowse.Layer // what the next change of the policy hides
	withheld string          // why the page's gate is closed
	paused   bool
	closed   bool
	seq      uint64
	gen      uint32
	codec    string
	view     cobrowse.Viewport
	keys     int
	clock    time.Duration
	changed  chan struct{} // closed and replaced with every call
}

// NewBrowser returns a browser without tabs, with its gate closed.
func NewBrowser() *Browser {
	b := &Browser{
		events: make(chan cobrowse.BrowserEvent, 256), guarded: map[cobrowse.InputKind]cobrowse.Refusal{},
		withheld: "loading", codec: "vp9", view: cobrowse.Viewport{Width: 1280, Height: 800, Scale: 1}, changed: make(chan struct{}),
	}
	b.hub = stream.NewHub(b.wantKey)
	b.hub.Hold("browser", b.withheld)
	return b
}

var _ cobrowse.Browser = (*Browser)(nil)

// wantKey must not call the hub: the key comes with the next picture.
func (b *Browser) wantKey() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys++
}

// Events implements cobrowse.Browser.
func (b *Browser) Events() <-chan cobrowse.BrowserEvent { return b.events }

// Hub implements cobrowse.Browser.
func (b *Browser) Hub() *stream.Hub { return b.hub }

// Open implements cobrowse.Browser.
func (b *Browser) Open(_ context.Context, by cobrowse.Role, url string) (cobrowse.TabID, error) {
	if err := refusedAddress(url); err != nil {
		return "", err
	}
	b.mu.Lock()
	b.next++
	id := cobrowse.TabID(fmt.Sprintf("t%d", b.next))
	b.tabs = append(b.tabs, cobrowse.Tab{ID: id, URL: url, Title: "Page " + url})
	b.shown = id
	b.note(Done{What: "open", Tab: id, By: by, Arg: url})
	b.mu.Unlock()
	b.configure()
	b.tellTabs()
	return id, nil
}

func refusedAddress(url string) error {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") || strings.Contains(url, "forbidden.") {
		return cobrowse.Errorf(cobrowse.CodeRefused, "url_refused", "This address may not be opened.")
	}
	return nil
}

// Show implements cobrowse.Browser.
func (b *Browser) Show(_ context.Context, tab cobrowse.TabID) error {
	b.mu.Lock()
	b.shown = tab
	b.note(Done{What: "show", Tab: tab})
	b.mu.Unlock()
	b.configure()
	b.tellTabs()
	return nil
}

// CloseTab implements cobrowse.Browser.
func (b *Browser) CloseTab(_ context.Context, tab cobrowse.TabID) error {
	b.mu.Lock()
	kept := b.tabs[:0:0]
	for _, t := range b.tabs {
		if t.ID != tab {
			kept = append(kept, t)
		}
	}
	b.tabs = kept
	if b.shown == tab && len(kept) > 0 {
		b.shown = kept[0].ID
	}
	b.note(Done{What: "close", Tab: tab})
	b.mu.Unlock()
	b.tellTabs()
	return nil
}

// MoveTab implements cobrowse.Browser.
func (b *Browser) MoveTab(_ context.Context, tab cobrowse.TabID, to int) error {
	b.mu.Lock()
	i := slices.IndexFunc(b.tabs, func(t cobrowse.Tab) bool { return t.ID == tab })
	moved := b.tabs[i]
	b.tabs = slices.Insert(slices.Delete(b.tabs, i, i+1), min(to, len(b.tabs)-1), moved)
	b.note(Done{What: "move", Tab: tab, Arg: fmt.Sprint(to)})
	b.mu.Unlock()
	b.tellTabs()
	return nil
}

// Navigate implements cobrowse.Browser. An address with "slow." in it waits for its context.
func (b *Browser) Navigate(ctx context.Context, tab cobrowse.TabID, by cobrowse.Role, url string) error {
	if err := refusedAddress(url); err != nil {
		return err
	}
	b.mu.Lock()
	b.note(Done{What: "navigate", Tab: tab, By: by, Arg: url})
	b.mu.Unlock()
	if strings.Contains(url, "slow.") {
		<-ctx.Done()
		return ctx.Err()
	}
	b.Visit(tab, url, "Page "+url)
	return nil
}

// History implements cobrowse.Browser.
func (b *Browser) History(_ context.Context, tab cobrowse.TabID, by cobrowse.Role, delta int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(Done{What: "history", Tab: tab, By: by, Arg: fmt.Sprint(delta)})
	return nil
}

// Input implements cobrowse.Browser.
func (b *Browser) Input(ctx context.Context, tab cobrowse.TabID, by cobrowse.Role, ev cobrowse.InputEvent) (*cobrowse.Refusal, error) {
	b.mu.Lock()
	block := b.block
	b.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if by != cobrowse.RoleCustomer && !ev.Kind.Release() && (b.withheld != "" || b.paused || b.shown != tab) {
		return nil, cobrowse.ErrUnseen
	}
	if b.failing != nil {
		return nil, b.failing
	}
	b.note(Done{What: "input", Tab: tab, By: by, Ev: ev})
	if r, ok := b.guarded[ev.Kind]; ok && by != cobrowse.RoleCustomer {
		r.Tab, r.By = tab, by
		return &r, nil
	}
	return nil, nil
}

// Pause implements cobrowse.Browser.
func (b *Browser) Pause(on bool) {
	b.mu.Lock()
	b.paused = on
	b.mu.Unlock()
	b.applyGate()
}

// Blocked implements cobrowse.Browser: what Guard set holds left of x = 100.
func (b *Browser) Blocked(_ context.Context, _ cobrowse.TabID, x, _ float64) (*cobrowse.Refusal, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.zone != nil && x < 100 {
		r := *b.zone
		return &r, nil
	}
	return nil, nil
}

// SetLanguage implements cobrowse.Browser.
func (b *Browser) SetLanguage(_ context.Context, tag string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(Done{What: "language", Arg: tag})
	return nil
}

// SetViewport implements cobrowse.Browser.
func (b *Browser) SetViewport(_ context.Context, v cobrowse.Viewport) error {
	b.mu.Lock()
	b.view = v
	b.note(Done{What: "viewport", Arg: fmt.Sprintf("%dx%d", v.Width, v.Height)})
	open := len(b.tabs) > 0
	b.mu.Unlock()
	if open {
		b.configure()
	}
	return nil
}

// SetPicture implements cobrowse.Browser.
func (b *Browser) SetPicture(_ context.Context, codec string) error {
	b.mu.Lock()
	b.codec = codec
	b.note(Done{What: "picture", Arg: codec})
	open := len(b.tabs) > 0
	b.mu.Unlock()
	if open {
		b.configure()
	}
	return nil
}

// Close implements cobrowse.Browser.
func (b *Browser) Close(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errors.New("cobrowsetest: closed twice")
	}
	b.shut()
	return nil
}

func (b *Browser) shut() {
	b.closed = true
	b.note(Done{What: "closed"})
	b.hub.Close()
	close(b.events)
}

// note needs mu.
func (b *Browser) note(d Done) {
	b.calls = append(b.calls, d)
	close(b.changed)
	b.changed = make(chan struct{})
}

// SetPolicy implements cobrowse.Browser. A rule whose selector is "!" is invalid; one that is new emits what Hide set.
func (b *Browser) SetPolicy(_ context.Context, p cobrowse.Policy) error {
	for _, m := range p.Masks {
		if m.Selector == "!" {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_selector", "this is not a selector")
		}
	}
	b.mu.Lock()
	b.policies = append(b.policies, p)
	hidden := b.hidden
	b.note(Done{What: "policy"})
	b.mu.Unlock()
	if hidden != nil {
		b.Emit(cobrowse.LayerEvent{Layer: *hidden})
	}
	return nil
}

// Reveal implements cobrowse.Browser.
func (b *Browser) Reveal(_ context.Context, tab cobrowse.TabID, item string, on bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(Done{What: "reveal", Tab: tab, Arg: fmt.Sprint(item, " ", on)})
	return nil
}

// Answer implements cobrowse.Browser: the question is gone.
func (b *Browser) Answer(_ context.Context, id cobrowse.AskID, by cobrowse.Role, r cobrowse.Reply) error {
	b.mu.Lock()
	b.note(Done{What: "answer", By: by, Arg: fmt.Sprint(id, " ", r.OK, " ", r.Values)})
	b.mu.Unlock()
	b.Emit(cobrowse.AskGoneEvent{ID: id})
	return nil
}

// Outline implements cobrowse.Browser: one empty page.
func (b *Browser) Outline(context.Context, cobrowse.TabID) ([]cobrowse.Outline, error) {
	return []cobrowse.Outline{{Host: "shop.example", HTML: "<body></body>"}}, nil
}

// Pick implements cobrowse.Browser: what Point set.
func (b *Browser) Pick(context.Context, cobrowse.TabID, float64, float64) (cobrowse.Picked, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.picked, nil
}
