package browser

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"cobrowse-connector/cobrowse"
)

// The page that people look at may name another icon for each of them. What counts is what the host's front page names to strangers.

// namedIcon fetches the icon that a host's front page names, "" where it names none.
func namedIcon(ctx context.Context, p *page, w place, origin string) (string, error) {
	short, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	front, err := askStranger(short, p, origin)
	if err != nil {
		return "", err
	}
	address := iconNamedIn(front)
	if address == "" {
		return "", nil
	}
	return fetchIcon(ctx, p, w, address)
}

// iconNamedIn is the address of the icon that a page names first, of pictures of pixels if it names any.
func iconNamedIn(front forStrangers) string {
	base, err := url.Parse(front.URL)
	if err != nil {
		return ""
	}
	drawing := ""
	for z := html.NewTokenizer(bytes.NewReader(front.Bytes)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return drawing
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if token.DataAtom == atom.Body {
				return drawing
			}
			href, drawn := iconOf(token)
			u, err := base.Parse(href)
			if href == "" || err != nil {
				continue
			}
			switch address, err := cobrowse.WebAddress(u.String()); {
			case err != nil:
			case !drawn:
				return address.String()
			case drawing == "":
				drawing = address.String()
			}
		}
	}
}

// iconOf is what a link element says of an icon, "" when it is none, and whether that is a drawing (SVG).
func iconOf(token html.Token) (href string, drawn bool) {
	said := map[string]string{}
	for _, a := range token.Attr {
		said[a.Key] = strings.TrimSpace(a.Val)
	}
	rel := strings.Fields(strings.ToLower(said["rel"]))
	if token.DataAtom != atom.Link || !slices.Contains(rel, "icon") && !slices.Contains(rel, "apple-touch-icon") {
		return "", false
	}
	return said["href"], strings.Contains(said["type"], "svg") || strings.HasSuffix(said["href"], ".svg")
}
