package privacy

import (
	"errors"
	"fmt"
	"slices"
)

func clickOn(selector string) func(p *page) error {
	return func(p *page) error { return p.click(selector) }
}

// keysIn focuses by script, as the case is about the keys, and types.
func keysIn(selector string, keys ...string) func(p *page) error {
	return func(p *page) error {
		if err := p.eval(fmt.Sprintf(`document.querySelector(%q).focus()`, selector), nil); err != nil {
			return err
		}
		return p.keys(keys...)
	}
}

// inFrame presses the middle of the page's only frame, which a button fills.
func inFrame() func(p *page) error {
	return func(p *page) error {
		if err := p.framesPaint(); err != nil {
			return err
		}
		frame, err := p.where("iframe")
		if err != nil {
			return err
		}
		return p.pressAt(frame, "left", 1)
	}
}

// framesPaint waits until the frames of other sites, which must be in sight, have painted: before that Chromium lets no press through.
func (p *page) framesPaint() error {
	p.state.Lock()
	children := slices.Clone(p.children)
	p.state.Unlock()
	for _, c := range children {
		if err := errors.Join(c.pause(0), c.framesPaint()); err != nil && p.has(c) {
			return err
		}
	}
	return nil
}

const bigButton = `<style>button{position:fixed;inset:0;width:100%;height:100%}</style><script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script><button onclick=fire()>Buy now</button>`
