package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"cobrowse-connector/connector/app"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/telemetry"
)

type serveCommand struct {
	config.Config
}

func (s *serveCommand) Run(ctx context.Context) error {
	if err := s.Resolve(); err != nil {
		return err
	}
	a, err := app.New(ctx, &s.Config, app.Options{})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

type demoCommand struct {
	Port int    `help:"Port of the service; the stand-ins take the next four. 0 takes any free ones." default:"8080"`
	Data string `help:"Folder for the demo's data." type:"path" default:".demo"`
	JSON bool   `help:"Print one line of JSON when everything answers, and nothing else."`
	Log  string `help:"Log level; the log goes to standard error." enum:"debug,info,warn,error" default:"warn"`
}

func (c *demoCommand) Run(ctx context.Context) error {
	d, err := demo.New(ctx, demo.Options{DataDir: c.Data, Port: c.Port, Warm: 1, Log: telemetry.NewLog(os.Stderr, c.Log)})
	if err != nil {
		return err
	}
	return d.Run(ctx, func() { c.announce(d) })
}

func (c *demoCommand) announce(d *demo.Demo) {
	if c.JSON {
		line := struct {
			demo.Addresses
			PID int `json:"pid"`
		}{d.Addresses, os.Getpid()}
		if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
			slog.Error("the addresses could not be printed", "error", err)
		}
		return
	}
	fmt.Printf(`
The demo is running.

  1  Agent desk       %s
  2  Customer site    %s      (join page: %s)
  3  Case timeline    %s
                      %s

Open 1 as the agent and 2 as the customer, in two windows. Press Ctrl+C to stop.
`, d.Desk, d.Shop, d.Join, d.Timelines[0].URL, d.Timelines[1].URL)
}

type migrateCommand struct {
	config.Config
}

func (m *migrateCommand) Run(ctx context.Context) error {
	if err := m.Resolve(); err != nil {
		return err
	}
	return withMigrated(ctx, m.Database, func(*store.DB) error { return nil })
}

// withMigrated opens the database, brings its tables up to date and closes it when do is done.
func withMigrated(ctx context.Context, database string, do func(*store.DB) error) error {
	db, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	if err = db.Migrate(ctx); err == nil {
		err = do(db)
	}
	return errors.Join(err, db.Close())
}

type companyCommand struct {
	Import companyImport `cmd:"" help:"Create or change companies from a JSON document."`
}

type companyImport struct {
	config.Config
	File string `arg:"" help:"The document; see manifests/company." type:"existingfile"`
}

func (c *companyImport) Run(ctx context.Context) error {
	if err := c.Resolve(); err != nil {
		return err
	}
	document, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	ring, err := keyring.Load(c.KeyFile)
	if err != nil {
		return err
	}
	return withMigrated(ctx, c.Database, func(db *store.DB) error {
		return company.New(db, ring).Import(ctx, bytes.NewReader(document), os.Getenv, "operator")
	})
}

type configCommand struct {
	config.Config
	Markdown bool `help:"Print the reference instead, as it stands in docs/config.md."`
}

func (c *configCommand) Run() error {
	if c.Markdown {
		fmt.Print(config.Reference())
		return nil
	}
	if err := c.Resolve(); err != nil {
		return err
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(c.Redacted())
}
