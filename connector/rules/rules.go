package rules

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// Rules keeps it all in the database. Safe for concurrent use.
type Rules struct {
	db        *store.DB
	ring      *keyring.Ring
	companies *company.Companies
}

// New returns the rules of the companies in db.
func New(db *store.DB, ring *keyring.Ring, companies *company.Companies) *Rules {
	return &Rules{db, ring, companies}
}

// States of a suggestion.
const (
	Pending  = "pending"
	Approved = "approved"
	Rejected = "rejected"
)

// What waits for a company's administrators is bounded, and so is what one agent may have waiting there: nobody fills the list for all.
const (
	maxPending      = 200 // connector/web/src/console/suggestions.tsx tells of it
	maxPendingAgent = 40
)

// decidedKept is for how long a decided suggestion is shown. The audit log keeps what was decided.
const decidedKept = 90 * 24 * time.Hour

// Suggestion is a mask that an agent asked for, as an administrator sees it.
type Suggestion struct {
	ID        string            `json:"id"`
	Session   string            `json:"session"`
	Agent     string            `json:"agent"`
	Page      string            `json:"page"`
	Rule      cobrowse.MaskRule `json:"rule"`
	Tag       string            `json:"tag"`
	Name      string            `json:"name"`
	At        time.Time         `json:"at"`
	State     string            `json:"state"`
	DecidedBy string            `json:"decidedBy,omitempty"`
}

// Suggest keeps a suggestion. The same rule is kept once while it waits. One that finds no room is noted in the audit log.
func (r *Rules) Suggest(ctx context.Context, slug, session string, s cobrowse.Suggestion) error {
	rule, err := json.Marshal(s.Rule)
	if err != nil {
		return wrap(err)
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		waiting, err := suggestions(ctx, tx, `WHERE company = $1 AND state = $2 ORDER BY created_at DESC LIMIT $3`, slug, Pending, maxPending)
		if err != nil || slices.ContainsFunc(waiting, func(w Suggestion) bool { return w.Rule.Site == s.Rule.Site && w.Rule.Selector == s.Rule.Selector }) {
			return err
		}
		now := time.Now()
		line := audit.Line{At: now, Company: slug, Session: session, Actor: "agent", Action: audit.SuggestionMade}
		if !hasRoom(waiting, s.By.Name) {
			line.Action = audit.SuggestionDropped
			return audit.Append(ctx, tx, r.ring, line)
		}
		const insert = `INSERT INTO suggestions (id, company, session, agent, page, rule, tag, name, created_at, state, decided_at, decided_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '')`
		_, err = tx.ExecContext(ctx, insert, uuid.NewString(), slug, session, s.By.Name, s.Page, string(rule), s.Picked.Tag, s.Picked.Name,
			store.Millis(now), Pending)
		if err != nil {
			return wrap(err)
		}
		return audit.Append(ctx, tx, r.ring, line)
	})
}

// hasRoom tells whether one more of an agent's fits among those that wait. Agents of one name share their room.
func hasRoom(waiting []Suggestion, agent string) bool {
	own := 0
	for _, w := range waiting {
		if w.Agent == agent {
			own++
		}
	}
	return len(waiting) < maxPending && own < maxPendingAgent
}

// Suggestions lists a company's latest, those that wait before the others.
func (r *Rules) Suggestions(ctx context.Context, slug string) ([]Suggestion, error) {
	return suggestions(ctx, r.db, `WHERE company = $1 ORDER BY CASE WHEN state = $2 THEN 0 ELSE 1 END, created_at DESC LIMIT $3`, slug, Pending, maxPending)
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func suggestions(ctx context.Context, q queryer, where string, args ...any) ([]Suggestion, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, session, agent, page, rule, tag, name, created_at, state, decided_by FROM suggestions `+where, args...)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	list := []Suggestion{}
	for rows.Next() {
		var s Suggestion
		var rule string
		var at int64
		if err := rows.Scan(&s.ID, &s.Session, &s.Agent, &s.Page, &rule, &s.Tag, &s.Name, &at, &s.State, &s.DecidedBy); err != nil {
			return nil, wrap(err)
		}
		if err := json.Unmarshal([]byte(rule), &s.Rule); err != nil {
			return nil, wrap(err)
		}
		s.At = store.Time(at)
		list = append(list, s)
	}
	return list, wrap(rows.Err())
}

// Decision is what an administrator makes of a suggestion. Site and Selector may differ from what the agent asked for.
type Decision struct {
	Approve  bool
	Site     string
	Selector string
}

// Decide ends a suggestion's waiting. An approved one is a rule of the company from then on: both in one transaction.
func (r *Rules) Decide(ctx context.Context, slug, id string, d Decision, by string) (version int64, err error) {
	if !d.Approve {
		return 0, r.db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := r.decided(ctx, tx, slug, id, Rejected, by); err != nil {
				return err
			}
			return r.audit(ctx, tx, slug, by, audit.SuggestionDecided, map[string]string{"suggestion": id, "decision": Rejected})
		})
	}
	return r.companies.ChangePolicy(ctx, slug, by, func(tx *sql.Tx, co company.Company) (p cobrowse.Policy, err error) {
		rule, err := r.decided(ctx, tx, slug, id, Approved, by)
		if err != nil {
			return p, err
		}
		if d.Selector != "" {
			rule.Site, rule.Selector = d.Site, d.Selector
		}
		p = co.Policy
		p.Masks = append(p.Masks, rule)
		return p, r.audit(ctx, tx, slug, by, audit.SuggestionDecided, map[string]string{"suggestion": id, "decision": Approved, "rule": rule.ID})
	})
}

func (r *Rules) decided(ctx context.Context, tx *sql.Tx, slug, id, state, by string) (rule cobrowse.MaskRule, err error) {
	const decide = `UPDATE suggestions SET state = $1, decided_at = $2, decided_by = $3 WHERE id = $4 AND company = $5 AND state = $6 RETURNING rule`
	var text string
	err = tx.QueryRowContext(ctx, decide, state, store.Millis(time.Now()), by, id, slug, Pending).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return rule, cobrowse.Errorf(cobrowse.CodeConflict, "suggestion_decided", "this suggestion does not wait any more")
	}
	if err != nil {
		return rule, wrap(err)
	}
	return rule, wrap(json.Unmarshal([]byte(text), &rule))
}

func (r *Rules) audit(ctx context.Context, tx *sql.Tx, slug, by, action string, detail map[string]string) error {
	return audit.Append(ctx, tx, r.ring, audit.Line{At: time.Now(), Company: slug, Actor: by, Action: action, Detail: detail})
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	if store.Refused(err) {
		return &cobrowse.Error{Code: cobrowse.CodeInvalid, Reason: "text_refused", Detail: "this holds characters that cannot be stored", Err: err}
	}
	return fmt.Errorf("rules: %w", err)
}
