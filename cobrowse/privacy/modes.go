package privacy

import (
	"strings"

	"cobrowse-connector/cobrowse"
)

// Modes of a site, each hiding more than the one before.
const (
	ModeInputs = "inputs"
	ModeText   = "text"
	ModeListed = "listed"
)

// What modes hide as whole elements. Text has no element of its own: textless takes its colour away.
const (
	fieldSelector   = `input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image]),textarea,select,[contenteditable]:not([contenteditable=false])`
	pictureSelector = `img,picture,canvas,video,svg,object,embed,input[type=image]`
)

// colourless takes text away and leaves its place. Unlike opacity it reaches no picture inside, and a revealed child can undo it.
const colourless = `-webkit-text-fill-color:transparent!important;-webkit-text-stroke-color:transparent!important;text-shadow:none!important;` +
	`text-decoration-color:transparent!important;text-emphasis-color:transparent!important;caret-color:transparent!important`

// coloured gives a revealed element what it would have inherited; the page's own rules win.
const coloured = `-webkit-text-fill-color:currentcolor;-webkit-text-stroke-color:currentcolor;text-emphasis-color:currentcolor;caret-color:auto`

// pseudoTexts are the pseudo elements that hold text. Each has a rule of its own: one that Chromium does not know voids its rule.
var pseudoTexts = []string{
	"before", "after", "marker", "first-line", "first-letter", "placeholder", "file-selector-button", "spelling-error",
	"grammar-error", "scroll-marker", "scroll-button(*)", "checkmark", "picker-icon", "cue",
}

// imageless takes away pictures that are no elements.
const imageless = `background-image:none!important;border-image-source:none!important;list-style-image:none!important;` +
	`mask-image:none!important;-webkit-mask-box-image-source:none!important`

// modeSheets are the sheets of the modes that a policy uses. Reveal rules are the exception: the engine sets the attribute.
func modeSheets(n names, policy cobrowse.Policy) map[string]string {
	except := "" // costs something on every element
	for _, m := range policy.Masks {
		if m.Reveal {
			except = ":not([" + n.Reveal + "],[" + n.Reveal + "] *)"
		}
	}
	inputs := hide(":is(" + fieldSelector + ")" + except)
	text := inputs + textless("*"+except) + pseudoless(n, except) + "[" + n.Reveal + "]{" + coloured + "}"
	all := map[string]string{
		ModeInputs: inputs,
		ModeText:   text,
		ModeListed: text + hide(":is("+pictureSelector+")"+except) + pictureless("*"+except),
	}
	used := map[string]string{}
	for _, m := range policy.Modes {
		used[m.Mode] = all[m.Mode]
	}
	return used
}

// highlights paint text anew: a selection, what an address asks for, what is searched.
var highlights = []string{"selection", "target-text", "search-text"}

// plainHighlights keeps Chromium from choosing the colours of highlights, which it does unless an author's sheet has some: the sheets of
// the modes, being the user's, do not count there. Highlights inherit, also into trees below: what the root has is enough.
func plainHighlights(n names) string {
	var b strings.Builder
	for _, h := range highlights {
		b.WriteString(":root[" + n.Words + "]::" + h + "{color:transparent;background-color:transparent}")
		b.WriteString("[" + n.Words + "] [" + n.Reveal + "]::" + h + "{color:HighlightText;background-color:Highlight}")
	}
	return b.String()
}

func textless(selector string) string {
	var b strings.Builder
	b.WriteString(selector + "{" + colourless + ";background-clip:border-box!important;-webkit-box-reflect:none!important;")
	for _, h := range highlights {
		b.WriteString("&:not(:root)::" + h + "{" + colourless + ";color:transparent!important;background:transparent!important}")
	}
	b.WriteString("&:is(text,tspan,textPath,text a){fill:transparent!important;stroke:transparent!important}")
	b.WriteString("clipPath &:is(text,use){display:none!important}") // a shape has no colour that could be taken from it
	b.WriteString("}")
	return b.String()
}

// pseudoless does the same for pseudo elements, in trees that give some of them a text colour of their own. Elsewhere they inherit
// that they have none, and rules for all pseudo elements of all elements make a page of 50,000 elements ten times slower.
func pseudoless(n names, except string) string {
	var b strings.Builder
	for _, p := range pseudoTexts {
		b.WriteString(":is([" + n.Painted + "],[" + n.Painted + "] *)" + except + "::" + p + "{" + colourless + ";color:transparent!important}")
	}
	return b.String()
}

func pictureless(selector string) string {
	return selector + "{" + imageless + ";content:normal!important;" +
		"&::before,&::after{opacity:0!important;transition:none!important;animation-name:none!important;" + imageless + "}" +
		"&::marker{content:none!important}&::backdrop{background-image:none!important}}"
}
