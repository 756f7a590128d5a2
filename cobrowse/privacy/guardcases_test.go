package privacy

import "fmt"

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
		frame, err := p.where("iframe")
		if err != nil {
			return err
		}
		return p.pressAt(frame, "left", 1)
	}
}

const bigButton = `<style>button{position:fixed;inset:0;width:100%;height:100%}</style><script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script><button onclick=fire()>Buy now</button>`
