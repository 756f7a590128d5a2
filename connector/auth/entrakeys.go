package auth

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"cobrowse-connector/cobrowse"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysFresh   = time.Hour       // after which a tenant's keys are asked for again
	keysStale   = 24 * time.Hour  // how long they are used while the tenant does not answer
	keysFloor   = time.Minute     // between two requests, however many tokens name keys that nobody knows
	keysTimeout = 5 * time.Second // of one request
	keysSize    = 256 << 10       // bytes of one answer
	keyBits     = 2048            // the least of a key
)

// tenantKeys are the keys that tenants sign with, by tenant. Callers ask for tenants of companies only, so there are few.
type tenantKeys struct {
	authority string
	client    *http.Client
	now       func() time.Time

	mu      sync.Mutex
	tenants map[string]*keySet
}

type keySet struct {
	mu             sync.Mutex // held while the tenant is asked: callers wait for one answer
	keys           map[string]*rsa.PublicKey
	fetched, asked time.Time
}

func newTenantKeys(authority string, transport http.RoundTripper, now func() time.Time) *tenantKeys {
	client := &http.Client{Transport: transport, Timeout: keysTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &tenantKeys{authority: authority, client: client, now: now, tenants: map[string]*keySet{}}
}

// find returns a tenant's key. One that is not known is asked for, as keys change without notice.
func (t *tenantKeys) find(ctx context.Context, tenant, id string) (*rsa.PublicKey, error) {
	t.mu.Lock()
	set := t.tenants[tenant]
	if set == nil {
		set = &keySet{}
		t.tenants[tenant] = set
	}
	t.mu.Unlock()

	set.mu.Lock()
	defer set.mu.Unlock()
	now := t.now()
	key := set.keys[id]
	var failed error
	if (key == nil || now.Sub(set.fetched) >= keysFresh) && now.Sub(set.asked) >= keysFloor {
		set.asked = now
		// Whoever asked first may hang up: the others wait for the same answer.
		var keys map[string]*rsa.PublicKey
		if keys, failed = t.fetch(context.WithoutCancel(ctx), tenant); failed == nil {
			set.keys, set.fetched = keys, now
			key = keys[id]
		}
	}
	switch {
	case now.Sub(set.fetched) >= keysStale:
		return nil, coded(cobrowse.CodeUnavailable, "entra_unavailable", "Entra ID does not answer at this moment; try again in a minute", failed)
	case key == nil:
		return nil, entraInvalid("unknown key")
	}
	return key, nil
}

func coded(code cobrowse.Code, reason, detail string, err error) error {
	return &cobrowse.Error{Code: code, Reason: reason, Detail: detail, Err: err}
}

func (t *tenantKeys) fetch(ctx context.Context, tenant string) (map[string]*rsa.PublicKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.authority+"/"+tenant+"/discovery/v2.0/keys", nil)
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	response, err := t.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("auth: the tenant's keys: status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, keysSize+1))
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	if len(body) > keysSize {
		return nil, errors.New("auth: the tenant's keys are too long")
	}
	return parseKeys(body, issuerOf(t.authority, tenant), tenant)
}

// parseKeys takes the keys that sign for the tenant. One with another issuer signs for somebody else; what is no RSA key is passed over, as
// new kinds may come.
func parseKeys(body []byte, issuer, tenant string) (map[string]*rsa.PublicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, errors.New("auth: the tenant's keys are not understood")
	}
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range set.Keys {
		var of struct {
			Issuer string `json:"issuer"`
		}
		var jwk jose.JSONWebKey
		if json.Unmarshal(raw, &of) != nil || json.Unmarshal(raw, &jwk) != nil {
			continue
		}
		key, ok := jwk.Key.(*rsa.PublicKey)
		foreign := of.Issuer != "" && strings.ReplaceAll(of.Issuer, "{tenantid}", tenant) != issuer
		if !ok || foreign || jwk.KeyID == "" || (jwk.Use != "" && jwk.Use != "sig") || key.N.BitLen() < keyBits {
			continue
		}
		keys[jwk.KeyID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("auth: the tenant has no keys for signatures")
	}
	return keys, nil
}
