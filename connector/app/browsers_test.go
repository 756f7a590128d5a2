package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/connector/telemetry"
)

// TestSharedPagesDoNotReachTheService: the company's page brings the service's script, which would offer to share it.
func TestSharedPagesDoNotReachTheService(t *testing.T) {
	b := newBrowsers(browser.Config{}, "https://cobrowse.example", 1, 0, telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	p, err := b.prepare(t.Context(), cobrowse.Policy{Block: []string{"bad.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.proxy.Close(); err != nil {
			t.Error(err)
		}
	}()
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: p.proxy.Addr()}), DisableKeepAlives: true}}
	for _, host := range []string{"cobrowse.example", "bad.example"} {
		answer, err := client.Get("http://" + host + "/cobrowse.js")
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden || !strings.Contains(string(said), "does not allow this site") {
			t.Errorf("%s: %s, %s", host, answer.Status, said)
		}
	}
}

func TestOwnHosts(t *testing.T) {
	for address, want := range map[string][]string{
		"https://cobrowse.example": {"cobrowse.example"}, "https://shop.example:8443": nil, "http://127.0.0.1:8080": nil, "": nil,
	} {
		if got := ownHosts(address); !slices.Equal(got, want) {
			t.Errorf("%q: %v", address, got)
		}
	}
}
