package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

func TestReferenceIsCurrent(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "config.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Reference(), string(page)); diff != "" {
		t.Errorf("docs/config.md is not what the struct says: run `make docs`\n%s", diff)
	}
}

func TestFlagsAndDefaultsAreKongs(t *testing.T) {
	var parsed Config
	p, err := kong.New(&parsed)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Model.Flags {
		if f.Name != "help" && !strings.Contains(Reference(), "`--"+f.Name+"`") {
			t.Errorf("the reference lacks --%s", f.Name)
		}
	}
	if _, err := p.Parse(nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parsed.DataDir = dir
	if err := parsed.Resolve(); err != nil {
		t.Fatal(err)
	}
	def, err := Default(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*def, parsed); diff != "" {
		t.Errorf("Default differs from the tags' defaults:\n%s", diff)
	}
}

func TestResolveRefuses(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"path in the public address": func(c *Config) { c.PublicURL = "https://a.example/x" },
		"no scheme":                  func(c *Config) { c.PublicURL = "a.example" },
		"certificate without key":    func(c *Config) { c.TLSCert = "c.pem" },
		"no sessions":                func(c *Config) { c.MaxSessions = 0 },
		"negative pool":              func(c *Config) { c.Warm = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Default(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			change(c)
			if err := c.Resolve(); err == nil {
				t.Error("accepted")
			}
		})
	}
}
