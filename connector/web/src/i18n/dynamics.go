package i18n

import (
	"embed"
	"encoding/json"

	"golang.org/x/text/language"
)

//go:embed dynamics.*.json
var dynamicsFiles embed.FS

// codes are what Dynamics calls our languages.
var codes = map[language.Tag]int{language.English: 1033, language.BrazilianPortuguese: 1046}

// Dynamics has the texts of what is installed in a Dynamics organisation, by Dynamics' code of their language.
func Dynamics() map[int]Texts {
	all := map[int]Texts{}
	for _, tag := range tags {
		text, err := dynamicsFiles.ReadFile("dynamics." + tag.String() + ".json")
		if err != nil {
			panic(err) // the file is part of the program
		}
		var t Texts
		if err := json.Unmarshal(text, &t); err != nil {
			panic(err)
		}
		all[codes[tag]] = t
	}
	return all
}
