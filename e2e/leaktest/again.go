package leaktest

import "time"

// maskAgain plays a case once more, without a control.
func (p *pair) maskAgain(c maskCase, round int) {
	r, _ := p.add(c.name, "mask", c.residual, c.open)
	n := len(p.results) - 1
	p.guarded.begin(c.name)
	h, err := p.guarded.visit(n%(1<<markerBits), c.name, c.host, c.html, c.files, c.closed)
	if err == nil && c.do != nil {
		err = c.do(h)
	}
	if err != nil {
		r.problem("round %d: %v", round, err)
	}
	<-time.After(time.Duration(c.ms)*time.Millisecond + settleTime)
}

// blockAgain lets the agent try once more.
func (p *pair) blockAgain(c blockCase, round int) {
	r, _ := p.add(c.name, "block", c.residual, c.open)
	if err := p.guarded.holds((len(p.results)-1)%(1<<markerBits), c, r); err != nil {
		r.problem("round %d: %v", round, err)
	}
}
