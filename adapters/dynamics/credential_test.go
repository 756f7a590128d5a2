package dynamics

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	testTenant = "11111111-1111-4111-8111-111111111111"
	testClient = "33333333-3333-4333-8333-333333333333"
)

// tokenEndpoint stands in for Entra ID and for the address that a machine asks for its own identity.
type tokenEndpoint struct {
	t    *testing.T
	seen []url.Values // of requests for tokens, with their address as "at"
}

func (e *tokenEndpoint) Do(r *http.Request) (*http.Response, error) {
	answer := func(v any) (*http.Response, error) {
		body, err := json.Marshal(v)
		if err != nil {
			e.t.Fatal(err)
		}
		return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(bytes.NewReader(body)),
			Header: http.Header{"Content-Type": {"application/json"}}}, nil
	}
	base := "https://" + r.URL.Host
	switch {
	case r.URL.Host == "169.254.169.254":
		q := r.URL.Query()
		q.Set("at", r.URL.Host)
		e.seen = append(e.seen, q)
		return answer(map[string]any{"access_token": "from the machine", "expires_in": "3600", "resource": q.Get("resource"), "token_type": "Bearer"})
	case strings.HasSuffix(r.URL.Path, "/discovery/instance"):
		return answer(map[string]any{"tenant_discovery_endpoint": base + "/" + testTenant + "/v2.0/.well-known/openid-configuration", "metadata": []any{}})
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		at := base + strings.TrimSuffix(r.URL.Path, "/v2.0/.well-known/openid-configuration")
		return answer(map[string]any{"issuer": at + "/v2.0", "authorization_endpoint": at + "/oauth2/v2.0/authorize", "token_endpoint": at + "/oauth2/v2.0/token"})
	case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"):
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		form.Set("at", base+r.URL.Path)
		e.seen = append(e.seen, form)
		return answer(map[string]any{"access_token": "from Entra ID", "expires_in": 3600, "token_type": "Bearer"})
	}
	e.t.Errorf("nobody documented %s %s", r.Method, r.URL)
	return &http.Response{StatusCode: http.StatusNotFound, Request: r, Body: http.NoBody}, nil
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func certificateFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "app.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))+
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

// TestCredentials: each way of proving who the service is, chosen for a company or by the environment.
func TestCredentials(t *testing.T) {
	const sovereign = "https://login.microsoftonline.us"
	pemFile, tokenFile := certificateFile(t), writeFile(t, "token", "signed by the cluster")
	for name, c := range map[string]struct {
		authority string
		env       map[string]string
		app       Application
		proof     string // the member of the request that proves it, and its beginning
		value     string
	}{
		"secret":      {app: Application{Tenant: testTenant, Client: testClient, Secret: "s3cret"}, proof: "client_secret", value: "s3cret"},
		"certificate": {app: Application{Tenant: testTenant, Client: testClient, Certificate: pemFile}, proof: "client_assertion", value: "eyJ"},
		"workload": {app: Application{Tenant: testTenant, Client: testClient, Workload: true}, env: map[string]string{"AZURE_FEDERATED_TOKEN_FILE": tokenFile},
			proof: "client_assertion", value: "signed by the cluster"},
		"managed":        {app: Application{Tenant: testTenant, Client: testClient, Managed: true}, proof: "client_id", value: testClient},
		"national cloud": {authority: sovereign, app: Application{Tenant: testTenant, Client: testClient, Secret: "s3cret"}, proof: "at", value: sovereign + "/" + testTenant},
		"environment: secret": {app: Application{Tenant: testTenant}, env: map[string]string{"AZURE_CLIENT_ID": testClient, "AZURE_CLIENT_SECRET": "from env"},
			proof: "client_secret", value: "from env"},
		"environment: certificate first": {app: Application{Tenant: testTenant}, proof: "client_assertion", value: "eyJ",
			env: map[string]string{"AZURE_CLIENT_ID": testClient, "AZURE_CLIENT_SECRET": "from env", "AZURE_CLIENT_CERTIFICATE_PATH": pemFile}},
		"environment: workload first": {proof: "client_assertion", value: "signed by the cluster",
			env: map[string]string{"AZURE_TENANT_ID": testTenant, "AZURE_CLIENT_ID": testClient, "AZURE_FEDERATED_TOKEN_FILE": tokenFile, "AZURE_CLIENT_SECRET": "x"}},
		"company's choice before the environment": {app: Application{Tenant: testTenant, Client: testClient, Secret: "own"},
			env: map[string]string{"AZURE_FEDERATED_TOKEN_FILE": tokenFile}, proof: "client_secret", value: "own"},
		"environment: nothing but the machine": {app: Application{Tenant: testTenant}, env: map[string]string{"AZURE_CLIENT_ID": testClient}, proof: "at", value: "169.254.169.254"},
	} {
		t.Run(name, func(t *testing.T) {
			authority := c.authority
			if authority == "" {
				authority = "https://login.microsoftonline.com"
			}
			endpoint := &tokenEndpoint{t: t}
			// Tokens of a machine are kept by the library for the whole process: each case asks for one of an organisation of its own.
			scope := "https://" + strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), ":", "") + ".crm.dynamics.com/.default"
			credentials := NewCredentials(authority, func(name string) string { return c.env[name] }, endpoint)
			cred, err := credentials.Get(c.app)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second finds the first one's token
				again, err := credentials.Get(c.app)
				if err != nil || again != cred {
					t.Fatalf("another credential for the same application: %v", err)
				}
				if _, err := again.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}}); err != nil {
					t.Fatal(err)
				}
			}
			if last := endpoint.seen[len(endpoint.seen)-1]; !strings.HasPrefix(last.Get(c.proof), c.value) {
				t.Errorf("%s = %q", c.proof, last.Get(c.proof))
			}
			if n := len(endpoint.seen); n > 2 { // a machine is asked once before whether it answers at all
				t.Errorf("%d requests for one token", n)
			}
		})
	}
}

func TestTenantsHaveCredentialsOfTheirOwn(t *testing.T) {
	credentials := NewCredentials("https://login.microsoftonline.com", func(string) string { return "" }, &tokenEndpoint{t: t})
	one, err := credentials.Get(Application{Tenant: testTenant, Client: testClient, Secret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := credentials.Get(Application{Tenant: testClient, Client: testClient, Secret: "s"})
	if err != nil || one == other {
		t.Errorf("two tenants share a credential: %v", err)
	}
}
