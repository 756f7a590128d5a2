package company_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var ctx = context.Background()

func ring(t *testing.T) *keyring.Ring {
	t.Helper()
	r, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func acme() company.Settings {
	return company.Settings{
		Slug: "acme", Name: "Acme", Color: "#0a7d4b", Languages: []string{"en", "pt-BR"}, Recording: live.RecordingAsk,
		StartURL: "https://shop.example/", Origins: []string{"https://desk.example"}, DeskKind: "generic",
	}
}

func TestVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		companies := company.New(db, ring(t))
		put := func(s company.Settings, want int64) {
			t.Helper()
			if v, err := companies.Put(ctx, s, "test"); err != nil || v != want {
				t.Fatalf("version %d, %v; want %d", v, err, want)
			}
		}
		put(acme(), 1)
		put(acme(), 1)
		changed := acme()
		changed.Name = "Acme Ltd"
		put(changed, 2)
		for version, want := range map[int64]string{1: "Acme", 2: "Acme Ltd"} {
			if co, err := companies.At(ctx, "acme", version); err != nil || co.Name != want {
				t.Errorf("version %d is %q, %v; want %q", version, co.Name, err, want)
			}
		}
		if co, err := companies.Get(ctx, "acme"); err != nil || co.Version != 2 || co.Name != "Acme Ltd" {
			t.Errorf("present version: %+v, %v", co, err)
		}
		if _, err := companies.Get(ctx, "nobody"); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
			t.Errorf("an unknown company gave %v", err)
		}
		if n, err := audit.Verify(ctx, db, ring(t)); err != nil || n != 2 {
			t.Errorf("%d audit lines, %v; want 2", n, err)
		}
	})
}

func TestDeskKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		companies := company.New(db, ring(t))
		other := acme()
		other.Slug = "other"
		for _, s := range []company.Settings{acme(), other} {
			if _, err := companies.Put(ctx, s, "test"); err != nil {
				t.Fatal(err)
			}
		}
		key := company.Key{ID: "k1", Secret: bytes.Repeat([]byte("s"), 32)}
		if err := companies.PutDesk(ctx, "acme", company.Desk{Key: key, Credentials: []byte(`{"a":1}`)}, "test"); err != nil {
			t.Fatal(err)
		}
		slug, secret, err := companies.SigningKey(ctx, "k1")
		if err != nil || slug != "acme" || !bytes.Equal(secret, key.Secret) {
			t.Fatalf("got %s %s %v", slug, secret, err)
		}
		if d, err := companies.Desk(ctx, "acme"); err != nil || string(d.Credentials) != `{"a":1}` {
			t.Fatalf("got %s %v", d.Credentials, err)
		}
		if err := companies.PutDesk(ctx, "other", company.Desk{Key: key}, "test"); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("another company took the key: %v", err)
		}
		short := company.Desk{Key: company.Key{ID: "k2", Secret: []byte("short")}}
		if err := companies.PutDesk(ctx, "acme", short, "test"); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("a short secret gave %v", err)
		}
		newer := company.Desk{Key: company.Key{ID: "k2", Secret: key.Secret}, Credentials: []byte(`{"a":2}`)}
		for _, d := range []company.Desk{newer, {Key: key, Credentials: []byte(`{"a":1}`)}} { // the older one put again is current again
			if err := companies.PutDesk(ctx, "acme", d, "test"); err != nil {
				t.Fatal(err)
			}
			if got, err := companies.Desk(ctx, "acme"); err != nil || got.Key.ID != d.Key.ID {
				t.Errorf("%s was put and %s is current, %v", d.Key.ID, got.Key.ID, err)
			}
		}
		if err := companies.RemoveDesk(ctx, "other", "k1", "test"); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
			t.Errorf("another company revoked the key: %v", err)
		}
		for _, k := range []string{"k1", "k2"} {
			if err := companies.RemoveDesk(ctx, "acme", k, "test"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := companies.SigningKey(ctx, "k1"); err == nil {
			t.Error("a removed key still verifies")
		}
		if _, err := companies.Desk(ctx, "acme"); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
			t.Errorf("a removed desk gave %v", err)
		}
	})
}

func TestValidateSaysWhatIsWrong(t *testing.T) {
	if s := acme(); s.Validate() != nil {
		t.Fatal(s.Validate())
	}
	for name, c := range map[string]struct {
		spoil func(*company.Settings)
		want  string
	}{
		"slug":           {func(s *company.Settings) { s.Slug = "Acme Ltd" }, "slug"},
		"slug path":      {func(s *company.Settings) { s.Slug = "../x" }, "slug"},
		"name":           {func(s *company.Settings) { s.Name = " " }, "name"},
		"color":          {func(s *company.Settings) { s.Color = "red;}" }, "color"},
		"recording":      {func(s *company.Settings) { s.Recording = "always" }, "off, on or ask"},
		"time zone":      {func(s *company.Settings) { s.TimeZone = "Atlantis/Capital" }, "America/Sao_Paulo"},
		"nobody's zone":  {func(s *company.Settings) { s.TimeZone = "Local" }, "IANA"},
		"no language":    {func(s *company.Settings) { s.Languages = nil }, "language"},
		"language":       {func(s *company.Settings) { s.Languages = []string{"?"} }, "language tag"},
		"consent lang":   {func(s *company.Settings) { s.ConsentText = map[string]string{"!": ""} }, "language tag"},
		"consent long":   {func(s *company.Settings) { s.ConsentText = map[string]string{"en": strings.Repeat("x", 2001)} }, "2000"},
		"start":          {func(s *company.Settings) { s.StartURL = "javascript:alert(1)" }, "startUrl"},
		"start password": {func(s *company.Settings) { s.StartURL = "https://a:b@shop.example" }, "startUrl"},
		"logo":           {func(s *company.Settings) { s.LogoURL = "//evil.example/x" }, "logoUrl"},
		"player script":  {func(s *company.Settings) { s.PlayerURL = "javascript:{session}" }, "playerUrl"},
		"player session": {func(s *company.Settings) { s.PlayerURL = "https://desk.example/watch" }, "playerUrl"},
		"player long":    {func(s *company.Settings) { s.PlayerURL = "https://desk.example/{session}" + strings.Repeat("x", 400) }, "playerUrl"},
		"origin path":    {func(s *company.Settings) { s.Origins = []string{"https://desk.example/"} }, "origin"},
		"origin star":    {func(s *company.Settings) { s.Origins = []string{"https://*.example"} }, "origin"},
		"origin inject":  {func(s *company.Settings) { s.Origins = []string{"https://a; script-src *"} }, "origin"},
		"desk":           {func(s *company.Settings) { s.DeskKind = "" }, "deskKind"},
		"mask":           {func(s *company.Settings) { s.Policy.Masks = []cobrowse.MaskRule{{ID: "a"}} }, "mask rule"},
		"guard":          {func(s *company.Settings) { s.Policy.Guards = []cobrowse.GuardRule{{ID: "a"}} }, "guard rule"},
		"right":          {func(s *company.Settings) { s.Policy.Rights = []cobrowse.Right{"fly"} }, "right"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acme()
			c.spoil(&s)
			err := s.Validate()
			if cobrowse.CodeOf(err) != cobrowse.CodeInvalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestEffectivePolicy(t *testing.T) {
	defaults := cobrowse.Policy{
		Masks:  []cobrowse.MaskRule{{ID: "password", Selector: "input"}, {ID: "card", Selector: ".card"}},
		Guards: []cobrowse.GuardRule{{ID: "buy", Name: "buy"}},
		PII:    []string{"card", "email"},
	}
	own := cobrowse.Policy{
		Masks: []cobrowse.MaskRule{{ID: "card", Selector: ".pan"}, {ID: "own", Selector: ".x"}},
		Block: []string{"bad.example"},
	}
	p := company.Effective(defaults, own)
	if len(p.Masks) != 3 || p.Masks[1].Selector != ".pan" || len(p.Guards) != 1 {
		t.Errorf("rules: %+v %+v", p.Masks, p.Guards)
	}
	if !slices.Equal(p.PII, defaults.PII) || !slices.Equal(p.Rights, cobrowse.AllAgentRights) {
		t.Errorf("defaults lost: %v %v", p.PII, p.Rights)
	}
	own.PII, own.Rights = []string{}, []cobrowse.Right{cobrowse.RightView}
	if p = company.Effective(defaults, own); len(p.PII) != 0 || len(p.Rights) != 1 {
		t.Errorf("the company's own choice does not stand: %v %v", p.PII, p.Rights)
	}
}

func TestTabsOfACompany(t *testing.T) {
	no := false
	own := cobrowse.Policy{MaxTabs: 3, MobileAgent: &no}
	if p := company.Effective(cobrowse.Policy{}, own); p.TabLimit() != 3 || p.SaysPhone() {
		t.Errorf("%d tabs, says that it is a phone: %v", p.TabLimit(), p.SaysPhone())
	}
	if p := company.Effective(cobrowse.Policy{}, cobrowse.Policy{}); p.TabLimit() != 10 || !p.SaysPhone() {
		t.Errorf("by default %d tabs, says that it is a phone: %v", p.TabLimit(), p.SaysPhone())
	}
	for most, works := range map[int]bool{-1: false, 0: true, 20: true, 21: false} {
		if err := company.ValidatePolicy(cobrowse.Policy{MaxTabs: most}); (err == nil) != works {
			t.Errorf("%d tabs: %v", most, err)
		}
	}
}

func TestNoRightsAreNotTheDefaultOnes(t *testing.T) {
	companies := company.New(storetest.SQLite(t), ring(t))
	for name, c := range map[string]struct{ own, want []cobrowse.Right }{
		"not said": {nil, cobrowse.AllAgentRights},
		"none":     {[]cobrowse.Right{}, []cobrowse.Right{}},
		"sound":    {[]cobrowse.Right{cobrowse.RightSound}, []cobrowse.Right{cobrowse.RightSound}},
	} {
		s := acme()
		s.Policy.Rights = c.own
		if _, err := companies.Put(ctx, s, "test"); err != nil {
			t.Fatal(err)
		}
		co, err := companies.Get(ctx, "acme")
		if err != nil {
			t.Fatal(err)
		}
		if got := company.Effective(cobrowse.Policy{}, co.Policy).Rights; got == nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestImport(t *testing.T) {
	const good = `{"companies":[{"slug":"acme","name":"Acme","languages":["en"],"recording":"on","startUrl":"https://shop.example/",
		"origins":["https://desk.example"],"policy":{},"deskKind":"generic","desk":{"keyId":"k1","secretEnv":"ACME_SECRET"}}]}`
	env := func(name string) string {
		if name == "ACME_SECRET" {
			return strings.Repeat("e", 32)
		}
		return ""
	}
	db := storetest.SQLite(t)
	companies := company.New(db, ring(t))
	for range 2 { // every start imports the same file again
		if err := companies.Import(ctx, strings.NewReader(good), company.Import{Getenv: env, By: "operator"}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := audit.Verify(ctx, db, ring(t)); err != nil || n != 2 {
		t.Errorf("%d audit lines, %v; want one for the company and one for its key", n, err)
	}
	if slug, secret, err := companies.SigningKey(ctx, "k1"); err != nil || slug != "acme" || len(secret) != 32 {
		t.Errorf("got %s, %d bytes, %v", slug, len(secret), err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown field": {strings.Replace(good, `"policy"`, `"polcy"`, 1), "polcy"},
		"two documents": {good + good, "goes on"},
		"empty secret":  {strings.Replace(good, "ACME_SECRET", "OTHER", 1), "OTHER"},
		"not JSON":      {"companies:", "not understood"},
		"invalid":       {strings.Replace(good, `"on"`, `"sometimes"`, 1), "off, on or ask"},
	} {
		err := companies.Import(ctx, strings.NewReader(c.text), company.Import{Getenv: env, By: "operator"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}

// TestImportIsAllOrNothing: what is wrong with the last company keeps the first one out too.
func TestImportIsAllOrNothing(t *testing.T) {
	const one = `{"slug":%q,"name":"N","languages":["en"],"recording":"on","startUrl":"https://shop.example/","origins":[],"policy":{},
		"deskKind":"generic","desk":{"keyId":%q,"secretEnv":%q}}`
	env := func(name string) string { return map[string]string{"SET": strings.Repeat("e", 32), "SHORT": "e"}[name] }
	for name, second := range map[string][2]string{
		"an empty variable": {"k2", "UNSET"}, "a short secret": {"k2", "SHORT"}, "a key of another company": {"k1", "SET"},
	} {
		db := storetest.SQLite(t)
		companies := company.New(db, ring(t))
		doc := fmt.Sprintf(`{"companies":[`+one+`,`+one+`]}`, "first", "k1", "SET", "second", second[0], second[1])
		if err := companies.Import(ctx, strings.NewReader(doc), company.Import{Getenv: env, By: "operator"}); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
		if slugs, err := companies.Slugs(ctx); err != nil || len(slugs) != 0 {
			t.Errorf("%s: %v is stored, %v", name, slugs, err)
		}
	}
}

func TestCredentialsFromTheEnvironment(t *testing.T) {
	const doc = `{"companies":[{"slug":"acme","name":"Acme","languages":["en"],"recording":"on","startUrl":"https://shop.example/","origins":[],
		"policy":{},"deskKind":"generic","desk":{"keyId":"k1","secretEnv":"SET","credentials":{%s}}}]}`
	env := func(name string) string {
		return map[string]string{"SET": strings.Repeat("e", 32), "HOOK": "whsec_x"}[name]
	}
	companies := company.New(storetest.SQLite(t), ring(t))
	good := fmt.Sprintf(doc, `"webhookSecretEnv":"HOOK","private":["10.0.0.0/8"]`)
	if err := companies.Import(ctx, strings.NewReader(good), company.Import{Getenv: env, By: "operator"}); err != nil {
		t.Fatal(err)
	}
	const want = `{"private":["10.0.0.0/8"],"webhookSecret":"whsec_x"}`
	if d, err := companies.Desk(ctx, "acme"); err != nil || string(d.Credentials) != want {
		t.Errorf("got %s, %v", d.Credentials, err)
	}
	for _, bad := range []string{`"webhookSecretEnv":"UNSET"`, `"webhookSecretEnv":7`, `"webhookSecretEnv":"HOOK","webhookSecret":"x"`} {
		err := companies.Import(ctx, strings.NewReader(fmt.Sprintf(doc, bad)), company.Import{Getenv: env, By: "operator"})
		if cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestExportImportsAgain(t *testing.T) {
	companies := company.New(storetest.SQLite(t), ring(t))
	if _, err := companies.Put(ctx, acme(), "test"); err != nil {
		t.Fatal(err)
	}
	desk := company.Desk{Key: company.Key{ID: "k1", Secret: bytes.Repeat([]byte("s"), 32)}}
	if err := companies.PutDesk(ctx, "acme", desk, "test"); err != nil {
		t.Fatal(err)
	}
	var doc bytes.Buffer
	if err := companies.Export(ctx, &doc); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(doc.String(), "ssss") || strings.Contains(doc.String(), "k1") {
		t.Errorf("the document holds the desk's key: %s", doc.String())
	}
	if err := companies.Import(ctx, &doc, company.Import{Getenv: os.Getenv, By: "test"}); err != nil {
		t.Fatal(err)
	}
	if co, err := companies.Get(ctx, "acme"); err != nil || co.Version != 1 {
		t.Errorf("the same document made version %d, %v", co.Version, err)
	}
	if _, _, err := companies.SigningKey(ctx, "k1"); err != nil {
		t.Errorf("the desk did not survive: %v", err)
	}
}

// TestRulesMustWorkTogetherWithTheProducts: else no session of the company could begin.
func TestRulesMustWorkTogetherWithTheProducts(t *testing.T) {
	s := acme()
	for i := range 200 { // as much as a session may have, without the product's
		s.Policy.Masks = append(s.Policy.Masks, cobrowse.MaskRule{ID: fmt.Sprint(i), Selector: "#" + strings.Repeat("x", 998)})
	}
	if err := privacy.Validate(s.Policy); err != nil {
		t.Fatal(err)
	}
	companies := company.New(storetest.SQLite(t), ring(t))
	if _, err := companies.Put(ctx, s, "test"); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
		t.Errorf("put: %v", err)
	}
	if _, err := companies.Put(ctx, acme(), "test"); err != nil {
		t.Fatal(err)
	}
	_, err := companies.ChangePolicy(ctx, "acme", "test", func(*sql.Tx, company.Company) (cobrowse.Policy, error) { return s.Policy, nil })
	if cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
		t.Errorf("changed: %v", err)
	}
	doc, err := json.Marshal(company.Document{Companies: []company.DocumentCompany{{Settings: s, Policy: &s.Policy}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := companies.Import(ctx, bytes.NewReader(doc), company.Import{By: "test"}); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
		t.Errorf("imported: %v", err)
	}
}

// TestImportKeepsRulesOfTheConsole: a document changes what it holds, and rules that an administrator made only when it is said so.
func TestImportKeepsRulesOfTheConsole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		companies := company.New(db, ring(t))
		take := func(name, policy string, replace bool) error {
			t.Helper()
			doc := fmt.Sprintf(`{"companies":[{"slug":"acme","name":%q,"languages":["en"],"recording":"on","startUrl":"https://shop.example/",
				"origins":[]%s,"deskKind":"generic"}]}`, name, policy)
			return companies.Import(ctx, strings.NewReader(doc), company.Import{Getenv: os.Getenv, By: "operator", ReplacePolicy: replace})
		}
		masks := func() (ids []string) {
			t.Helper()
			co, err := companies.Get(ctx, "acme")
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range co.Policy.Masks {
				ids = append(ids, m.ID)
			}
			return append(ids, co.Name)
		}
		const documents = `,"policy":{"masks":[{"id":"file","selector":"#file"}]}`
		for _, policy := range []string{"", `,"policy":{}`, documents} { // the operator's own rules may change
			if err := take("A", policy, false); err != nil {
				t.Fatal(err)
			}
		}
		_, err := companies.ChangePolicy(ctx, "acme", "administrator:marta", func(*sql.Tx, company.Company) (cobrowse.Policy, error) {
			return cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "console", Selector: "#console"}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, policy := range []string{"", `,"policy":null`, `,"policy":{"masks":[{"id":"console","selector":"#console"}],"guards":[]}`} {
			if err := take("B", policy, false); err != nil || !slices.Equal(masks(), []string{"console", "B"}) {
				t.Errorf("after %s: %v, %v", policy, masks(), err)
			}
		}
		for range 2 { // the versions that the operator made since have the administrator's rules
			if err := take("C", documents, false); err == nil || !strings.Contains(err.Error(), "in the console as version 3") ||
				!strings.Contains(err.Error(), "--replace-policy") || !slices.Equal(masks(), []string{"console", "B"}) {
				t.Errorf("refused: %v, %v", masks(), err)
			}
		}
		if err := take("C", documents, true); err != nil || !slices.Equal(masks(), []string{"file", "C"}) {
			t.Errorf("replaced: %v, %v", masks(), err)
		}
	})
}

func TestTheExampleOfTheManifestsImports(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "manifests", "company", "example.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	secret := func(string) string { return strings.Repeat("e", 32) }
	if err := company.New(storetest.SQLite(t), ring(t)).Import(ctx, f, company.Import{Getenv: secret, By: "operator"}); err != nil {
		t.Error(err)
	}
}
