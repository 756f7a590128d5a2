package auth_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/auth/openidtest"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/store/storetest"

	"github.com/go-jose/go-jose/v4"
)

// directory is a company whose people sign in with a stand-in for Entra ID, and a clock that the test turns.
type directory struct {
	*openidtest.Provider
	entra *auth.Entra
	now   time.Time
}

func newDirectory(t *testing.T) *directory {
	t.Helper()
	ring, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		t.Fatal(err)
	}
	d := &directory{now: now}
	clock := func() time.Time { return d.now }
	d.Provider = openidtest.New(t, clock)
	companies := company.New(storetest.SQLite(t), ring)
	for slug, entra := range map[string]*company.Entra{"acme": {Client: openidtest.Client, Tenants: []string{openidtest.Tenant}}, "plain": nil} {
		s := company.Settings{
			Slug: slug, Name: slug, Languages: []string{"en"}, Recording: live.RecordingOn, StartURL: "https://shop.example/", DeskKind: "dynamics", Entra: entra,
		}
		if _, err := companies.Put(ctx, s, "test"); err != nil {
			t.Fatal(err)
		}
	}
	d.entra = auth.NewEntra(companies, d.Authority(), d.Transport(), clock)
	return d
}

func TestGoodEntraToken(t *testing.T) {
	d := newDirectory(t)
	u, err := d.entra.Verify(ctx, "acme", d.Token(d.Good("Cobrowse.Agent", "Something.Else").With("name", "Ada \u202eAgent\n")))
	if err != nil {
		t.Fatal(err)
	}
	who, err := u.Identity("acme", cobrowse.RoleAgent)
	if err != nil || who.Agent.ID != openidtest.Person || who.Agent.Name != "Ada Agent" || who.Key != "entra/"+openidtest.Client+"/"+openidtest.Tenant {
		t.Errorf("%+v, %v", who, err)
	}
	for _, role := range []cobrowse.Role{cobrowse.RoleSupervisor, auth.RoleAdministrator} {
		if _, err := u.Identity("acme", role); cobrowse.CodeOf(err) != cobrowse.CodeDenied || cobrowse.ReasonOf(err) != "entra_role" {
			t.Errorf("as %s: %v", role, err)
		}
	}
	if _, err := d.entra.Verify(ctx, "plain", d.Token(d.Good("Cobrowse.Agent"))); cobrowse.ReasonOf(err) != "entra_off" {
		t.Errorf("a company without Entra ID: %v", err)
	}
}

func TestNameIsShort(t *testing.T) {
	d := newDirectory(t)
	u, err := d.entra.Verify(ctx, "acme", d.Token(d.Good().With("name", strings.Repeat("é", 300))))
	if err != nil || u.Agent.Name != strings.Repeat("é", 100) {
		t.Errorf("%d bytes, %v", len(u.Agent.Name), err)
	}
	if u, err = d.entra.Verify(ctx, "acme", d.Token(d.Good().With("name", nil))); err != nil || u.Agent.Name != "Agent" {
		t.Errorf("without a name: %v", err)
	}
}

// TestBadEntraTokens: each is refused for its own reason, and no answer repeats anything of the token.
func TestBadEntraTokens(t *testing.T) {
	d := newDirectory(t)
	bad := d.AllBad()
	if len(bad) < 30 {
		t.Fatalf("only %d", len(bad))
	}
	for _, b := range bad {
		_, err := d.entra.Verify(ctx, "acme", b.Token)
		var coded *cobrowse.Error
		if !errors.As(err, &coded) || coded.Reason != b.Reason {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		if b.Why != "" && (coded.Err == nil || coded.Err.Error() != b.Why) {
			t.Errorf("%s: refused because %v, not %q", b.Name, coded.Err, b.Why)
		}
		if len(b.Token) > 20 && strings.Contains(err.Error(), b.Token[:20]) {
			t.Errorf("%s: the error repeats the token", b.Name)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	d := newDirectory(t)
	old := d.Token(d.Good())
	verify := func(token string) string {
		_, err := d.entra.Verify(ctx, "acme", token)
		return cobrowse.ReasonOf(err)
	}
	if r := verify(old); r != "" {
		t.Fatal(r)
	}
	d.Rotate("key-2")
	fresh := d.Token(d.Good())
	if r := verify(fresh); r != "entra_invalid" || d.Asked() != 1 {
		t.Errorf("within the floor: %q after %d requests", r, d.Asked())
	}
	d.now = d.now.Add(time.Minute)
	if r := verify(fresh); r != "" {
		t.Errorf("the new key: %q", r)
	}
	if r := verify(old); r != "entra_invalid" {
		t.Errorf("the old key: %q", r)
	}
	forged := openidtest.Sign(t, jose.RS256, "nobody", "JWT", openidtest.NewKey(t, 2048), d.Good())
	for range 50 {
		verify(forged)
	}
	if d.Asked() != 2 {
		t.Errorf("tokens of unknown keys made %d requests", d.Asked())
	}
}

func TestKeysOutage(t *testing.T) {
	d := newDirectory(t)
	token := func() string { return d.Token(d.Good()) }
	d.Down(true)
	if _, err := d.entra.Verify(ctx, "acme", token()); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable {
		t.Errorf("without keys: %v", err)
	}
	d.Down(false)
	d.now = d.now.Add(time.Minute)
	if _, err := d.entra.Verify(ctx, "acme", token()); err != nil {
		t.Fatal(err)
	}
	d.Down(true)
	d.now = d.now.Add(5 * time.Hour)
	if _, err := d.entra.Verify(ctx, "acme", token()); err != nil {
		t.Errorf("an outage of hours: %v", err)
	}
	d.now = d.now.Add(20 * time.Hour)
	if _, err := d.entra.Verify(ctx, "acme", token()); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable {
		t.Errorf("an outage of a day: %v", err)
	}
}

func TestShortKeysAreNone(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	d := newDirectory(t)
	short := openidtest.NewKey(t, 1024)
	d.Publish("short", short, d.Authority()+"/{tenantid}/v2.0")
	_, err := d.entra.Verify(ctx, "acme", openidtest.Sign(t, jose.RS256, "short", "JWT", short, d.Good()))
	if cobrowse.ReasonOf(err) != "entra_invalid" {
		t.Errorf("a key of 1024 bits: %v", err)
	}
}
