package auth

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
)

const (
	entraSize  = 12 << 10 // bytes of an access token; groups make them long
	entraScope = "access_as_user"
)

// entraRoles are the app roles that an administrator of Entra ID gives to people, and what they are here.
var entraRoles = map[string]cobrowse.Role{
	"Cobrowse.Agent": cobrowse.RoleAgent, "Cobrowse.Supervisor": cobrowse.RoleSupervisor, "Cobrowse.Administrator": RoleAdministrator,
}

// EntraUser is a person whom Entra ID vouches for.
type EntraUser struct {
	Agent desk.Agent // ID is the object id, by which Dataverse knows them as well; the name is for people's eyes only
	key   string
	roles []cobrowse.Role
}

// Has tells whether the person was given a role.
func (u *EntraUser) Has(role cobrowse.Role) bool { return slices.Contains(u.roles, role) }

// Identity is the person in one of their roles, or CodeDenied.
func (u *EntraUser) Identity(slug string, role cobrowse.Role) (Identity, error) {
	if !u.Has(role) {
		return Identity{}, cobrowse.Errorf(cobrowse.CodeDenied, "entra_role", "your account lacks the role %s of the co-browse application", role)
	}
	return Identity{Company: slug, Role: role, Agent: u.Agent, Key: u.key}, nil
}

// Entra verifies access tokens that Entra ID issued for a company's application. Safe for concurrent use.
type Entra struct {
	companies *company.Companies
	authority string
	keys      *tenantKeys
	now       func() time.Time
}

// NewEntra verifies tokens of the cloud at authority, e.g. https://login.microsoftonline.com, which is reached over transport; nil = the usual one.
func NewEntra(companies *company.Companies, authority string, transport http.RoundTripper, now func() time.Time) *Entra {
	return &Entra{companies: companies, authority: authority, keys: newTenantKeys(authority, transport, now), now: now}
}

// entraInvalid hides from the caller which check failed; the log gets it. Nothing of the token is in it.
func entraInvalid(why string) error {
	return &cobrowse.Error{Code: CodeUnauthenticated, Reason: "entra_invalid", Detail: "the sign-in is not valid here; sign in again", Err: errors.New(why)}
}

type entraClaims struct {
	Issuer    string   `json:"iss"`
	Audience  string   `json:"aud"`
	Expires   int64    `json:"exp"`
	NotBefore int64    `json:"nbf"`
	Version   string   `json:"ver"`
	Tenant    string   `json:"tid"`
	Object    string   `json:"oid"`
	Kind      string   `json:"idtyp"`
	Scopes    string   `json:"scp"`
	Client    string   `json:"azp"`
	Roles     []string `json:"roles"`
	Name      string   `json:"name"`
}

// Verify tells who signed in to a company. A token that was issued for anybody else, or any other way, is nobody's.
func (e *Entra) Verify(ctx context.Context, slug, token string) (*EntraUser, error) {
	co, err := e.companies.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	if co.Entra == nil {
		return nil, cobrowse.Errorf(cobrowse.CodeDenied, "entra_off", "the company does not sign people in with Entra ID")
	}
	tenant, err := claimedTenant(token)
	if err != nil {
		return nil, err
	}
	// Only tenants of the company are asked for keys: a token cannot choose who vouches for it. Which those are is public.
	if !slices.Contains(co.Entra.Tenants, tenant) {
		return nil, cobrowse.Errorf(cobrowse.CodeDenied, "entra_tenant", "your organisation's directory is not one of the company's")
	}
	claims, err := e.verifySignature(ctx, tenant, token)
	if err != nil {
		return nil, err
	}
	if err := e.check(claims, *co.Entra, tenant); err != nil {
		return nil, err
	}
	u := &EntraUser{Agent: desk.Agent{ID: strings.ToLower(claims.Object), Name: displayName(claims.Name)}, key: co.Entra.Key(tenant)}
	for _, r := range claims.Roles {
		if role, known := entraRoles[r]; known {
			u.roles = append(u.roles, role)
		}
	}
	return u, nil
}

// claimedTenant reads whose keys are to be asked for. Nothing else of a token is believed before its signature.
func claimedTenant(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(token) > entraSize || len(parts) != 3 {
		return "", entraInvalid("no compact JWS, or too long")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", entraInvalid("the payload is not base64")
	}
	var claims struct {
		Tenant string `json:"tid"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Tenant == "" {
		return "", entraInvalid("no tenant")
	}
	return claims.Tenant, nil
}

func (e *Entra) verifySignature(ctx context.Context, tenant, token string) (*entraClaims, error) {
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, entraInvalid("not a compact JWS with RS256")
	}
	head := jws.Signatures[0].Protected
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != "JWT" {
		return nil, entraInvalid("another type")
	}
	key, err := e.keys.find(ctx, tenant, head.KeyID)
	if err != nil {
		return nil, err
	}
	payload, err := jws.Verify(key)
	if err != nil {
		return nil, entraInvalid("bad signature")
	}
	var claims entraClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, entraInvalid("claims are not understood")
	}
	return &claims, nil
}

func (e *Entra) check(c *entraClaims, in company.Entra, tenant string) error {
	now := e.now()
	object, err := uuid.Parse(c.Object)
	switch {
	case c.Version != "2.0":
		return entraInvalid("not version 2.0")
	case c.Issuer != issuerOf(e.authority, tenant):
		return entraInvalid("another issuer")
	case c.Tenant != tenant:
		return entraInvalid("another tenant")
	case c.Audience != in.Client:
		return entraInvalid("another audience")
	case c.Client != in.Client:
		return entraInvalid("issued to another application")
	case c.Kind != "" && c.Kind != "user":
		return entraInvalid("not a person's token")
	case !slices.Contains(strings.Fields(c.Scopes), entraScope):
		return entraInvalid("without the scope")
	case err != nil || len(c.Object) != 36 || object == uuid.Nil:
		return entraInvalid("no object id")
	case c.Expires == 0 || c.NotBefore == 0 || c.NotBefore >= c.Expires:
		return entraInvalid("no lifetime")
	case time.Unix(c.NotBefore, 0).After(now.Add(clockSkew)):
		return entraInvalid("not valid yet")
	case !now.Before(time.Unix(c.Expires, 0).Add(clockSkew)):
		return cobrowse.Errorf(CodeUnauthenticated, "entra_expired", "the sign-in is too old; sign in again")
	}
	return nil
}

func issuerOf(authority, tenant string) string { return authority + "/" + tenant + "/v2.0" }

// displayName is a name as it may be shown: it is what somebody wrote into a directory.
func displayName(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) { // nor what turns the direction of writing
			return ' '
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	for len(name) > claimSize {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return cmp.Or(name, "Agent")
}
