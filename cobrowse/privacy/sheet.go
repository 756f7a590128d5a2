package privacy

import (
	"strings"

	"cobrowse-connector/cobrowse"
)

// sheets are the CSS of one session: author's in the manifest, user's in the service worker, a site's rules in both.
type sheets struct {
	author, user string
	sites        []string // in the order of the rules
	ofSite       map[string]string
}

// hidden hides an element and whatever it paints. Opacity takes images, carets, emphasis and reflections with it and a child
// cannot undo it; the colours are for what opacity does not reach (SVG text spans, top layers while they open). The property color
// itself stays, as the customer's private layer needs to know it.
const hidden = `opacity:0!important;transition:none!important;animation-name:none!important;view-transition-name:none!important;` +
	`-webkit-text-fill-color:transparent!important;-webkit-text-stroke-color:transparent!important;` +
	`text-shadow:none!important;text-decoration-color:transparent!important;text-emphasis-color:transparent!important;` +
	`caret-color:transparent!important;-webkit-box-reflect:none!important`

const (
	curtain = `:root{clip-path:inset(100%)!important}`
	lifted  = `:root{VARIABLE:1!important}:root[LIFT]{clip-path:none!important}`
)

// hide returns the rules that hide what selector matches, with everything inside it.
func hide(selector string) string {
	here := ":is(" + selector + ")"
	return here + "," + here + " *{" + hidden + "}" +
		here + "::selection," + here + " *::selection{color:transparent!important;background:transparent!important}" +
		here + "::backdrop," + here + " *::backdrop{display:none!important}" +
		here + "::picker(select){opacity:0!important}" +
		"clipPath :is(" + selector + "){display:none!important}" +
		":is(" + selector + "):is(text,tspan,textPath)," + here + " :is(text,tspan,textPath,use){fill:transparent!important;stroke:transparent!important}"
}

// common hides what the engine marks.
func common(n names) string {
	mark := "[" + n.Mark + "]"
	return hide(mark) +
		"[" + n.Contents + "]{display:inline!important}" +
		pseudo("["+n.Pseudo+"]") + pseudo("["+n.PseudoAll+"]") + pseudo("["+n.PseudoAll+"] *")
}

// pseudo empties generated content: it has no element that could be marked.
func pseudo(selector string) string {
	return selector + "::before," + selector + "::after," + selector + `::marker{content:""!important}`
}

func sheetsFor(n names, masks []cobrowse.MaskRule) sheets {
	s := sheets{ofSite: map[string]string{}}
	selectors := map[string][]string{}
	for _, m := range masks {
		if m.Reveal {
			continue // the engine sets the attribute
		}
		if m.Site != "" && selectors[m.Site] == nil {
			s.sites = append(s.sites, m.Site)
		}
		selectors[m.Site] = append(selectors[m.Site], m.Selector)
	}
	for site, list := range selectors {
		s.ofSite[site] = hide(":is(" + strings.Join(list, ",") + "):not([" + n.Reveal + "])")
	}
	everywhere := common(n) + s.ofSite[""]
	delete(s.ofSite, "")
	s.author = curtain + everywhere
	s.user = strings.NewReplacer("VARIABLE", n.Variable, "LIFT", n.Lift).Replace(lifted) + everywhere
	return s
}
