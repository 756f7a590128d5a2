// Package openidtest stands in for Entra ID in tests: tenants' signing keys as the documented address answers them, tokens in the v2.0
// form, and the wrong ones that somebody may try. Browsers sign in against it by the authorization code flow of single-page applications.
package openidtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Ids of the stand-in's world.
const (
	Tenant  = "11111111-1111-4111-8111-111111111111"
	Foreign = "22222222-2222-4222-8222-222222222222" // a directory of somebody else
	Client  = "33333333-3333-4333-8333-333333333333"
	Person  = "44444444-4444-4444-8444-444444444444"
)

// lifetime of an access token; the real ones live 60 to 90 minutes.
const lifetime = 70 * time.Minute

// Claims are those of a token.
type Claims map[string]any

// Provider is one cloud of Entra ID.
type Provider struct {
	t      testing.TB
	server *httptest.Server
	now    func() time.Time

	mu    sync.Mutex
	kid   string
	key   *rsa.PrivateKey
	extra []any // keys that are published besides
	down  bool
	asked int

	accounts  []Account
	redirects []string
	grants    map[string]grant
	silent    int
	popups    int
}

// New starts a provider, which ends with the test.
func New(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{t: t, now: now, grants: map[string]grant{}}
	p.Rotate("key-1")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", p.keys)
	p.serveSignIn(mux)
	p.server = httptest.NewTLSServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

// Authority is the provider's address.
func (p *Provider) Authority() string { return p.server.URL }

// Transport trusts the provider's certificate.
func (p *Provider) Transport() http.RoundTripper { return p.server.Client().Transport }

// CertificateHash is what Chromium's --ignore-certificate-errors-spki-list wants in order to trust the provider's certificate.
func (p *Provider) CertificateHash() string {
	sum := sha256.Sum256(p.server.Certificate().RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Rotate puts a new key in the place of the present one.
func (p *Provider) Rotate(kid string) {
	key := NewKey(p.t, 2048)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kid, p.key = kid, key
}

// Publish adds a key for signatures to those that the provider answers with, under an issuer of its own.
func (p *Provider) Publish(kid string, key *rsa.PrivateKey, issuer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = append(p.extra, p.published(kid, key, issuer))
}

// Down makes the provider refuse to answer.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Asked is how often the keys were asked for.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	all := append([]any{p.published(p.kid, p.key, p.server.URL+"/{tenantid}/v2.0")}, p.extra...)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": all}) // a client that hung up
}

func (p *Provider) published(kid string, key *rsa.PrivateKey, issuer string) map[string]any {
	text, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: kid, Use: "sig"})
	if err != nil {
		p.t.Fatal(err)
	}
	var jwk map[string]any
	if err := json.Unmarshal(text, &jwk); err != nil {
		p.t.Fatal(err)
	}
	jwk["issuer"] = issuer
	return jwk
}

// Good are the claims of a person's token with app roles.
func (p *Provider) Good(roles ...string) Claims {
	return Claims{
		"ver": "2.0", "iss": p.Authority() + "/" + Tenant + "/v2.0", "aud": Client, "azp": Client, "azpacr": "0", "tid": Tenant, "oid": Person,
		"sub": "pairwise", "scp": "access_as_user", "name": "Ada Agent", "preferred_username": "ada@acme.example", "roles": roles,
		"iat": p.now().Unix(), "nbf": p.now().Unix(), "exp": p.now().Add(lifetime).Unix(),
	}
}

// With are the claims with one other; nil takes it away.
func (c Claims) With(name string, value any) Claims {
	c = maps.Clone(c)
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

// Token signs claims with the present key.
func (p *Provider) Token(c Claims) string {
	p.mu.Lock()
	kid, key := p.kid, p.key
	p.mu.Unlock()
	return Sign(p.t, jose.RS256, kid, "JWT", key, c)
}

// Sign makes a token of any kind.
func Sign(t testing.TB, alg jose.SignatureAlgorithm, kid, typ string, key, claims any) string {
	t.Helper()
	opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// NewKey makes an RSA key.
func NewKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(fmt.Errorf("openidtest: %w", err))
	}
	return key
}

// Altered is a token with another payload under the same signature.
func Altered(token, from string) string {
	a, b := strings.Split(token, "."), strings.Split(from, ".")
	return a[0] + "." + b[1] + "." + a[2]
}
