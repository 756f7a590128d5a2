package demo

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// allowed is what a note may consist of. Everything else loses its tag and keeps its text.
var allowed = []atom.Atom{
	atom.P, atom.Br, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.Ul, atom.Ol, atom.Li, atom.Div, atom.Span, atom.A,
	atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Thead, atom.Tbody, atom.Tr, atom.Th, atom.Td, atom.Blockquote, atom.Hr,
}

// dropped is what goes with everything inside.
var dropped = []atom.Atom{
	atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Embed, atom.Template, atom.Noscript, atom.Title, atom.Textarea,
	atom.Svg, atom.Math, atom.Select,
}

// cleanHTML rebuilds rich text from the allowed elements, without any attribute but a link's checked address. Notes come from a
// CRM that many may write to: what is not known to be harmless does not reach a page.
func cleanHTML(source string) string {
	body := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	nodes, err := html.ParseFragment(strings.NewReader(source), body)
	if err != nil {
		return html.EscapeString(source)
	}
	var out strings.Builder
	for _, n := range nodes {
		writeClean(&out, n)
	}
	return out.String()
}

func writeClean(out *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		out.WriteString(html.EscapeString(n.Data))
		return
	}
	if n.Type != html.ElementNode || slices.Contains(dropped, n.DataAtom) {
		return
	}
	keep := n.Namespace == "" && slices.Contains(allowed, n.DataAtom)
	if keep {
		out.WriteString("<" + n.DataAtom.String() + linkAttributes(n) + ">")
	}
	for child := range n.ChildNodes() {
		writeClean(out, child)
	}
	if keep && n.DataAtom != atom.Br && n.DataAtom != atom.Hr {
		out.WriteString("</" + n.DataAtom.String() + ">")
	}
}

func linkAttributes(n *html.Node) string {
	if n.DataAtom != atom.A {
		return ""
	}
	for _, a := range n.Attr {
		href := strings.TrimSpace(a.Val)
		if a.Key == "href" && a.Namespace == "" && (strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://")) {
			return ` href="` + html.EscapeString(href) + `" target="_blank" rel="noopener noreferrer"`
		}
	}
	return ""
}
