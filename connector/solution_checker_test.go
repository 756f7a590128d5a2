package main

import (
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"cobrowse-connector/adapters/dynamics/solution"
	"cobrowse-connector/connector/web"
)

// refused is what the solution checker of a customer's Power Platform finds in scripts, by its rule. Facts:
// powerapps-docs/maker/data-platform/use-powerapps-checker.md. Rules about the form's own objects (Xrm.Page, ribbons, grids) are here as
// the names that they look for.
var refused = map[string]*regexp.Regexp{
	"remove-console":                   regexp.MustCompile(`\bconsole\.`),
	"remove-debug-script":              regexp.MustCompile(`\bdebugger\b`),
	"remove-alert":                     regexp.MustCompile(`\b(alert|confirm|prompt)\(`),
	"avoid-eval":                       regexp.MustCompile(`\beval\(|new Function\(|set(Timeout|Interval)\(["'` + "`]"),
	"avoid-modals":                     regexp.MustCompile(`showModalDialog`),
	"use-async":                        regexp.MustCompile(`XMLHttpRequest`),
	"avoid-2011-api":                   regexp.MustCompile(`Xrm\.Page|Mscrm\.|crmForm`),
	"avoid-unpub-api":                  regexp.MustCompile(`Xrm\.Internal|_scriptLoader`),
	"use-relative-uri":                 regexp.MustCompile(`https://[a-z0-9.]*dynamics\.com`),
	"avoid-browser-specific-api":       regexp.MustCompile(`ActiveXObject|attachEvent`),
	"web-sdl-no-cookies":               regexp.MustCompile(`document\.cookie`),
	"web-sdl-no-document-domain":       regexp.MustCompile(`document\.domain`),
	"web-sdl-no-document-write":        regexp.MustCompile(`document\.write`),
	"web-sdl-no-inner-html":            regexp.MustCompile(`\.(inner|outer)HTML`),
	"web-sdl-no-insecure-url":          regexp.MustCompile(`["'` + "`" + `](http|ftp)://`),
	"web-sdl-no-postmessage-star":      regexp.MustCompile(`postMessage\([^;]*,"\*"`),
	"avoid-window-top":                 regexp.MustCompile(`window\.top|parent\.parent`),
	"syntax later than it reads (ES9)": regexp.MustCompile(`\?\.[A-Za-z_[(]|\?\?|\bcatch\{`),
}

// excused are the findings that stay: Microsoft's own co-browse button listens on the topmost window, and on no other.
var excused = map[string][]string{solution.TabBundle: {"avoid-window-top"}}

// TestCustomersCheckersFindNothingInTheScripts reads the scripts as they are built.
func TestCustomersCheckersFindNothingInTheScripts(t *testing.T) {
	for _, name := range []string{solution.TabBundle, solution.PaneBundle, "dynamics-cti.js"} {
		script, err := fs.ReadFile(web.FS, name)
		if err != nil {
			t.Fatalf("This test needs the pages: %v", err)
		}
		for rule, pattern := range refused {
			found := pattern.Find(script)
			if is, may := found != nil, slices.Contains(excused[name], rule); is != may {
				t.Errorf("%s: %s finds %q, excused: %v", name, rule, found, may)
			}
		}
	}
}
