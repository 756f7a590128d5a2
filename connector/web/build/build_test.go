package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBudgetFails(t *testing.T) {
	for _, c := range []struct {
		size, budget int
		fails        bool
	}{{80_001, 80_000, true}, {80_000, 80_000, false}, {900_000, 0, false}} {
		if err := report("join.html", c.size, c.budget); (err != nil) != c.fails {
			t.Errorf("%d of %d: %v", c.size, c.budget, err)
		}
	}
}

func TestFirstViewCountsStaticImportsOnce(t *testing.T) {
	var b bundled
	type imports = []struct {
		Path string `json:"path"`
		Kind string `json:"kind"`
	}
	b.outputs = map[string]output{
		"main.js":   {Imports: imports{{"shared.js", "import-statement"}, {"pt.js", "dynamic-import"}, {"view.js", "import-statement"}}},
		"view.js":   {Imports: imports{{"shared.js", "import-statement"}, {"main.js", "import-statement"}}},
		"shared.js": {}, "pt.js": {},
	}
	if got := strings.Join(b.withImports("main.js", nil), " "); got != "main.js shared.js view.js" {
		t.Errorf("first view: %s", got)
	}
}

func TestPackagesMustBeTheOnesNamed(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("package.json", `{"dependencies": {"@a/b": "3.1.3"}}`)
	for _, c := range []struct{ have, want string }{
		{"", "is not installed"}, {`{"version": "2.6.1"}`, "is 2.6.1, package.json wants 3.1.3"}, {`{"version": "3.1.3"}`, ""},
	} {
		if c.have != "" {
			write("node_modules/@a/b/package.json", c.have)
		}
		err := checkPackages(root)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("with %s: %v", c.have, err)
		}
	}
}

// TestLockFileNamesNoRegistry keeps the lock usable behind any registry.
func TestLockFileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join(sourceRoot(), "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("package-lock.json has \"resolved\" fields: delete them")
	}
}

// TestScriptsForForeignPagesAreInAnOldLanguage: customers' checkers and browsers read nothing later than ES2018.
func TestScriptsForForeignPagesAreInAnOldLanguage(t *testing.T) {
	root := t.TempDir()
	source := "export {}; (globalThis as any).said = (globalThis as any).a?.b ?? 1; try { } catch { }"
	if err := os.WriteFile(filepath.Join(root, "late.ts"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := bundleScript(root, root, script{Out: "early.js", Source: "late.ts"}); err != nil {
		t.Fatal(err)
	}
	built, err := os.ReadFile(filepath.Join(root, "early.js"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(built), "said") || strings.Contains(string(built), "?.") || strings.Contains(string(built), "??") {
		t.Errorf("built: %s", built)
	}
}
