package company

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Document is a file of companies for the operator: exported, reviewed, imported.
type Document struct {
	Companies []DocumentCompany `json:"companies"`
}

// DocumentCompany is one company of a Document. Secrets are written in the file or, better, named by their environment variable.
type DocumentCompany struct {
	Settings
	Desk *struct {
		KeyID       string          `json:"keyId"`
		Secret      string          `json:"secret,omitempty"`
		SecretEnv   string          `json:"secretEnv,omitempty"` // the environment variable that holds the secret
		Credentials json.RawMessage `json:"credentials,omitempty"`
	} `json:"desk,omitempty"`
}

// Import stores the companies of a document. Either all of it is understood or nothing is stored; unknown fields are errors,
// as a mistyped rule would silently not apply.
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
	for _, dc := range doc.Companies {
		if err := dc.Validate(); err != nil {
			return err
		}
	}
	for _, dc := range doc.Companies {
		if err := c.importOne(ctx, dc, getenv, by); err != nil {
			return err
		}
	}
	return nil
}

func (c *Companies) importOne(ctx context.Context, dc DocumentCompany, getenv func(string) string, by string) error {
	if _, err := c.Put(ctx, dc.Settings, by); err != nil {
		return err
	}
	if dc.Desk == nil {
		return nil
	}
	secret := dc.Desk.Secret
	if dc.Desk.SecretEnv != "" {
		if secret = getenv(dc.Desk.SecretEnv); secret == "" {
			return wrong("company %s: the environment variable %s is empty", dc.Slug, dc.Desk.SecretEnv)
		}
	}
	d := Desk{Key: Key{ID: dc.Desk.KeyID, Secret: []byte(secret)}, Credentials: dc.Desk.Credentials}
	if err := c.PutDesk(ctx, dc.Slug, d, by); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}
