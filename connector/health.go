package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"cobrowse-connector/connector/config"
)

type healthCommand struct {
	config.Config
	URL string `help:"The service. Empty: the one that this configuration runs, on this machine." env:"COBROWSE_HEALTH_URL"`
}

func (h *healthCommand) Run(ctx context.Context) error {
	if err := h.Resolve(); err != nil {
		return err
	}
	address := cmp.Or(h.URL, h.local())
	trust, err := h.trust()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/readyz", nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the service at %s does not answer: %w", address, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the service at %s is not ready (%s); its log says why", address, res.Status)
	}
	return nil
}

// local is where the service of this configuration listens, as seen from this machine.
func (h *healthCommand) local() string {
	scheme := "http"
	if h.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return scheme + "://" + h.Listen // the request says what is wrong with it
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// trust is how the service of this configuration proves that it is the public one, though it is asked at another address: by its own
// certificate, whoever signed that. Nil for another service, which proves itself as any does.
func (h *healthCommand) trust() (*tls.Config, error) {
	if h.URL != "" || h.TLSCert == "" {
		return nil, nil
	}
	chain, err := os.ReadFile(h.TLSCert)
	if err != nil {
		return nil, err
	}
	own := x509.NewCertPool()
	if !own.AppendCertsFromPEM(chain) {
		return nil, errors.New("tls-cert " + h.TLSCert + " holds no certificate in PEM")
	}
	public, err := url.Parse(h.PublicURL)
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: own, ServerName: public.Hostname(), MinVersion: tls.VersionTLS12}, nil
}
