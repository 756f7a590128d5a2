package sessions

import (
	"context"
	"database/sql"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/web/src/i18n"
)

// announce brings to the desk, within tx, how far a session has come that is not over. What has no agent has no record either.
func (s *Sessions) announce(ctx context.Context, tx *sql.Tx, r *row, status desk.Status, since time.Time) error {
	if !delivers(r) {
		return nil
	}
	co, err := s.Companies.GetIn(ctx, tx, r.company)
	if err != nil {
		return err
	}
	return wrap(deliver.Enqueue(ctx, tx, deliver.Job{Company: r.company, Entry: desk.Entry{
		Key: r.id, Agent: r.agent, Record: r.record, Subject: i18n.Entry(co.Languages).Say("subject"), Started: since, Status: status,
	}}))
}
