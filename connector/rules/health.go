package rules

import (
	"context"
	"database/sql"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/store"
)

// Health is how a rule does on a host. Missed counts the sessions since the last one in which it found something.
type Health struct {
	Rule      string     `json:"rule"`
	Host      string     `json:"host"`
	Sessions  int64      `json:"sessions"`
	Pages     int64      `json:"pages"`
	Matched   int64      `json:"matched"`
	Missed    int64      `json:"missed"`
	MatchedAt *time.Time `json:"matchedAt"`
}

// maxHealth bounds what a company's health list holds: the rules seen last.
const maxHealth = 2000

// Learn adds what a session that ended tells.
func (r *Rules) Learn(ctx context.Context, slug string, health []cobrowse.RuleHealth) error {
	now := store.Millis(time.Now())
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		const add = `INSERT INTO rule_health (company, rule, host, sessions, pages, matched, missed, matched_at, seen_at) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8)
			ON CONFLICT (company, rule, host) DO UPDATE SET sessions = rule_health.sessions + 1, pages = rule_health.pages + $4, matched = rule_health.matched + $5,
			missed = CASE WHEN $6 = 0 THEN 0 ELSE rule_health.missed + 1 END, matched_at = CASE WHEN $6 = 0 THEN $7 ELSE rule_health.matched_at END, seen_at = $8`
		for _, h := range health {
			missed, at := int64(1), int64(0)
			if h.Matched > 0 {
				missed, at = 0, now
			}
			if _, err := tx.ExecContext(ctx, add, slug, h.Rule, h.Host, h.Pages, h.Matched, missed, at, now); err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

// Health lists how a company's rules do, those seen last first.
func (r *Rules) Health(ctx context.Context, slug string) ([]Health, error) {
	const list = `SELECT rule, host, sessions, pages, matched, missed, matched_at FROM rule_health WHERE company = $1 ORDER BY seen_at DESC, rule, host LIMIT $2`
	rows, err := r.db.QueryContext(ctx, list, slug, maxHealth)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	all := []Health{}
	for rows.Next() {
		var h Health
		var at int64
		if err := rows.Scan(&h.Rule, &h.Host, &h.Sessions, &h.Pages, &h.Matched, &h.Missed, &at); err != nil {
			return nil, wrap(err)
		}
		if at != 0 {
			matched := store.Time(at)
			h.MatchedAt = &matched
		}
		all = append(all, h)
	}
	return all, wrap(rows.Err())
}

// healthKept is for how long a rule is remembered on a host where nobody has been since.
const healthKept = 90 * 24 * time.Hour

// Sweep forgets what was kept for long enough.
func (r *Rules) Sweep(ctx context.Context, now time.Time) error {
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM rule_health WHERE seen_at <= $1`, store.Millis(now.Add(-healthKept)))
		if err != nil {
			return wrap(err)
		}
		const old = `DELETE FROM suggestions WHERE state <> $1 AND decided_at <= $2`
		_, err = tx.ExecContext(ctx, old, Pending, store.Millis(now.Add(-decidedKept)))
		return wrap(err)
	})
}

// Forget drops, within tx, the health of rules that are gone, or that say something else now.
func (r *Rules) Forget(ctx context.Context, tx *sql.Tx, slug string, before, after cobrowse.Policy) error {
	for _, rule := range changedRules(before, after) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM rule_health WHERE company = $1 AND rule = $2`, slug, rule); err != nil {
			return wrap(err)
		}
	}
	return nil
}

func changedRules(before, after cobrowse.Policy) (ids []string) {
	now := map[string]any{}
	for _, m := range after.Masks {
		now[m.ID] = m
	}
	for _, g := range after.Guards {
		now[g.ID] = g
	}
	for _, m := range before.Masks {
		if now[m.ID] != any(m) {
			ids = append(ids, m.ID)
		}
	}
	for _, g := range before.Guards {
		if now[g.ID] != any(g) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}
