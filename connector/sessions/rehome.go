package sessions

import (
	"context"
	"database/sql"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/web/src/i18n"
)

// Refresh reads the record of the agent's conversation from the desk again, as that agent: a case may have been linked. The token, the
// conversation's session and what of it stands at the desk follow.
func (s *Sessions) Refresh(ctx context.Context, who auth.Identity) (auth.Identity, error) {
	record, err := s.lookup(ctx, who)
	if err != nil {
		return who, err
	}
	who.Record = record
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.lockConversation(ctx, tx, who); err != nil {
			return err
		}
		if err := auth.Renew(ctx, tx, who); err != nil {
			return err
		}
		r, err := s.latest(ctx, tx, who)
		if err != nil || r == nil {
			return err
		}
		return s.moveTo(ctx, tx, r, record)
	})
	if err == nil {
		s.Wake()
	}
	return who, err
}

// latest is the agent's newest session of the conversation, also one that is over: its wrap-up may be what links the case.
func (s *Sessions) latest(ctx context.Context, tx *sql.Tx, who auth.Identity) (*row, error) {
	const find = `SELECT ` + columns + `FROM sessions WHERE sessions.company = $1 AND conversation = $2 AND agent_id = $3
		AND sessions.created_at > $4 ORDER BY claimed_at DESC LIMIT 1`
	r, err := scan(tx.QueryRowContext(ctx, find, who.Company, who.Conversation, who.Agent.ID, store.Millis(s.Now().Add(-auth.AgentLife))))
	if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
		return nil, nil
	}
	return r, err
}

// Linked takes in that the desk gave a session that is over a case later.
func (s *Sessions) Linked(ctx context.Context, session string, record desk.Record) error {
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		r, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
		if err != nil {
			return err
		}
		return s.moveTo(ctx, tx, r, record)
	})
	if err == nil {
		s.Wake()
	}
	return err
}

// moveTo gives a session another record within tx, and its entry another home when the case is another. What stands on a case stays
// there when the conversation loses it.
func (s *Sessions) moveTo(ctx context.Context, tx *sql.Tx, r *row, record desk.Record) error {
	if record.Case.IsZero() || record.Case == r.record.Case {
		return nil
	}
	r.record = record
	text, err := recordJSON(record)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE sessions SET record = $1 WHERE id = $2`, text, r.id); err != nil {
		return wrap(err)
	}
	co, err := s.Companies.GetIn(ctx, tx, r.company)
	if err != nil {
		return err
	}
	return wrap(deliver.Rehome(ctx, tx, r.company, desk.Entry{
		Key: r.id, Agent: r.agent, Record: record, Subject: i18n.Entry(co.Languages).Say("subject"), Started: r.live, Ended: r.ended,
	}))
}
