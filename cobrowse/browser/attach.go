package browser

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/inspector"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// handle takes in one DevTools event, in order. It runs on the reading goroutine: it changes state and leaves hints, and
// what must call Chromium is spawned.
func (b *Browser) handle(chrome *chromium, ev event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing || b.chrome != chrome {
		return
	}
	if ev.session == chrome.capture.id {
		if ev.method == runtime.BindingCalled.Method {
			b.heardCapture(ev)
		}
		return
	}
	switch ev.method {
	case target.AttachedToTarget.Method:
		on(ev, func(e *target.EventAttachedToTarget) { b.attached(chrome, ev.session, e) })
	case target.DetachedFromTarget.Method:
		on(ev, func(e *target.EventDetachedFromTarget) { b.detached(e.SessionID) })
	case protocol.DownloadWillBegin.Method:
		on(ev, func(e *protocol.EventDownloadWillBegin) { b.downloadBegins(chrome, e) })
	case protocol.DownloadProgress.Method:
		on(ev, func(e *protocol.EventDownloadProgress) { b.downloadGoesOn(chrome, e) })
	default:
		if p := b.sessions[ev.session]; p != nil {
			b.handlePage(p, ev)
		}
	}
}

// handlePage takes in an event of a page or of one of its frames. Caller holds mu.
func (b *Browser) handlePage(p *page, ev event) {
	s := session{conn: p.chrome.conn, id: ev.session}
	now := time.Now()
	switch ev.method {
	case cdppage.FrameAttached.Method:
		on(ev, func(e *cdppage.EventFrameAttached) {
			p.addFrame(e.FrameID, e.ParentFrameID, s, now)
		})
	case cdppage.FrameDetached.Method:
		on(ev, func(e *cdppage.EventFrameDetached) { p.dropFrame(e) })
	case cdppage.FrameStartedNavigating.Method:
		on(ev, func(e *cdppage.EventFrameStartedNavigating) { b.startedNavigating(p, e) })
	case fetch.RequestPaused.Method:
		on(ev, func(e *fetch.EventRequestPaused) {
			if e.ResponseStatusCode != 0 || e.ResponseErrorReason != "" {
				b.answered(p, s, e)
			} else {
				b.letGo(p, s, e)
			}
		})
	case cdppage.FrameRequestedNavigation.Method:
		on(ev, func(e *cdppage.EventFrameRequestedNavigation) { b.requestedNavigation(p, e) })
	case fetch.AuthRequired.Method:
		on(ev, func(e *fetch.EventAuthRequired) { b.login(p, s, e) })
	case cdppage.FrameNavigated.Method:
		on(ev, func(e *cdppage.EventFrameNavigated) { b.navigated(p, s, e.Frame) })
	case cdppage.NavigatedWithinDocument.Method:
		on(ev, func(e *cdppage.EventNavigatedWithinDocument) { b.movedWithin(p, e) })
	case cdppage.FrameStartedLoading.Method:
		on(ev, func(e *cdppage.EventFrameStartedLoading) { b.setLoading(p, e.FrameID, true) })
	case cdppage.FrameStoppedLoading.Method:
		on(ev, func(e *cdppage.EventFrameStoppedLoading) { b.setLoading(p, e.FrameID, false) })
	case cdppage.FileChooserOpened.Method:
		on(ev, func(e *cdppage.EventFileChooserOpened) { b.fileWanted(p, s, e) })
	case cdppage.JavascriptDialogOpening.Method:
		on(ev, func(e *cdppage.EventJavascriptDialogOpening) { b.dialog(p, s, e) })
	case cdppage.JavascriptDialogClosed.Method:
		b.dialogClosed(s)
	case input.DragIntercepted.Method:
		on(ev, func(e *input.EventDragIntercepted) { b.begins(p, e) })
	case runtime.ExecutionContextCreated.Method:
		on(ev, func(e *runtime.EventExecutionContextCreated) { b.worldCreated(p, s, e.Context) })
	case runtime.ExecutionContextDestroyed.Method:
		on(ev, func(e *runtime.EventExecutionContextDestroyed) { p.dropWorld(e.ExecutionContextUniqueID) })
	case runtime.ExecutionContextsCleared.Method:
		p.dropWorldsOf(s)
	case runtime.BindingCalled.Method:
		on(ev, func(e *runtime.EventBindingCalled) { b.heardEngine(p, s, e) })
	case inspector.TargetCrashed.Method:
		b.crashed(p, s)
	}
	b.checkAsk()
	if len(p.pauses) > 0 && p.tab != nil {
		b.tellTabs() // a frame may have come or gone for which all of it is withheld
	}
	if b.shown != nil && b.shown.page == p {
		b.refreshGate()
	}
}

// on decodes an event; one that does not decode is of a newer Chromium and says nothing we know.
func on[E any](ev event, do func(*E)) {
	e := new(E)
	if json.Unmarshal(ev.params, e) == nil {
		do(e)
	}
}

// attached takes in a new target: a page, or a frame in a process of its own. It is paused until it is set up. Caller holds mu.
func (b *Browser) attached(chrome *chromium, parent target.SessionID, e *target.EventAttachedToTarget) {
	s := session{conn: chrome.conn, id: e.SessionID}
	if strings.HasSuffix(e.TargetInfo.Type, "worker") {
		b.attachedWorker(chrome, s, e.TargetInfo.Type)
		return
	}
	if over := b.sessions[parent]; over != nil {
		b.attachedFrame(over, s, e.TargetInfo)
		return
	}
	if e.TargetInfo.Type != "page" || strings.HasPrefix(e.TargetInfo.URL, extensionOrigin) {
		b.spawn(func() { b.logError("resume", resume(b.ctx, s)) })
		return
	}
	p := newPage(chrome, e.TargetInfo.TargetID, s)
	p.requests = b.requests
	p.pauses, p.madeInPrivate = b.pauses, b.madeInPrivate(string(e.TargetInfo.OpenerID))
	b.sessions[e.SessionID] = p
	own := e.TargetInfo.OpenerID == "" && b.opening > 0
	popup := false
	if first := b.waiters[""]; first != nil {
		delete(b.waiters, "")
		b.spare = p
		first <- p
	} else if waiter := b.waiters[p.target]; waiter != nil {
		delete(b.waiters, p.target)
		waiter <- p
	} else if !own {
		popup = true
		b.openedWindow(p, string(e.TargetInfo.OpenerID))
	}
	dressed := append(dress(b.viewport), b.introduced()...)
	b.spawn(func() {
		p.err = b.preparePage(p, dressed)
		close(p.prepared)
		wake(b.wakeCapture)
		if popup && p.err == nil {
			b.showPopup(p)
			b.mu.Lock()
			b.settleAfter(p, emptyPopup)
			b.mu.Unlock()
		}
	})
}

func (b *Browser) preparePage(p *page, dressed []command) error {
	ctx, cancel := context.WithTimeout(b.ctx, startTimeout)
	defer cancel()
	if err := setUpAndResume(ctx, p.session, append(p.setUp(), dressed...)); err != nil {
		return err
	}
	b.learnFrames(ctx, p, p.session)
	return nil
}

// attachedFrame takes in a frame that moved to, or began in, a process of its own. Caller holds mu.
func (b *Browser) attachedFrame(p *page, s session, info *target.Info) {
	id := cdp.FrameID(info.TargetID)
	b.sessions[s.id] = p
	parent := info.ParentFrameID
	if known := p.frames[id]; known != nil {
		parent = known.parent
	}
	p.addFrame(id, parent, s, time.Now())
	introduced := b.introduced()
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, startTimeout)
		defer cancel()
		if err := setUpAndResume(ctx, s, append(p.setUp(), introduced...)); err != nil {
			b.logError("frame", err)
			return // the gate stays closed: nothing of it is shown
		}
		b.learnFrames(ctx, p, s)
	})
}

// learnFrames takes in documents that were there before we were: their events have passed.
func (b *Browser) learnFrames(ctx context.Context, p *page, s session) {
	b.mu.Lock()
	p.beginLearning()
	b.mu.Unlock()
	tree, err := cdp.Call(ctx, s, cdppage.GetFrameTree, cdp.Empty{})
	b.mu.Lock()
	defer b.mu.Unlock()
	defer p.endLearning()
	if err != nil || tree.FrameTree == nil {
		return
	}
	p.learn(s, tree.FrameTree, time.Now())
	if b.shown != nil && b.shown.page == p {
		b.refreshGate()
	}
}

// detached takes in the end of a page or of a frame's process. Caller holds mu.
func (b *Browser) detached(id target.SessionID) {
	p := b.sessions[id]
	delete(b.sessions, id)
	b.dropAsks(func(a *openAsk) bool { return a.session.id == id || p != nil && p.session.id == id && a.page == p })
	if p == nil || p.session.id != id {
		return // a frame: its frameDetached or its new session says what became of it
	}
	if b.spare == p {
		b.spare = nil
	}
	b.checkAsk()
	if p.tab != nil {
		b.dropTab(p.tab)
	}
}

// worldCreated notes the engine's world of a document. Caller holds mu.
func (b *Browser) worldCreated(p *page, s session, c *runtime.ExecutionContextDescription) {
	if c.Name != p.chrome.bundle.WorldName {
		return
	}
	var aux struct {
		FrameID cdp.FrameID `json:"frameId"`
	}
	if json.Unmarshal(c.AuxData, &aux) != nil {
		return
	}
	f := p.frames[aux.FrameID]
	if f == nil {
		return
	}
	f.session, f.world, f.worldID, f.worldDoc, f.ruled, f.forbids, f.forbidden = s, c.UniqueID, c.ID, f.loader, 0, nil, nil
	b.tellActor(p, f)
	b.tellRules(p, f)
}

// heardEngine takes in what the engine of one document says. Caller holds mu.
func (b *Browser) heardEngine(p *page, s session, e *runtime.EventBindingCalled) {
	f := p.frameOf(s, e.ExecutionContextID)
	if f == nil || e.Name != p.chrome.bundle.Binding {
		return
	}
	var m privacy.Message
	if json.Unmarshal([]byte(e.Payload), &m) != nil {
		return
	}
	id, loader, now := string(f.id), string(f.worldDoc), time.Now()
	shown := p.tab != nil && p.tab == b.shown
	switch m.T {
	case "ready":
		p.gate.Ready(id, loader, m.At, now)
		b.tellActor(p, f)
		if shown && (b.paused || p.withheld()) {
			b.spawn(func() { b.paintForCustomer(p) })
		}
	case "beat":
		p.gate.Beat(id, loader, m.At, now)
		if shown && f == p.main() {
			wake(b.wakeHistory)
		}
	case "failed":
		b.log.Warn("browser: the privacy engine gave up", "reason", m.Reason)
		p.gate.Failed(id, loader)
	case "layer":
		if shown {
			wake(b.wakeLayer)
		} else if p.tab != nil {
			p.tab.hides = true
			wake(b.wakeHidden)
		}
	case "copied":
		b.copied(p, m.Text)
	case "hides":
		b.forbids(f, m.Values)
	case "wants":
		if p.tab != nil {
			b.emit(cobrowse.WantedEvent{Tab: p.tab.id, What: m.Reason})
		}
	case "ask":
		b.fieldAsks(p, f, m)
	case "focus":
		if shown {
			b.emit(cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: p.tab.id, Editable: m.Editable, InputMode: m.InputMode, Masked: m.Masked, EnterKey: m.EnterKey}})
		}
	case "refused":
		if p.tab != nil {
			b.emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: p.tab.id, By: cobrowse.RoleAgent, How: m.How, Name: m.Name, Rule: m.Rule}})
		}
	}
}

func (b *Browser) logError(what string, err error) {
	if err != nil && b.ctx.Err() == nil {
		b.log.Debug("browser: "+what, "error", err)
	}
}
