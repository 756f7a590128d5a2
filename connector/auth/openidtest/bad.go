package openidtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Bad is a token that must let nobody in, with the reason that the caller hears and, for the log, why.
type Bad struct{ Name, Token, Reason, Why string }

// AllBad are the tokens that somebody may try.
func (p *Provider) AllBad() []Bad {
	return append(p.badForms(), p.badClaims()...)
}

func (p *Provider) badForms() []Bad {
	good := p.Good("Cobrowse.Agent")
	token := p.Token(good)
	part := strings.Split(token, ".")
	raw := base64.RawURLEncoding.EncodeToString
	own := NewKey(p.t, 2048)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	kid, key := p.kid, p.key
	p.mu.Unlock()
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		p.t.Fatal(err)
	}
	foreign := NewKey(p.t, 2048)
	p.Publish("foreign", foreign, p.Authority()+"/"+Foreign+"/v2.0")
	other := p.Token(good.With("oid", Foreign))
	const invalid = "entra_invalid"
	form, algorithm, signature := "no compact JWS, or too long", "not a compact JWS with RS256", "bad signature"
	return []Bad{
		{"empty", "", invalid, form},
		{"no JWS", "hello", invalid, form},
		{"two parts", part[0] + "." + part[1], invalid, form},
		{"four parts", token + ".x", invalid, form},
		{"too long", token + strings.Repeat("A", 13<<10), invalid, form},
		{"payload no base64", part[0] + ".***." + part[2], invalid, "the payload is not base64"},
		{"payload no JSON", part[0] + "." + raw([]byte("text")) + "." + part[2], invalid, "no tenant"},
		{"alg none", raw([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + part[1] + ".", invalid, algorithm},
		{"HS256 with the public key", Sign(p.t, jose.HS256, kid, "JWT", public, good), invalid, algorithm},
		{"RS384", Sign(p.t, jose.RS384, kid, "JWT", key, good), invalid, algorithm},
		{"RS512", Sign(p.t, jose.RS512, kid, "JWT", key, good), invalid, algorithm},
		{"PS256", Sign(p.t, jose.PS256, kid, "JWT", key, good), invalid, algorithm},
		{"ES256", Sign(p.t, jose.ES256, kid, "JWT", curve, good), invalid, algorithm},
		{"another type", Sign(p.t, jose.RS256, kid, "at+jwt", key, good), invalid, "another type"},
		{"no key id", Sign(p.t, jose.RS256, "", "JWT", key, good), invalid, "unknown key"},
		{"unknown key", Sign(p.t, jose.RS256, "nobody", "JWT", own, good), invalid, "unknown key"},
		{"own key under the provider's name", Sign(p.t, jose.RS256, kid, "JWT", own, good), invalid, signature},
		{"key of another issuer", Sign(p.t, jose.RS256, "foreign", "JWT", foreign, good), invalid, "unknown key"},
		{"altered payload", Altered(token, other), invalid, signature},
		{"no signature", part[0] + "." + part[1] + ".", invalid, signature},
	}
}

func (p *Provider) badClaims() []Bad {
	good := p.Good("Cobrowse.Agent")
	with := func(claim string, value any) string { return p.Token(good.With(claim, value)) }
	const invalid = "entra_invalid"
	past, future := p.now().Add(-2*time.Hour).Unix(), p.now().Add(time.Hour).Unix()
	return []Bad{
		{"foreign tenant", p.Token(good.With("tid", Foreign).With("iss", p.Authority()+"/"+Foreign+"/v2.0")), "entra_tenant", ""},
		{"tenant in a path", with("tid", "../"+Tenant), "entra_tenant", ""},
		{"no tenant", with("tid", nil), invalid, "no tenant"},
		{"tenant as number", with("tid", 1), invalid, "no tenant"},
		{"issuer of another tenant", with("iss", p.Authority()+"/"+Foreign+"/v2.0"), invalid, "another issuer"},
		{"issuer of version 1", with("iss", "https://sts.windows.net/"+Tenant+"/"), invalid, "another issuer"},
		{"issuer with a slash", with("iss", p.Authority()+"/"+Tenant+"/v2.0/"), invalid, "another issuer"},
		{"issuer of another cloud", with("iss", "https://login.example/"+Tenant+"/v2.0"), invalid, "another issuer"},
		{"version 1", with("ver", "1.0"), invalid, "not version 2.0"},
		{"no version", with("ver", nil), invalid, "not version 2.0"},
		{"another audience", with("aud", Foreign), invalid, "another audience"},
		{"audience of version 1", with("aud", "api://"+Client), invalid, "another audience"},
		{"several audiences", with("aud", []string{Client, Foreign}), invalid, "claims are not understood"},
		{"issued to another application", with("azp", Foreign), invalid, "issued to another application"},
		{"issued to nobody", with("azp", nil), invalid, "issued to another application"},
		{"application's own token", with("idtyp", "app"), invalid, "not a person's token"},
		{"no scope", with("scp", nil), invalid, "without the scope"},
		{"another scope", with("scp", "openid access_as_user_too"), invalid, "without the scope"},
		{"no object id", with("oid", nil), invalid, "no object id"},
		{"object id no GUID", with("oid", "ada@acme.example"), invalid, "no object id"},
		{"object id in braces", with("oid", "{"+Person+"}"), invalid, "no object id"},
		{"expired", p.Token(good.With("nbf", past).With("exp", past+60)), "entra_expired", ""},
		{"not valid yet", with("nbf", future), invalid, "not valid yet"},
		{"for ever", with("exp", nil), invalid, "no lifetime"},
		{"since ever", with("nbf", nil), invalid, "no lifetime"},
		{"times as text", with("exp", "tomorrow"), invalid, "claims are not understood"},
	}
}
