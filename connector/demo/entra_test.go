package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"cobrowse-connector/connector/auth/openidtest"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
)

// TestEntraOfATest: the service trusts the stand-in for Entra ID, whose certificate only the test's transport knows.
func TestEntraOfATest(t *testing.T) {
	p := openidtest.New(t, time.Now)
	d, ready, ended, stop := running(t, Options{
		DataDir: t.TempDir(), Entra: p.Transport(),
		Configure: func(c *config.Config) { c.EntraAuthority = p.Authority() },
		Settle: func(s *company.Settings) {
			s.Entra = &company.Entra{Client: openidtest.Client, Tenants: []string{openidtest.Tenant}}
		},
	})
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{"company": Slug, "token": p.Token(p.Good("Cobrowse.Administrator"))})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(d.Service+"/v1/console/entra", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || p.Asked() != 1 {
		t.Errorf("%s after %d requests for keys", res.Status, p.Asked())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
