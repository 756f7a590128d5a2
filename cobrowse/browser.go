package cobrowse

import (
	"context"
	"net/url"
	"strings"

	"cobrowse-connector/cobrowse/stream"
)

// TabID names a tab inside one session. It is opaque and never a Chromium target id.
type TabID string

// Tab is one page of the shared browser. Title and URL are raw and the customer's alone.
type Tab struct {
	ID      TabID  `json:"id"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Loading bool   `json:"loading"`
	CanBack bool   `json:"canBack"`
	CanFwd  bool   `json:"canForward"`
	Icon    string `json:"icon,omitempty"`    // of the host, the same for everybody: a data: address of a small PNG
	Audible bool   `json:"audible,omitempty"` // it makes sound
	// Vetted is what others may get of title and address, redacted.
	Vetted Page `json:"-"`
	// Withheld says that it is a page of Policy.Pauses: nobody but the customer sees it.
	Withheld bool `json:"-"`
}

// Page is title and address as far as they are vetted: whatever their document hides was told by a LayerEvent before, so a Redactor
// can know it. Of a document that did not get so far yet it is the host alone.
type Page struct {
	Title string
	URL   string
}

// vetted tells whether the present address and title are.
func (t Tab) vetted() bool { return t.Vetted == Page{t.Title, t.URL} }

// HostOnly is what of an address may be told whatever the page hides.
func HostOnly(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}

// WebAddress reads the address of a web page: no files, no pages of the browser or its extension, no script.
func WebAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, Errorf(CodeInvalid, "url_invalid", "this is not an address")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, Errorf(CodeRefused, "url_refused", "only http and https addresses can be opened")
	}
	return u, nil
}

// HostOf is the name of an address's host, which is all of it that may be repeated to everybody; "" where it has none.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Hostname(), ".")
}

// Viewport is the page's size in CSS pixels, even numbers. Scale is the device pixel ratio of the capture (1 = default).
type Viewport struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Scale  float64 `json:"scale"`
	Mobile bool    `json:"mobile"`          // mobile emulation, which has a touch screen
	Touch  bool    `json:"touch,omitempty"` // a touch screen on a page as for desktops: a tablet's
}

// HasTouch tells whether the page has a touch screen.
func (v Viewport) HasTouch() bool { return v.Mobile || v.Touch }

// InputKind is the kind of one input event.
type InputKind string

// Release tells of input that ends what a press began: it is carried out whatever has happened since.
func (k InputKind) Release() bool { return k == InputUp || k == InputKeyUp }

const (
	InputMove    InputKind = "move" // coalesced; everything else never is
	InputDown    InputKind = "down"
	InputUp      InputKind = "up"
	InputWheel   InputKind = "wheel"
	InputKeyDown InputKind = "keydown"
	InputKeyUp   InputKind = "keyup"
	InputText    InputKind = "text" // composed text: IME, paste, on-screen keyboards
	// InputCompose is what an input method is composing so far; the text that comes after it takes its place, "" takes it back.
	InputCompose InputKind = "compose"
)

// InputEvent is one person's input on one tab. X and Y are CSS pixels of the Viewport. Mods is the CDP bit field:
// 1 Alt, 2 Ctrl, 4 Meta, 8 Shift. Button: 0 left, 1 middle, 2 right. Key and Code are the DOM's. Time is when it happened, in milliseconds of
// any clock of that person's device, for fingers: how fast one was. Where the Viewport is no phone's, only what says it is a finger's.
type InputEvent struct {
	Kind    InputKind `json:"kind"`
	X       float64   `json:"x,omitempty"`
	Y       float64   `json:"y,omitempty"`
	Button  int       `json:"button,omitempty"`
	Buttons int       `json:"buttons,omitempty"`
	Clicks  int       `json:"clicks,omitempty"`
	DX      float64   `json:"dx,omitempty"`
	DY      float64   `json:"dy,omitempty"`
	Key     string    `json:"key,omitempty"`
	Code    string    `json:"code,omitempty"`
	Text    string    `json:"text,omitempty"`
	Mods    int       `json:"mods,omitempty"`
	Time    float64   `json:"time,omitempty"`
}

// Refusal says that a guarded action of the agent was not carried out. Name is the element's accessible name, raw.
type Refusal struct {
	Tab  TabID  `json:"tab"`
	By   Role   `json:"by"`
	How  string `json:"how"`  // mouse, key, touch, script, network, address
	Name string `json:"name"` // e.g. "Buy now"; redacted before it leaves for an agent
	Rule string `json:"rule"` // id of the GuardRule
}

// LayerItem is one masked thing as only the customer may see it. Rect is in CSS pixels of the Viewport.
type LayerItem struct {
	ID      string    `json:"id"`
	Rect    LayerRect `json:"rect"`
	Clip    LayerRect `json:"clip"` // visible part; draw nothing outside
	Text    string    `json:"text"` // as the page would show it: a password comes as bullets
	Font    string    `json:"font"` // CSS font shorthand
	Color   string    `json:"color"`
	Align   string    `json:"align"`
	Padding string    `json:"padding"` // CSS padding shorthand, for fields
	Kind    string    `json:"kind"`    // text, field, image, canvas, video, plugin, frame
	Reason  string    `json:"reason"`  // rule, mode, password, card, iban, cpf, ssn, nif, email, phone, pattern, typing, echo, picture, file, message
	Image   string    `json:"image,omitempty"`
	// Unread says that the page's picture could not be read: the layer shows a sign in its place.
	Unread bool `json:"unread,omitempty"`
	// Shown says that the customer shows it to both; it is in the picture.
	Shown   bool `json:"shown,omitempty"`
	Focused bool `json:"focused,omitempty"`
	Caret   int  `json:"caret,omitempty"` // in UTF-16 units, when focused
	// Selected counts the units before Caret that are selected: what is typed takes their place.
	Selected int `json:"selected,omitempty"`
	// Lines gives each line box of Text, in reading order; empty = one line that fills Rect.
	Lines []LayerLine `json:"lines,omitempty"`
}

// LayerRect is a rectangle in CSS pixels of the Viewport.
type LayerRect struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// LayerLine is one line box of a masked text.
type LayerLine struct {
	Rect LayerRect `json:"rect"`
	Text string    `json:"text"`
}

// Layer is the customer's private layer over the shown tab. It goes to the customer's sockets only; never stored, never logged.
type Layer struct {
	Tab   TabID       `json:"tab"`
	Items []LayerItem `json:"items"`
	// Values are the texts of everything that is hidden, in or out of sight, for the Redactor.
	Values []string `json:"-"`
}

// Focus tells what kind of field has the focus in the shown tab, so that a phone can open its keyboard.
type Focus struct {
	Tab       TabID  `json:"tab"`
	Editable  bool   `json:"editable"`
	InputMode string `json:"inputMode"` // text, numeric, decimal, tel, email, url, search, none
	Masked    bool   `json:"masked"`
	EnterKey  string `json:"enterKey,omitempty"` // what Enter does: enter, done, go, next, previous, search, send
}

// BrowserEvent is one of the *Event structs below.
type BrowserEvent interface{ browserEvent() }

type (
	// TabsEvent: the list or the shown tab changed.
	TabsEvent struct {
		Tabs  []Tab
		Shown TabID
	}
	// GateEvent: agents and the recording may (not) see the picture. The browser has already told the Hub.
	GateEvent struct {
		Open   bool
		Reason string // one of the Gate…; "" while open
	}
	// RefusedEvent: the page's guard or the pre-check stopped the agent.
	RefusedEvent struct{ Refusal Refusal }
	// LayerEvent: the customer's private layer changed.
	LayerEvent struct{ Layer Layer }
	// HiddenEvent: what a tab that is not shown hides, for the Redactor; as Layer.Values.
	HiddenEvent struct{ Values []string }
	// RulesEvent: rules that apply to a document of Host, told once for each, and those of them that have found something by now.
	RulesEvent struct {
		Host    string
		Applied []string
		Matched []string
	}
	// FocusEvent: the focused field of the shown tab changed.
	FocusEvent struct{ Focus Focus }
	// PictureEvent: there are at most FPS pictures in a second from now on. Reason: load (this machine does not keep up), "" when it does.
	PictureEvent struct {
		Codec  string // as in SetPicture
		FPS    int
		Reason string
	}
	// NavigatedEvent: the main frame of a tab committed a document.
	NavigatedEvent struct {
		Tab TabID
		URL string // raw
	}
	// PageFailedEvent: a page could not be shown. Code: redirects, refused, dns, timeout, tls, memory, failed.
	PageFailedEvent struct {
		Tab  TabID
		URL  string
		Code string
	}
	// TabsFullEvent: a page wanted to open a window, and there are as many tabs as there may be.
	TabsFullEvent struct{ Most int }
	// AskEvent: the page asks people something. AskGoneEvent follows, whatever becomes of it.
	AskEvent     struct{ Ask Ask }
	AskGoneEvent struct{ ID AskID }
	// DialogEvent: the page opened a JavaScript dialog that was answered for both people: of a tab that is not shown, or one too many.
	DialogEvent struct {
		Tab      TabID
		URL      string // raw, of the page or frame that asks
		Kind     string // alert, confirm, prompt, beforeunload
		Message  string // raw
		Accepted bool
	}
	// WantedEvent: the page wanted something of the device that it runs on, and did not get it. What: location, devices, notifications,
	// printer, pointer.
	WantedEvent struct {
		Tab  TabID
		What string
	}
	// LostEvent: Chromium or a renderer died. Restored says that the tabs are back; Lost lists in plain codes what is gone
	// (tabs, forms, cookies, history, storage). Why is "" or LostToMemory.
	LostEvent struct {
		Restored bool
		Lost     []string
		Why      string
	}
)

// LostToMemory: the session used more memory than it may have.
const LostToMemory = "memory"

// Why agents and the recording do not see the picture.
const (
	GateLoading     = "loading"     // no document yet
	GateNavigating  = "navigating"  // a new document has not confirmed its masks
	GateMasks       = "masks"       // a frame has not confirmed, has fallen silent, or has given up
	GateCrashed     = "crashed"     // the renderer of the page or of one of its frames is gone
	GateUnsupported = "unsupported" // a document that no engine can run in: PDF viewer, error page, browser page
	GatePaused      = "paused"      // by the customer
	GatePrivate     = "private"     // a page of Policy.Pauses
	GateEnding      = "ending"      // the session is over, and people do not know it yet
)

func (TabsEvent) browserEvent()       {}
func (GateEvent) browserEvent()       {}
func (RefusedEvent) browserEvent()    {}
func (LayerEvent) browserEvent()      {}
func (HiddenEvent) browserEvent()     {}
func (RulesEvent) browserEvent()      {}
func (FocusEvent) browserEvent()      {}
func (PictureEvent) browserEvent()    {}
func (NavigatedEvent) browserEvent()  {}
func (PageFailedEvent) browserEvent() {}
func (TabsFullEvent) browserEvent()   {}
func (AskEvent) browserEvent()        {}
func (AskGoneEvent) browserEvent()    {}
func (DialogEvent) browserEvent()     {}
func (WantedEvent) browserEvent()     {}
func (LostEvent) browserEvent()       {}

// Browser is one isolated browser. Package browser implements it with Chromium, package cobrowsetest with a script.
// Methods may be called from any goroutine; input is carried out in the order of the calls, per tab.
type Browser interface {
	// Events is closed after Close or when the browser is lost for good. The reader must keep up; the browser never blocks
	// on it for longer than its buffer, then closes itself with an error.
	Events() <-chan BrowserEvent
	// Hub carries the picture of the shown tab.
	Hub() *stream.Hub
	// Open, Navigate and History take a tab somewhere in a person's name: what the new document does by itself counts as theirs. Where
	// a rule keeps an agent from the address a RefusedEvent says so, and they return ErrGuarded.
	Open(ctx context.Context, by Role, url string) (TabID, error) // opens and shows a tab
	Show(ctx context.Context, tab TabID) error
	CloseTab(ctx context.Context, tab TabID) error
	// MoveTab puts a tab at a place in the row, counted from 0; one beyond the end is the end.
	MoveTab(ctx context.Context, tab TabID, to int) error
	Navigate(ctx context.Context, tab TabID, by Role, url string) error // https/http only; else ErrRefused
	// History goes back (-1) or forward (+1) or reloads (0). A document that came of a form is asked for by its address; the form is
	// never sent again.
	History(ctx context.Context, tab TabID, by Role, delta int) error
	// Pause closes the gate before it returns and keeps it closed until it is called with false; then gated subscribers get what
	// is captured from then on.
	Pause(on bool)
	// Input carries out one event for a person. For an agent the guard is asked first: a refusal is returned (and not also
	// sent as RefusedEvent) when the pre-check stopped it. What an agent presses behind a closed gate, or in a tab that is not
	// shown, is ErrUnseen; their moves are dropped there, their releases pass. Nothing but a release is begun after ctx ended.
	Input(ctx context.Context, tab TabID, by Role, ev InputEvent) (*Refusal, error)
	// Blocked tells whether the agent may not press what is at (x, y): for the pointer's hint.
	Blocked(ctx context.Context, tab TabID, x, y float64) (*Refusal, error)
	SetViewport(ctx context.Context, v Viewport) error
	// SetLanguage is what pages that begin from now on are told that the person reads.
	SetLanguage(ctx context.Context, tag string) error
	// SetPolicy changes what is masked, guarded and revealed: in present documents when it returns, in later ones from their beginning.
	SetPolicy(ctx context.Context, p Policy) error
	// Reveal shows a picture, canvas, video or plug-in of the layer to everybody until its document is gone, or hides it again.
	Reveal(ctx context.Context, tab TabID, item string, on bool) error
	// Pick tells what is at (x, y) and how a rule could name it.
	Pick(ctx context.Context, tab TabID, x, y float64) (Picked, error)
	// Answer answers an AskEvent in a person's name. One that is gone already needs no answer. Where a guard keeps an agent from what they
	// chose a RefusedEvent says so, and it returns ErrGuarded.
	Answer(ctx context.Context, id AskID, by Role, r Reply) error
	// Outline is the shape of the tab's documents, without their content.
	Outline(ctx context.Context, tab TabID) ([]Outline, error)
	// SetPicture chooses the codec for all viewers: av1, vp9, h264. A no-op when unchanged.
	SetPicture(ctx context.Context, codec string) error
	Files
	// Close ends Chromium and removes its profile; it returns when both are gone.
	Close(ctx context.Context) error
}
