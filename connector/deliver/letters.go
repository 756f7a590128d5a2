package deliver

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/store"
)

// Letter is a row as an operator sees it.
type Letter struct {
	ID        string
	Company   string
	State     string
	Attempts  int64
	LastError string
	Due       time.Time // of a pending one
}

// List shows up to limit rows that are not done, the dead first; of one company, or of all when company is "".
func List(ctx context.Context, db *store.DB, company string, limit int) ([]Letter, error) {
	const query = `SELECT id, company, state, attempts, last_error, due_at FROM outbox
		WHERE state <> 'done' AND (company = $1 OR $1 = '') ORDER BY state, due_at, id LIMIT $2`
	rows, err := db.QueryContext(ctx, query, company, limit)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer rows.Close()
	letters := []Letter{}
	for rows.Next() {
		var l Letter
		var due int64
		if err := rows.Scan(&l.ID, &l.Company, &l.State, &l.Attempts, &l.LastError, &due); err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		l.Due = time.UnixMilli(due)
		letters = append(letters, l)
	}
	return letters, rows.Err()
}

// Replay brings dead letters of a company back to life, with all their time before them, and says how many: the one with this
// id and the other dead ones of its session, or all when id is "". Running services find them at their next poll.
func Replay(ctx context.Context, db *store.DB, company, id string) (replayed int64, err error) {
	const update = `UPDATE outbox SET state = 'pending', attempts = 0, created_at = $1, due_at = $1, finished_at = 0
		WHERE state = 'dead' AND company = $2
		AND ($3 = '' OR session = (SELECT d.session FROM outbox d WHERE d.id = $3 AND d.company = $2 AND d.state = 'dead'))`
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, update, time.Now().UnixMilli(), company, id)
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		replayed, err = done.RowsAffected()
		return err
	})
	if err == nil && replayed == 0 {
		err = cobrowse.Errorf(cobrowse.CodeNotFound, "letter_unknown", "company %s has no such dead letter; `connector outbox list` shows them", company)
	}
	return replayed, err
}
