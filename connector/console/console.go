package console

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/store"
)

// Config is what a Console works with; all of it is needed.
type Config struct {
	DB        *store.DB
	Ring      *keyring.Ring
	Companies *company.Companies
	Launches  *auth.Launches
	Entra     *auth.Entra
	Rules     *rules.Rules
	Defaults  cobrowse.Policy
	Browser   func(ctx context.Context, s live.SessionSpec) (cobrowse.Browser, error)
	Redact    func(s live.SessionSpec) cobrowse.Redactor
	// MostEditors may be open on this node, of all companies: most browsers are for customers.
	MostEditors int
	Log         *slog.Logger
}

// Console lets administrators in and carries out what they decide. Safe for concurrent use.
type Console struct {
	Config
	editors *editors
}

// New returns a console without editors.
func New(c Config) *Console {
	console := &Console{Config: c}
	console.editors = newEditors(c)
	return console
}

// linkLife is how long an operator's address works.
const linkLife = 15 * time.Minute

// operatorKey is the key of tokens that no desk vouched for.
const operatorKey = "operator"

// Link makes a one-time secret that lets whoever has it into a company's console.
func Link(ctx context.Context, db *store.DB, ring *keyring.Ring, slug string) (secret string, err error) {
	secret = auth.NewToken()
	now := time.Now()
	return secret, db.Tx(ctx, func(tx *sql.Tx) error {
		if err := exists(ctx, tx, slug); err != nil {
			return err
		}
		const insert = `INSERT INTO console_links (hash, company, expires_at) VALUES ($1, $2, $3)`
		if _, err := tx.ExecContext(ctx, insert, auth.Hash(secret), slug, store.Millis(now.Add(linkLife))); err != nil {
			return wrap(err)
		}
		return audit.Append(ctx, tx, ring, audit.Line{At: now, Company: slug, Actor: "operator", Action: audit.ConsoleLinked})
	})
}

// Revoke signs all administrators of a company out, on every node: their editors end within a minute. It tells how many were signed in.
func Revoke(ctx context.Context, db *store.DB, ring *keyring.Ring, slug string) (n int64, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		if err := exists(ctx, tx, slug); err != nil {
			return err
		}
		if n, err = auth.RevokeAdministrators(ctx, tx, slug); err != nil {
			return err
		}
		return audit.Append(ctx, tx, ring, audit.Line{At: time.Now(), Company: slug, Actor: "operator", Action: audit.ConsoleRevoked})
	})
	return n, err
}

func exists(ctx context.Context, tx *sql.Tx, slug string) error {
	var known string
	err := tx.QueryRowContext(ctx, `SELECT slug FROM companies WHERE slug = $1`, slug).Scan(&known)
	if errors.Is(err, sql.ErrNoRows) {
		return cobrowse.Errorf(cobrowse.CodeNotFound, "company_unknown", "there is no company %q here", slug)
	}
	return wrap(err)
}

// Open lets an administrator in whom the company's desk vouches for with a signed launch.
func (c *Console) Open(ctx context.Context, launch string) (token string, who auth.Identity, err error) {
	l, err := c.Launches.Verify(ctx, launch)
	if err != nil {
		return "", who, err
	}
	if l.Agent.Role != auth.RoleAdministrator {
		return "", who, cobrowse.Errorf(cobrowse.CodeDenied, "not_administrator", "the console is for administrators")
	}
	who = l.Identity()
	err = c.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := c.Launches.Use(ctx, tx, l); err != nil {
			return err
		}
		token, err = c.letIn(ctx, tx, who)
		return err
	})
	return token, who, err
}

// OpenEntra lets an administrator in whom Entra ID signed in.
func (c *Console) OpenEntra(ctx context.Context, slug, signed string) (token string, who auth.Identity, err error) {
	user, err := c.Entra.Verify(ctx, slug, signed)
	if err == nil {
		who, err = user.Identity(slug, auth.RoleAdministrator)
	}
	if err != nil {
		return "", who, err
	}
	err = c.DB.Tx(ctx, func(tx *sql.Tx) error {
		token, err = c.letIn(ctx, tx, who)
		return err
	})
	return token, who, err
}

// OpenLink lets in who has an operator's address. It works once.
func (c *Console) OpenLink(ctx context.Context, secret string) (token string, who auth.Identity, err error) {
	who = auth.Identity{Role: auth.RoleAdministrator, Agent: desk.Agent{ID: "operator", Name: "Operator"}, Key: operatorKey}
	err = c.DB.Tx(ctx, func(tx *sql.Tx) error {
		const use = `DELETE FROM console_links WHERE hash = $1 AND expires_at > $2 RETURNING company`
		err := tx.QueryRowContext(ctx, use, auth.Hash(secret), store.Millis(time.Now())).Scan(&who.Company)
		if errors.Is(err, sql.ErrNoRows) {
			return cobrowse.Errorf(auth.CodeUnauthenticated, "link_invalid", "this address works no more; ask for a new one")
		}
		if err != nil {
			return wrap(err)
		}
		token, err = c.letIn(ctx, tx, who)
		return err
	})
	return token, who, err
}

func (c *Console) letIn(ctx context.Context, tx *sql.Tx, who auth.Identity) (string, error) {
	token, err := auth.Issue(ctx, tx, who, time.Now())
	if err != nil {
		return "", err
	}
	return token, audit.Append(ctx, tx, c.Ring, audit.Line{At: time.Now(), Company: who.Company, Actor: Actor(who), Action: audit.ConsoleOpened})
}

// Close signs an administrator out and ends the editors of that sign-in.
func (c *Console) Close(ctx context.Context, who auth.Identity) error {
	err := c.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := auth.Revoke(ctx, tx, who.Token); err != nil {
			return err
		}
		return audit.Append(ctx, tx, c.Ring, audit.Line{At: time.Now(), Company: who.Company, Actor: Actor(who), Action: audit.ConsoleClosed})
	})
	if err != nil {
		return err
	}
	return c.Sweep(ctx)
}

// Sweep ends editors whose administrator is not signed in any more.
func (c *Console) Sweep(ctx context.Context) error {
	for id, token := range c.editors.tokens() {
		works, err := auth.Works(ctx, c.DB, token, time.Now())
		if err != nil {
			return err
		}
		if !works {
			c.editors.sessions.End(id, "ended") //nolint:contextcheck // sessions have contexts of their own
		}
	}
	return nil
}

// Actor is how the audit log and the versions name an administrator.
func Actor(who auth.Identity) string { return "administrator:" + who.Agent.ID }

// Policy is a company's own rules as they are, with what the product adds to them.
type Policy struct {
	Version  int64           `json:"version"`
	Own      cobrowse.Policy `json:"policy"`
	Defaults cobrowse.Policy `json:"defaults"`
}

// Policy returns the rules of the administrator's company.
func (c *Console) Policy(ctx context.Context, who auth.Identity) (Policy, error) {
	co, err := c.Companies.Get(ctx, who.Company)
	return Policy{Version: co.Version, Own: co.Policy, Defaults: c.Defaults}, err
}

var errChanged = cobrowse.Errorf(cobrowse.CodeConflict, "policy_changed", "somebody else has published other rules meanwhile; look at them, then publish yours again")

// Publish makes rules count from the next session on, if those of version base are still the present ones: else somebody changed them
// meanwhile, and nothing is lost on either side.
func (c *Console) Publish(ctx context.Context, who auth.Identity, base int64, p cobrowse.Policy) (int64, error) {
	if err := company.ValidatePolicy(p); err != nil {
		return 0, err
	}
	return c.Companies.ChangePolicy(ctx, who.Company, Actor(who), func(tx *sql.Tx, co company.Company) (cobrowse.Policy, error) {
		if co.Version != base {
			return p, errChanged
		}
		// What the console does not show stays as it is.
		p.Allow, p.Block, p.Private, p.Rights = co.Policy.Allow, co.Policy.Block, co.Policy.Private, co.Policy.Rights
		return p, c.Rules.Forget(ctx, tx, who.Company, co.Policy, p)
	})
}

// maxTry is the length of a text to try rules on, in bytes.
const maxTry = 2000

// Try shows a text as the agent would get it under rules that need not be published.
func (c *Console) Try(p cobrowse.Policy, text string) (string, error) {
	if len(text) > maxTry {
		return "", cobrowse.Errorf(cobrowse.CodeInvalid, "try_too_long", "a text to try may have %d bytes", maxTry)
	}
	if err := company.ValidatePolicy(p); err != nil {
		return "", err
	}
	return c.Redact(live.SessionSpec{Policy: company.Effective(c.Defaults, p)}).Text(text), nil
}

// Restore makes the rules of a former version the present ones.
func (c *Console) Restore(ctx context.Context, who auth.Identity, base, version int64) (int64, error) {
	former, err := c.Companies.At(ctx, who.Company, version)
	if err != nil && cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		return 0, err
	}
	if err != nil {
		return 0, cobrowse.Errorf(cobrowse.CodeNotFound, "version_unknown", "there is no such version")
	}
	return c.Publish(ctx, who, base, former.Policy)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("console: %w", err)
}
