package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

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
	o := options(root)
	o.EntryPoints = entryPoints()
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

func entryPoints() []string {
	entries := []string{source(icon)}
	for _, p := range pages {
		for _, file := range append(p.Styles, p.Script) {
			if !slices.Contains(entries, source(file)) {
				entries = append(entries, source(file))
			}
		}
	}
	return entries
}

// source is the path from root of a file of the pages.
func source(file string) string { return path.Join("src", file) }

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
