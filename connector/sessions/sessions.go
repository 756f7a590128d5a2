package sessions

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/telemetry"
)

// Config is what Sessions work with; all fields but Now, Wake, Closed and Log are needed.
type Config struct {
	DB        *store.DB
	Ring      *keyring.Ring
	Companies *company.Companies
	PINs      *pin.PINs
	Launches  *auth.Launches
	Entra     *auth.Entra
	Desk      func(ctx context.Context, company string) (desk.Desk, error)
	Defaults  cobrowse.Policy                         // what the product masks and guards for everybody
	Redact    func(cobrowse.Policy) cobrowse.Redactor // takes personal data out of the strings of a session with that policy
	// Known is the redactor of a session that ran here and ended a moment ago: it knows what was hidden there, too. Nil, or nil from it =
	// patterns alone.
	Known      func(session string) cobrowse.Redactor
	PublicURL  string
	Node       string        // this service: what it carried is finished by it after a crash
	JoinWindow time.Duration // the life of a PIN or link
	Metrics    *telemetry.Metrics
	Now        func() time.Time
	Wake       func() // told after outbox rows were committed
	// Closed is told of a session that was ended here and not by its actor: one that runs has to end too.
	Closed func(session, reason string)
	Log    *slog.Logger
}

// Sessions keeps them in the database. Safe for concurrent use.
type Sessions struct{ Config }

// New returns the sessions of a database.
func New(c Config) *Sessions {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Closed == nil {
		c.Closed = func(string, string) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Sessions{c}
}

// View is a session as an agent's widget sees it: "SessionView" in docs/protocol.md.
type View struct {
	ID           string         `json:"id"`
	State        cobrowse.State `json:"state"`
	Channel      string         `json:"channel"`
	CustomerName string         `json:"customerName"`
	AgentName    string         `json:"agentName"`
	CreatedAt    time.Time      `json:"createdAt"`
	ExpiresAt    time.Time      `json:"expiresAt"`
}

// row is a session as stored.
type row struct {
	id, company           string
	companyVersion        int64
	state                 cobrowse.State
	channel, conversation string
	agent                 desk.Agent
	customerName          string
	record                desk.Record
	startURL              string
	created, expires      time.Time
	live, ended           time.Time
	outcome, note         string
	summary               *cobrowse.Summary
	recording             *cobrowse.Recording
}

const columns = `sessions.id, sessions.company, company_version, state, channel, conversation, agent_id, agent_name,
	customer_name, record, start_url, sessions.created_at, sessions.expires_at, live_at, ended_at, outcome, note, summary, recording `

type scanner interface{ Scan(dest ...any) error }

func scan(s scanner) (*row, error) {
	var r row
	var state, record, summary, recording string
	var created, expires, live, ended int64
	err := s.Scan(&r.id, &r.company, &r.companyVersion, &state, &r.channel, &r.conversation, &r.agent.ID, &r.agent.Name,
		&r.customerName, &record, &r.startURL, &created, &expires, &live, &ended, &r.outcome, &r.note, &summary, &recording)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errUnknown()
	}
	if err != nil {
		return nil, wrap(err)
	}
	r.state = cobrowse.State(state)
	r.created, r.expires, r.live, r.ended = store.Time(created), store.Time(expires), store.Time(live), store.Time(ended)
	for _, f := range []struct {
		text string
		into any
	}{{record, &r.record}, {summary, &r.summary}, {recording, &r.recording}} {
		if f.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(f.text), f.into); err != nil {
			return nil, wrap(err)
		}
	}
	return &r, nil
}

func (r *row) view() View {
	return View{
		ID: r.id, State: r.state, Channel: r.channel, CustomerName: r.customerName, AgentName: r.agent.Name,
		CreatedAt: r.created, ExpiresAt: r.expires,
	}
}

func errUnknown() error {
	return cobrowse.Errorf(cobrowse.CodeNotFound, "session_unknown", "there is no such session")
}

func errOver() error {
	return cobrowse.Errorf(cobrowse.CodeConflict, "session_over", "this session is over")
}

func errRunning() error {
	return cobrowse.Errorf(cobrowse.CodeConflict, "session_running", "a session of this conversation is running; end it first")
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sessions: %w", err)
}

// ofAgent loads a session for the agent it belongs to; anybody else learns no more than that there is none.
func (s *Sessions) ofAgent(ctx context.Context, q queryer, who auth.Identity, id string) (*row, error) {
	const find = `SELECT ` + columns + `FROM sessions WHERE sessions.id = $1 AND sessions.company = $2 AND agent_id = $3`
	return scan(q.QueryRowContext(ctx, find, id, who.Company, who.Agent.ID))
}

// insert stores a new session.
func (s *Sessions) insert(ctx context.Context, tx *sql.Tx, r *row) error {
	record, err := json.Marshal(r.record)
	if err != nil {
		return wrap(err)
	}
	claimed := int64(0)
	if r.agent.ID != "" {
		claimed = store.Millis(r.created)
	}
	const insert = `INSERT INTO sessions (id, company, company_version, node, state, channel, conversation, agent_id, agent_name,
		customer_name, record, start_url, created_at, expires_at, claimed_at, live_at, ended_at, outcome, note, summary, recording)
		VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, '', '', '', '')`
	_, err = tx.ExecContext(ctx, insert, r.id, r.company, r.companyVersion, string(r.state), r.channel, r.conversation, r.agent.ID,
		r.agent.Name, r.customerName, string(record), r.startURL, store.Millis(r.created), store.Millis(r.expires), claimed)
	return wrap(err)
}

// admitPerson makes a person a participant within tx and returns their new token; a former one of theirs works no more.
func (s *Sessions) admitPerson(ctx context.Context, tx *sql.Tx, session string, role cobrowse.Role, subject, name string) (string, error) {
	token := auth.NewToken()
	const upsert = `INSERT INTO participants (id, session, role, subject, name, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (session, role, subject) DO UPDATE SET name = $5, token_hash = $6`
	_, err := tx.ExecContext(ctx, upsert, newID(), session, string(role), subject, name, auth.Hash(token), store.Millis(s.Now()))
	return token, wrap(err)
}

// ticket is the secret of a session's link. It is derived, so that an open invitation can be shown again though only its
// hash is stored.
func (s *Sessions) ticket(session string) string {
	return base64.RawURLEncoding.EncodeToString(s.Ring.MAC(keyring.ForTickets, session))
}

func (s *Sessions) joinURL(session string) string { return s.PublicURL + "/j#" + s.ticket(session) }
