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
		"query":                      func(c *Config) { c.PublicURL = "https://a.example/?x" },
		"user":                       func(c *Config) { c.PublicURL = "https://u@a.example" },
		"no host":                    func(c *Config) { c.PublicURL = "https://:8080" },
		"port out of range":          func(c *Config) { c.PublicURL = "https://a.example:70000" },
		"umlaut":                     func(c *Config) { c.PublicURL = "https://bücher.example" },
		"http in public":             func(c *Config) { c.PublicURL = "http://a.example" },
		"http to a public address":   func(c *Config) { c.PublicURL = "http://203.0.113.7" },
		"http to a name like one":    func(c *Config) { c.PublicURL = "http://lan.example" },
		"http in front of TLS":       func(c *Config) { c.PublicURL, c.TLSCert, c.TLSKey = "http://localhost", "c.pem", "k.pem" },
		"plain http to Entra ID":     func(c *Config) { c.EntraAuthority = "http://login.example" },
		"path of Entra ID":           func(c *Config) { c.EntraAuthority = "https://login.example/common" },
		"no scheme":                  func(c *Config) { c.PublicURL = "a.example" },
		"certificate without key":    func(c *Config) { c.TLSCert = "c.pem" },
		"no sessions":                func(c *Config) { c.MaxSessions = 0 },
		"negative pool":              func(c *Config) { c.Warm = -1 },
		"negative memory":            func(c *Config) { c.SessionMemory = -1 },
		"browsers as root":           func(c *Config) { c.BrowserUser = 1 },
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

// TestPublicURLIsWhatBrowsersSend: any other spelling would let nobody's page in.
func TestPublicURLIsWhatBrowsersSend(t *testing.T) {
	for written, want := range map[string]string{
		"https://cobrowse.example":       "https://cobrowse.example",
		"https://Cobrowse.Example/":      "https://cobrowse.example",
		"https://cobrowse.example:443":   "https://cobrowse.example",
		"HTTPS://cobrowse.example:08443": "https://cobrowse.example:8443",
		"http://LOCALHOST:80":            "http://localhost",
		"http://[0:0::1]:8080":           "http://[::1]:8080",
		"http://127.0.0.1:8080":          "http://127.0.0.1:8080",
		"http://192.168.1.20:8080":       "http://192.168.1.20:8080",
		"http://Cobrowse.lan":            "http://cobrowse.lan",
	} {
		c, err := Default(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		c.PublicURL = written
		if err := c.Resolve(); err != nil || c.PublicURL != want {
			t.Errorf("%s: %s, %v; want %s", written, c.PublicURL, err, want)
		}
	}
}

func TestPrintedConfigurationHoldsNoPassword(t *testing.T) {
	for _, dsn := range []string{
		"postgres://cobrowse:hunter2@db/cobrowse", "postgres://db/cobrowse?user=x&password=hunter2", "postgres://cobrowse:hunter2@db:port/x",
	} {
		if got := (Config{Database: dsn, Bucket: dsn}).Redacted(); strings.Contains(got.Database+got.Bucket, "hunter2") {
			t.Errorf("%s is printed as %s", dsn, got.Database)
		}
	}
	if got := (Config{Database: "/my data/cobrowse.db"}).Redacted().Database; got != "/my data/cobrowse.db" {
		t.Errorf("a file is printed as %s", got)
	}
}
