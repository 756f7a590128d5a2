package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestWhyAPageFailed: what Chromium does not tell of a tunnel is asked of the proxy.
func TestWhyAPageFailed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Host {
		case "refused.example:443":
			w.Header().Set("X-Cobrowse-Refused", "blocked")
			w.WriteHeader(http.StatusForbidden)
		case "misspelt.example:443":
			w.Header().Set("X-Cobrowse-Failed", "dns")
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(proxy.Close)
	r := launch(t, Spec{Session: "why", ProxyAddr: strings.TrimPrefix(proxy.URL, "http://")})
	tab, err := r.Open(t.Context(), "https://down.example/")
	if err != nil {
		t.Fatal(err)
	}
	for address, code := range map[string]string{
		"https://misspelt.example/": "dns", "https://refused.example/": "refused", "https://down.example/": "failed", "http://misspelt.example:9/": "refused",
	} {
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		if e := await(r, address, func(e cobrowse.PageFailedEvent) bool { return e.URL == address }); e.Code != code {
			t.Errorf("%s failed by %q, want %q", address, e.Code, code)
		}
	}
}

// TestPlainFailures: what a site gets wrong by itself.
func TestPlainFailures(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			panic(http.ErrAbortHandler)
		}
		http.Redirect(w, r, "/again", http.StatusFound)
	}))
	t.Cleanup(s.Close)
	unknown := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(unknown.Close)
	r := launch(t, Spec{Session: "failures"})
	tab, err := r.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for address, code := range map[string]string{
		s.URL + "/again": "redirects", s.URL + "/silent": "failed", unknown.URL + "/": "tls",
	} {
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		if e := await(r, address, func(e cobrowse.PageFailedEvent) bool { return e.URL == address }); e.Code != code {
			t.Errorf("%s failed by %q, want %q", address, e.Code, code)
		}
	}
}
