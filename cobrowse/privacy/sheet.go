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
// cannot undo it; the colours are for what opacity does not reach (SVG text spans, top layers while they open).
const hidden = `opacity:0!important;transition:none!important;animation-name:none!important;view-transition-name:none!important;` +
	`color:transparent!important;-webkit-text-fill-color:transparent!important;-webkit-text-stroke-color:transparent!important;` +
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
	var everywhere strings.Builder
	everywhere.WriteString(common(n))
	for _, m := range masks {
		if m.Reveal {
			continue // the engine sets the attribute
		}
		css := hide(":is(" + m.Selector + "):not([" + n.Reveal + "])")
		if m.Site == "" {
			everywhere.WriteString(css)
			continue
		}
		if _, known := s.ofSite[m.Site]; !known {
			s.sites = append(s.sites, m.Site)
		}
		s.ofSite[m.Site] += css
	}
	s.author = curtain + everywhere.String()
	s.user = strings.NewReplacer("VARIABLE", n.Variable, "LIFT", n.Lift).Replace(lifted) + everywhere.String()
	return s
}
