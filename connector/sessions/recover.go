package sessions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/store"
)

// sweepGrace is how long after its end an invitation is left to the live session that may hold it.
const sweepGrace = 5 * time.Minute

// running are the states that a node carries a session in.
const running = `('provisioning', 'waiting', 'live', 'paused', 'ending')`

// Recovery gives what can be saved of a session's recording, nil when there is none.
type Recovery func(ctx context.Context, session string) (*cobrowse.Recording, error)

// Recover finishes what a dead process of this node left. Call it before people are let in.
func (s *Sessions) Recover(ctx context.Context, recording Recovery) error {
	return s.finish(ctx, s.Node, recording)
}

// finish is for a dead node: sessions that nobody had made live yet wait for people again, those that were ending come to their end,
// the others end as failed, all with what was recorded, and their rows go to the outbox.
func (s *Sessions) finish(ctx context.Context, node string, recording Recovery) error {
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		const wait = `UPDATE sessions SET state = 'requested', node = '', expires_at = CASE WHEN expires_at < $1 THEN $1 ELSE expires_at END
			WHERE node = $2 AND live_at = 0 AND state IN ('provisioning', 'waiting')`
		_, err := tx.ExecContext(ctx, wait, store.Millis(s.Now().Add(sweepGrace)), node)
		return wrap(err)
	})
	if err != nil {
		return err
	}
	left, err := s.list(ctx, `WHERE node = $1 AND state IN `+running, node)
	if err != nil {
		return err
	}
	for _, r := range left {
		saved, failure := recording(ctx, r.id)
		if failure != nil { // the rest of the session is worth as much without its recording
			s.Log.Error("a recording could not be recovered yet", "session", r.id, "error", failure)
			saved = &cobrowse.Recording{Session: r.id, Unfinished: true}
		}
		if err := s.Ended(ctx, r.id, s.left(ctx, r, saved)); err != nil {
			return err
		}
		s.Log.Warn("finished a session that a dead process left", "session", r.id, "node", node, "state", string(r.state), "recorded", saved != nil)
	}
	return nil
}

// left is the result of a session whose process died: as it was stored when the ending began, if that was so.
func (s *Sessions) left(ctx context.Context, r *row, saved *cobrowse.Recording) cobrowse.Result {
	if r.summary != nil {
		return cobrowse.Result{State: r.summary.FinalState(), Summary: *r.summary, Recording: saved}
	}
	return s.lost(ctx, r, saved)
}

// emptySummary is that of a session, ended now, of which nothing is known but its row.
func (s *Sessions) emptySummary(r *row) cobrowse.Summary {
	return cobrowse.Summary{
		Session: r.id, Company: r.company, Agent: r.agent.Name, Channel: r.channel, Started: r.live, Ended: s.Now().UTC(),
		Pages: []cobrowse.PageVisit{}, Refusals: []cobrowse.RefusalLine{}, Actions: map[cobrowse.Role]int{},
	}
}

// lost is the result of a session whose process died.
func (s *Sessions) lost(ctx context.Context, r *row, saved *cobrowse.Recording) cobrowse.Result {
	sum := s.emptySummary(r)
	sum.EndedBy, sum.EndReason = cobrowse.RoleSystem, "failed"
	if co, err := s.Companies.At(ctx, r.company, r.companyVersion); err == nil {
		sum.Company = co.Name
	}
	if saved != nil && !saved.Unfinished && !r.live.IsZero() {
		// Closer to the truth than the time of the restart, which may be days later.
		sum.Ended = r.live.Add(saved.Duration)
	}
	sum.Moments = []cobrowse.Moment{
		{At: r.live, Kind: "live"}, {At: r.live, Kind: "interrupted"}, {At: sum.Ended, Kind: "end", By: cobrowse.RoleSystem, What: sum.EndReason},
	}
	return cobrowse.Result{State: cobrowse.StateFailed, Summary: sum, Recording: saved}
}

// Recovered stores what became of a recording that was unfinished at the end, nil when nothing was recorded, and tells the desk.
func (s *Sessions) Recovered(ctx context.Context, session string, recording *cobrowse.Recording) error {
	text := []byte{}
	if recording != nil {
		var err error
		if text, err = json.Marshal(recording); err != nil {
			return wrap(err)
		}
		s.Metrics.RecordingBytes.Add(float64(recording.Bytes))
	}
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		before, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
		if err != nil || !unfinished(before) {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE sessions SET recording = $1 WHERE id = $2`, string(text), session); err != nil {
			return wrap(err)
		}
		r, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
		if err != nil {
			return err
		}
		job, err := s.job(ctx, tx, r)
		if err != nil {
			return err
		}
		amend := job
		amend.Amend, amend.Files = true, nil
		// What is in the outbox already stays as it is: new are the further files, and the entry's text.
		return wrap(errors.Join(deliver.Enqueue(ctx, tx, job), deliver.Enqueue(ctx, tx, amend)))
	})
	if err == nil {
		s.Wake()
	}
	return err
}

func (s *Sessions) list(ctx context.Context, where string, args ...any) ([]*row, error) {
	rows, err := s.DB.QueryContext(ctx, `SELECT `+columns+`FROM sessions `+where, args...)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	var all []*row
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, wrap(rows.Err())
}

// Sweep ends invitations that nobody followed and forgets PINs, tokens and launches that work no more.
func (s *Sessions) Sweep(ctx context.Context) error {
	old := store.Millis(s.Now().Add(-sweepGrace))
	stale, err := s.list(ctx, `WHERE state = 'requested' AND sessions.expires_at <= $1`, old)
	if err != nil {
		return err
	}
	for _, r := range stale {
		res := s.lost(ctx, r, nil)
		res.Summary.EndReason = endExpired
		if err := s.Ended(ctx, r.id, res); err != nil {
			return err
		}
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		// Conversations first, as in a claim: the other way round, both could wait for each other.
		if _, err := tx.ExecContext(ctx, `DELETE FROM conversations WHERE locked_at <= $1`, old); err != nil {
			return wrap(err)
		}
		return errors.Join(s.PINs.Sweep(ctx, tx), auth.Sweep(ctx, tx, s.Now()))
	})
}
