package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"cobrowse-connector/connector/app"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
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
  4  Console          %s

Open 1 as the agent and 2 as the customer, in two windows. The administrator makes rules in 4.
Press Ctrl+C to stop.
`, d.Desk, d.Shop, d.Join, d.Timelines[0].URL, d.Timelines[1].URL, d.Console)
}

type migrateCommand struct {
	config.Config
}

func (m *migrateCommand) Run(ctx context.Context) error {
	return withDatabase(ctx, &m.Config, func(*store.DB) error { return nil })
}

// withDatabase opens the configured database, brings its tables up to date and closes it when do is done.
func withDatabase(ctx context.Context, cfg *config.Config, do func(*store.DB) error) error {
	if err := cfg.Resolve(); err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return err
	}
	if err = db.Migrate(ctx); err == nil {
		err = do(db)
	}
	return errors.Join(err, db.Close())
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
