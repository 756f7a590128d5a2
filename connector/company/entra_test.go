package company_test

import (
	"bytes"
	"database/sql"
	"os"
	"reflect"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestEntraSettings(t *testing.T) {
	const id, other = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	settings := func(kind string, e company.Entra) company.Settings {
		return company.Settings{Slug: "acme", Name: "Acme", Languages: []string{"en"}, Recording: live.RecordingOn, StartURL: "https://shop.example/",
			DeskKind: kind, Entra: &e}
	}
	good := settings("dynamics", company.Entra{Client: id, Tenants: []string{other}})
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]company.Settings{
		"desk that looks nothing up": settings("generic", *good.Entra),
		"no client":                  settings("dynamics", company.Entra{Tenants: []string{other}}),
		"client no id":               settings("dynamics", company.Entra{Client: "api://" + id, Tenants: []string{other}}),
		"no tenant":                  settings("dynamics", company.Entra{Client: id}),
		"any tenant":                 settings("dynamics", company.Entra{Client: id, Tenants: []string{"common"}}),
		"upper case":                 settings("dynamics", company.Entra{Client: id, Tenants: []string{strings.ToUpper("aaaaaaaa-1111-4111-8111-111111111111")}}),
		"path":                       settings("dynamics", company.Entra{Client: id, Tenants: []string{"../" + other[3:]}}),
	} {
		if err := s.Validate(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if one, two := good.Entra.Directory(), (&company.Entra{Tenants: []string{id, other}}).Directory(); one != other || two != "organizations" {
		t.Errorf("%s, %s", one, two)
	}
}

// TestEntraSettingsStay when the console publishes rules, and through export and import, which make no version of what is the same.
func TestEntraSettingsStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		companies := company.New(db, ring(t))
		s := acme()
		s.DeskKind = "dynamics"
		s.Entra = &company.Entra{Client: "11111111-1111-4111-8111-111111111111",
			Tenants: []string{"33333333-3333-4333-8333-333333333333", "22222222-2222-4222-8222-222222222222"}}
		if _, err := companies.Put(ctx, s, "operator"); err != nil {
			t.Fatal(err)
		}
		version, err := companies.ChangePolicy(ctx, "acme", "administrator:marta", func(*sql.Tx, company.Company) (cobrowse.Policy, error) {
			return cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "console", Selector: "#console"}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var doc bytes.Buffer
		if err := companies.Export(ctx, &doc); err != nil {
			t.Fatal(err)
		}
		other := strings.ReplaceAll(doc.String(), s.Entra.Client, "44444444-4444-4444-8444-444444444444")
		take := func(document string, want int64, entra company.Entra) {
			t.Helper()
			if err := companies.Import(ctx, strings.NewReader(document), company.Import{Getenv: os.Getenv, By: "operator"}); err != nil {
				t.Fatal(err)
			}
			co, err := companies.Get(ctx, "acme")
			if err != nil || co.Version != want || co.Entra == nil || !reflect.DeepEqual(*co.Entra, entra) || len(co.Policy.Masks) != 1 {
				t.Errorf("version %d, %+v, %v; want %d, %+v", co.Version, co.Entra, err, want, entra)
			}
		}
		take(doc.String(), version, *s.Entra)
		take(other, version+1, company.Entra{Client: "44444444-4444-4444-8444-444444444444", Tenants: s.Entra.Tenants})
		take(doc.String(), version+2, *s.Entra)
	})
}
