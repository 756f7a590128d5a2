package privacy

import (
	"strconv"
	"strings"

	"cobrowse-connector/cobrowse"
)

// userSheet is the user-origin CSS of one session: what counts everywhere, the rules of each site, and each mode.
type userSheet struct {
	Common string            `json:"common"`
	Sites  map[string]string `json:"sites"`
	Modes  map[string]string `json:"modes"`
}

// hidden hides an element and whatever it paints. Opacity takes images, carets, emphasis and reflections with it and a child
// cannot undo it; the colours are for what opacity does not reach (SVG text spans, top layers while they open). The property color
// itself stays, as the customer's private layer needs to know it.
const hidden = `opacity:0!important;transition:none!important;animation-name:none!important;view-transition-name:none!important;` +
	`-webkit-text-fill-color:transparent!important;-webkit-text-stroke-color:transparent!important;` +
	`text-shadow:none!important;text-decoration-color:transparent!important;text-emphasis-color:transparent!important;` +
	`caret-color:transparent!important;-webkit-box-reflect:none!important`

const (
	// curtain holds until the engine lifts it, with the user sheet in place. What is in the top layer is not under the root's clip.
	curtain = `:root{clip-path:inset(100%)!important}` +
		`:root:not([LIFT]) :is(:modal,:popover-open,:fullscreen){opacity:0!important;transition:none!important}` +
		`:root:not([LIFT]) ::backdrop{display:none!important}`
	lifted = `:root{VARIABLE:VERSION!important}:root[LIFT]{clip-path:none!important}`
)

// hide returns the rules that hide what selector matches, with everything inside it.
func hide(selector string) string {
	return ":is(" + selector + "){&,& *{" + hidden + "}" +
		"&::selection,& *::selection{color:transparent!important;background:transparent!important}" +
		"&::backdrop,& *::backdrop{display:none!important}" +
		"&::picker(select){opacity:0!important}" +
		"clipPath &{display:none!important}" +
		"&:is(text,tspan,textPath),& :is(text,tspan,textPath,use){fill:transparent!important;stroke:transparent!important}}"
}

// common hides what the engine marks.
func common(n names) string {
	return hide("["+n.Mark+"]") +
		"[" + n.Contents + "]{display:inline!important}[" + n.Words + "]{transition:none!important}" +
		pseudo("["+n.Pseudo+"]") + pseudo("["+n.PseudoAll+"]") + pseudo("["+n.PseudoAll+"] *")
}

// generated are the pseudo elements with text of a sheet. Each has a rule of its own: one that Chromium does not know voids its rule.
var generated = []string{
	"before", "after", "marker", "before::marker", "after::marker", "scroll-marker", "scroll-button(*)", "checkmark", "picker-icon",
}

// pseudo empties generated content: it has no element that could be marked.
func pseudo(selector string) string {
	var b strings.Builder
	b.WriteString(selector + "{hyphenate-character:auto!important}")
	for _, g := range generated {
		b.WriteString(selector + "::" + g + `{content:""!important}`)
	}
	return b.String()
}

// authorSheet is there before the first paint. It holds no rule of a company: the curtain hides everything until the user sheet, which
// holds them all and can be changed, is in place.
func authorSheet(n names) string {
	return strings.ReplaceAll(curtain, "LIFT", n.Lift) + common(n) + plainHighlights(n)
}

func userSheetFor(n names, version int, policy cobrowse.Policy) userSheet {
	selectors := map[string][]string{}
	for _, m := range policy.Masks {
		if !m.Reveal { // the engine sets the attribute
			selectors[m.Site] = append(selectors[m.Site], m.Selector)
		}
	}
	sheet := userSheet{Sites: map[string]string{}, Modes: modeSheets(n, policy)}
	for site, list := range selectors {
		sheet.Sites[site] = hide(":is(" + strings.Join(list, ",") + "):not([" + n.Reveal + "])")
	}
	start := strings.NewReplacer("VARIABLE", n.Variable, "LIFT", n.Lift, "VERSION", strconv.Itoa(version)).Replace(lifted)
	sheet.Common = start + common(n) + sheet.Sites[""]
	delete(sheet.Sites, "")
	return sheet
}
