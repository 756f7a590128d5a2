package deliver

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// row is one claimed step.
type row struct {
	id, company, session, step, body string
	owner                            string // of this claim
	progress                         string // of a file, sealed
	attempts                         int64
	created                          time.Time
	circuit                          *circuit
}

// head says that no earlier row of the lane is still to be delivered. A file may have to wait for our own store: only the session's
// next files wait with it, and the session's move to another record when the file is under way. A look for a case holds up nothing.
const head = `NOT EXISTS (SELECT 1 FROM outbox p WHERE p.lane = o.lane AND p.state = 'pending' AND p.step <> 'look'
	AND (p.step <> 'file' OR p.session = o.session AND (o.step = 'file' OR o.step = 'rehome' AND p.lease_until > $2))
	AND (p.position < o.position OR (p.position = o.position AND p.id < o.id)))`

// companiesWaiting goes from company to company in the index, as a flood of one of them would be read at every turn.
const companiesWaiting = `WITH RECURSIVE waiting(company) AS (
	SELECT MIN(company) FROM outbox WHERE state = 'pending'
	UNION ALL
	SELECT (SELECT MIN(o.company) FROM outbox o WHERE o.state = 'pending' AND o.company > w.company) FROM waiting w WHERE w.company IS NOT NULL)
	SELECT company FROM (
		SELECT w.company, (SELECT MIN(o.due_at) FROM outbox o WHERE o.state = 'pending' AND o.company = w.company) AS due
		FROM waiting w WHERE w.company IS NOT NULL) companies
	WHERE due <= $1 ORDER BY due`

// companiesDue lists them with the longest waiting first: companies of one organisation share its room.
func (w *Worker) companiesDue(ctx context.Context, now time.Time) ([]string, error) {
	rows, err := w.db.QueryContext(ctx, companiesWaiting, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

func texts(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// claim leases up to n due rows of a company, each the head of its lane. Another worker may be faster; then there are fewer.
func (w *Worker) claim(ctx context.Context, company string, n int) ([]row, error) {
	if n == 0 {
		return nil, nil
	}
	now := time.Now().UnixMilli()
	const query = `SELECT id FROM outbox o WHERE company = $1 AND state = 'pending' AND due_at <= $2 AND lease_until <= $2
		AND ` + head + ` ORDER BY due_at, id LIMIT $3`
	found, err := w.db.QueryContext(ctx, query, company, now, n)
	if err != nil {
		return nil, err
	}
	ids, err := texts(found)
	if err != nil {
		return nil, err
	}
	var claimed []row
	for _, id := range ids {
		r, err := w.lease(ctx, id, now)
		if err == sql.ErrNoRows {
			continue
		}
		if err != nil {
			return claimed, err
		}
		claimed = append(claimed, r)
	}
	return claimed, nil
}

func (w *Worker) lease(ctx context.Context, id string, now int64) (row, error) {
	const update = `UPDATE outbox SET lease_owner = $1, lease_until = $2, attempts = attempts + 1
		WHERE id = $3 AND state = 'pending' AND due_at <= $4 AND lease_until <= $4
		RETURNING company, session, step, body, progress, attempts, created_at`
	r := row{id: id, owner: w.node + "/" + uuid.NewString()}
	err := w.db.Tx(ctx, func(tx *sql.Tx) error {
		var created int64
		err := tx.QueryRowContext(ctx, update, r.owner, now+w.opt.Lease.Milliseconds(), id, now).
			Scan(&r.company, &r.session, &r.step, &r.body, &r.progress, &r.attempts, &created)
		r.created = time.UnixMilli(created)
		return err
	})
	return r, err
}

// extend keeps a claim alive; false when it was lost.
func (w *Worker) extend(ctx context.Context, r row) (bool, error) {
	return w.update(ctx, `UPDATE outbox SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 AND state = 'pending'`,
		time.Now().Add(w.opt.Lease).UnixMilli(), r.id, r.owner)
}

// finish marks a row done and forgets its content.
func (w *Worker) finish(ctx context.Context, r row, result string) error {
	_, err := w.update(ctx, `UPDATE outbox SET state = 'done', result = $1, body = '', progress = '', last_error = '', cause = '', lease_until = 0, finished_at = $2
		WHERE id = $3 AND lease_owner = $4`, result, time.Now().UnixMilli(), r.id, r.owner)
	return err
}

// retry puts a row back until due.
func (w *Worker) retry(ctx context.Context, r row, due time.Time, why error) error {
	_, err := w.update(ctx, `UPDATE outbox SET due_at = $1, lease_until = 0, last_error = $2, cause = $3
		WHERE id = $4 AND lease_owner = $5 AND state = 'pending'`, due.UnixMilli(), why.Error(), string(causeOf(why)), r.id, r.owner)
	return err
}

// postpone puts a row back that has done its work for now.
func (w *Worker) postpone(ctx context.Context, r row, l errLater) error {
	body, err := json.Marshal(l.body)
	if err != nil {
		return err
	}
	now := time.Now()
	_, err = w.update(ctx, `UPDATE outbox SET body = $1, due_at = $2, created_at = $3, attempts = 0, lease_until = 0, last_error = '', cause = ''
		WHERE id = $4 AND lease_owner = $5 AND state = 'pending'`, string(body), now.Add(l.after).UnixMilli(), now.UnixMilli(), r.id, r.owner)
	return err
}

// overtaken tells whether a newer row of the session says all that this one does.
func (w *Worker) overtaken(ctx context.Context, r row) (bool, error) {
	for newer, older := range overtakes {
		if older != r.step {
			continue
		}
		const query = `SELECT COUNT(*) FROM outbox n JOIN outbox o ON o.id = $1 WHERE n.session = $2 AND n.step = $3 AND n.position > o.position`
		var n int
		if err := w.db.QueryRowContext(ctx, query, r.id, r.session, newer).Scan(&n); err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// release gives a row back untried, at shutdown.
func (w *Worker) release(ctx context.Context, r row) error {
	_, err := w.update(ctx, `UPDATE outbox SET lease_until = 0, attempts = attempts - 1
		WHERE id = $1 AND lease_owner = $2 AND state = 'pending'`, r.id, r.owner)
	return err
}

// bury makes a row a dead letter. Without its entry the rest of a session has nowhere to go and dies with it.
func (w *Worker) bury(ctx context.Context, r row, why error) error {
	now := time.Now().UnixMilli()
	return w.db.Tx(ctx, func(tx *sql.Tx) error {
		const one = `UPDATE outbox SET state = 'dead', last_error = $1, cause = $2, lease_until = 0, finished_at = $3
			WHERE id = $4 AND lease_owner = $5 AND state = 'pending'`
		res, err := tx.ExecContext(ctx, one, why.Error(), string(causeOf(why)), now, r.id, r.owner)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || r.step != stepEntry {
			return err
		}
		const rest = `UPDATE outbox SET state = 'dead', last_error = 'the entry was not delivered', cause = 'entry_missed', finished_at = $1
			WHERE session = $2 AND state = 'pending'`
		_, err = tx.ExecContext(ctx, rest, now, r.session)
		return err
	})
}

func (w *Worker) update(ctx context.Context, query string, args ...any) (changed bool, err error) {
	err = w.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		changed = n > 0
		return err
	})
	return changed, err
}

// nextDue is when the next row becomes due; zero when nothing is waiting. A lease that runs out is found by polling.
func (w *Worker) nextDue(ctx context.Context, now time.Time) (time.Time, error) {
	const query = `SELECT MIN(due_at) FROM outbox WHERE state = 'pending' AND due_at > $1`
	var at sql.NullInt64
	if err := w.db.QueryRowContext(ctx, query, now.UnixMilli()).Scan(&at); err != nil || !at.Valid {
		return time.Time{}, err
	}
	return time.UnixMilli(at.Int64), nil
}

// Backlog is what waits and what died.
type Backlog struct {
	Pending int64
	Dead    int64
}

// Pending counts the outbox, for metrics and readiness.
func (w *Worker) Pending(ctx context.Context) (Backlog, error) {
	const query = `SELECT COALESCE(SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) FROM outbox WHERE state <> 'done'`
	var b Backlog
	if err := w.db.QueryRowContext(ctx, query).Scan(&b.Pending, &b.Dead); err != nil {
		return b, fmt.Errorf("outbox: %w", err)
	}
	return b, nil
}
