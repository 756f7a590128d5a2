package company

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Document is a file of companies for the operator: exported, reviewed, imported.
type Document struct {
	Companies []DocumentCompany `json:"companies"`
}

// DocumentCompany is one company of a Document. One without a desk keeps the desk that it has.
type DocumentCompany struct {
	Settings
	Desk *DocumentDesk `json:"desk,omitempty"`
}

// DocumentDesk is a Desk of a Document. Secrets are written in the file or, better, named by their environment variable: the
// signing secret by secretEnv, and a member x of the credentials by a member xEnv in its place.
type DocumentDesk struct {
	KeyID       string                     `json:"keyId"`
	Secret      string                     `json:"secret,omitempty"`
	SecretEnv   string                     `json:"secretEnv,omitempty"`
	Credentials map[string]json.RawMessage `json:"credentials,omitempty"`
}

// Import stores the companies of a document: all of them, or none when anything is not right. Unknown fields are errors, as a
// mistyped rule would silently not apply.
func (c *Companies) Import(ctx context.Context, r io.Reader, getenv func(string) string, by string) error {
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
		if err := dc.Validate(); err != nil {
			return err
		}
		if dc.Desk == nil {
			continue
		}
		var err error
		if desks[i], err = dc.Desk.resolve(dc.Slug, getenv); err != nil {
			return err
		}
	}
	return c.db.Tx(ctx, func(tx *sql.Tx) error {
		for i, dc := range doc.Companies {
			if _, err := c.put(ctx, tx, dc.Settings, by); err != nil {
				return err
			}
			if desks[i] == nil {
				continue
			}
			if err := c.putDesk(ctx, tx, dc.Slug, *desks[i], by); err != nil {
				return err
			}
		}
		return nil
	})
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
		doc.Companies = append(doc.Companies, DocumentCompany{Settings: s})
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
