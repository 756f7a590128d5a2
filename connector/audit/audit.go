// Package audit writes down who did what, in a chain: each line holds the hash of the one before, so that a changed, removed
// or reordered line shows. Lines hold ids and machine words, never names, texts or addresses of pages.
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
	SessionMoved    = "session.moved"
	SessionEnded    = "session.ended"
	OutcomePicked   = "session.outcome"
	RecordingViewed = "recording.viewed"
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
func Append(ctx context.Context, tx *sql.Tx, l Line) error {
	detail, err := json.Marshal(l.Detail) // keys come sorted: the hash needs one form
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	var seq int64
	var prev string
	const next = `UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash`
	if err := tx.QueryRowContext(ctx, next).Scan(&seq, &prev); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	row := row{seq, store.Millis(l.At), l.Company, l.Session, l.Actor, l.Action, string(detail), prev}
	hash := row.hash()
	const insert = `INSERT INTO audit (seq, at, company, session, actor, action, detail, prev_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if _, err := tx.ExecContext(ctx, insert, row.seq, row.at, row.company, row.session, row.actor, row.action, row.detail, prev, hash); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET hash = $1 WHERE id = 1`, hash); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

type row struct {
	seq, at                                        int64
	company, session, actor, action, detail, prior string
}

// hash covers every field with its length, so that no text can move from one field to the next.
func (r row) hash() string {
	var line strings.Builder
	fmt.Fprintf(&line, "%d %d", r.seq, r.at)
	for _, f := range []string{r.company, r.session, r.actor, r.action, r.detail, r.prior} {
		fmt.Fprintf(&line, " %d:%s", len(f), f)
	}
	sum := sha256.Sum256([]byte(line.String()))
	return hex.EncodeToString(sum[:])
}

// ErrBroken says that the chain was tampered with.
var ErrBroken = errors.New("audit: the chain is broken")

// Verify reads the whole chain and returns the number of lines, or ErrBroken with the first line that does not fit.
func Verify(ctx context.Context, db *store.DB) (int64, error) {
	rows, err := db.QueryContext(ctx, `SELECT seq, at, company, session, actor, action, detail, prev_hash, hash FROM audit ORDER BY seq`)
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	defer rows.Close()
	var seq int64
	var prev string
	for rows.Next() {
		var r row
		var hash string
		if err := rows.Scan(&r.seq, &r.at, &r.company, &r.session, &r.actor, &r.action, &r.detail, &r.prior, &hash); err != nil {
			return seq, fmt.Errorf("audit: %w", err)
		}
		if r.seq != seq+1 || r.prior != prev || r.hash() != hash {
			return seq, fmt.Errorf("%w at line %d", ErrBroken, seq+1)
		}
		seq, prev = r.seq, hash
	}
	if err := rows.Err(); err != nil {
		return seq, fmt.Errorf("audit: %w", err)
	}
	return seq, verifyHead(ctx, db, seq, prev)
}

// verifyHead notices lines cut off at the end.
func verifyHead(ctx context.Context, db *store.DB, seq int64, hash string) error {
	var headSeq int64
	var headHash string
	if err := db.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&headSeq, &headHash); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if headSeq != seq || headHash != hash {
		return fmt.Errorf("%w after line %d", ErrBroken, seq)
	}
	return nil
}
