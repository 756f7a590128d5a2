// Package web holds the pages that people see, built by connector/web/build from the TypeScript below src and embedded here.
// A plain `go build` works without them; whoever serves them calls Ready first.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS is what the build wrote: agent.html, join.html, j.html, watch.html, cobrowse.js and assets/ with hashed names, which may
// be cached for ever. Pages refer to assets as /assets/….
var FS = below(dist, "dist")

// PDFViewer is the page that the shared browser shows in the place of a PDF.
const PDFViewer = "pdf.html"

// ErrNotBuilt says that this binary was built without its pages.
var ErrNotBuilt = errors.New("the web pages are not in this binary: run `make pages`, then build it again")

// Ready reports ErrNotBuilt when the named pages are missing.
func Ready(pages ...string) error {
	for _, p := range pages {
		if _, err := fs.Stat(FS, p); err != nil {
			return fmt.Errorf("%s: %w", p, ErrNotBuilt)
		}
	}
	return nil
}

func below(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // dir is a constant
	}
	return sub
}
