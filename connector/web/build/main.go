// Command build bundles the pages' TypeScript, styles and HTML into connector/web/dist, from where package web embeds them.
// It needs the npm packages (`npm ci` in connector/web) but no Node itself. With -tests it bundles the pages' tests instead,
// for `node --test`.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	tests := flag.Bool("tests", false, "bundle the tests into .tests instead of the pages into dist")
	flag.Parse()
	run := buildPages
	if *tests {
		run = buildTests
	}
	if err := run(sourceRoot()); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// sourceRoot is connector/web, wherever the command is called from.
func sourceRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(file))
}

func buildPages(root string) error {
	if err := checkPackages(root); err != nil {
		return err
	}
	dist := filepath.Join(root, "dist")
	if err := empty(dist); err != nil {
		return err
	}
	bundle, err := bundlePages(root, dist)
	if err != nil {
		return err
	}
	var problems []error
	for _, p := range pages {
		problems = append(problems, bundle.writePage(p))
	}
	for _, s := range scripts {
		problems = append(problems, bundleScript(root, dist, s))
	}
	return errors.Join(append(problems, writeViewer(root, dist))...)
}

// empty removes everything but .gitkeep, which keeps the folder in git for go:embed.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == ".gitkeep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// checkPackages insists on the exact versions of package.json: npm under an older Node silently installs an older Fluent when
// it may choose.
func checkPackages(root string) error {
	var want struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := readJSON(filepath.Join(root, "package.json"), &want); err != nil {
		return err
	}
	for name, version := range want.Dependencies {
		var have struct {
			Version string `json:"version"`
		}
		err := readJSON(filepath.Join(root, "node_modules", filepath.FromSlash(name), "package.json"), &have)
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is not installed: run `make pages`, or `npm ci` in connector/web", name)
		}
		if err != nil {
			return err
		}
		if have.Version != version {
			return fmt.Errorf("%s is %s, package.json wants %s: run `npm ci` in connector/web", name, have.Version, version)
		}
	}
	return nil
}

func readJSON(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func esbuildError(result []api.Message) error {
	if len(result) == 0 {
		return nil
	}
	lines := api.FormatMessages(result, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return errors.New(strings.TrimSpace(strings.Join(lines, "")))
}
