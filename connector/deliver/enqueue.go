package deliver

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
)

// Steps of a session's delivery, in their order.
const (
	stepEntry = "entry"
	stepFile  = "file"
	stepAmend = "amend"
)

// Job is what one session leaves to its desk.
type Job struct {
	Company string       // whose desk
	Entry   desk.Entry   // Entry.Key is the session's UUID
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

// Enqueue adds the job's rows to the outbox inside tx: they exist if and only if the end of the session does. Enqueueing a
// session twice changes nothing. Call Worker.Wake after the commit; without it the rows are found at the next poll.
func Enqueue(ctx context.Context, tx *sql.Tx, j Job) error {
	if j.Company == "" || j.Entry.Key == "" {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "job_incomplete", "a job needs a company and the session's key")
	}
	if j.Amend && len(j.Files) > 0 {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "job_incomplete", "an amending job has no files")
	}
	e, err := newEnqueuer(ctx, tx, j)
	if err != nil {
		return err
	}
	if j.Amend {
		return e.add(ctx, stepAmend, fmt.Sprint(e.position), j.Entry)
	}
	if err := e.add(ctx, stepEntry, "", j.Entry); err != nil {
		return err
	}
	for _, f := range j.Files {
		if err := e.add(ctx, stepFile, f.Name, fileBody{f, j.Entry.Agent, j.Entry.Record}); err != nil {
			return err
		}
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
	e := &enqueuer{tx: tx, company: j.Company, session: j.Entry.Key, now: time.Now().UnixMilli()}
	e.lane = j.Company + "/" + j.Entry.Record.Conversation
	if j.Entry.Record.Conversation == "" {
		e.lane = j.Company + "/session/" + j.Entry.Key
	}
	const next = `SELECT COALESCE(MAX(position), 0) + 1 FROM outbox WHERE lane = $1`
	if err := tx.QueryRowContext(ctx, next, e.lane).Scan(&e.position); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return e, nil
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
	const insert = `INSERT INTO outbox (id, company, lane, position, session, step, body, state, created_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8) ON CONFLICT (id) DO NOTHING`
	if _, err := e.tx.ExecContext(ctx, insert, id, e.company, e.lane, e.position, e.session, step, string(text), e.now); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	e.position++
	return nil
}
