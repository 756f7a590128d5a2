package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

type outboxCommand struct {
	List    outboxList    `cmd:"" help:"Show what is not delivered, dead letters first."`
	Replay  outboxReplay  `cmd:"" help:"Deliver dead letters again, when what stopped them is mended."`
	Dismiss outboxDismiss `cmd:"" help:"Give dead letters up: their content is forgotten."`
}

type outboxList struct {
	config.Config
	Company string `help:"Only this company's."`
	Limit   int    `help:"Rows at most." default:"100"`
}

func (c *outboxList) Run(ctx context.Context, out io.Writer) error {
	return withDatabase(ctx, &c.Config, func(db *store.DB) error {
		letters, err := deliver.List(ctx, db, c.Company, c.Limit)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "STATE\tCOMPANY\tID\tATTEMPTS\tDUE\tCAUSE\tLAST ERROR")
		for _, l := range letters {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", l.State, l.Company, l.ID, l.Attempts, l.Due.UTC().Format(time.RFC3339), l.Cause, l.LastError)
		}
		return table.Flush() // tells of failures before it too
	})
}

type outboxReplay struct {
	config.Config
	Company string `arg:"" help:"Whose dead letters."`
	ID      string `arg:"" optional:"" help:"One of them, with the others of its session; all when none is given."`
}

func (c *outboxReplay) Run(ctx context.Context, out io.Writer) error {
	return withRing(ctx, &c.Config, func(db *store.DB, ring *keyring.Ring) error {
		n, err := console.Replay(ctx, db, ring, c.Company, c.ID, operator)
		if err == nil {
			_, err = fmt.Fprintf(out, "%d deliveries wait again; a running service takes them at once\n", n)
		}
		return err
	})
}

type outboxDismiss struct {
	config.Config
	Company string `arg:"" help:"Whose dead letters."`
	ID      string `arg:"" help:"One of them; the others of its session go with it."`
	Reason  string `required:"" enum:"by_hand,not_needed,record_gone" help:"Why, for the audit log: by_hand (somebody wrote it to the record), not_needed or record_gone."`
}

func (c *outboxDismiss) Run(ctx context.Context, out io.Writer) error {
	return withRing(ctx, &c.Config, func(db *store.DB, ring *keyring.Ring) error {
		n, err := console.Dismiss(ctx, db, ring, c.Company, c.ID, c.Reason, operator)
		if err == nil {
			_, err = fmt.Fprintf(out, "%d deliveries are given up\n", n)
		}
		return err
	})
}
