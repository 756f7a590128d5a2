package web

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

func TestReadyNamesWhatIsMissing(t *testing.T) {
	err := Ready("nothing.html")
	if !errors.Is(err, ErrNotBuilt) {
		t.Errorf("Ready: %v", err)
	}
}

// TestPDFViewerStandsAlone: it is shown at other people's addresses, from where nothing can be loaded.
func TestPDFViewerStandsAlone(t *testing.T) {
	html, err := fs.ReadFile(FS, PDFViewer)
	if err != nil {
		t.Fatal(err)
	}
	for _, blank := range []string{"{{TITLE}}", "{{DOCUMENT}}", "{{PROBLEM}}", `nonce="{{NONCE}}"`} {
		if n := strings.Count(string(html), blank); n != 1 {
			t.Errorf("%s stands in it %d times", blank, n)
		}
	}
	if found := regexp.MustCompile(`<[^>]+ (src|href)=["'][^"']*["']`).Find(html); found != nil {
		t.Errorf("it refers to %.80s", found)
	}
}

// TestPagesFindTheirAssets: what a built page refers to is built, and nothing in it needs an exception from a strict policy.
func TestPagesFindTheirAssets(t *testing.T) {
	if err := Ready("join.html"); err != nil {
		t.Fatal(err)
	}
	pages, err := fs.Glob(FS, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	own := regexp.MustCompile(`(?:src|href)="/([^"]+)"`)
	scriptless := regexp.MustCompile(`<noscript>(<p lang="[\w-]+">[^<]+</p>){2,}</noscript>`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|<script[^>]*>[^<]|\son[a-z]+=`)
	for _, p := range pages {
		if strings.HasPrefix(p, "demo-") || p == PDFViewer { // served by the stand-ins, who have addresses of their own, or by no server
			continue
		}
		html, err := fs.ReadFile(FS, p)
		if err != nil {
			t.Fatal(err)
		}
		if !scriptless.Match(html) {
			t.Errorf("%s does not say in every language that it needs JavaScript", p)
		}
		refs := own.FindAllSubmatch(html, -1)
		if len(refs) == 0 {
			t.Errorf("%s refers to nothing of ours", p)
		}
		for _, m := range refs {
			if _, err := fs.Stat(FS, string(m[1])); err != nil {
				t.Errorf("%s: %v", p, err)
			}
		}
		if found := inline.Find(html); found != nil {
			t.Errorf("%s has inline code or style: %s", p, found)
		}
	}
}
