package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "cobrowse-connector"

var root = filepath.Join("..", "..")

type pkg struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// room is the top-level folder of one of our packages, "" for foreign ones.
func room(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module+"/")
	if !ours {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

func TestArrows(t *testing.T) {
	may := map[string][]string{
		"cobrowse":  {"cobrowse"},
		"adapters":  {"adapters"},
		"connector": {"connector", "cobrowse", "adapters"},
		"e2e":       {"connector", "cobrowse", "adapters", "e2e"},
	}
	for _, p := range packages(t) {
		allowed, known := may[room(p.ImportPath)]
		if !known {
			t.Errorf("%s: no room of the house", p.ImportPath)
			continue
		}
		imports := append(append(append([]string{}, p.Imports...), p.TestImports...), p.XTestImports...)
		for _, imp := range imports {
			if r := room(imp); r != "" && !contains(allowed, r) {
				t.Errorf("%s imports %s: the house has no arrow %s -> %s", p.ImportPath, imp, room(p.ImportPath), r)
			}
			if strings.Contains(imp, "microsoft/kiota") && !strings.HasPrefix(p.ImportPath, module+"/adapters/dynamics") {
				t.Errorf("%s imports %s: kiota stays inside adapters/dynamics", p.ImportPath, imp)
			}
		}
	}
}

func TestEveryPackageExplainsItself(t *testing.T) {
	for _, p := range packages(t) {
		explained := len(p.GoFiles) == 0
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			explained = explained || file.Doc != nil
		}
		if !explained {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// TestFilesAreShort holds "about 500 lines" at 500, as "about" cannot be counted. What git ignores is written by
// tools.
func TestFilesAreShort(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.go", "*.ts", "*.tsx", "*.js", "*.css")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	files := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	if len(files) == 0 {
		t.Fatal("no source files found")
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(root, f))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed, and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(b, []byte("\n")); lines > 500 {
			t.Errorf("%s has %d lines: split it by subject", f, lines)
		}
	}
}

func TestDecisionsAreIndexed(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(root, "docs", "decisions", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "decisions", "2*.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no decisions found")
	}
	dated := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$`)
	for _, f := range files {
		name := filepath.Base(f)
		if !dated.MatchString(name) {
			t.Errorf("%s: name decisions YYYY-MM-DD-what.md", name)
		}
		if !bytes.Contains(index, []byte("("+name+")")) {
			t.Errorf("%s is not in docs/decisions/README.md", name)
		}
	}
	for _, link := range regexp.MustCompile(`\((\d{4}[^)]+\.md)\)`).FindAllSubmatch(index, -1) {
		if _, err := os.Stat(filepath.Join(root, "docs", "decisions", string(link[1]))); err != nil {
			t.Errorf("the index names %s, which does not exist", link[1])
		}
	}
}

// TestDockerfileFollowsMakefile keeps the image's steps those of the Makefile, as the image cannot be built everywhere.
func TestDockerfileFollowsMakefile(t *testing.T) {
	docker, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"make build", "USER ", "HEALTHCHECK", "chromium"} {
		if !bytes.Contains(docker, []byte(want)) {
			t.Errorf("Dockerfile lacks %q", want)
		}
	}
	for _, never := range []string{"no-sandbox", "--privileged"} {
		if bytes.Contains(docker, []byte(never)) {
			t.Errorf("Dockerfile must not contain %q", never)
		}
	}
	mk, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	run := regexp.MustCompile(`(?m)^RUN_PACKAGES\s*:=\s*(.+)$`).FindSubmatch(mk)
	if run == nil {
		t.Fatal("Makefile has no RUN_PACKAGES")
	}
	for _, p := range strings.Fields(string(run[1])) {
		if !bytes.Contains(docker, []byte(p)) {
			t.Errorf("Dockerfile does not install %s, which the Makefile does", p)
		}
	}
}

func TestChromiumIsNeverStartedWithoutItsSandbox(t *testing.T) {
	for _, p := range packages(t) {
		for _, f := range p.GoFiles {
			b, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			b = bytes.ReplaceAll(b, []byte(`Flag("no-sandbox", false)`), nil)
			if bytes.Contains(b, []byte(`no-sandbox`)) || bytes.Contains(b, []byte("NoSandbox")) {
				t.Errorf("%s/%s mentions starting Chromium without its sandbox", p.ImportPath, f)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
