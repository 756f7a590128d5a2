package main

import (
	"html/template"
	"os"
	"path/filepath"
	"strings"
)

// icon stands in the tabs of all pages.
const icon = "customer/icon.svg"

// shell is the HTML of every page. What its server sends in headers (policy, referrers) is not repeated here; shared scripts are named so
// that the browser fetches them without waiting for the page's own to do so.
var shell = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Title}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1{{if .WholeScreen}}, viewport-fit=cover, interactive-widget=resizes-content{{end}}">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light">
<link rel="icon" href="{{.Icon}}">
{{range .Sheets}}<link rel="stylesheet" href="{{.}}">
{{end}}{{range .Shared}}<link rel="modulepreload" href="{{.}}">
{{end}}{{with .Before}}<script src="{{.}}" defer></script>
{{end}}<script type="module" src="{{.Main}}"></script>
</head>
<body>
{{with .Root}}<div id="{{.}}"></div>
{{end}}<noscript>{{range $lang, $text := .Scriptless}}<p lang="{{$lang}}">{{$text}}</p>{{end}}</noscript>
</body>
</html>
`))

// filled is a page with what has become of its files. Scriptless is what it says to people without JavaScript: in every language, as nothing
// could choose one.
type filled struct {
	page
	Icon, Main     string
	Sheets, Shared []string
	Scriptless     map[string]string
}

// writePage writes the page and holds its scripts to the budget.
func (b *bundled) writePage(p page) error {
	main := b.built[source(p.Script)]
	first := b.withImports(main, nil)
	f := filled{page: p, Icon: address(b.built[source(icon)]), Main: address(main)}
	for _, style := range p.Styles {
		f.Sheets = append(f.Sheets, address(b.built[source(style)]))
	}
	if css := b.outputs[main].CSSBundle; css != "" {
		f.Sheets = append(f.Sheets, address(css))
	}
	for _, script := range first[1:] {
		f.Shared = append(f.Shared, address(script))
	}
	var err error
	if f.Scriptless, err = scriptless(b.root, p.Texts); err != nil {
		return err
	}
	var html strings.Builder
	if err := shell.Execute(&html, f); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dist, p.Out), []byte(html.String()), 0o644); err != nil { //nolint:gosec // built pages are public
		return err
	}
	return b.weigh(p, first)
}

// address is where a page finds a built file.
func address(out string) string { return strings.TrimPrefix(out, "dist") }

// scriptless is the sentence about JavaScript of a part of the catalogues, by language.
func scriptless(root, texts string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "src/i18n", texts+"[a-z][a-z]*.json"))
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	for _, file := range files {
		lang, _ := strings.CutSuffix(strings.TrimPrefix(filepath.Base(file), texts), ".json")
		if strings.Contains(lang, ".") { // another part of the catalogues
			continue
		}
		var catalogue map[string]string
		if err := readJSON(file, &catalogue); err != nil {
			return nil, err
		}
		said[lang] = catalogue["noscript"]
	}
	return said, nil
}
