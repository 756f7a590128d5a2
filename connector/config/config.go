// Package config is the product's configuration: one struct whose tags are the documentation. Flags, environment variables
// (COBROWSE_…) and docs/config.md all come from it.
package config

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Config is how `connector serve` runs. Every field has a default that works on one machine.
type Config struct {
	Listen         string `help:"Address to listen on." default:"127.0.0.1:8080" env:"COBROWSE_LISTEN"`
	PublicURL      string `help:"Address under which people's browsers reach the service, without a path. Must be https except on the local machine and in a private network (a private address, or a name in .local, .lan, .internal, .home.arpa or .test): there whoever listens reads along, and browsers show up to 11 pictures a second, as they decode video in secure contexts only." default:"http://127.0.0.1:8080" env:"COBROWSE_PUBLIC_URL"`
	TLSCert        string `help:"Certificate chain in PEM. Empty when TLS ends in front of the service." type:"path" env:"COBROWSE_TLS_CERT"`
	TLSKey         string `help:"Private key in PEM, for tls-cert." type:"path" env:"COBROWSE_TLS_KEY"`
	OperatorListen string `help:"Second address to listen on, for operators only: /metrics, /healthz and /readyz. Empty: /metrics is served with the rest while public-url is of this machine, and nowhere otherwise." env:"COBROWSE_OPERATOR_LISTEN"`
	ProxyHops      int    `help:"How many trusted proxies stand in front: that many last entries of X-Forwarded-For are believed when addresses are limited." default:"0" env:"COBROWSE_PROXY_HOPS"`

	DataDir  string `help:"Folder for everything that is kept on local disk: database, recordings and keys, unless set otherwise, and the id of this node. One service uses it at a time." type:"path" default:"data" env:"COBROWSE_DATA_DIR"`
	Database string `help:"SQLite file, or a postgres:// address. Empty: cobrowse.db in the data folder." env:"COBROWSE_DATABASE"`
	Bucket   string `help:"Where recordings are kept, as a Go CDK address: file:///…, azblob://…, s3://…. Empty: the folder recordings in the data folder." env:"COBROWSE_BUCKET"`
	KeyFile  string `help:"File with the master key that seals recordings and secrets, 32 bytes as base64 text; made at the first start, and never again once there are companies. Empty: master.key in the data folder. Keep it out of backups that hold the recordings." type:"path" env:"COBROWSE_KEY_FILE"`

	Chromium      string `help:"Chromium's program. Empty: chromium, found on the PATH." env:"COBROWSE_CHROMIUM"`
	BrowserUser   int    `help:"First user id of the shared browsers where the service runs as root: each has one of the 200 from here downwards for its own, so that none reads another session's profile. A service that is not root runs them as itself." default:"65534" env:"COBROWSE_BROWSER_USER"`
	WorkDir       string `help:"Folder for the browsers' profiles; those that a killed service left there are removed at start. Chromium's user must be able to enter it. Empty: a folder of this service in the system's temporary one." type:"path" env:"COBROWSE_WORK_DIR"`
	MaxSessions   int    `help:"Shared browsers at the same time on this node. One needs about 350 MiB." default:"8" env:"COBROWSE_MAX_SESSIONS"`
	SessionMemory int    `help:"MiB of memory that one shared browser may use. A page that takes more is ended, and both people are told; 0 = no limit." default:"1536" env:"COBROWSE_SESSION_MEMORY"`
	Warm          int    `help:"At most so many browsers are kept ready, so that a session shows its first page at once: one, and one more for each session that began in the last minute; for the companies that had a session last, as a browser fits one policy only. Running sessions come first: a warm browser that is one too many for max-sessions is ended. 0 = none." default:"2" env:"COBROWSE_WARM"`

	EntraAuthority string `help:"Address of Entra ID, where the people of companies sign in that use it. National clouds have one of their own." default:"https://login.microsoftonline.com" env:"COBROWSE_ENTRA_AUTHORITY"`

	JoinWindow   time.Duration `help:"How long a PIN or a link may be used to join." default:"15m" env:"COBROWSE_JOIN_WINDOW"`
	RejoinWindow time.Duration `help:"How long a session waits for somebody who is away." default:"5m" env:"COBROWSE_REJOIN_WINDOW"`
	DrainWindow  time.Duration `help:"How long ending all sessions may take after SIGTERM." default:"25s" env:"COBROWSE_DRAIN_WINDOW"`

	LogLevel string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"COBROWSE_LOG_LEVEL"`
}

// entraAuthority is the cloud that most organisations are in; the default of EntraAuthority.
const entraAuthority = "https://login.microsoftonline.com"

// Resolve fills in what follows from other fields and tells the first thing that is wrong.
func (c *Config) Resolve() error {
	var err error
	if c.PublicURL, err = origin("public-url", c.PublicURL); err != nil {
		return err
	}
	if strings.HasPrefix(c.PublicURL, "http:") && (!isLocal(c.PublicURL) && !isPrivate(c.PublicURL) || c.TLSCert != "") {
		return fmt.Errorf("public-url %s must be https: whoever is on the way would read along", c.PublicURL)
	}
	if c.BrowserUser != 0 && c.BrowserUser < 1200 || // without one the browsers have the default
		c.BrowserUser > 1<<31-1 {
		return fmt.Errorf("browser-user must be an unprivileged user's id, 1200 or more: browsers show pages of all kinds")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("tls-cert and tls-key belong together: set both or none")
	}
	if c.EntraAuthority, err = origin("entra-authority", cmp.Or(c.EntraAuthority, entraAuthority)); err != nil {
		return err
	}
	if !strings.HasPrefix(c.EntraAuthority, "https:") && !isLocal(c.EntraAuthority) {
		return fmt.Errorf("entra-authority %s must be https", c.EntraAuthority)
	}
	if c.MaxSessions < 1 {
		return fmt.Errorf("max-sessions must be at least 1, not %d", c.MaxSessions)
	}
	if c.Warm < 0 || c.ProxyHops < 0 || c.SessionMemory < 0 {
		return fmt.Errorf("warm, proxy-hops and session-memory cannot be negative")
	}
	if c.DataDir, err = filepath.Abs(c.DataDir); err != nil {
		return err
	}
	for _, d := range []struct {
		field    *string
		fallback string
	}{
		{&c.Database, filepath.Join(c.DataDir, "cobrowse.db")},
		{&c.Bucket, (&url.URL{Scheme: "file", Path: filepath.Join(c.DataDir, "recordings"), RawQuery: "create_dir=true&no_tmp_dir=true"}).String()},
		{&c.KeyFile, filepath.Join(c.DataDir, "master.key")},
		{&c.Chromium, "chromium"},
	} {
		if *d.field == "" {
			*d.field = d.fallback
		}
	}
	return nil
}

// MetricsInPublic tells whether /metrics is served with the rest, for want of an address of its own: only where nobody but people of
// this machine comes.
func (c *Config) MetricsInPublic() bool { return c.OperatorListen == "" && isLocal(c.PublicURL) }

// Unencrypted tells whether what people see and do goes over a network as plain text.
func (c *Config) Unencrypted() bool {
	return strings.HasPrefix(c.PublicURL, "http:") && !isLocal(c.PublicURL)
}

// Redacted is the configuration as it may be printed.
func (c Config) Redacted() Config {
	c.Database, c.Bucket = redacted(c.Database), redacted(c.Bucket)
	return c
}

// Default returns the configuration of a service that nobody configured, resolved for a data folder.
func Default(dataDir string) (*Config, error) {
	c := &Config{
		Listen: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080", DataDir: dataDir, MaxSessions: 8, SessionMemory: 1536, Warm: 2, BrowserUser: 65534,
		JoinWindow: 15 * time.Minute, RejoinWindow: 5 * time.Minute, DrainWindow: 25 * time.Second, LogLevel: "info",
		EntraAuthority: entraAuthority,
	}
	return c, c.Resolve()
}
