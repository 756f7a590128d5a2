package pin

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// limitKey is one counter of failures.
type limitKey struct {
	scope, subject string
	limit          int64
}

// keys are always in this order, so that two transactions cannot wait for each other.
func (p *PINs) keys(a Attempt) []limitKey {
	// An address is personal data: only its keyed hash is stored.
	address := base64.RawURLEncoding.EncodeToString(p.ring.MAC(keyring.ForAddresses, a.Address))
	return []limitKey{
		{scopeAgent, a.Company + "/" + a.Agent, AgentLimit},
		{scopeCompany, a.Company, CompanyLimit},
		{scopeAddress, address, AddressLimit},
	}
}

// count counts an attempt as failed before it is known to be; giveBack takes it back. A window begins with its first failure.
// What is over its limit stays at the limit, so that the other counters can be put right.
func (p *PINs) count(ctx context.Context, tx Tx, keys []limitKey) (*Refusal, error) {
	now := p.now()
	expired := store.Millis(now.Add(-Window))
	for i, k := range keys {
		const add = `INSERT INTO attempts (scope, subject, window_start, failures) VALUES ($1, $2, $3, 1)
			ON CONFLICT (scope, subject) DO UPDATE SET
				failures = CASE WHEN attempts.window_start <= $4 THEN 1 ELSE attempts.failures + 1 END,
				window_start = CASE WHEN attempts.window_start <= $4 THEN $3 ELSE attempts.window_start END
			RETURNING failures, window_start`
		var failures, start int64
		err := tx.QueryRowContext(ctx, add, k.scope, k.subject, store.Millis(now), expired).Scan(&failures, &start)
		if err != nil {
			return nil, fmt.Errorf("pin: %w", err)
		}
		if failures > k.limit {
			after := store.Time(start).Add(Window).Sub(now)
			return &Refusal{Limited: true, RetryAfter: max(after, time.Second)}, p.giveBack(ctx, tx, keys[:i+1])
		}
	}
	return nil, nil
}

func (p *PINs) giveBack(ctx context.Context, tx Tx, keys []limitKey) error {
	for _, k := range keys {
		const take = `UPDATE attempts SET failures = failures - 1 WHERE scope = $1 AND subject = $2 AND failures > 0`
		if _, err := tx.ExecContext(ctx, take, k.scope, k.subject); err != nil {
			return fmt.Errorf("pin: %w", err)
		}
	}
	return nil
}
