package company

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// minSecret is the length of a desk's signing key that HS256 asks for.
const minSecret = 32

// Company is one version of a company's settings.
type Company struct {
	Settings
	Version int64
}

// Companies keeps them in the database.
type Companies struct {
	db   *store.DB
	ring *keyring.Ring
}

// New returns the companies in db; ring seals their secrets.
func New(db *store.DB, ring *keyring.Ring) *Companies { return &Companies{db: db, ring: ring} }

// Put stores settings as a new version and returns it; settings that say what the present version says change nothing.
func (c *Companies) Put(ctx context.Context, s Settings, by string) (int64, error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return 0, fmt.Errorf("company: %w", err)
	}
	var version int64
	err = c.db.Tx(ctx, func(tx *sql.Tx) error {
		version, err = c.putVersion(ctx, tx, s.Slug, string(text), by)
		return err
	})
	return version, err
}

func (c *Companies) putVersion(ctx context.Context, tx *sql.Tx, slug, text, by string) (int64, error) {
	now := time.Now()
	var version int64
	const upsert = `INSERT INTO companies (slug, version, settings, updated_at) VALUES ($1, 1, $2, $3)
		ON CONFLICT (slug) DO UPDATE SET version = companies.version + 1, settings = $2, updated_at = $3
		WHERE companies.settings <> $2 RETURNING version`
	err := tx.QueryRowContext(ctx, upsert, slug, text, store.Millis(now)).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) { // nothing to change
		err = tx.QueryRowContext(ctx, `SELECT version FROM companies WHERE slug = $1`, slug).Scan(&version)
		return version, wrap(err)
	}
	if err != nil {
		return 0, wrap(err)
	}
	const keep = `INSERT INTO company_versions (slug, version, settings, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)`
	if _, err := tx.ExecContext(ctx, keep, slug, version, text, store.Millis(now), by); err != nil {
		return 0, wrap(err)
	}
	return version, audit.Append(ctx, tx, c.ring, audit.Line{
		At: now, Company: slug, Actor: by, Action: audit.CompanyChanged, Detail: map[string]string{"version": fmt.Sprint(version)},
	})
}

// Get returns the present version of a company.
func (c *Companies) Get(ctx context.Context, slug string) (Company, error) {
	return c.load(ctx, `SELECT version, settings FROM companies WHERE slug = $1`, slug)
}

// At returns a certain version of a company: the one a session began with.
func (c *Companies) At(ctx context.Context, slug string, version int64) (Company, error) {
	return c.load(ctx, `SELECT version, settings FROM company_versions WHERE slug = $1 AND version = $2`, slug, version)
}

func (c *Companies) load(ctx context.Context, query string, args ...any) (Company, error) {
	var co Company
	var text string
	err := c.db.QueryRowContext(ctx, query, args...).Scan(&co.Version, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return Company{}, cobrowse.Errorf(cobrowse.CodeNotFound, "company_unknown", "there is no such company here")
	}
	if err != nil {
		return Company{}, wrap(err)
	}
	return co, wrap(json.Unmarshal([]byte(text), &co.Settings))
}

// Slugs lists all companies.
func (c *Companies) Slugs(ctx context.Context) ([]string, error) {
	var slugs []string
	err := c.each(ctx, `SELECT slug FROM companies ORDER BY slug`, func(slug string) error {
		slugs = append(slugs, slug)
		return nil
	})
	return slugs, err
}

func (c *Companies) each(ctx context.Context, query string, use func(string) error) error {
	rows, err := c.db.QueryContext(ctx, query)
	if err != nil {
		return wrap(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return wrap(err)
		}
		if err := use(text); err != nil {
			return wrap(err)
		}
	}
	return wrap(rows.Err())
}

// Key is what a desk signs its launches with.
type Key struct {
	ID     string
	Secret []byte
}

// Desk is a company's desk: its signing key and what an adapter needs to reach it, as JSON of the adapter's own form.
type Desk struct {
	Key         Key
	Credentials json.RawMessage
}

func (d Desk) same(o Desk) bool {
	return d.Key.ID == o.Key.ID && bytes.Equal(d.Key.Secret, o.Key.Secret) && bytes.Equal(d.Credentials, o.Credentials)
}

// PutDesk stores a desk's key and credentials, sealed. Other keys of the company stay valid until RemoveDesk.
func (c *Companies) PutDesk(ctx context.Context, slug string, d Desk, by string) error {
	if d.Key.ID == "" || len(d.Key.ID) > 100 {
		return wrong("company %s: the desk's key needs an id of at most 100 bytes", slug)
	}
	if len(d.Key.Secret) < minSecret {
		return wrong("company %s: the desk's key needs a secret of at least %d bytes", slug, minSecret)
	}
	if d.Credentials == nil {
		d.Credentials = json.RawMessage("{}")
	}
	if known, err := c.Desk(ctx, slug); err == nil && known.same(d) {
		return nil
	}
	bound := slug + "/" + d.Key.ID
	secret := c.ring.Seal(keyring.ForCredential, bound+"/secret", d.Key.Secret)
	credentials := c.ring.Seal(keyring.ForCredential, bound+"/credentials", d.Credentials)
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		now := time.Now()
		const upsert = `INSERT INTO desks (key_id, company, secret, credentials, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (key_id) DO UPDATE SET secret = $3, credentials = $4 WHERE desks.company = $2`
		done, err := tx.ExecContext(ctx, upsert, d.Key.ID, slug, secret, credentials, store.Millis(now))
		if err != nil {
			return wrap(err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, wrong("key id %q belongs to another company", d.Key.ID))
		}
		return audit.Append(ctx, tx, c.ring, audit.Line{
			At: now, Company: slug, Actor: by, Action: audit.DeskKeyChanged, Detail: map[string]string{"key": d.Key.ID},
		})
	})
}

// RemoveDesk revokes a desk's key.
func (c *Companies) RemoveDesk(ctx context.Context, slug, keyID, by string) error {
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM desks WHERE key_id = $1 AND company = $2`, keyID, slug); err != nil {
			return wrap(err)
		}
		return audit.Append(ctx, tx, c.ring, audit.Line{
			At: time.Now(), Company: slug, Actor: by, Action: audit.DeskKeyChanged, Detail: map[string]string{"removed": keyID},
		})
	})
}

// SigningKey returns the company and the secret of a desk's key. An unknown key is sql.ErrNoRows.
func (c *Companies) SigningKey(ctx context.Context, keyID string) (slug string, secret []byte, err error) {
	var sealed string
	err = c.db.QueryRowContext(ctx, `SELECT company, secret FROM desks WHERE key_id = $1`, keyID).Scan(&slug, &sealed)
	if err != nil {
		return "", nil, wrap(err)
	}
	secret, err = c.ring.Open(keyring.ForCredential, slug+"/"+keyID+"/secret", sealed)
	return slug, secret, wrap(err)
}

// Desk returns the newest desk of a company, or CodeNotFound/desk_missing.
func (c *Companies) Desk(ctx context.Context, slug string) (Desk, error) {
	var keyID, secret, credentials string
	const newest = `SELECT key_id, secret, credentials FROM desks WHERE company = $1 ORDER BY created_at DESC, key_id DESC LIMIT 1`
	err := c.db.QueryRowContext(ctx, newest, slug).Scan(&keyID, &secret, &credentials)
	if errors.Is(err, sql.ErrNoRows) {
		return Desk{}, cobrowse.Errorf(cobrowse.CodeNotFound, "desk_missing", "company %s has no desk configured", slug)
	}
	if err != nil {
		return Desk{}, wrap(err)
	}
	bound := slug + "/" + keyID
	d := Desk{Key: Key{ID: keyID}}
	if d.Key.Secret, err = c.ring.Open(keyring.ForCredential, bound+"/secret", secret); err != nil {
		return Desk{}, wrap(err)
	}
	d.Credentials, err = c.ring.Open(keyring.ForCredential, bound+"/credentials", credentials)
	return d, wrap(err)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("company: %w", err)
}
