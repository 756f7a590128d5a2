package openidtest

import (
	"crypto/rand"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Scope is the only one of the application's API.
const Scope = "api://" + Client + "/access_as_user"

const (
	cookie   = "signed-in" // who the browser's person is
	codeLife = 10 * time.Minute
)

// Account is a person who can sign in. ID is their object id.
type Account struct {
	Name, ID string
	Roles    []string
}

// grant is what a code or a refresh token stands for.
type grant struct {
	kind                string // the grant_type that redeems it
	account             Account
	tenant              string
	redirect, challenge string // of a code
	nonce, scope        string
	expires             time.Time
}

// AddAccounts lets people sign in, in every tenant of the stand-in.
func (p *Provider) AddAccounts(accounts ...Account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accounts = append(p.accounts, accounts...)
}

// AddRedirects registers addresses of the single-page application.
func (p *Provider) AddRedirects(addresses ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirects = append(p.redirects, addresses...)
}

// SignIns is how often the application tried to sign somebody in silently and how often with a page, which is what its popups show.
func (p *Provider) SignIns() (silent, popups int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent, p.popups
}

func (p *Provider) serveSignIn(mux *http.ServeMux) {
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", known(p.metadata))
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", known(p.authorize))
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/authorize", known(p.choose))
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", known(p.redeem))
}

// known refuses other tenants than the stand-in's two.
func known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if t := r.PathValue("tenant"); t != Tenant && t != Foreign {
			refuse(w, "invalid_tenant", "no such tenant")
			return
		}
		next(w, r)
	}
}

func (p *Provider) metadata(w http.ResponseWriter, r *http.Request) {
	tenant := p.Authority() + "/" + r.PathValue("tenant")
	answer(w, http.StatusOK, map[string]any{
		"issuer": tenant + "/v2.0", "authorization_endpoint": tenant + "/oauth2/v2.0/authorize", "token_endpoint": tenant + "/oauth2/v2.0/token",
		"jwks_uri": tenant + "/discovery/v2.0/keys", "response_types_supported": []string{"code"}, "response_modes_supported": []string{"query", "fragment"},
		"subject_types_supported": []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported": []string{"openid", "profile", "email", "offline_access"}, "token_endpoint_auth_methods_supported": []string{"none"},
	})
}

// answer is one that scripts of every origin may read.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that hung up
}

func refuse(w http.ResponseWriter, code, description string) {
	answer(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in</title>
<form method="post">{{range .}}<p>{{.Name}} <button name="account" value="{{.ID}}" aria-label="Sign in {{.Name}}">Sign in</button></p>{{end}}</form>
</html>`))

// authorize answers an application that wants to know who its person is.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	if !p.sound(w, r) {
		return
	}
	p.mu.Lock()
	silently := r.FormValue("prompt") == "none"
	if silently {
		p.silent++
	} else {
		p.popups++
	}
	accounts := slices.Clone(p.accounts)
	p.mu.Unlock()
	if !silently {
		w.Header().Set("X-Frame-Options", "DENY") // nobody signs in inside of a frame
		// The real one leaves it out for an application that vouches for its window (pocd=1); whatever signs in here has to do without.
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		_ = page.Execute(w, accounts) // a client that hung up
		return
	}
	account, ok := p.signedIn(r)
	if !ok {
		sendBack(w, r, url.Values{"error": {"login_required"}, "error_description": {"nobody is signed in"}})
		return
	}
	p.sendCode(w, r, account)
}

// choose is a press of a button of the page.
func (p *Provider) choose(w http.ResponseWriter, r *http.Request) {
	if !p.sound(w, r) {
		return
	}
	account, ok := p.account(r.PostFormValue("account"))
	if !ok {
		sendBack(w, r, url.Values{"error": {"access_denied"}, "error_description": {"no such account"}})
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // SameSite=None: as the real one does, it knows people in other sites' frames, too
		Name: cookie, Value: account.ID, Path: "/" + r.PathValue("tenant") + "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode,
	})
	p.sendCode(w, r, account)
}

func (p *Provider) signedIn(r *http.Request) (Account, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return Account{}, false
	}
	return p.account(c.Value)
}

func (p *Provider) account(id string) (Account, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.accounts, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return Account{}, false
	}
	return p.accounts[i], true
}

// sound checks an application's request. Errors go back to the application only at an address that it registered.
func (p *Provider) sound(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	registered := slices.Contains(p.redirects, r.FormValue("redirect_uri"))
	p.mu.Unlock()
	code, description := "", ""
	switch mode := r.FormValue("response_mode"); {
	case r.FormValue("client_id") != Client:
		refuse(w, "unauthorized_client", "no such application")
		return false
	case !registered:
		refuse(w, "invalid_request", "redirect_uri is not registered")
		return false
	case r.FormValue("response_type") != "code":
		code, description = "unsupported_response_type", "only code"
	case mode != "" && mode != "query" && mode != "fragment":
		code, description = "invalid_request", "response_mode is neither query nor fragment"
	case r.FormValue("code_challenge_method") != "S256" || len(r.FormValue("code_challenge")) != 43: // base64url of a SHA-256
		code, description = "invalid_request", "no code_challenge of method S256"
	case !slices.Contains(strings.Fields(r.FormValue("scope")), Scope):
		code, description = "invalid_scope", "not the scope of the application's API"
	}
	if code != "" {
		sendBack(w, r, url.Values{"error": {code}, "error_description": {description}})
	}
	return code == ""
}

func (p *Provider) sendCode(w http.ResponseWriter, r *http.Request, account Account) {
	code := p.grant(grant{
		kind: byCode, account: account, tenant: r.PathValue("tenant"), redirect: r.FormValue("redirect_uri"), challenge: r.FormValue("code_challenge"),
		nonce: r.FormValue("nonce"), scope: r.FormValue("scope"), expires: p.now().Add(codeLife),
	})
	sendBack(w, r, url.Values{"code": {code}})
}

func (p *Provider) grant(g grant) string {
	name := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants[name] = g
	return name
}

// sendBack brings the browser back to the application.
func sendBack(w http.ResponseWriter, r *http.Request, values url.Values) {
	if state := r.FormValue("state"); state != "" {
		values.Set("state", state)
	}
	mark := "?"
	if r.FormValue("response_mode") == "fragment" {
		mark = "#"
	}
	http.Redirect(w, r, r.FormValue("redirect_uri")+mark+values.Encode(), http.StatusSeeOther) // as a GET, also from the page's form
}
