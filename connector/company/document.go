package company

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"cobrowse-connector/cobrowse"
)

// Document is a file of companies for the operator: exported, reviewed, imported.
type Document struct {
	Companies []DocumentCompany `json:"companies"`
}

// DocumentCompany is one company of a Document. One without a policy keeps the rules that it has, one without a desk the desk.
type DocumentCompany struct {
	Settings
	Policy *cobrowse.Policy `json:"policy,omitempty"` // in the place of Settings'
	Desk   *DocumentDesk    `json:"desk,omitempty"`
}

// DocumentDesk is a Desk of a Document. Secrets are written in the file or, better, named by their environment variable: the
// signing secret by secretEnv, and a member x of the credentials by a member xEnv in its place.
type DocumentDesk struct {
	KeyID       string                     `json:"keyId"`
	Secret      string                     `json:"secret,omitempty"`
	SecretEnv   string                     `json:"secretEnv,omitempty"`
	Credentials map[string]json.RawMessage `json:"credentials,omitempty"`
}

// Import is how a document is taken in.
type Import struct {
	Getenv func(string) string
	By     string
	// ReplacePolicy lets a document's rules take the place of those that somebody else than By made, in the console.
	ReplacePolicy bool
}

// Import stores the companies of a document: all of them, or none when anything is not right. Unknown fields are errors, as a
// mistyped rule would silently not apply.
func (c *Companies) Import(ctx context.Context, r io.Reader, how Import) error {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var doc Document
	if err := dec.Decode(&doc); err != nil {
		return wrong("the companies file is not understood: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return wrong("the companies file goes on after its end")
	}
	desks := make([]*Desk, len(doc.Companies))
	for i, dc := range doc.Companies {
		if dc.Policy != nil {
			doc.Companies[i].Settings.Policy = *dc.Policy
		}
		if err := doc.Companies[i].Validate(); err != nil {
			return err
		}
		if dc.Desk == nil {
			continue
		}
		var err error
		if desks[i], err = dc.Desk.resolve(dc.Slug, how.Getenv); err != nil {
			return err
		}
	}
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		for i, dc := range doc.Companies {
			if err := c.putDocument(ctx, tx, dc, how); err != nil {
				return err
			}
			if desks[i] == nil {
				continue
			}
			if err := c.putDesk(ctx, tx, dc.Slug, *desks[i], how.By); err != nil {
				return err
			}
		}
		return nil
	})
}

// putDocument stores a company's settings, but for rules that are not the document's to change.
func (c *Companies) putDocument(ctx context.Context, tx *sql.Tx, dc DocumentCompany, how Import) error {
	now, err := c.lock(ctx, tx, dc.Slug)
	switch {
	case cobrowse.CodeOf(err) == cobrowse.CodeNotFound: // a new one
	case err != nil:
		return err
	case dc.Policy == nil:
		dc.Settings.Policy = now.Policy
	case !how.ReplacePolicy:
		if err := c.mayReplace(ctx, tx, now, *dc.Policy, how.By); err != nil {
			return err
		}
	}
	_, err = c.put(ctx, tx, dc.Settings, how.By)
	return err
}

// mayReplace refuses rules that would take the place of others which somebody else than by made.
func (c *Companies) mayReplace(ctx context.Context, tx *sql.Tx, now Company, p cobrowse.Policy, by string) error {
	if same, err := samePolicy(now.Policy, p); err != nil || same {
		return err
	}
	maker, version, err := c.policyMaker(ctx, tx, now)
	if err != nil || maker == by {
		return err
	}
	return cobrowse.Errorf(cobrowse.CodeConflict, "policy_published",
		"company %s: its rules were published in the console as version %d, and the document has others, which would replace them. Leave \"policy\" out of the "+
			"document to keep them, export the company to get them into it, or import with --replace-policy", now.Slug, version)
}

// policyMaker is who made the present rules, and in which version: those after it changed other settings.
func (c *Companies) policyMaker(ctx context.Context, tx *sql.Tx, now Company) (by string, version int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT version, changed_by, settings FROM company_versions WHERE slug = $1 ORDER BY version DESC`, now.Slug)
	if err != nil {
		return "", 0, wrap(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v int64
		var who, text string
		if err := rows.Scan(&v, &who, &text); err != nil {
			return "", 0, wrap(err)
		}
		var s Settings
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return "", 0, wrap(err)
		}
		if same, err := samePolicy(s.Policy, now.Policy); err != nil || !same {
			return by, version, err
		}
		by, version = who, v
	}
	return by, version, wrap(rows.Err())
}

// samePolicy compares what is stored of policies. No list is as good as an empty one, but of kinds of data and rights, where none means
// the product's.
func samePolicy(a, b cobrowse.Policy) (bool, error) {
	var texts [2][]byte
	for i, p := range []cobrowse.Policy{a, b} {
		p.Masks, p.Guards = append([]cobrowse.MaskRule{}, p.Masks...), append([]cobrowse.GuardRule{}, p.Guards...)
		p.Allow, p.Block, p.Private = append([]string{}, p.Allow...), append([]string{}, p.Block...), append([]string{}, p.Private...)
		var err error
		if texts[i], err = json.Marshal(p); err != nil {
			return false, wrap(err)
		}
	}
	return bytes.Equal(texts[0], texts[1]), nil
}

// resolve puts secrets in the place of the environment variables that are named for them.
func (d *DocumentDesk) resolve(slug string, getenv func(string) string) (*Desk, error) {
	fromEnv := func(name string) (string, error) {
		value := getenv(name)
		if value == "" {
			return "", wrong("company %s: the environment variable %s is empty", slug, name)
		}
		return value, nil
	}
	out := &Desk{Key: Key{ID: d.KeyID, Secret: []byte(d.Secret)}}
	if d.SecretEnv != "" {
		secret, err := fromEnv(d.SecretEnv)
		if err != nil {
			return nil, err
		}
		out.Key.Secret = []byte(secret)
	}
	credentials := map[string]any{}
	for member, value := range d.Credentials {
		base, named := strings.CutSuffix(member, "Env")
		if !named {
			credentials[member] = value
			continue
		}
		var name string
		if err := json.Unmarshal(value, &name); err != nil || d.Credentials[base] != nil {
			return nil, wrong("company %s: credentials name an environment variable in %s and hold no %s beside it", slug, member, base)
		}
		text, err := fromEnv(name)
		if err != nil {
			return nil, err
		}
		credentials[base] = text
	}
	var err error
	if out.Credentials, err = json.Marshal(credentials); err != nil {
		return nil, wrap(err)
	}
	return out, checkDesk(slug, *out)
}

// Export writes all companies as a document for Import. Desks stay out: their keys and credentials are secrets.
func (c *Companies) Export(ctx context.Context, w io.Writer) error {
	doc := Document{Companies: []DocumentCompany{}}
	err := c.each(ctx, `SELECT settings FROM companies ORDER BY slug`, func(text string) error {
		var s Settings
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return err
		}
		doc.Companies = append(doc.Companies, DocumentCompany{Settings: s, Policy: &s.Policy})
		return nil
	})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("company: the document cannot be written: %w", err)
	}
	return nil
}
