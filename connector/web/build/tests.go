package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// buildTests bundles each src/**/*.test.ts(x) into one file of .tests that Node can run.
func buildTests(root string) error {
	var entries []string
	err := filepath.WalkDir(filepath.Join(root, "src"), func(file string, _ fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(file, ".test.ts") || strings.HasSuffix(file, ".test.tsx")) {
			entries = append(entries, file)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("no tests below %s", filepath.Join(root, "src"))
	}
	out := filepath.Join(root, ".tests")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	o := options(root)
	o.MinifySyntax, o.MinifyWhitespace, o.MinifyIdentifiers = false, false, false
	o.EntryPoints = entries
	o.Outdir = out
	o.OutExtension = map[string]string{".js": ".mjs"}
	o.Format = api.FormatESModule
	o.Platform = api.PlatformNode
	o.Sourcemap = api.SourceMapInline
	return esbuildError(api.Build(o).Errors)
}
