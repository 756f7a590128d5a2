package browser

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
)

// TestNoGhostFrames: a frame that ended while its tree was being asked for does not come back and keep the gate closed.
func TestNoGhostFrames(t *testing.T) {
	now := time.Now()
	doc := func(id, parent, loader string, below ...*cdppage.FrameTree) *cdppage.FrameTree {
		frame := &cdp.Frame{ID: cdp.FrameID(id), ParentID: cdp.FrameID(parent), LoaderID: cdp.LoaderID(loader), URL: "https://shop.example/"}
		return &cdppage.FrameTree{Frame: frame, ChildFrames: below}
	}
	tree := doc("main", "", "l1", doc("a", "main", "l2", doc("b", "a", "l3")), doc("c", "main", "l4"))
	detach := func(p *page, id cdp.FrameID) {
		p.dropFrame(&cdppage.EventFrameDetached{FrameID: id, Reason: cdppage.FrameDetachedReasonRemove})
	}
	for name, c := range map[string]struct {
		meanwhile func(*page)
		want      []cdp.FrameID
	}{
		"nothing happened":      {func(*page) {}, []cdp.FrameID{"main", "a", "b", "c"}},
		"a frame ended":         {func(p *page) { detach(p, "a") }, []cdp.FrameID{"main", "c"}},
		"another document came": {func(p *page) { p.commit(session{}, doc("main", "", "l9").Frame, now) }, []cdp.FrameID{"main"}},
	} {
		p := newPage(nil, "main", session{})
		p.beginLearning()
		c.meanwhile(p)
		p.learn(session{}, tree, now)
		p.endLearning()
		if len(p.frames) != len(c.want) {
			t.Errorf("%s: %d frames", name, len(p.frames))
		}
		for _, id := range c.want {
			if p.frames[id] == nil {
				t.Errorf("%s: no frame %s", name, id)
			}
		}
		for _, id := range c.want {
			p.gate.Ready(string(id), string(p.frames[id].loader), 1, now)
		}
		if reason, _ := p.gate.State(now); reason != "" {
			t.Errorf("%s: the gate is closed: %s", name, reason)
		}
	}
}
