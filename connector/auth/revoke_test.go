package auth_test

import (
	"database/sql"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

// TestRevokedKeyEndsItsTokens: agents let in by a stolen key are out when the key is revoked; those of another key stay.
func TestRevokedKeyEndsItsTokens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		launches := setUp(t, db)
		ring, err := keyring.New(make([]byte, keyring.Size))
		if err != nil {
			t.Fatal(err)
		}
		tokens := map[string]string{}
		for name, key := range map[string]company.Key{"acme": acmeKey, "other": otherKey} {
			l := good()
			l.Issuer, l.Company, l.Origin = key.ID, name, "https://desk."+name+".example"
			launch, err := launches.Verify(ctx, sign(t, key, l))
			if err != nil {
				t.Fatal(err)
			}
			err = db.Tx(ctx, func(tx *sql.Tx) (err error) {
				tokens[name], err = auth.Issue(ctx, tx, launch.Identity(), now)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := company.New(db, ring).RemoveDesk(ctx, "acme", acmeKey.ID, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.Check(ctx, db, tokens["acme"], now); cobrowse.CodeOf(err) != auth.CodeUnauthenticated {
			t.Errorf("a token of the revoked key: %v", err)
		}
		if _, err := auth.Check(ctx, db, tokens["other"], now); err != nil {
			t.Errorf("a token of another key: %v", err)
		}
	})
}
