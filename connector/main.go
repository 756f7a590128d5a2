// Command connector is the product: `serve` runs it, `demo` runs it with stand-ins for what surrounds it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"cobrowse-connector/cobrowse"
)

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run the service."`
	Demo     demoCommand     `cmd:"" help:"Run the service with a stand-in desk, shop and case timeline, on this machine."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database up to date and stop."`
	Company  companyCommand  `cmd:"" help:"Companies: import and export, their desks, their keys."`
	Solution solutionCommand `cmd:"" help:"What is installed in a company's Dynamics organisation."`
	Console  consoleCommand  `cmd:"" help:"Print a one-time address of a company's console, where its rules are made."`
	Outbox   outboxCommand   `cmd:"" help:"What waits for the desks or was given up."`
	Audit    auditCommand    `cmd:"" help:"The log of who did what."`
	Config   configCommand   `cmd:"" help:"Print the configuration in force, or its reference."`
	Health   healthCommand   `cmd:"" help:"Ask a running service whether it is well; exit 1 if not."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "connector: "+explain(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("connector"), kong.Description("Co-browse sessions between agents and customers, on the CRM record."), kong.UsageOnError())
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.BindTo(out, (*io.Writer)(nil))
	return parsed.Run()
}

// explain gives operators the sentence without the machine words around it.
func explain(err error) string {
	var e *cobrowse.Error
	if errors.As(err, &e) && e.Detail != "" {
		return e.Detail
	}
	return err.Error()
}
