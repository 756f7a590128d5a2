package egress

import (
	"embed"
	"encoding/json"
	"html/template"
	"io"

	"golang.org/x/text/language"
)

// The pages say what happened and what to do, and nothing about the address: whoever sees them may be the agent.
//
//go:embed page.html page.*.json
var files embed.FS

var (
	page      = template.Must(template.ParseFS(files, "page.html"))
	languages = []language.Tag{language.English, language.BrazilianPortuguese} // the first is for everybody else
	matcher   = language.NewMatcher(languages)
	texts     = readTexts()
)

func readTexts() []map[string]string {
	all := make([]map[string]string, len(languages))
	for i, l := range languages {
		b, err := files.ReadFile("page." + l.String() + ".json")
		if err == nil {
			err = json.Unmarshal(b, &all[i])
		}
		if err != nil {
			panic(err) // the files are part of the program
		}
	}
	return all
}

// writePage says in a language that the browser accepts that an address was "refused" or "failed", and why.
func writePage(w io.Writer, acceptLanguage, what, why string) {
	_, i := language.MatchStrings(matcher, acceptLanguage)
	_ = page.Execute(w, map[string]string{ // the browser may be gone
		"Language": languages[i].String(), "Heading": texts[i][what], "Text": texts[i][what+"."+why],
	})
}
