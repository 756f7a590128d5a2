package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pdfWorker is the part of pdf.js that runs beside the page.
const pdfWorker = "node_modules/pdfjs-dist/build/pdf.worker.min.mjs"

// writeViewer builds the page that the shared browser shows in the place of a PDF: one file, as it stands at the document's own
// address, from where nothing of ours can be loaded. What is in double braces the service fills in.
func writeViewer(root, dist string) error {
	html, err := os.ReadFile(filepath.Join(root, "src/pdf/viewer.html"))
	if err != nil {
		return err
	}
	worker, err := os.ReadFile(filepath.Join(root, pdfWorker))
	if err != nil {
		return err
	}
	script, err := inlined(root, "src/pdf/viewer.ts")
	if err != nil {
		return err
	}
	style, err := inlined(root, "src/pdf/viewer.css")
	if err != nil {
		return err
	}
	page := strings.NewReplacer(
		`<link rel="stylesheet" href="./viewer.css">`, "<style>"+style+"</style>",
		`<script type="module" src="./viewer.ts" nonce="{{NONCE}}"></script>`, `<script type="module" nonce="{{NONCE}}">`+script+"</script>",
		"{{WORKER}}", base64.StdEncoding.EncodeToString(worker),
	).Replace(string(html))
	return os.WriteFile(filepath.Join(dist, "pdf.html"), []byte(page), 0o644) //nolint:gosec // built pages are public
}

// inlined bundles one source file into one text.
func inlined(root, source string) (string, error) {
	o := options(root)
	o.EntryPoints = []string{source}
	o.Format = api.FormatESModule
	o.Write = false
	result := api.Build(o)
	if err := esbuildError(result.Errors); err != nil {
		return "", err
	}
	return string(result.OutputFiles[0].Contents), nil
}
