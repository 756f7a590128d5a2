package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics/solution"
	"cobrowse-connector/connector/app"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
)

type solutionCommand struct {
	Build     solutionBuild     `cmd:"" help:"Write what a company imports by hand: the solution packages, and the driver for other desktops."`
	Install   solutionInstall   `cmd:"" help:"Set a company's Dynamics organisation up. May be started again at any time."`
	Uninstall solutionUninstall `cmd:"" help:"Take away what install made. Sessions on cases stay unless asked for."`
	Doctor    solutionDoctor    `cmd:"" help:"Say what an organisation lacks and how an administrator mends it; exit 1 if anything. --json for monitoring."`
}

type solutionBuild struct {
	config.Config
	Slug string `arg:"" name:"company" help:"The company."`
	Out  string `help:"Folder for the files." type:"path" default:"."`
}

func (c *solutionBuild) Run(out io.Writer) error {
	if err := c.Resolve(); err != nil {
		return err
	}
	in := app.SolutionInput(c.PublicURL, c.Slug)
	all, err := solution.Packages(in)
	if err != nil {
		return err
	}
	driver, err := solution.Driver(in)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := c.write(out, p.File(), p.Zip); err != nil {
			return err
		}
	}
	return c.write(out, solution.DriverFile, driver)
}

func (c *solutionBuild) write(out io.Writer, name string, content []byte) error {
	file := filepath.Join(c.Out, name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, file)
	return err
}

// organisation is whose organisation a command is about, and as whom.
type organisation struct {
	config.Config
	Slug     string `arg:"" name:"company" help:"The company."`
	TokenEnv string `help:"Environment variable with an administrator's access token for the organisation. Without it the service's own sign-in is used, which may not install and sees only what its role lets it see." placeholder:"NAME"`
	// A managed identity that the machine itself has is known by nothing else.
	ApplicationID string `help:"Application id (client id) as which the service signs in, where neither the company nor AZURE_CLIENT_ID says it." placeholder:"ID"`
}

func (o *organisation) with(ctx context.Context, do func(*solution.Setup) error) error {
	return withCompanies(ctx, &o.Config, func(companies *company.Companies) error {
		var token string
		if o.TokenEnv != "" {
			if token = os.Getenv(o.TokenEnv); token == "" {
				return errors.New("the environment variable " + o.TokenEnv + " is empty")
			}
		}
		s, err := app.Setup(ctx, companies, &o.Config, o.Slug, app.Installer{Token: token, Application: o.ApplicationID})
		if err != nil {
			return err
		}
		err = do(s)
		if errors.Is(err, desk.ErrDenied) && token == "" {
			return fmt.Errorf("%w: an administrator may do this, whose token is named by --token-env", err)
		}
		return err
	})
}

// sayTo prints lines. One that cannot be printed is no reason to stop in the middle.
func sayTo(out io.Writer) func(string) { return func(line string) { _, _ = fmt.Fprintln(out, line) } }

type solutionInstall struct {
	organisation
	DryRun bool `help:"Only say what would be done."`
}

func (c *solutionInstall) Run(ctx context.Context, out io.Writer) error {
	return c.with(ctx, func(s *solution.Setup) error { return s.Install(ctx, c.DryRun, sayTo(out)) })
}

type solutionUninstall struct {
	organisation
	DryRun      bool `help:"Only say what would be done."`
	WithRecords bool `help:"Also drop the table with all sessions in it. Notes on cases stay."`
}

func (c *solutionUninstall) Run(ctx context.Context, out io.Writer) error {
	return c.with(ctx, func(s *solution.Setup) error {
		s.WithRecords = c.WithRecords
		return s.Uninstall(ctx, c.DryRun, sayTo(out))
	})
}
