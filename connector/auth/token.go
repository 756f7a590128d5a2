// Package auth tells who is asking: the desk's signed launch makes an agent known, a random bearer token keeps them known.
// Tokens are stored as hashes only; a launch works once.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/store"
)

// How long tokens work: an agent's for a long shift, a supervisor's for watching one recording, an administrator's for making some rules.
const (
	AgentLife         = 12 * time.Hour
	SupervisorLife    = 2 * time.Hour
	AdministratorLife = 2 * time.Hour
)

// RoleAdministrator is somebody who decides a company's rules in the console. Nobody has it in a session.
const RoleAdministrator cobrowse.Role = "administrator"

// Identity is a person of the desk, as the desk's launch made them known.
type Identity struct {
	Company      string
	Role         cobrowse.Role // agent, supervisor, administrator
	Agent        desk.Agent
	Conversation string
	Channel      string
	Session      string // of the recording a player launch asked for; "" for the widget
	Origin       string // of the desk's page
	Record       desk.Record
	Key          string // of the desk, which signed the launch; a token of it ends when the key is revoked
	Token        string // hash of the token that Check was asked about
}

// NewToken makes a bearer token.
func NewToken() string {
	raw := make([]byte, 32)
	rand.Read(raw) //nolint:errcheck // never fails, by its documentation
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Hash is what the database keeps of a token. Tokens are long and random, so a plain hash is enough.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Issue stores an identity within tx and returns its token.
func Issue(ctx context.Context, tx *sql.Tx, id Identity, now time.Time) (string, error) {
	record, err := json.Marshal(id.Record)
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	token := NewToken()
	const insert = `INSERT INTO agent_tokens (hash, company, role, agent_id, agent_name, conversation, channel, session, origin, record, key_id, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	_, err = tx.ExecContext(ctx, insert, Hash(token), id.Company, string(id.Role), id.Agent.ID, id.Agent.Name, id.Conversation,
		id.Channel, id.Session, id.Origin, string(record), id.Key, store.Millis(now.Add(id.life())))
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	return token, nil
}

func (id Identity) life() time.Duration {
	switch {
	case id.Session != "":
		return SupervisorLife
	case id.Role == RoleAdministrator:
		return AdministratorLife
	}
	return AgentLife
}

// Check returns whose token it is. Unknown and expired ones are CodeUnauthenticated alike.
func Check(ctx context.Context, db *store.DB, token string, now time.Time) (Identity, error) {
	const find = `SELECT company, role, agent_id, agent_name, conversation, channel, session, origin, record, key_id
		FROM agent_tokens WHERE hash = $1 AND expires_at > $2`
	var id Identity
	var role, record string
	err := db.QueryRowContext(ctx, find, Hash(token), store.Millis(now)).Scan(&id.Company, &role, &id.Agent.ID, &id.Agent.Name,
		&id.Conversation, &id.Channel, &id.Session, &id.Origin, &record, &id.Key)
	if errors.Is(err, sql.ErrNoRows) {
		return Identity{}, cobrowse.Errorf(CodeUnauthenticated, "token_invalid", "open the widget again from the desk")
	}
	if err != nil {
		return Identity{}, fmt.Errorf("auth: %w", err)
	}
	id.Role, id.Token = cobrowse.Role(role), Hash(token)
	if err := json.Unmarshal([]byte(record), &id.Record); err != nil {
		return Identity{}, fmt.Errorf("auth: %w", err)
	}
	return id, nil
}

// Works tells whether a token still does, by its hash.
func Works(ctx context.Context, db *store.DB, hash string, now time.Time) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM agent_tokens WHERE hash = $1 AND expires_at > $2`, hash, store.Millis(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("auth: %w", err)
	}
	return n > 0, nil
}

// Revoke ends a token within tx, by its hash.
func Revoke(ctx context.Context, tx *sql.Tx, hash string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM agent_tokens WHERE hash = $1`, hash); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	return nil
}

// RevokeAdministrators ends, within tx, the tokens of a company's administrators and the addresses that would let more in. It tells how
// many tokens there were.
func RevokeAdministrators(ctx context.Context, tx *sql.Tx, company string) (int64, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM console_links WHERE company = $1`, company); err != nil {
		return 0, fmt.Errorf("auth: %w", err)
	}
	done, err := tx.ExecContext(ctx, `DELETE FROM agent_tokens WHERE company = $1 AND role = $2`, company, string(RoleAdministrator))
	if err != nil {
		return 0, fmt.Errorf("auth: %w", err)
	}
	return done.RowsAffected()
}

// CodeUnauthenticated is for callers that nobody knows, other than those who may not (CodeDenied).
const CodeUnauthenticated cobrowse.Code = "unauthenticated"

// Sweep forgets tokens and launches that work no more.
func Sweep(ctx context.Context, tx *sql.Tx, now time.Time) error {
	for _, forget := range []string{`DELETE FROM agent_tokens WHERE expires_at <= $1`, `DELETE FROM launches WHERE expires_at <= $1`,
		`DELETE FROM console_links WHERE expires_at <= $1`} {
		if _, err := tx.ExecContext(ctx, forget, store.Millis(now)); err != nil {
			return fmt.Errorf("auth: %w", err)
		}
	}
	return nil
}
