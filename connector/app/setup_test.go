package app

import (
	"os"
	"testing"

	"cobrowse-connector/adapters/dynamics"
)

// Installing looks for the application user of the id that the service signs in with, wherever that id stands.
func TestInstallingKnowsTheServicesOwnID(t *testing.T) {
	t.Setenv("AZURE_CLIENT_ID", "of-the-environment")
	for credentials, want := range map[string]string{
		`{"tenant":"t","client":"of-the-company","secret":"s"}`: "of-the-company",
		`{"tenant":"t","secret":"s"}`:                           "of-the-environment",
		`{"token":"of a stand-in"}`:                             "",
	} {
		known := dynamics.NewCredentials("https://login.microsoftonline.com", os.Getenv, nil)
		_, client, err := dynamicsConfig(known, "https://acme.crm.dynamics.com", []byte(credentials))
		if err != nil || client != want {
			t.Errorf("%s: %q, %v", credentials, client, err)
		}
	}
}
