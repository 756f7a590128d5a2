package main

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/connector/config"
)

// TestHealthAsksTheServiceOfThisConfiguration: plain or with TLS, whichever name its certificate is for.
func TestHealthAsksTheServiceOfThisConfiguration(t *testing.T) {
	status := http.StatusOK
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	certificate := filepath.Join(t.TempDir(), "cert.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(certificate, text, 0o600); err != nil {
		t.Fatal(err)
	}
	port := func(s *httptest.Server) string { _, p, _ := net.SplitHostPort(s.Listener.Addr().String()); return p }
	// The certificate of httptest is for example.com, not for this machine's name.
	tls := config.Config{TLSCert: certificate, TLSKey: "key.pem", PublicURL: "https://example.com"}
	for name, c := range map[string]struct {
		listen string
		config.Config
		url, want string
	}{
		"plain":                      {"127.0.0.1:" + port(plain), config.Config{PublicURL: "http://localhost"}, "", ""},
		"plain, every address":       {":" + port(plain), config.Config{PublicURL: "http://localhost"}, "", ""},
		"plain, every IPv4 address":  {"0.0.0.0:" + port(plain), config.Config{PublicURL: "http://localhost"}, "", ""},
		"TLS":                        {"0.0.0.0:" + port(secure), tls, "", ""},
		"another service":            {":1", config.Config{PublicURL: "http://localhost"}, plain.URL, ""},
		"another one's certificate":  {":1", tls, secure.URL, "certificate"},
		"a public name it is not of": {":" + port(secure), config.Config{TLSCert: certificate, TLSKey: "k", PublicURL: "https://x.test"}, "", "x.test"},
		"nobody":                     {"127.0.0.1:1", config.Config{PublicURL: "http://localhost"}, "", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			h := healthCommand{Config: c.Config, URL: c.url}
			h.Listen, h.MaxSessions = c.listen, 1
			err := h.Run(context.Background())
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	status = http.StatusServiceUnavailable
	h := healthCommand{Config: config.Config{PublicURL: "http://localhost", MaxSessions: 1, Listen: plain.Listener.Addr().String()}}
	if err := h.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "not ready") {
		t.Errorf("not ready: %v", err)
	}
}
