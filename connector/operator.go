package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"cobrowse-connector/connector/app"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// operator is who the audit log names for what is done with these commands.
const operator = "operator"

type companyCommand struct {
	Import    companyImport    `cmd:"" help:"Create or change companies from a JSON document."`
	Export    companyExport    `cmd:"" help:"Print all companies as a document for import, without their secrets."`
	Check     companyCheck     `cmd:"" help:"Ask the desks of companies whether they can be reached and what they lack; exit 1 if anything."`
	SignOut   companySignOut   `cmd:"" help:"Sign all administrators of a company out of the console. Their editors end within a minute; addresses that were not used yet work no more."`
	RevokeKey companyRevokeKey `cmd:"" help:"Revoke a desk's key: its launches, and the agents let in by them, work no more. Import another first, as the desk's credentials go with the key."`
}

// withRing opens the configured database and the keys that go with it.
func withRing(ctx context.Context, cfg *config.Config, do func(*store.DB, *keyring.Ring) error) error {
	return withDatabase(ctx, cfg, func(db *store.DB) error {
		ring, err := keyring.Open(ctx, db, cfg.KeyFile)
		if err != nil {
			return err
		}
		return do(db, ring)
	})
}

// withCompanies opens the companies in the configured database.
func withCompanies(ctx context.Context, cfg *config.Config, do func(*company.Companies) error) error {
	return withRing(ctx, cfg, func(db *store.DB, ring *keyring.Ring) error { return do(company.New(db, ring)) })
}

type companyImport struct {
	config.Config
	File          string `arg:"" help:"The document; see manifests/company. A company without a policy in it keeps its rules." type:"existingfile"`
	ReplacePolicy bool   `help:"Also replace rules that were published in the console by those of the document."`
}

func (c *companyImport) Run(ctx context.Context) error {
	document, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	return withCompanies(ctx, &c.Config, func(companies *company.Companies) error {
		return companies.Import(ctx, bytes.NewReader(document),
			company.Import{Getenv: os.Getenv, By: operator, ReplacePolicy: c.ReplacePolicy})
	})
}

type companyExport struct {
	config.Config
}

func (c *companyExport) Run(ctx context.Context, out io.Writer) error {
	return withCompanies(ctx, &c.Config, func(companies *company.Companies) error { return companies.Export(ctx, out) })
}

type companyCheck struct {
	config.Config
	Slugs []string `arg:"" optional:"" help:"Companies; all when none is given."`
}

func (c *companyCheck) Run(ctx context.Context, out io.Writer) error {
	return withCompanies(ctx, &c.Config, func(companies *company.Companies) error {
		slugs := c.Slugs
		if len(slugs) == 0 {
			var err error
			if slugs, err = companies.Slugs(ctx); err != nil {
				return err
			}
		}
		failed := 0
		for _, slug := range slugs {
			says := "the desk is ready"
			if err := app.CheckDesk(ctx, companies, c.PublicURL, slug); err != nil {
				failed++
				says = err.Error()
			}
			if _, err := fmt.Fprintf(out, "%s: %s\n", slug, says); err != nil {
				return err
			}
		}
		if failed > 0 {
			return fmt.Errorf("%d of %d desks are not ready", failed, len(slugs))
		}
		return nil
	})
}

type companyRevokeKey struct {
	config.Config
	Slug string `arg:"" help:"The company."`
	Key  string `arg:"" help:"The key's id: keyId in the company's document."`
}

func (c *companyRevokeKey) Run(ctx context.Context) error {
	return withCompanies(ctx, &c.Config, func(companies *company.Companies) error {
		return companies.RemoveDesk(ctx, c.Slug, c.Key, operator)
	})
}

type companySignOut struct {
	config.Config
	Slug string `arg:"" help:"The company."`
}

func (c *companySignOut) Run(ctx context.Context, out io.Writer) error {
	return withRing(ctx, &c.Config, func(db *store.DB, ring *keyring.Ring) error {
		n, err := console.Revoke(ctx, db, ring, c.Slug)
		if err == nil {
			_, err = fmt.Fprintf(out, "%d sign-ins of administrators work no more\n", n)
		}
		return err
	})
}

type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Check that no line was changed, removed or put in; exit 1 if one was."`
}

type auditVerify struct {
	config.Config
}

func (c *auditVerify) Run(ctx context.Context, out io.Writer) error {
	return withRing(ctx, &c.Config, func(db *store.DB, ring *keyring.Ring) error {
		n, err := audit.Verify(ctx, db, ring)
		if errors.Is(err, audit.ErrBroken) {
			return fmt.Errorf("%w: somebody wrote to the database past the service; compare with a backup", err)
		}
		if err == nil {
			_, err = fmt.Fprintf(out, "the audit log is whole: %d lines\n", n)
		}
		return err
	})
}

type consoleCommand struct {
	config.Config
	Company string `required:"" help:"Whose console."`
}

func (c *consoleCommand) Run(ctx context.Context, out io.Writer) error {
	return withRing(ctx, &c.Config, func(db *store.DB, ring *keyring.Ring) error {
		secret, err := console.Link(ctx, db, ring, c.Company)
		if err == nil {
			_, err = fmt.Fprintf(out, "%s/console#link=%s\nIt works once, for fifteen minutes.\n", c.PublicURL, secret)
		}
		return err
	})
}
