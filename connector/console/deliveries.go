package console

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// mostDeliveries are shown at once, the dead ones first.
const mostDeliveries = 200

// Deliveries lists what of the administrator's company is not delivered.
func (c *Console) Deliveries(ctx context.Context, who auth.Identity) ([]deliver.Letter, error) {
	return deliver.List(ctx, c.DB, who.Company, mostDeliveries)
}

// Replay has the dead letters of a session delivered again, or all of the administrator's company when session is "".
func (c *Console) Replay(ctx context.Context, who auth.Identity, session string) (int64, error) {
	return Replay(ctx, c.DB, c.Ring, who.Company, session, Actor(who))
}

// Dismiss gives up the dead letters of a session.
func (c *Console) Dismiss(ctx context.Context, who auth.Identity, session, reason string) (int64, error) {
	return Dismiss(ctx, c.DB, c.Ring, who.Company, session, reason, Actor(who))
}

// Replay is for administrators and operators alike; see deliver.Replay.
func Replay(ctx context.Context, db *store.DB, ring *keyring.Ring, slug, id, actor string) (n int64, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		if n, err = deliver.Replay(ctx, tx, slug, id); err != nil {
			return err
		}
		line := audit.Line{Company: slug, Session: deliver.SessionOf(id), Actor: actor, Action: audit.DeliveryReplayed}
		return appendLine(ctx, tx, ring, line, map[string]string{"letters": strconv.FormatInt(n, 10)})
	})
	return n, err
}

// Dismiss is for administrators and operators alike; see deliver.Dismiss.
func Dismiss(ctx context.Context, db *store.DB, ring *keyring.Ring, slug, id, reason, actor string) (n int64, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		if n, err = deliver.Dismiss(ctx, tx, slug, id, reason); err != nil {
			return err
		}
		line := audit.Line{Company: slug, Session: deliver.SessionOf(id), Actor: actor, Action: audit.DeliveryDismissed}
		return appendLine(ctx, tx, ring, line, map[string]string{"letters": strconv.FormatInt(n, 10), "reason": reason})
	})
	return n, err
}

func appendLine(ctx context.Context, tx *sql.Tx, ring *keyring.Ring, l audit.Line, detail map[string]string) error {
	l.At, l.Detail = time.Now(), detail
	return audit.Append(ctx, tx, ring, l)
}
