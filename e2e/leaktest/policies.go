package leaktest

import (
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// stagePlan is a policy and the size of the page that cases are played with.
type stagePlan struct {
	name     string
	policy   func() cobrowse.Policy
	viewport cobrowse.Viewport
}

// stagePlans are the policies of the cases, by their stage.
var stagePlans = []stagePlan{
	{"", usual, desktop},
	{"submits", func() cobrowse.Policy {
		return cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "all", Submits: true}}}
	}, desktop},
	{"phone", usual, handheld},
	{"fields", usual, desktop},
	{"strict", strict, desktop},
	{"sites", usual, tall},
}

// deeper adds what hides more than the rules name, on hosts of its own.
func deeper(p *cobrowse.Policy) {
	p.Patterns = []cobrowse.Pattern{{ID: "customer", Expression: `K-?[0-9]{7}`}, {ID: "order", Expression: `Ordem [0-9]{5}`}, {ID: "voucher", Expression: `V[0-9]{8}`, Check: "luhn"}}
	p.Modes = []cobrowse.SiteMode{{Site: inputsHost, Mode: "inputs"}, {Site: textHost, Mode: "text"}, {Site: listedHost, Mode: "listed"}}
	p.Masks = append(p.Masks, cobrowse.MaskRule{ID: "shown", Selector: ".shown", Reveal: true})
	p.Requests = []cobrowse.RequestRule{{ID: "pay", URL: "*/*/pay-now/*"}}
}

// strict is what a company may ask for that wants to show as little as possible.
func strict() cobrowse.Policy {
	p := privacy.Defaults()
	p.HideTyping, p.FieldsOnly, p.HideLinks = true, true, true
	return p
}

// usual is the defaults and what a company may add to them.
func usual() cobrowse.Policy {
	p := privacy.Defaults()
	p.Masks = append(p.Masks,
		cobrowse.MaskRule{ID: "secret", Selector: ".m, [data-secret]"},
		cobrowse.MaskRule{ID: "here", Site: home, Selector: ".here"},
		cobrowse.MaskRule{ID: "elsewhere", Site: "shop.example", Selector: ".k"},
		cobrowse.MaskRule{ID: "reveal", Site: home, Selector: "canvas.shown", Reveal: true})
	p.Guards = append(p.Guards,
		cobrowse.GuardRule{ID: "selector", Selector: "[data-guarded], .g"},
		cobrowse.GuardRule{ID: "form", Site: home, Selector: "form.whole"},
		cobrowse.GuardRule{ID: "danger", Link: "*/*/danger/*"},
		cobrowse.GuardRule{ID: "payment", Frame: paymentHost},
		cobrowse.GuardRule{ID: "files", Downloads: true})
	p.Pauses = append(p.Pauses, cobrowse.PageRule{ID: "statements", URL: "*/*/statements/*"})
	deeper(&p)
	return p
}

// nothing is the control's: no rule at all.
func nothing() cobrowse.Policy { return cobrowse.Policy{} }

// tall has all of an ordinary site's page in view.
var tall = cobrowse.Viewport{Width: pageWidth, Height: 960, Scale: 1}
