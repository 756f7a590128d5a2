package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	unlinked = regexp.MustCompile(`[^\p{L}\p{N} _-]`) // what is left out of a heading's address
)

// Documents lead to files and headings that are there.
func TestLinksInDocumentsWork(t *testing.T) {
	list, err := exec.Command("git", "-C", root, "ls-files", "*.md").Output()
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, name := range strings.Fields(string(list)) {
		text := string(read(t, name))
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(found[1], ":") {
				continue // another site
			}
			links++
			to, part, _ := strings.Cut(found[1], "#")
			target := name
			if to != "" {
				target = filepath.Join(filepath.Dir(name), to)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, found[1])
			} else if part != "" && !hasHeading(string(read(t, target)), part) {
				t.Errorf("%s leads to %s, which has no such heading", name, found[1])
			}
		}
	}
	if links == 0 {
		t.Error("no document has a link")
	}
}

func hasHeading(text, part string) bool {
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		if strings.ReplaceAll(unlinked.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-") == part {
			return true
		}
	}
	return false
}
