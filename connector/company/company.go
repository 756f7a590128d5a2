package company

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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
func (c *Companies) Put(ctx context.Context, s Settings, by string) (version int64, err error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	err = c.db.Tx(ctx, func(tx *sql.Tx) error {
		version, err = c.put(ctx, tx, s, by)
		return err
	})
	return version, err
}

func (c *Companies) put(ctx context.Context, tx *sql.Tx, s Settings, by string) (int64, error) {
	if _, err := dropEntra(ctx, tx, s.Slug, s.Entra); err != nil {
		return 0, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return 0, wrap(err)
	}
	return c.putVersion(ctx, tx, s.Slug, string(text), by)
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
	return load(ctx, c.db, present, slug)
}

// GetIn is Get within a transaction.
func (c *Companies) GetIn(ctx context.Context, tx *sql.Tx, slug string) (Company, error) {
	return load(ctx, tx, present, slug)
}

const present = `SELECT version, settings FROM companies WHERE slug = $1`

// At returns a certain version of a company: the one a session began with.
func (c *Companies) At(ctx context.Context, slug string, version int64) (Company, error) {
	return load(ctx, c.db, `SELECT version, settings FROM company_versions WHERE slug = $1 AND version = $2`, slug, version)
}

func load(ctx context.Context, in rowReader, query string, args ...any) (Company, error) {
	var co Company
	var text string
	err := in.QueryRowContext(ctx, query, args...).Scan(&co.Version, &text)
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

// PutDesk stores a desk's key and credentials, sealed, as the company's current ones. Other keys of the company stay valid until
// RemoveDesk.
func (c *Companies) PutDesk(ctx context.Context, slug string, d Desk, by string) error {
	if err := checkDesk(slug, d); err != nil {
		return err
	}
	return c.db.Tx(ctx, func(tx *sql.Tx) error { return c.putDesk(ctx, tx, slug, d, by) })
}

func checkDesk(slug string, d Desk) error {
	if d.Key.ID == EntraKey || strings.HasPrefix(d.Key.ID, EntraKey+"/") {
		return wrong("company %s: a desk's key cannot be called %q", slug, d.Key.ID)
	}
	if d.Key.ID == "" || len(d.Key.ID) > 100 {
		return wrong("company %s: the desk's key needs an id of at most 100 bytes", slug)
	}
	if len(d.Key.Secret) < minSecret {
		return wrong("company %s: the desk's key needs a secret of at least %d bytes", slug, minSecret)
	}
	return nil
}

func (c *Companies) putDesk(ctx context.Context, tx *sql.Tx, slug string, d Desk, by string) error {
	if d.Credentials == nil {
		d.Credentials = json.RawMessage("{}")
	}
	known, since, err := c.currentDesk(ctx, tx, slug)
	if err == nil && known.same(d) {
		return nil
	}
	now := time.Now()
	bound := slug + "/" + d.Key.ID
	secret := c.ring.Seal(keyring.ForCredential, bound+"/secret", d.Key.Secret)
	credentials := c.ring.Seal(keyring.ForCredential, bound+"/credentials", d.Credentials)
	const upsert = `INSERT INTO desks (key_id, company, secret, credentials, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key_id) DO UPDATE SET secret = $3, credentials = $4, created_at = $5 WHERE desks.company = $2`
	done, err := tx.ExecContext(ctx, upsert, d.Key.ID, slug, secret, credentials, max(store.Millis(now), since+1))
	if err != nil {
		return wrap(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, wrong("key id %q belongs to another company", d.Key.ID))
	}
	return audit.Append(ctx, tx, c.ring, audit.Line{
		At: now, Company: slug, Actor: by, Action: audit.DeskKeyChanged, Detail: map[string]string{"key": d.Key.ID},
	})
}

// RemoveDesk revokes a desk's key: launches signed with it and tokens issued for such launches work no more. EntraKey signs out whom Entra
// ID signed in.
func (c *Companies) RemoveDesk(ctx context.Context, slug, keyID, by string) error {
	if keyID == EntraKey {
		return c.revokeEntra(ctx, slug, by)
	}
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		removed, err := tx.ExecContext(ctx, `DELETE FROM desks WHERE key_id = $1 AND company = $2`, keyID, slug)
		if err != nil {
			return wrap(err)
		}
		if n, err := removed.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, cobrowse.Errorf(cobrowse.CodeNotFound, "desk_key_unknown", "company %s has no desk key %q", slug, keyID))
		}
		// Tokens without a key are from before keys were noted: any of them may be of this one.
		if _, err := tx.ExecContext(ctx, `DELETE FROM agent_tokens WHERE company = $1 AND key_id IN ($2, '')`, slug, keyID); err != nil {
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

// Desk returns a company's current desk, the one that was put last, or CodeNotFound/desk_missing.
func (c *Companies) Desk(ctx context.Context, slug string) (Desk, error) {
	d, _, err := c.currentDesk(ctx, c.db, slug)
	return d, err
}

type rowReader interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// currentDesk also tells since when it is current, in the database's form.
func (c *Companies) currentDesk(ctx context.Context, in rowReader, slug string) (d Desk, since int64, err error) {
	var secret, credentials string
	const newest = `SELECT key_id, secret, credentials, created_at FROM desks WHERE company = $1 ORDER BY created_at DESC, key_id DESC LIMIT 1`
	err = in.QueryRowContext(ctx, newest, slug).Scan(&d.Key.ID, &secret, &credentials, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return Desk{}, 0, cobrowse.Errorf(cobrowse.CodeNotFound, "desk_missing", "company %s has no desk configured", slug)
	}
	if err != nil {
		return Desk{}, 0, wrap(err)
	}
	bound := slug + "/" + d.Key.ID
	if d.Key.Secret, err = c.ring.Open(keyring.ForCredential, bound+"/secret", secret); err != nil {
		return Desk{}, since, wrap(err)
	}
	d.Credentials, err = c.ring.Open(keyring.ForCredential, bound+"/credentials", credentials)
	return d, since, wrap(err)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("company: %w", err)
}
