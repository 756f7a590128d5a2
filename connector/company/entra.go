package company

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"cobrowse-connector/connector/audit"

	"github.com/google/uuid"
)

// Entra is how a company's people sign in with Entra ID.
type Entra struct {
	Client  string   `json:"client"`  // the application's id
	Tenants []string `json:"tenants"` // the directories whose people are let in
}

// EntraKey begins the keys of tokens of people whom Entra ID signed in, and is what an operator revokes; no desk's key is called so.
const EntraKey = "entra"

// maxTenants of one company.
const maxTenants = 20

// Directory is where pages let people sign in: the company's own directory, or whichever they have when there are several.
func (e *Entra) Directory() string {
	if len(e.Tenants) == 1 {
		return e.Tenants[0]
	}
	return "organizations"
}

func checkEntra(s *Settings) error {
	if s.Entra == nil {
		return nil
	}
	if s.DeskKind != "dynamics" {
		return wrong("company %s: people sign in with Entra ID where the desk is Dynamics, which is asked what each of them may see", s.Slug)
	}
	if !isID(s.Entra.Client) {
		return wrong("company %s: entra.client must be the application's id, in lower case", s.Slug)
	}
	if n := len(s.Entra.Tenants); n == 0 || n > maxTenants || slices.ContainsFunc(s.Entra.Tenants, func(t string) bool { return !isID(t) }) {
		return wrong("company %s: entra.tenants must be 1 to %d ids of directories, in lower case", s.Slug, maxTenants)
	}
	return nil
}

func isID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && len(s) == 36 && s == strings.ToLower(s) && id != uuid.Nil
}

// Key names who vouches for a tenant's people: another application is another sign-in.
func (e *Entra) Key(tenant string) string { return EntraKey + "/" + e.Client + "/" + tenant }

// dropEntra ends, within tx, the tokens of people whom Entra ID signed in, but for those whom it would sign in now. It tells how many.
func dropEntra(ctx context.Context, tx *sql.Tx, slug string, now *Entra) (int64, error) {
	query, args := `DELETE FROM agent_tokens WHERE company = $1 AND key_id LIKE $2`, []any{slug, EntraKey + "/%"}
	if now != nil {
		for _, t := range now.Tenants {
			args = append(args, now.Key(t))
			query += fmt.Sprintf(" AND key_id <> $%d", len(args))
		}
	}
	done, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, wrap(err)
	}
	return done.RowsAffected()
}

// revokeEntra signs everybody out whom Entra ID signed in to a company.
func (c *Companies) revokeEntra(ctx context.Context, slug, by string) error {
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := c.lock(ctx, tx, slug); err != nil {
			return err
		}
		n, err := dropEntra(ctx, tx, slug, nil)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, c.ring, audit.Line{At: time.Now(), Company: slug, Actor: by, Action: audit.EntraRevoked,
			Detail: map[string]string{"tokens": fmt.Sprint(n)}})
	})
}
