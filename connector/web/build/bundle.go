package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// reference is what a page's HTML may point to: a file beside it that the build knows how to bundle or copy.
var reference = regexp.MustCompile(`(src|href)="(\.\.?/[^"]+\.(?:ts|tsx|css|svg|png|ico))"`)

// output is the part of esbuild's metafile about one built file.
type output struct {
	EntryPoint string `json:"entryPoint"`
	CSSBundle  string `json:"cssBundle"`
	Imports    []struct {
		Path string `json:"path"`
		Kind string `json:"kind"`
	} `json:"imports"`
}

// bundled knows what became of each source file.
type bundled struct {
	root, dist string
	outputs    map[string]output // by path from root, as esbuild names them
	built      map[string]string // entry point → output
}

func options(root string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     root,
		Bundle:            true,
		Write:             true,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		Target:            api.ES2022,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		LegalComments:     api.LegalCommentsNone,
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
	}
}

// bundlePages builds everything that the pages refer to in one go, so that they share chunks.
func bundlePages(root, dist string) (*bundled, error) {
	entries, err := entryPoints(root)
	if err != nil {
		return nil, err
	}
	o := options(root)
	o.EntryPoints = entries
	o.Outdir = filepath.Join(dist, "assets")
	o.EntryNames = "[name]-[hash]"
	o.ChunkNames = "[name]-[hash]"
	o.Format = api.FormatESModule
	o.Splitting = true
	o.Metafile = true
	o.Loader = map[string]api.Loader{".svg": api.LoaderCopy, ".png": api.LoaderCopy, ".ico": api.LoaderCopy}
	result := api.Build(o)
	if err := esbuildError(result.Errors); err != nil {
		return nil, err
	}
	var meta struct {
		Outputs map[string]output `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, err
	}
	b := &bundled{root: root, dist: dist, outputs: meta.Outputs, built: map[string]string{}}
	for out, o := range meta.Outputs {
		if o.EntryPoint != "" {
			b.built[o.EntryPoint] = out
		}
	}
	return b, nil
}

func entryPoints(root string) ([]string, error) {
	var entries []string
	for _, p := range pages {
		html, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.Source)))
		if err != nil {
			return nil, err
		}
		for _, m := range reference.FindAllStringSubmatch(string(html), -1) {
			entry := path.Join(path.Dir(p.Source), m[2])
			if !slices.Contains(entries, entry) {
				entries = append(entries, entry)
			}
		}
	}
	return entries, nil
}

// writePage replaces the page's references and holds its scripts to the budget.
func (b *bundled) writePage(p page) error {
	source, err := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(p.Source)))
	if err != nil {
		return err
	}
	var first, styles []string
	page := reference.ReplaceAllStringFunc(string(source), func(ref string) string {
		m := reference.FindStringSubmatch(ref)
		out := b.built[path.Join(path.Dir(p.Source), m[2])]
		if strings.HasSuffix(out, ".js") {
			first = b.withImports(out, first)
		}
		if css := b.outputs[out].CSSBundle; css != "" {
			styles = append(styles, css)
		}
		return m[1] + `="` + b.address(out) + `"`
	})
	page = strings.Replace(page, "</head>", b.headLinks(first, styles)+"</head>", 1)
	if page, err = withoutScripts(b.root, page, p.Texts); err != nil {
		return err
	}
	file := filepath.Join(b.dist, filepath.FromSlash(p.Out))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // built pages are public
		return err
	}
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil { //nolint:gosec // built pages are public
		return err
	}
	return b.weigh(p, first)
}

// withoutScripts says what is wrong to people without JavaScript: in every language, as nothing could choose one.
func withoutScripts(root, page, texts string) (string, error) {
	files, err := filepath.Glob(filepath.Join(root, "src/i18n", texts+"[a-z][a-z]*.json"))
	if err != nil {
		return "", err
	}
	var said strings.Builder
	for _, file := range files {
		lang, _ := strings.CutSuffix(strings.TrimPrefix(filepath.Base(file), texts), ".json")
		if strings.Contains(lang, ".") { // another part of the catalogues
			continue
		}
		var catalogue map[string]string
		if err := readJSON(file, &catalogue); err != nil {
			return "", err
		}
		fmt.Fprintf(&said, "<p lang=%q>%s</p>", lang, html.EscapeString(catalogue["noscript"]))
	}
	return strings.Replace(page, "<noscript></noscript>", "<noscript>"+said.String()+"</noscript>", 1), nil
}

// headLinks lets the browser fetch shared chunks without waiting for the entry script to name them.
func (b *bundled) headLinks(scripts, styles []string) string {
	var links strings.Builder
	for _, css := range styles {
		fmt.Fprintf(&links, "<link rel=\"stylesheet\" href=\"%s\">\n", b.address(css))
	}
	for _, js := range scripts {
		if b.outputs[js].EntryPoint == "" {
			fmt.Fprintf(&links, "<link rel=\"modulepreload\" href=\"%s\">\n", b.address(js))
		}
	}
	return links.String()
}

// withImports adds out and everything it imports statically.
func (b *bundled) withImports(out string, have []string) []string {
	if slices.Contains(have, out) {
		return have
	}
	have = append(have, out)
	for _, i := range b.outputs[out].Imports {
		if i.Kind == "import-statement" {
			have = b.withImports(i.Path, have)
		}
	}
	return have
}

func (b *bundled) address(out string) string { return strings.TrimPrefix(out, "dist") }

func (b *bundled) weigh(p page, scripts []string) error {
	total := 0
	for _, s := range scripts {
		n, err := gzipped(filepath.Join(b.root, filepath.FromSlash(s)))
		if err != nil {
			return err
		}
		total += n
	}
	return report(p.Out, total, p.Budget)
}

func bundleScript(root, dist string, s script) error {
	o := options(root)
	o.EntryPoints = []string{s.Source}
	o.Outfile = filepath.Join(dist, s.Out)
	o.Format = api.FormatIIFE
	// Runs on the companies' own sites, so on their oldest browsers too; and of a later language than this Microsoft's solution checker
	// reads nothing.
	o.Target = api.ES2018
	if err := esbuildError(api.Build(o).Errors); err != nil {
		return err
	}
	n, err := gzipped(o.Outfile)
	if err != nil {
		return err
	}
	return report(s.Out, n, s.Budget)
}

func report(name string, size, budget int) error {
	if budget == 0 {
		fmt.Printf("%-24s %6.1f kB gz\n", name, float64(size)/1000)
		return nil
	}
	fmt.Printf("%-24s %6.1f kB gz of %d\n", name, float64(size)/1000, budget/1000)
	if size > budget {
		return fmt.Errorf("%s: the first view loads %.1f kB of script after gzip, the budget is %.1f kB", name, float64(size)/1000, float64(budget)/1000)
	}
	return nil
}

func gzipped(file string) (int, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return buf.Len(), nil
}
