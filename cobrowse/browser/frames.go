package browser

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

// The functions of this file keep a page's frames and tell its gate. Callers hold Browser.mu.

func (p *page) addFrame(id, parent cdp.FrameID, s session, now time.Time) {
	p.gate.Attached(string(id), string(parent), now)
	f := p.frames[id]
	if f == nil {
		p.frames[id] = &frame{id: id, parent: parent, session: s}
		return
	}
	if f.session != s { // it moved to another process: what was known of its document is void
		f.session, f.loader, f.world, f.worldDoc = s, "", "", ""
	}
}

func (p *page) dropFrame(e *cdppage.EventFrameDetached) {
	if e.Reason == cdppage.FrameDetachedReasonSwap || e.FrameID == cdp.FrameID(p.target) {
		return
	}
	p.gate.Detached(string(e.FrameID))
	p.forget(e.FrameID)
}

// beginLearning and endLearning enclose a question for the tree of frames: what ends meanwhile may still be in the answer.
func (p *page) beginLearning() {
	if p.learning == 0 {
		p.gone = map[cdp.FrameID]bool{}
	}
	p.learning++
}

func (p *page) endLearning() {
	p.learning--
	if p.learning == 0 {
		p.gone = nil
	}
}

// learn takes in those frames of a tree whose events have passed. Below a document that is another by now it holds none.
func (p *page) learn(s session, tree *cdppage.FrameTree, now time.Time) {
	id := tree.Frame.ID
	if p.gone[id] {
		return
	}
	if f := p.frames[id]; f == nil || (f.session == s && f.loader == "") {
		p.commit(s, tree.Frame, now)
	}
	if f := p.frames[id]; f.session != s || f.loader != tree.Frame.LoaderID {
		return
	}
	for _, child := range tree.ChildFrames {
		p.learn(s, child, now)
	}
}

// forget removes a frame and those below it.
func (p *page) forget(id cdp.FrameID) {
	if p.learning > 0 {
		p.gone[id] = true
	}
	delete(p.frames, id)
	for child, f := range p.frames {
		if f.parent == id {
			p.forget(child)
		}
	}
}

// commit takes in a new document.
func (p *page) commit(s session, f *cdp.Frame, now time.Time) {
	parent := f.ParentID
	if known := p.frames[f.ID]; known != nil && parent == "" {
		parent = known.parent
	}
	for child, below := range p.frames {
		if below.parent == f.ID {
			p.forget(child)
		}
	}
	url := f.URL + f.URLFragment
	if f.UnreachableURL != "" {
		url = "chrome-error://chromewebdata/"
	}
	p.gate.Navigated(string(f.ID), string(parent), string(f.LoaderID), url, now)
	p.frames[f.ID] = &frame{id: f.ID, parent: parent, session: s, loader: f.LoaderID, url: url, withheld: p.withholds(url, parent)}
	if f.MimeType == "application/pdf" {
		p.gate.Unsupported(string(f.ID))
	}
}

func (p *page) frameOf(s session, world runtime.ExecutionContextID) *frame {
	for _, f := range p.frames {
		if f.session == s && f.worldID == world && f.world != "" {
			return f
		}
	}
	return nil
}

func (p *page) dropWorld(unique string) {
	for _, f := range p.frames {
		if f.world == unique {
			f.world = ""
		}
	}
}

func (p *page) dropWorldsOf(s session) {
	for _, f := range p.frames {
		if f.session == s {
			f.world = ""
		}
	}
}

// place is where a world can be asked.
type place struct {
	frame   cdp.FrameID
	parent  cdp.FrameID
	session session
	world   string
	worldID runtime.ExecutionContextID
	url     string
}

// worlds lists the engines of the page, the main frame's first.
func (p *page) worlds() []place {
	var list []place
	add := func(f *frame) {
		if f.world != "" {
			list = append(list, place{frame: f.id, parent: f.parent, session: f.session, world: f.world, worldID: f.worldID, url: f.url})
		}
	}
	if f := p.main(); f != nil {
		add(f)
	}
	for id, f := range p.frames {
		if id != cdp.FrameID(p.target) {
			add(f)
		}
	}
	return list
}

// navigated takes in a document's commit.
func (b *Browser) navigated(p *page, s session, f *cdp.Frame) {
	p.commit(s, f, time.Now())
	wake(b.wakeLayer) // what the document before had in it is gone
	b.dropAsks(func(a *openAsk) bool { return a.page == p && (a.frame == f.ID || f.ID == cdp.FrameID(p.target)) })
	if f.ID != cdp.FrameID(p.target) {
		return
	}
	b.arrive(p)
	p.awaits = false
	if to, sent := p.unbegun, p.sent; to != nil {
		p.unbegun = nil
		b.spawn(func() { b.logError("history", b.stepAgain(p, to, sent)) })
	}
	t := p.tab
	if t == nil {
		return
	}
	t.onTheWay(false)
	if t == b.shown {
		b.spawn(func() { b.holdPictures(p.chrome) })
	}
	b.dropLayer(t)
	wake(b.wakeKeep)
	if f.UnreachableURL != "" {
		t.moveTo(f.UnreachableURL)
		b.spawn(func() { b.pageFailed(p, t.id, f.UnreachableURL) })
	} else {
		t.moveTo(f.URL + f.URLFragment)
		b.filled(p)
		b.emit(cobrowse.NavigatedEvent{Tab: t.id, URL: t.url})
	}
	wake(b.wakeHistory)
	b.tellTabs()
}

// moveTo notes that another document is there. What its title and address repeat of what it hides is not known yet.
func (t *tab) moveTo(address string) {
	t.url, t.title = address, ""
	t.vetted = cobrowse.Page{URL: cobrowse.HostOnly(address)}
}

func (b *Browser) movedWithin(p *page, e *cdppage.EventNavigatedWithinDocument) {
	if f := p.frames[e.FrameID]; f != nil {
		f.url, f.withheld = e.URL, p.withholds(e.URL, f.parent)
	}
	if e.FrameID != cdp.FrameID(p.target) || p.tab == nil || p.tab.url == e.URL {
		return
	}
	p.tab.url = e.URL
	b.emit(cobrowse.NavigatedEvent{Tab: p.tab.id, URL: e.URL})
	wake(b.wakeHistory)
	wake(b.wakeKeep)
	wake(b.wakeLayer)
	b.tellTabs()
}

func (b *Browser) setLoading(p *page, id cdp.FrameID, loading bool) {
	if id != cdp.FrameID(p.target) || p.tab == nil {
		return
	}
	p.tab.loading = loading
	if !loading {
		p.tab.onTheWay(false)
		wake(b.wakeKeep)
		if p.way == arrived { // the end of loading the document before says nothing about the next one
			b.settled(p)
		}
		wake(b.wakeHistory)
		b.wantIcon(p)
	}
	b.tellTabs()
}
