package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pdfFiles are what pdf.js loads while it works: decoders, colour profiles, character maps, fonts.
var pdfFiles = []string{
	"wasm/jbig2.wasm", "wasm/openjpeg.wasm", "wasm/qcms_bg.wasm", "iccs/*.icc", "cmaps/*.bcmap", "standard_fonts/*.pfb", "standard_fonts/*.ttf",
}

// writeViewer builds the page that the shared browser shows in the place of a PDF: one file, as it stands at the document's own
// address, from where nothing of ours can be loaded. What is in double braces the service fills in.
func writeViewer(root, dist string) error {
	html, err := os.ReadFile(filepath.Join(root, "src/pdf/viewer.html"))
	if err != nil {
		return err
	}
	worker, err := pdfWorker(root)
	if err != nil {
		return err
	}
	script, err := inlined(root, "src/pdf/viewer.ts", nil)
	if err != nil {
		return err
	}
	style, err := inlined(root, "src/pdf/viewer.css", nil)
	if err != nil {
		return err
	}
	page := strings.NewReplacer(
		`<link rel="stylesheet" href="./viewer.css">`, "<style>"+style+"</style>",
		`<script type="module" src="./viewer.ts" nonce="{{NONCE}}"></script>`, `<script type="module" nonce="{{NONCE}}">`+script+"</script>",
		"{{WORKER}}", worker,
	).Replace(string(html))
	return os.WriteFile(filepath.Join(dist, "pdf.html"), []byte(page), 0o644) //nolint:gosec // built pages are public
}

// pdfWorker is the script that works beside the page, with its files, packed: most of it is never unpacked from base64.
func pdfWorker(root string) (string, error) {
	files := map[string]string{}
	folder := filepath.Join(root, "node_modules/pdfjs-dist")
	for _, pattern := range pdfFiles {
		found, err := fs.Glob(os.DirFS(folder), pattern)
		if err != nil || len(found) == 0 {
			return "", fmt.Errorf("pdf.js has no %s: %w", pattern, err)
		}
		for _, name := range found {
			content, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return "", err
			}
			files[name] = base64.StdEncoding.EncodeToString(content)
		}
	}
	known, err := json.Marshal(files)
	if err != nil {
		return "", err
	}
	script, err := inlined(root, "src/pdf/worker.ts", map[string]string{"FILES": string(known)})
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write([]byte(script)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// inlined bundles one source file into one text, with constants.
func inlined(root, source string, constants map[string]string) (string, error) {
	o := options(root)
	maps.Copy(o.Define, constants)
	o.EntryPoints = []string{source}
	o.Format = api.FormatESModule
	o.Write = false
	result := api.Build(o)
	if err := esbuildError(result.Errors); err != nil {
		return "", err
	}
	return string(result.OutputFiles[0].Contents), nil
}
