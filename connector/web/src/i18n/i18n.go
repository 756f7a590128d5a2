// Package i18n has the texts that the service writes itself: what is left in the records of companies' desks. Their catalogues stand
// beside those of the pages, and the same test holds them together. What the player says of an event, a transcript says, too.
package i18n

import (
	"embed"
	"encoding/json"
	"strings"

	"golang.org/x/text/language"
)

//go:embed entry.*.json player.*.json
var files embed.FS

// tags are the languages that there are; the first is for everybody whose own there is not.
var tags = []language.Tag{language.English, language.BrazilianPortuguese}

var matcher = language.NewMatcher(tags)

// Texts are those of one language, by key.
type Texts map[string]string

// Entry has the texts of desks' entries in the first of a company's languages that there is.
func Entry(languages []string) Texts { return read("entry", languages) }

// Player has those of the player.
func Player(languages []string) Texts { return read("player", languages) }

func read(area string, languages []string) Texts {
	wanted := make([]language.Tag, 0, len(languages))
	for _, l := range languages {
		wanted = append(wanted, language.Make(l))
	}
	_, best, _ := matcher.Match(wanted...)
	text, err := files.ReadFile(area + "." + tags[best].String() + ".json")
	if err != nil {
		panic(err) // the file is part of the program
	}
	var t Texts
	if err := json.Unmarshal(text, &t); err != nil {
		panic(err)
	}
	return t
}

// Say is a text with its {placeholders} filled: "{n}", "4", and so on. What there is no text for says its key.
func (t Texts) Say(key string, fill ...string) string {
	text, known := t[key]
	if !known {
		return key
	}
	return strings.NewReplacer(fill...).Replace(text)
}
