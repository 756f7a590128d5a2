package demo

import (
	"html/template"
	"strings"
)

// good is something that the shop sells.
type good struct {
	ID, Name, Kind, Short, Long string
	Cents                       int
	Was                         int // an earlier price, 0 = none
	Rating                      string
	Facts                       [][2]string
	Body, Detail                string // colours of its picture
	Shape                       string
}

var goods = []good{
	{
		ID: "aurora", Name: "Aurora Espresso", Kind: "Espresso machine", Cents: 34900, Was: 39900, Rating: "4.8", Shape: "machine", Body: "#b8502d", Detail: "#3a2a22",
		Short: "15 bar, ready in 35 seconds", Long: "A small machine with a steam wand for people who want a café's espresso without a café's counter. Warm cups on the lid, water for eight doubles in the tank.",
		Facts: [][2]string{{"Pressure", "15 bar"}, {"Warm-up", "35 s"}, {"Tank", "1.6 l"}, {"Width", "22 cm"}, {"Warranty", "3 years"}},
	},
	{
		ID: "vento", Name: "Vento Grinder", Kind: "Grinder", Cents: 15900, Rating: "4.7", Shape: "grinder", Body: "#59665b", Detail: "#2c2a26",
		Short: "40 steps, steel burrs", Long: "Grinds for espresso, moka and filter, and is quiet enough for a flat with thin walls. The hopper holds 250 grams.",
		Facts: [][2]string{{"Burrs", "48 mm steel"}, {"Steps", "40"}, {"Hopper", "250 g"}, {"Noise", "68 dB"}, {"Warranty", "3 years"}},
	},
	{
		ID: "nuvem", Name: "Nuvem Milk Frother", Kind: "Frother", Cents: 6900, Rating: "4.5", Shape: "jug", Body: "#e7ddcd", Detail: "#7b6a58",
		Short: "Hot or cold foam in 80 seconds", Long: "One button, four kinds of foam. The jug goes into the dishwasher.",
		Facts: [][2]string{{"Programmes", "4"}, {"Capacity", "240 ml"}, {"Dishwasher", "yes"}, {"Warranty", "2 years"}},
	},
	{
		ID: "pico", Name: "Pico Moka 6", Kind: "Moka pot", Cents: 3900, Rating: "4.9", Shape: "moka", Body: "#8f9aa0", Detail: "#2c2a26",
		Short: "Six cups, every stove", Long: "The classic in steel instead of aluminium: works on induction, too.",
		Facts: [][2]string{{"Cups", "6"}, {"Material", "steel"}, {"Induction", "yes"}, {"Warranty", "10 years"}},
	},
	{
		ID: "serra", Name: "Serra Beans", Kind: "Coffee", Cents: 1490, Rating: "4.8", Shape: "bag", Body: "#c98a3c", Detail: "#4b2e1e",
		Short: "500 g, Minas Gerais", Long: "Chocolate, hazelnut, little acid. Roasted on Tuesdays, on its way on Wednesdays.",
		Facts: [][2]string{{"Origin", "Minas Gerais, Brazil"}, {"Roast", "medium"}, {"Weight", "500 g"}},
	},
	{
		ID: "duo", Name: "Duo Cups", Kind: "Cups", Cents: 2400, Rating: "4.6", Shape: "cups", Body: "#b8502d", Detail: "#fff7ec",
		Short: "Two cups, stoneware", Long: "Heavy enough to keep the espresso warm, light enough to lift before the second one.",
		Facts: [][2]string{{"Volume", "90 ml"}, {"Material", "stoneware"}, {"Dishwasher", "yes"}},
	},
}

func goodByID(id string) (good, bool) {
	for _, g := range goods {
		if g.ID == id {
			return g, true
		}
	}
	return good{}, false
}

func find(query string) []good {
	var found []good
	for _, g := range goods {
		if strings.Contains(strings.ToLower(g.Name+" "+g.Kind+" "+g.Short), strings.ToLower(query)) {
			found = append(found, g)
		}
	}
	return found
}

var shapes = map[string]string{
	"machine": `<rect x="52" y="44" width="96" height="112" rx="10" fill="BODY"/><rect x="52" y="44" width="96" height="26" rx="10" fill="DETAIL"/><rect x="62" y="84" width="76" height="48" rx="4" fill="DETAIL" opacity=".92"/><rect x="86" y="84" width="28" height="12" rx="2" fill="#cfc6ba"/><rect x="72" y="91" width="34" height="6" rx="3" fill="#cfc6ba"/><path d="M92 110h18v9a7 7 0 0 1-7 7h-4a7 7 0 0 1-7-7z" fill="#fff7ec"/><rect x="46" y="150" width="108" height="12" rx="4" fill="DETAIL"/><circle cx="126" cy="57" r="6" fill="#f2e7d8"/><circle cx="108" cy="57" r="3" fill="#f0b35b"/><path d="M142 86c10 4 8 22 4 34" stroke="#cfc6ba" stroke-width="5" fill="none" stroke-linecap="round"/>`,
	"grinder": `<path d="M74 34h52l-8 40H82z" fill="#cfc6ba" opacity=".75"/><path d="M79 52h42l-5 22H84z" fill="#4b2e1e"/><rect x="70" y="72" width="60" height="78" rx="8" fill="BODY"/><rect x="84" y="104" width="32" height="34" rx="4" fill="DETAIL"/><circle cx="100" cy="88" r="8" fill="#f2e7d8"/><path d="M100 88v-6" stroke="DETAIL" stroke-width="3" stroke-linecap="round"/><rect x="62" y="150" width="76" height="11" rx="4" fill="DETAIL"/>`,
	"jug":     `<path d="M68 62h58l6 84a12 12 0 0 1-12 13H76a12 12 0 0 1-12-13z" fill="BODY"/><path d="M130 78c26-4 26 48 2 48" stroke="DETAIL" stroke-width="9" fill="none" stroke-linecap="round"/><path d="M66 62c0-22 64-22 62 0z" fill="#fffaf2"/><circle cx="96" cy="112" r="9" fill="DETAIL"/><path d="M68 62l-9-7" stroke="BODY" stroke-width="8" stroke-linecap="round"/>`,
	"moka":    `<path d="M76 104h48l12 56H64z" fill="BODY"/><path d="M72 48h56l-6 50H78z" fill="BODY"/><rect x="74" y="96" width="52" height="10" rx="3" fill="DETAIL"/><path d="M128 54c26 0 22 38 10 48" stroke="DETAIL" stroke-width="9" fill="none" stroke-linecap="round"/><path d="M72 48l28-14 28 14z" fill="#aab4b9"/><circle cx="100" cy="31" r="5" fill="DETAIL"/><path d="M72 50l-12-4 14 22z" fill="BODY"/>`,
	"bag":     `<path d="M66 52h68l6 104a6 6 0 0 1-6 6H66a6 6 0 0 1-6-6z" fill="BODY"/><path d="M66 36h68v16H66z" fill="DETAIL"/><rect x="76" y="82" width="48" height="54" rx="4" fill="#fff7ec"/><ellipse cx="100" cy="104" rx="9" ry="13" fill="DETAIL" transform="rotate(24 100 104)"/><path d="M96 93c8 6 0 14 8 22" stroke="#fff7ec" stroke-width="2.500" fill="none"/><path d="M84 128h32" stroke="DETAIL" stroke-width="3"/>`,
	"cups":    `<path d="M44 92h58v22a24 24 0 0 1-24 24H68a24 24 0 0 1-24-24z" fill="BODY"/><path d="M102 98c18-2 18 24-2 24" stroke="BODY" stroke-width="8" fill="none"/><ellipse cx="73" cy="92" rx="29" ry="7" fill="#4b2e1e"/><path d="M104 112h48v18a20 20 0 0 1-20 20h-8a20 20 0 0 1-20-20z" fill="DETAIL" stroke="#d8cbb8" stroke-width="2"/><ellipse cx="128" cy="112" rx="24" ry="6" fill="#4b2e1e"/><path d="M66 78c-6-10 6-12 0-24M82 78c-6-10 6-12 0-24" stroke="#cfc0ac" stroke-width="3.500" fill="none" stroke-linecap="round"/>`,
}

// picture draws a good; the shapes are constants of this file.
func picture(g good) template.HTML {
	drawn := strings.NewReplacer("BODY", g.Body, "DETAIL", g.Detail).Replace(shapes[g.Shape])
	return template.HTML(`<svg viewBox="0 0 200 200" role="img" aria-label="` + template.HTMLEscapeString(g.Name) + `">` + //nolint:gosec // constants
		`<ellipse cx="100" cy="164" rx="66" ry="7" fill="#2a211c" opacity=".10"/>` + drawn + `</svg>`)
}
