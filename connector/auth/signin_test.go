package auth_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth/openidtest"
)

const redirect = "http://127.0.0.1:8080/signed-in.html"

var bo = openidtest.Account{Name: "Bo Supervisor", ID: "55555555-5555-4555-8555-555555555555", Roles: []string{"Cobrowse.Supervisor"}}

// visitor is a browser with an application that signs its person in.
type visitor struct {
	t        *testing.T
	http     *http.Client
	verifier string
	endpoint struct {
		Issuer    string `json:"issuer"`
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
		Keys      string `json:"jwks_uri"`
	}
}

func newVisitor(t *testing.T, d *directory, tenant string) *visitor {
	t.Helper()
	d.AddAccounts(bo)
	d.AddRedirects(redirect)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, verifier: rand.Text() + rand.Text(), http: &http.Client{
		Jar: jar, Transport: d.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	answer, body := v.do(http.MethodGet, d.Authority()+"/"+tenant+"/v2.0/.well-known/openid-configuration", nil)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("metadata: %s %s", answer.Status, body)
	}
	v.decode(body, &v.endpoint)
	return v
}

func (v *visitor) do(method, address string, form url.Values) (*http.Response, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if form.Get("grant_type") != "" {
		r.Header.Set("Origin", "http://127.0.0.1:8080")
	}
	answer, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer, string(body)
}

func (v *visitor) decode(body string, into any) {
	v.t.Helper()
	if err := json.Unmarshal([]byte(body), into); err != nil {
		v.t.Fatalf("%v: %s", err, body)
	}
}

// request is a sound one to authorize, with changes; "" takes a parameter away.
func (v *visitor) request(changes map[string]string) string {
	sum := sha256.Sum256([]byte(v.verifier))
	all := map[string]string{
		"client_id": openidtest.Client, "redirect_uri": redirect, "response_type": "code", "response_mode": "fragment", "state": "a state", "nonce": "once",
		"scope": openidtest.Scope + " openid profile offline_access", "code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256",
	}
	maps.Copy(all, changes)
	query := url.Values{}
	for name, value := range all {
		if value != "" {
			query.Set(name, value)
		}
	}
	return v.endpoint.Authorize + "?" + query.Encode()
}

// back is what the application gets to hear at its address, in the fragment or the query.
func (v *visitor) back(answer *http.Response, mark string) url.Values {
	v.t.Helper()
	said, ours := strings.CutPrefix(answer.Header.Get("Location"), redirect+mark)
	values, err := url.ParseQuery(said)
	if err != nil || !ours || answer.StatusCode != http.StatusSeeOther || values.Get("state") != "a state" {
		v.t.Fatalf("%s to %s", answer.Status, answer.Header.Get("Location"))
	}
	return values
}

// press chooses the account on the page for signing in, and returns the code.
func (v *visitor) press(account openidtest.Account) string {
	v.t.Helper()
	answer, _ := v.do(http.MethodPost, v.request(nil), url.Values{"account": {account.ID}})
	return v.back(answer, "#").Get("code")
}

func (v *visitor) byCode(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {openidtest.Client}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {v.verifier}, "client_info": {"1"},
	}
}

type tokens struct {
	Access     string `json:"access_token"`
	ID         string `json:"id_token"`
	Refresh    string `json:"refresh_token"`
	ClientInfo string `json:"client_info"`
	Scope      string `json:"scope"`
	Kind       string `json:"token_type"`
	Expires    int    `json:"expires_in"`
	Error      string `json:"error"`
}

func (v *visitor) redeem(form url.Values) tokens {
	v.t.Helper()
	answer, body := v.do(http.MethodPost, v.endpoint.Token, form)
	var got tokens
	v.decode(body, &got)
	if answer.Header.Get("Access-Control-Allow-Origin") != "*" || (answer.StatusCode == http.StatusOK) != (got.Error == "") {
		v.t.Errorf("%s without CORS or with a wrong status: %s", answer.Status, body)
	}
	return got
}

// payload is a middle part of a token, or client_info.
func (v *visitor) payload(part string) map[string]any {
	v.t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		v.t.Fatal(err)
	}
	var all map[string]any
	v.decode(string(text), &all)
	return all
}

// TestSignIn goes the way of a browser, from the provider's metadata to a token that lets somebody in here.
func TestSignIn(t *testing.T) {
	d := newDirectory(t)
	v := newVisitor(t, d, openidtest.Tenant)
	if v.endpoint.Issuer != d.Good()["iss"] {
		t.Errorf("issuer %q", v.endpoint.Issuer)
	}
	if answer, _ := v.do(http.MethodGet, v.endpoint.Keys, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("keys: %s", answer.Status)
	}
	silently := v.request(map[string]string{"prompt": "none"})
	answer, _ := v.do(http.MethodGet, silently, nil)
	if got := v.back(answer, "#"); got.Get("error") != "login_required" || got.Has("code") {
		t.Errorf("silently, with nobody signed in: %v", got)
	}
	answer, body := v.do(http.MethodGet, v.request(nil), nil)
	if !strings.Contains(body, `value="`+bo.ID+`"`) || answer.Header.Get("X-Frame-Options") != "DENY" ||
		answer.Header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
		t.Errorf("the page: %v %s", answer.Header, body)
	}
	answer, _ = v.do(http.MethodPost, v.request(nil), url.Values{"account": {bo.ID}})
	if c := answer.Cookies(); len(c) != 1 || !c[0].Secure || c[0].SameSite != http.SameSiteNoneMode || c[0].Partitioned {
		t.Errorf("the cookie: %v", c)
	}
	first := v.redeem(v.byCode(v.back(answer, "#").Get("code")))
	answer, _ = v.do(http.MethodGet, v.request(map[string]string{"prompt": "none", "response_mode": "query"}), nil)
	second := v.redeem(v.byCode(v.back(answer, "?").Get("code")))
	if silent, popups := d.SignIns(); silent != 2 || popups != 1 {
		t.Errorf("%d silent, %d popups", silent, popups)
	}
	third := v.redeem(url.Values{"grant_type": {"refresh_token"}, "client_id": {openidtest.Client}, "refresh_token": {second.Refresh}, "client_info": {"1"}})
	for name, got := range map[string]tokens{"page": first, "silent": second, "refreshed": third} {
		t.Run(name, func(t *testing.T) { letsIn(t, d, got) })
	}
	if id := v.payload(strings.Split(second.ID, ".")[1]); id["nonce"] != "once" || id["aud"] != openidtest.Client || id["oid"] != bo.ID {
		t.Errorf("id token: %v", id)
	}
	if info := v.payload(first.ClientInfo); info["uid"] != bo.ID || info["utid"] != openidtest.Tenant || len(info) != 2 {
		t.Errorf("client_info: %v", info)
	}
}

// letsIn checks that the verifier knows Bo by the access token, and nobody by the one that only the application may read.
func letsIn(t *testing.T, d *directory, got tokens) {
	t.Helper()
	if got.Kind != "Bearer" || got.Scope != openidtest.Scope || got.Expires != 4200 || got.Refresh == "" {
		t.Errorf("%+v", got)
	}
	u, err := d.entra.Verify(ctx, "acme", got.Access)
	if err != nil {
		t.Fatal(err)
	}
	if u.Agent.ID != bo.ID || u.Agent.Name != bo.Name || !u.Has(cobrowse.RoleSupervisor) || u.Has(cobrowse.RoleAgent) {
		t.Errorf("%+v", u)
	}
	if _, err := d.entra.Verify(ctx, "acme", got.ID); cobrowse.ReasonOf(err) != "entra_invalid" {
		t.Errorf("the id token lets in: %v", err)
	}
}

func TestSignInAtAnotherDirectory(t *testing.T) {
	d := newDirectory(t)
	v := newVisitor(t, d, openidtest.Foreign)
	got := v.redeem(v.byCode(v.press(bo)))
	if _, err := d.entra.Verify(ctx, "acme", got.Access); cobrowse.ReasonOf(err) != "entra_tenant" {
		t.Error(err)
	}
	v.endpoint.Authorize = strings.ReplaceAll(v.endpoint.Authorize, openidtest.Foreign, openidtest.Tenant)
	answer, _ := v.do(http.MethodGet, v.request(map[string]string{"prompt": "none"}), nil)
	if e := v.back(answer, "#").Get("error"); e != "login_required" {
		t.Errorf("signed in elsewhere: %q", e)
	}
	if answer, _ := v.do(http.MethodGet, d.Authority()+"/common/v2.0/.well-known/openid-configuration", nil); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown tenant: %s", answer.Status)
	}
}

func TestUnsoundSignIn(t *testing.T) {
	v := newVisitor(t, newDirectory(t), openidtest.Tenant)
	for _, c := range []struct{ parameter, value, code string }{
		{"response_type", "token", "unsupported_response_type"},
		{"code_challenge", "", "invalid_request"},
		{"code_challenge", "short", "invalid_request"},
		{"code_challenge_method", "plain", "invalid_request"},
		{"scope", "openid profile", "invalid_scope"},
	} {
		answer, _ := v.do(http.MethodGet, v.request(map[string]string{c.parameter: c.value}), nil)
		if e := v.back(answer, "#").Get("error"); e != c.code {
			t.Errorf("%s=%s: %q", c.parameter, c.value, e)
		}
	}
	answer, _ := v.do(http.MethodGet, v.request(map[string]string{"response_mode": "form_post"}), nil)
	if e := v.back(answer, "?").Get("error"); e != "invalid_request" {
		t.Errorf("form_post: %q", e)
	}
	answer, _ = v.do(http.MethodPost, v.request(nil), url.Values{"account": {openidtest.Person}})
	if e := v.back(answer, "#").Get("error"); e != "access_denied" || len(answer.Cookies()) > 0 {
		t.Errorf("a stranger: %q", e)
	}
	// Nothing goes to an address that is not the application's.
	for parameter, value := range map[string]string{"client_id": openidtest.Foreign, "redirect_uri": redirect + "/x"} {
		answer, _ := v.do(http.MethodGet, v.request(map[string]string{parameter: value}), nil)
		if answer.StatusCode != http.StatusBadRequest || answer.Header.Get("Location") != "" {
			t.Errorf("%s: %s", parameter, answer.Status)
		}
	}
}

func TestUnsoundRedemption(t *testing.T) {
	d := newDirectory(t)
	v := newVisitor(t, d, openidtest.Tenant)
	for _, c := range []struct{ parameter, value, code string }{
		{"grant_type", "password", "unsupported_grant_type"},
		{"client_id", openidtest.Foreign, "invalid_client"},
		{"code", "guess", "invalid_grant"},
		{"redirect_uri", redirect + "/x", "invalid_grant"},
		{"code_verifier", "guess", "invalid_grant"},
		{"grant_type", "", "invalid_request"}, // and so without an Origin: see do
	} {
		form := v.byCode(v.press(bo))
		form.Set(c.parameter, c.value)
		answer, body := v.do(http.MethodPost, v.endpoint.Token, form)
		var got tokens
		v.decode(body, &got)
		if answer.StatusCode != http.StatusBadRequest || got.Error != c.code || got.Access != "" {
			t.Errorf("%s=%s: %s %s", c.parameter, c.value, answer.Status, body)
		}
	}
	once := v.byCode(v.press(bo))
	if got := v.redeem(once); got.Access == "" {
		t.Errorf("%+v", got)
	}
	if got := v.redeem(once); got.Error != "invalid_grant" {
		t.Errorf("a code twice: %+v", got)
	}
	late := v.byCode(v.press(bo))
	d.now = d.now.Add(10 * time.Minute)
	if got := v.redeem(late); got.Error != "invalid_grant" {
		t.Errorf("an old code: %+v", got)
	}
}
