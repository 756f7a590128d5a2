package company_test

import (
	"strings"
	"testing"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
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
