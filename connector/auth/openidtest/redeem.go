package openidtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What an application may redeem, as grant_type says it.
const (
	byCode    = "authorization_code"
	byRefresh = "refresh_token"
)

// refreshLife is counted from the sign-in: a single-page application's person signs in every day.
const refreshLife = 24 * time.Hour

// redeem answers the application's script with tokens.
func (p *Provider) redeem(w http.ResponseWriter, r *http.Request) {
	kind := r.PostFormValue("grant_type")
	switch {
	case r.Header.Get("Origin") == "":
		refuse(w, "invalid_request", "a single-page application redeems its codes in a browser, across origins")
		return
	case r.PostFormValue("client_id") != Client:
		refuse(w, "invalid_client", "no such application")
		return
	case kind != byCode && kind != byRefresh:
		refuse(w, "unsupported_grant_type", "neither a code nor a refresh token")
		return
	}
	g, ok := p.take(kind, r)
	if !ok {
		refuse(w, "invalid_grant", "the code or refresh token is unknown, too old, used before or not for this request")
		return
	}
	answer(w, http.StatusOK, p.tokens(g, r.PostFormValue("client_info") == "1"))
}

// take finds what a request redeems. A code is gone after its first use, even a wrong one.
func (p *Provider) take(kind string, r *http.Request) (grant, bool) {
	name := r.PostFormValue("code")
	if kind == byRefresh {
		name = r.PostFormValue("refresh_token")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.grants[name]
	if g.kind == byCode {
		delete(p.grants, name)
	}
	if g.kind != kind || g.tenant != r.PathValue("tenant") || !p.now().Before(g.expires) {
		return grant{}, false
	}
	verifier := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	proven := g.redirect == r.PostFormValue("redirect_uri") && g.challenge == base64.RawURLEncoding.EncodeToString(verifier[:])
	return g, kind == byRefresh || proven
}

func (p *Provider) tokens(g grant, withClientInfo bool) map[string]any {
	claims := p.Good(g.account.Roles...).With("iss", p.Authority()+"/"+g.tenant+"/v2.0").With("tid", g.tenant).With("name", g.account.Name).
		With("oid", g.account.ID).With("sub", "pairwise-"+g.account.ID).With("preferred_username", g.account.ID+"@acme.example")
	body := map[string]any{"token_type": "Bearer", "scope": Scope, "expires_in": int(lifetime.Seconds()), "access_token": p.Token(claims)}
	scopes := strings.Fields(g.scope)
	if slices.Contains(scopes, "openid") {
		id := claims.With("azp", nil).With("azpacr", nil).With("scp", nil)
		if g.nonce != "" {
			id = id.With("nonce", g.nonce)
		}
		body["id_token"] = p.Token(id)
	}
	if slices.Contains(scopes, "offline_access") {
		body["refresh_token"] = p.refreshToken(g)
	}
	if withClientInfo {
		body["client_info"] = p.clientInfo(g)
	}
	return body
}

// refreshToken is one for as long as the sign-in has left. What it redeems has no nonce: that was for the sign-in.
func (p *Provider) refreshToken(g grant) string {
	if g.kind == byCode {
		g.expires = p.now().Add(refreshLife)
	}
	g.kind, g.nonce = byRefresh, ""
	return p.grant(g)
}

func (p *Provider) clientInfo(g grant) string {
	info, err := json.Marshal(map[string]string{"uid": g.account.ID, "utid": g.tenant})
	if err != nil {
		p.t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(info)
}
