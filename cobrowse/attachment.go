package cobrowse

import (
	"context"
	"sync"

	"cobrowse-connector/cobrowse/stream"
)

// outLimit bounds the messages that wait for a slow person. When full the attachment is closed with ErrTooSlow: messages
// are never dropped. Those of which only the newest counts replace each other, so that it takes a stuck connection to get there.
const outLimit = 512

// Why an attachment was closed by the session.
var (
	ErrReplaced = &Error{Code: CodeConflict, Reason: "opened_elsewhere", Detail: "This session was opened in another window."}
	ErrTooSlow  = &Error{Code: CodeLimited, Reason: "too_slow", Detail: "The connection is too slow for this session."}
	ErrTooMuch  = &Error{Code: CodeLimited, Reason: "too_much", Detail: "Too much input at once."}
)

// Viewer is what a person's page can do.
type Viewer struct {
	Codecs   []string // WebCodecs strings that it decodes
	Viewport Viewport // the customer's sets the shared one
	Language string   // BCP 47; the customer's is the shared browser's
}

// Attachment is one person's connection to a session: what is to be sent to them, in order, messages before sound before pictures.
type Attachment struct {
	session *Session
	person  *person // owned by the actor; only compared elsewhere
	done    chan struct{}
	ready   chan struct{}

	mu    sync.Mutex
	queue []Message
	sub   *stream.Subscription
	gaps  int              // pictures left out since leftOut
	ear   *stream.Listener // nil while they do not listen
	cause error
}

func newAttachment(s *Session, p *person) *Attachment {
	return &Attachment{session: s, person: p, done: make(chan struct{}), ready: make(chan struct{}, 1)}
}

// Next waits for what is to be sent next; for one goroutine. After the end, what was queued is still handed out, then the
// cause: ErrOver, ErrReplaced, ErrTooSlow or ErrTooMuch.
func (a *Attachment) Next(ctx context.Context) (Message, error) {
	for {
		m, pictures, sound, err := a.take()
		if m != nil || err != nil {
			return m, err
		}
		select {
		case <-a.ready:
		case <-pictures:
		case <-sound:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Done is closed when the session gave this attachment up; Cause tells why.
func (a *Attachment) Done() <-chan struct{} { return a.done }

// Cause is why Done was closed, nil before.
func (a *Attachment) Cause() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cause
}

// Close tells the session that the connection is gone.
func (a *Attachment) Close() {
	a.session.post(func() { a.session.detach(a) })
}

// take hands out a message, else a packet of sound, else a picture, else the channels to wait for both with. They are taken at the moment
// they are sent: nothing that was taken before a pause comes after the message that tells of it.
func (a *Attachment) take() (m Message, pictures, sound <-chan struct{}, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) > 0 {
		m := a.queue[0]
		a.queue = a.queue[1:]
		return m, nil, nil, nil
	}
	if a.cause != nil {
		return nil, nil, nil, a.cause
	}
	if a.ear != nil {
		if p := a.ear.TryNext(); p != nil {
			return Sound{p}, nil, nil, nil
		}
		sound = a.ear.Ready()
	}
	for a.sub != nil {
		it, ok, err := a.sub.TryNext()
		if err != nil {
			a.sub = nil
			break
		}
		if !ok {
			return nil, a.sub.Ready(), sound, nil
		}
		if m := pictureMessage(it); m != nil {
			return m, nil, nil, nil
		}
		a.gaps += it.Gap
	}
	return nil, nil, sound, nil
}

func pictureMessage(it stream.Item) Message {
	switch {
	case it.Config != nil:
		return PictureConfig{*it.Config}
	case it.Chunk != nil:
		return Picture{it.Chunk}
	case it.Gate != nil:
		return GateChanged{Open: it.Gate.Open, Reason: it.Gate.Reason}
	}
	return nil // a gap: the decoder goes on with the key frame that follows
}

func (a *Attachment) send(m Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cause != nil {
		return
	}
	if a.replaceTabs(m) {
		return
	}
	a.dropOutdated(m)
	if len(a.queue) >= outLimit {
		a.giveUp(ErrTooSlow)
		return
	}
	a.queue = append(a.queue, m)
	a.wake()
}

// replaceTabs puts a list of tabs in the place of one that waits and shows the same tab: what waits behind it, such as the layer, is
// that tab's.
func (a *Attachment) replaceTabs(m Message) bool {
	tabs, ok := m.(TabsChanged)
	if !ok {
		return false
	}
	for i, old := range a.queue {
		if waiting, ok := old.(TabsChanged); ok && waiting.Shown == tabs.Shown {
			a.queue[i] = m
			return true
		}
	}
	return false
}

// dropOutdated removes a waiting message that m makes pointless.
func (a *Attachment) dropOutdated(m Message) {
	topic := topicOf(m)
	if topic == "" {
		return
	}
	for i, old := range a.queue {
		if topicOf(old) == topic {
			a.queue = append(a.queue[:i], a.queue[i+1:]...)
			return
		}
	}
}

// topicOf names messages of which only the newest counts.
func topicOf(m Message) string {
	switch m := m.(type) {
	case Cursor:
		return "cursor " + m.Who
	case LayerChanged:
		return "layer"
	case TabsChanged:
		return "tabs"
	case HiddenChanged:
		return "hidden"
	case FocusChanged:
		return "focus"
	case Blocked:
		return "blocked"
	case QualityChanged:
		return "quality"
	case DownloadChanged:
		return "download " + m.ID
	case UploadAsked:
		return "upload"
	}
	return ""
}

// close ends the attachment; what is queued is still handed out when it ends in good order.
func (a *Attachment) close(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cause == nil {
		a.giveUp(cause)
	}
}

func (a *Attachment) giveUp(cause error) {
	a.cause = cause
	if cause != ErrOver {
		a.queue = nil
	}
	if a.sub != nil {
		a.sub.Close()
		a.sub = nil
	}
	if a.ear != nil {
		a.ear.Close()
		a.ear = nil
	}
	close(a.done)
	a.wake()
}

// watch makes sub the source of pictures, nil for none.
func (a *Attachment) watch(sub *stream.Subscription) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sub != nil {
		a.sub.Close()
	}
	if a.cause != nil && sub != nil {
		sub.Close()
		sub = nil
	}
	a.sub = sub
	a.wake()
}

// listen makes ear the source of sound, nil for none.
func (a *Attachment) listen(ear *stream.Listener) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ear != nil {
		a.ear.Close()
	}
	if a.cause != nil && ear != nil {
		ear.Close()
		ear = nil
	}
	a.ear = ear
	a.wake()
}

func (a *Attachment) requestKey() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sub != nil {
		a.sub.RequestKey()
	}
}

// leftOut tells whether pictures had to be left out since it was asked last.
func (a *Attachment) leftOut() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	some := a.gaps > 0
	a.gaps = 0
	return some
}

func (a *Attachment) wake() {
	select {
	case a.ready <- struct{}{}:
	default:
	}
}
