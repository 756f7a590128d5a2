package auth_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash"
	"os"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

const audience = "https://cobrowse.example"

var (
	acmeKey  = company.Key{ID: "acme-1", Secret: bytes.Repeat([]byte("a"), 32)}
	otherKey = company.Key{ID: "other-1", Secret: bytes.Repeat([]byte("o"), 32)}
)

func setUp(t *testing.T, db *store.DB) *auth.Launches {
	t.Helper()
	ring, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		t.Fatal(err)
	}
	companies := company.New(db, ring)
	for slug, key := range map[string]company.Key{"acme": acmeKey, "other": otherKey} {
		s := company.Settings{
			Slug: slug, Name: slug, Languages: []string{"en"}, Recording: live.RecordingOn, StartURL: "https://shop.example/",
			Origins: []string{"https://desk." + slug + ".example"}, DeskKind: "generic",
		}
		if _, err := companies.Put(ctx, s, "test"); err != nil {
			t.Fatal(err)
		}
		if err := companies.PutDesk(ctx, slug, company.Desk{Key: key}, "test"); err != nil {
			t.Fatal(err)
		}
	}
	return auth.NewLaunches(companies, audience, func() time.Time { return now })
}

func good() auth.Launch {
	return auth.Launch{
		Issuer: "acme-1", Audience: audience, IssuedAt: now.Unix(), Expires: now.Add(5 * time.Minute).Unix(), ID: "j1", Company: "acme",
		Agent: auth.LaunchAgent{ID: "agent-7", Name: "Ada", Role: cobrowse.RoleAgent}, Conversation: "c1", Channel: "voice",
		Origin: "https://desk.acme.example",
	}
}

func sign(t *testing.T, key company.Key, l auth.Launch) string {
	t.Helper()
	signed, err := auth.Sign(key, l)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// forge makes a compact JWS of any header and claims, as an attacker would.
func forge(t *testing.T, header map[string]any, claims any, newHash func() hash.Hash, secret []byte) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(header) + "." + part(claims)
	if newHash == nil {
		return signed + "."
	}
	mac := hmac.New(newHash, secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func header(change func(map[string]any)) map[string]any {
	h := map[string]any{"alg": "HS256", "kid": "acme-1", "typ": "cobrowse-launch+jwt"}
	if change != nil {
		change(h)
	}
	return h
}

func TestGoodLaunch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		launches := setUp(t, db)
		for name, signed := range map[string]string{
			"by Sign":   sign(t, acmeKey, good()),
			"by a desk": forge(t, header(nil), good(), sha256.New, acmeKey.Secret),
		} {
			l, err := launches.Verify(ctx, signed)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if id := l.Identity(); id.Agent != (desk.Agent{ID: "agent-7", Name: "Ada"}) || id.Conversation != "c1" || id.Company != "acme" {
				t.Errorf("%s: %+v", name, id)
			}
		}
	})
}

func TestBadLaunches(t *testing.T) {
	launches := setUp(t, storetest.SQLite(t))
	signed := sign(t, acmeKey, good())
	parts := strings.Split(signed, ".")
	claims := func(change func(*auth.Launch)) string {
		l := good()
		change(&l)
		return sign(t, acmeKey, l)
	}
	raw := func(v any) string { return forge(t, header(nil), v, sha256.New, acmeKey.Secret) }
	asMap := func(change func(map[string]any)) string {
		text, err := json.Marshal(good())
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]any{}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		return raw(m)
	}
	long := strings.Repeat("x", 201)
	for name, c := range map[string]struct{ jws, reason string }{
		"empty":                    {"", "launch_invalid"},
		"no JWS":                   {"hello", "launch_invalid"},
		"two parts":                {parts[0] + "." + parts[1], "launch_invalid"},
		"four parts":               {signed + ".x", "launch_invalid"},
		"JSON serialization":       {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, "launch_invalid"},
		"too long":                 {signed + strings.Repeat("A", 9000), "launch_invalid"},
		"alg none":                 {forge(t, header(func(h map[string]any) { h["alg"] = "none" }), good(), nil, nil), "launch_invalid"},
		"alg None, signed":         {forge(t, header(func(h map[string]any) { h["alg"] = "None" }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"alg HS512":                {forge(t, header(func(h map[string]any) { h["alg"] = "HS512" }), good(), sha512.New, acmeKey.Secret), "launch_invalid"},
		"alg RS256":                {forge(t, header(func(h map[string]any) { h["alg"] = "RS256" }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"no kid":                   {forge(t, header(func(h map[string]any) { delete(h, "kid") }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"unknown kid":              {forge(t, header(func(h map[string]any) { h["kid"] = "nobody" }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"kid with SQL":             {forge(t, header(func(h map[string]any) { h["kid"] = "' OR 1=1 --" }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"no typ":                   {forge(t, header(func(h map[string]any) { delete(h, "typ") }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"typ JWT":                  {forge(t, header(func(h map[string]any) { h["typ"] = "JWT" }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"key brought along":        {forge(t, header(func(h map[string]any) { h["jwk"] = map[string]any{"kty": "oct", "k": "AAAA"} }), good(), sha256.New, []byte{0, 0, 0}), "launch_invalid"},
		"unknown crit":             {forge(t, header(func(h map[string]any) { h["crit"] = []string{"x"}; h["x"] = 1 }), good(), sha256.New, acmeKey.Secret), "launch_invalid"},
		"another company's secret": {forge(t, header(nil), good(), sha256.New, otherKey.Secret), "launch_invalid"},
		"empty secret":             {forge(t, header(nil), good(), sha256.New, nil), "launch_invalid"},
		"another company's key":    {sign(t, otherKey, good()), "launch_invalid"},
		"altered payload":          {parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2], "launch_invalid"},
		"altered signature":        {parts[0] + "." + parts[1] + "." + "A" + parts[2][1:], "launch_invalid"},
		"no signature":             {parts[0] + "." + parts[1] + ".", "launch_invalid"},
		"payload no JSON":          {raw("just text"), "launch_invalid"},
		"unknown claim":            {asMap(func(m map[string]any) { m["admin"] = true }), "launch_invalid"},
		"iat as text":              {asMap(func(m map[string]any) { m["iat"] = "now" }), "launch_invalid"},
		"foreign issuer":           {claims(func(l *auth.Launch) { l.Issuer = "other-1" }), "launch_invalid"},
		"foreign company":          {claims(func(l *auth.Launch) { l.Company = "other" }), "launch_invalid"},
		"wrong audience":           {claims(func(l *auth.Launch) { l.Audience = "https://elsewhere.example" }), "launch_invalid"},
		"audience with a slash":    {claims(func(l *auth.Launch) { l.Audience += "/" }), "launch_invalid"},
		"no jti":                   {claims(func(l *auth.Launch) { l.ID = "" }), "launch_invalid"},
		"jti too long":             {claims(func(l *auth.Launch) { l.ID = long }), "launch_invalid"},
		"no agent":                 {claims(func(l *auth.Launch) { l.Agent.ID = "" }), "launch_invalid"},
		"no name":                  {claims(func(l *auth.Launch) { l.Agent.Name = "" }), "launch_invalid"},
		"name too long":            {claims(func(l *auth.Launch) { l.Agent.Name = long }), "launch_invalid"},
		"role customer":            {claims(func(l *auth.Launch) { l.Agent.Role = cobrowse.RoleCustomer }), "launch_invalid"},
		"no role":                  {claims(func(l *auth.Launch) { l.Agent.Role = "" }), "launch_invalid"},
		"no such channel":          {claims(func(l *auth.Launch) { l.Channel = "fax" }), "launch_invalid"},
		"no conversation":          {claims(func(l *auth.Launch) { l.Conversation = "" }), "launch_invalid"},
		"foreign origin":           {claims(func(l *auth.Launch) { l.Origin = "https://desk.other.example" }), "launch_invalid"},
		"origin with a path":       {claims(func(l *auth.Launch) { l.Origin += "/" }), "launch_invalid"},
		"no origin":                {claims(func(l *auth.Launch) { l.Origin = "" }), "launch_invalid"},
		"lives too long":           {claims(func(l *auth.Launch) { l.Expires++ }), "launch_invalid"},
		"expires before issued":    {claims(func(l *auth.Launch) { l.Expires = l.IssuedAt - 1 }), "launch_invalid"},
		"never expires":            {claims(func(l *auth.Launch) { l.Expires = 0 }), "launch_invalid"},
		"from the future":          {claims(func(l *auth.Launch) { l.IssuedAt += 60; l.Expires += 60 }), "launch_invalid"},
		"from the far future":      {claims(func(l *auth.Launch) { l.IssuedAt += 1e9; l.Expires += 1e9 }), "launch_invalid"},
		"expired":                  {claims(func(l *auth.Launch) { l.IssuedAt -= 400; l.Expires -= 400 }), "launch_expired"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := launches.Verify(ctx, c.jws)
			var coded *cobrowse.Error
			if !errors.As(err, &coded) || coded.Reason != c.reason || coded.Code != auth.CodeUnauthenticated {
				t.Fatalf("got %+v, %v; want %s", l, err, c.reason)
			}
		})
	}
}

func TestLaunchWorksOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		launches := setUp(t, db)
		use := func(id string) error {
			l := good()
			l.ID = id
			return db.Tx(ctx, func(tx *sql.Tx) error { return launches.Use(ctx, tx, &l) })
		}
		results := make(chan error, 6)
		for range cap(results) {
			go func() { results <- use("same") }()
		}
		ok := 0
		for range cap(results) {
			var coded *cobrowse.Error
			if err := <-results; err == nil {
				ok++
			} else if !errors.As(err, &coded) || coded.Reason != "launch_used" {
				t.Errorf("got %v", err)
			}
		}
		if ok != 1 {
			t.Errorf("the launch worked %d times", ok)
		}
		if err := use("another"); err != nil {
			t.Error(err)
		}
	})
}

func TestTokens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := auth.Identity{
			Company: "acme", Role: cobrowse.RoleAgent, Agent: desk.Agent{ID: "a", Name: "Ada"}, Conversation: "c1", Channel: "chat",
			Origin: "https://desk.acme.example", Record: desk.Record{Conversation: "c1", CaseTitle: "Broken kettle"},
		}
		var token string
		err := db.Tx(ctx, func(tx *sql.Tx) (err error) {
			token, err = auth.Issue(ctx, tx, id, now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		id.Token = auth.Hash(token)
		if got, err := auth.Check(ctx, db, token, now); err != nil || got != id {
			t.Fatalf("got %+v, %v", got, err)
		}
		for name, c := range map[string]struct {
			token string
			at    time.Time
		}{"unknown": {auth.NewToken(), now}, "empty": {"", now}, "its hash": {auth.Hash(token), now}, "expired": {token, now.Add(auth.AgentLife)}} {
			if _, err := auth.Check(ctx, db, c.token, c.at); cobrowse.CodeOf(err) != auth.CodeUnauthenticated {
				t.Errorf("%s: got %v", name, err)
			}
		}
		var stored int
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM agent_tokens WHERE hash = $1`, token).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("the token itself is stored: %d, %v", stored, err)
		}
		err = db.Tx(ctx, func(tx *sql.Tx) error { return auth.Sweep(ctx, tx, now.Add(auth.AgentLife)) })
		if err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM agent_tokens`).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("%d expired tokens are left, %v", stored, err)
		}
	})
}
