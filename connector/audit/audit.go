// Package audit writes down who did what, in a chain: each line holds the hash of the one before, so that a changed, removed
// or reordered line shows. The hashes are keyed: whoever can write to the database, but has not the master key, cannot make others that
// fit. What they can do is to bring back a whole earlier database. Lines hold ids and machine words, never names, texts or addresses of
// pages.
package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// Actions.
const (
	CompanyChanged  = "company.changed"
	DeskKeyChanged  = "desk.key_changed"
	AgentLaunched   = "agent.launched"
	SessionInvited  = "session.invited"
	SessionClaimed  = "session.claimed"
	PINFailed       = "pin.failed"
	TicketUsed      = "ticket.used"
	AgentJoined     = "agent.joined"
	AgentRefused    = "agent.refused"
	SessionMoved    = "session.moved"
	SessionEnded    = "session.ended"
	OutcomePicked   = "session.outcome"
	RecordingViewed = "recording.viewed"

	ConsoleLinked     = "console.linked"
	ConsoleOpened     = "console.opened"
	ConsoleClosed     = "console.closed"
	ConsoleRevoked    = "console.revoked"
	EditorStarted     = "editor.started"
	SuggestionMade    = "suggestion.made"
	SuggestionDropped = "suggestion.dropped" // too many waited
	SuggestionDecided = "suggestion.decided"
	ShapeChanged      = "shape.changed"

	DeliveryReplayed  = "delivery.replayed"
	DeliveryDismissed = "delivery.dismissed"
)

// Line is one thing that somebody did. Actor is a role, or role:id for people of the desk.
type Line struct {
	At      time.Time
	Company string
	Session string
	Actor   string
	Action  string
	Detail  map[string]string
}

// Append adds a line within tx: it stands if and only if what it tells of does. Appends queue on the chain's end, so append
// last in a transaction.
func Append(ctx context.Context, tx *sql.Tx, ring *keyring.Ring, l Line) error {
	detail, err := json.Marshal(l.Detail) // keys come sorted: the hash needs one form
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	var seq int64
	var prev, seal string
	const next = `UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash, seal`
	if err := tx.QueryRowContext(ctx, next).Scan(&seq, &prev, &seal); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	row := row{seq, store.Millis(l.At), l.Company, l.Session, l.Actor, l.Action, string(detail), prev}
	hash := row.hash(ring)
	const insert = `INSERT INTO audit (seq, at, company, session, actor, action, detail, prev_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if _, err := tx.ExecContext(ctx, insert, row.seq, row.at, row.company, row.session, row.actor, row.action, row.detail, prev, hash); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET hash = $1, seal = $2 WHERE id = 1`, hash, sealed(ring, seal, hash)); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

type row struct {
	seq, at                                        int64
	company, session, actor, action, detail, prior string
}

// hash covers every field with its length, so that no text can move from one field to the next.
func (r row) hash(ring *keyring.Ring) string {
	var line strings.Builder
	fmt.Fprintf(&line, "%d %d", r.seq, r.at)
	for _, f := range []string{r.company, r.session, r.actor, r.action, r.detail, r.prior} {
		fmt.Fprintf(&line, " %d:%s", len(f), f)
	}
	return hex.EncodeToString(ring.MAC(keyring.ForAudit, line.String()))
}

// sealed is the head's seal once the line with this hash has been added.
func sealed(ring *keyring.Ring, seal, hash string) string {
	return hex.EncodeToString(ring.MAC(keyring.ForAudit, "head", seal, hash))
}

// ErrBroken says that the chain was tampered with.
var ErrBroken = errors.New("audit: the chain is broken")

// Verify reads the whole chain, as it is at one moment, and returns the number of lines, or ErrBroken with the first line that does
// not fit.
func Verify(ctx context.Context, db *store.DB, ring *keyring.Ring) (lines int64, err error) {
	err = db.Snapshot(ctx, func(tx *sql.Tx) error {
		var prev, seal string
		if lines, prev, seal, err = verifyLines(ctx, tx, ring); err != nil {
			return err
		}
		return verifyHead(ctx, tx, lines, prev, seal)
	})
	return lines, err
}

func verifyLines(ctx context.Context, tx *sql.Tx, ring *keyring.Ring) (seq int64, prev, seal string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, at, company, session, actor, action, detail, prev_hash, hash FROM audit ORDER BY seq`)
	if err != nil {
		return 0, "", "", fmt.Errorf("audit: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var hash string
		if err := rows.Scan(&r.seq, &r.at, &r.company, &r.session, &r.actor, &r.action, &r.detail, &r.prior, &hash); err != nil {
			return seq, "", "", fmt.Errorf("audit: %w", err)
		}
		if r.seq != seq+1 || r.prior != prev || r.hash(ring) != hash {
			return seq, "", "", fmt.Errorf("%w at line %d", ErrBroken, seq+1)
		}
		seq, prev, seal = r.seq, hash, sealed(ring, seal, hash)
	}
	if err := rows.Err(); err != nil {
		return seq, "", "", fmt.Errorf("audit: %w", err)
	}
	return seq, prev, seal, nil
}

// verifyHead notices lines cut off at the end.
func verifyHead(ctx context.Context, tx *sql.Tx, seq int64, hash, seal string) error {
	var headSeq int64
	var headHash, headSeal string
	if err := tx.QueryRowContext(ctx, `SELECT seq, hash, seal FROM audit_head WHERE id = 1`).Scan(&headSeq, &headHash, &headSeal); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if headSeq != seq || headHash != hash || headSeal != seal {
		return fmt.Errorf("%w after line %d", ErrBroken, seq)
	}
	return nil
}
