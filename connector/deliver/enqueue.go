package deliver

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
)

// Steps of a session's delivery.
const (
	stepStatus = "status" // an entry on its way: scheduled, open
	stepEntry  = "entry"  // the entry as the session ended
	stepFile   = "file"
	stepAmend  = "amend"
	stepRehome = "rehome"
	stepLook   = "look"
)

// overtakes tells which older step of the same session has nothing more to say when a step is there.
var overtakes = map[string]string{stepStatus: stepStatus, stepEntry: stepStatus, stepAmend: stepAmend, stepRehome: stepRehome}

// Job is what one session leaves to its desk, as far as it has come.
type Job struct {
	Company string       // whose desk
	Entry   desk.Entry   // Entry.Key is the session's UUID; Entry.Status says how far it has come
	Files   []Attachment // written after the entry, in this order
	// Amend replaces the text of the entry that an earlier Job wrote, e.g. with the outcome that was picked after the end.
	// Such a Job has no Files.
	Amend bool
}

// Attachment announces a file. Its content is asked for when it is delivered; see Files.
type Attachment struct {
	Name string `json:"name"` // tells files of one session apart, e.g. "recording.webm"
	Type string `json:"type"` // MIME
}

// fileBody is the stored body of a file step.
type fileBody struct {
	Attachment
	Agent  desk.Agent  `json:"agent"`
	Record desk.Record `json:"record"`
}

// Enqueue adds the job's rows to the outbox inside tx: they exist if and only if what the session came to does. Enqueueing the same
// twice changes nothing. Call Worker.Wake after the commit; without it the rows are found at the next poll.
func Enqueue(ctx context.Context, tx *sql.Tx, j Job) error {
	if j.Amend && len(j.Files) > 0 {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "job_incomplete", "an amending job has no files")
	}
	e, err := newEnqueuer(ctx, tx, j)
	if err != nil {
		return err
	}
	ended := j.Entry.Status == desk.Completed || j.Entry.Status == desk.Cancelled
	switch {
	case j.Amend:
		return e.add(ctx, stepAmend, fmt.Sprint(e.position), j.Entry)
	case !ended:
		return e.add(ctx, stepStatus, string(j.Entry.Status), j.Entry)
	}
	if err := e.add(ctx, stepEntry, "", j.Entry); err != nil {
		return err
	}
	if !j.Entry.Started.IsZero() && j.Entry.Record.Case.IsZero() && j.Entry.Record.Conversation != "" {
		if err := e.add(ctx, stepLook, "", lookBody{Entry: j.Entry}); err != nil {
			return err
		}
	}
	for _, f := range j.Files {
		if err := e.add(ctx, stepFile, f.Name, fileBody{f, j.Entry.Agent, j.Entry.Record}); err != nil {
			return err
		}
	}
	return nil
}

// Rehome takes in, inside tx, that the session's record is another by now: what still waits goes there, what may be at the desk already
// is moved there. Without rows of the session there is nothing to do.
func Rehome(ctx context.Context, tx *sql.Tx, company string, e desk.Entry) error {
	// A row that was ever claimed may have arrived, whatever became of the answer.
	const tried = `SELECT COUNT(*) FROM outbox WHERE session = $1 AND step IN ('status', 'entry') AND lease_owner <> ''`
	var there int
	if err := tx.QueryRowContext(ctx, tried, e.Key).Scan(&there); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := redirect(ctx, tx, e.Key, e.Record); err != nil || there == 0 {
		return err
	}
	q, err := newEnqueuer(ctx, tx, Job{Company: company, Entry: e})
	if err != nil {
		return err
	}
	return q.add(ctx, stepRehome, fmt.Sprint(q.position), e)
}

// redirect gives the rows of a session that are not done another record.
func redirect(ctx context.Context, tx *sql.Tx, session string, to desk.Record) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, body FROM outbox WHERE session = $1 AND state <> 'done' AND step <> 'look'`, session)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer rows.Close()
	changed := map[string]string{}
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		var body map[string]any // an entry or a file: both name the record alike
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			continue // its delivery will say so
		}
		body["record"] = to
		again, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		changed[id] = string(again)
	}
	err = errors.Join(rows.Err(), rows.Close())
	for id, body := range changed {
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE outbox SET body = $1 WHERE id = $2 AND state <> 'done'`, body, id)
		}
	}
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

type enqueuer struct {
	tx       *sql.Tx
	company  string
	lane     string
	session  string
	position int64
	now      int64
}

func newEnqueuer(ctx context.Context, tx *sql.Tx, j Job) (*enqueuer, error) {
	if j.Company == "" || j.Entry.Key == "" {
		return nil, cobrowse.Errorf(cobrowse.CodeInvalid, "job_incomplete", "a job needs a company and the session's key")
	}
	e := &enqueuer{tx: tx, company: j.Company, session: j.Entry.Key, now: time.Now().UnixMilli()}
	// A session stays in its lane, wherever its record moves: its rows must not overtake each other.
	err := tx.QueryRowContext(ctx, `SELECT lane FROM outbox WHERE session = $1 LIMIT 1`, e.session).Scan(&e.lane)
	if errors.Is(err, sql.ErrNoRows) {
		e.lane, err = laneOf(j), nil
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	const next = `SELECT COALESCE(MAX(position), 0) + 1 FROM outbox WHERE lane = $1`
	if err := tx.QueryRowContext(ctx, next, e.lane).Scan(&e.position); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return e, nil
}

// laneOf is the conversation, without one the case, without that the session.
func laneOf(j Job) string {
	switch r := j.Entry.Record; {
	case r.Conversation != "":
		return j.Company + "/" + r.Conversation
	case !r.Case.IsZero():
		return j.Company + "/case/" + r.Case.ID
	}
	return j.Company + "/session/" + j.Entry.Key
}

func (e *enqueuer) add(ctx context.Context, step, name string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	id := e.session + "/" + step
	if name != "" {
		id += "/" + name
	}
	if older := overtakes[step]; older != "" {
		if err := e.overtake(ctx, id, older); err != nil {
			return err
		}
	}
	const insert = `INSERT INTO outbox (id, company, lane, position, session, step, body, state, created_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8) ON CONFLICT (id) DO NOTHING`
	if _, err := e.tx.ExecContext(ctx, insert, id, e.company, e.lane, e.position, e.session, step, string(text), e.now); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	e.position++
	return nil
}

// overtake closes what is not delivered of an older step, unless a worker has it in hands: that one notices itself when it comes to a
// further try.
func (e *enqueuer) overtake(ctx context.Context, id, step string) error {
	const query = `UPDATE outbox SET state = 'done', result = 'superseded', body = '', last_error = '', cause = '', lease_until = 0, finished_at = $1
		WHERE session = $2 AND step = $3 AND id <> $4 AND state <> 'done' AND lease_until <= $1
		AND NOT EXISTS (SELECT 1 FROM outbox n WHERE n.id = $4)`
	if _, err := e.tx.ExecContext(ctx, query, e.now, e.session, step, id); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
