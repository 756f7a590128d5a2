package egress

import (
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestPagesSpeakTheReadersLanguage(t *testing.T) {
	const refusal, failure = "refused", "failed"
	cases := []struct{ what, why string }{
		{refusal, ReasonBlocked}, {refusal, ReasonUnknown}, {refusal, ReasonPrivate}, {refusal, ReasonPort}, {refusal, ReasonAddress},
		{failure, "dns"}, {failure, "timeout"}, {failure, "failed"},
	}
	for accept, i := range map[string]int{"": 0, "*": 0, "xx": 0, "en-GB,pt;q=0.5": 0, "pt-BR,pt;q=0.9,en;q=0.8": 1, "pt-PT": 1, "fr,pt;q=0.5": 1} {
		for _, c := range cases {
			var b strings.Builder
			writePage(&b, accept, c.what, c.why)
			got, text := html.UnescapeString(b.String()), texts[i][c.what+"."+c.why]
			if text == "" || !strings.Contains(got, "<p>"+text+"</p>") || !strings.Contains(got, "<h1>"+texts[i][c.what]+"</h1>") ||
				!strings.Contains(got, `<html lang="`+languages[i].String()+`">`) {
				t.Errorf("%q, %s %s: %s", accept, c.what, c.why, got)
			}
		}
	}
	for i := range texts {
		if english, other := slices.Sorted(maps.Keys(texts[0])), slices.Sorted(maps.Keys(texts[i])); !slices.Equal(english, other) {
			t.Errorf("%s has the texts %v, English has %v", languages[i], other, english)
		}
	}
}
