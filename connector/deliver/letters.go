package deliver

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/store"
)

// Letter is a row that is not delivered, as an operator or an administrator sees it.
type Letter struct {
	ID        string    `json:"id"`
	Company   string    `json:"-"`
	Session   string    `json:"session"`
	Agent     string    `json:"agent"` // of the session
	Since     time.Time `json:"since"` // when it was to be delivered
	Step      string    `json:"step"`
	State     string    `json:"state"` // pending, dead
	Attempts  int64     `json:"attempts"`
	Cause     Cause     `json:"cause"`
	LastError string    `json:"-"` // for operators: it may quote the desk
	Due       time.Time `json:"due"`
}

// List shows up to limit rows that are not done, the dead first; of one company, or of all when company is "".
func List(ctx context.Context, db *store.DB, company string, limit int) ([]Letter, error) {
	const query = `SELECT o.id, o.company, o.session, COALESCE(s.agent_name, ''), o.created_at, o.step, o.state, o.attempts, o.cause, o.last_error, o.due_at
		FROM outbox o LEFT JOIN sessions s ON s.id = o.session
		WHERE o.state <> 'done' AND (o.company = $1 OR $1 = '') ORDER BY o.state, o.due_at, o.id LIMIT $2`
	rows, err := db.QueryContext(ctx, query, company, limit)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer rows.Close()
	letters := []Letter{}
	for rows.Next() {
		var l Letter
		var since, due int64
		if err := rows.Scan(&l.ID, &l.Company, &l.Session, &l.Agent, &since, &l.Step, &l.State, &l.Attempts, &l.Cause, &l.LastError, &due); err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		l.Since, l.Due = store.Time(since), store.Time(due)
		letters = append(letters, l)
	}
	return letters, rows.Err()
}

// Replay brings, within tx, dead letters of a company back to life, with all their time before them, and says how many: those of the
// session of this id (its own or that of a letter), or all when id is "". Running services find them at their next poll.
func Replay(ctx context.Context, tx *sql.Tx, company, id string) (int64, error) {
	return revise(ctx, tx, `UPDATE outbox SET state = 'pending', attempts = 0, created_at = $1, due_at = $1, finished_at = 0`+chosen, company, id)
}

// Reasons for which a dead letter may be dismissed. They stand in the audit log, which has no room for sentences.
var Reasons = []string{"by_hand", "not_needed", "record_gone"}

// Dismiss gives up, within tx, the dead letters of a session: their content is forgotten.
func Dismiss(ctx context.Context, tx *sql.Tx, company, id, reason string) (int64, error) {
	if !slices.Contains(Reasons, reason) {
		return 0, cobrowse.Errorf(cobrowse.CodeInvalid, "reason", "the reason must be one of %s", strings.Join(Reasons, ", "))
	}
	if id == "" {
		return 0, errNoLetter(company)
	}
	return revise(ctx, tx, `UPDATE outbox SET state = 'done', result = 'dismissed', body = '', progress = '', last_error = '', cause = '', finished_at = $1`+chosen, company, id)
}

// chosen are the dead letters of a company, of one session or of all.
const chosen = ` WHERE state = 'dead' AND company = $2 AND ($3 = '' OR session = $3)`

func revise(ctx context.Context, tx *sql.Tx, update, company, id string) (int64, error) {
	done, err := tx.ExecContext(ctx, update, time.Now().UnixMilli(), company, SessionOf(id))
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = errNoLetter(company)
	}
	return n, err
}

// SessionOf is the session of a letter's id, or of its own.
func SessionOf(id string) string {
	session, _, _ := strings.Cut(id, "/")
	return session
}

func errNoLetter(company string) error {
	return cobrowse.Errorf(cobrowse.CodeNotFound, "letter_unknown", "company %s has no such dead letter; `connector outbox list` shows them", company)
}
