package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// Renew gives the token of an identity, within tx, the record that the identity has by now.
func Renew(ctx context.Context, tx *sql.Tx, id Identity) error {
	record, err := json.Marshal(id.Record)
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE agent_tokens SET record = $1 WHERE hash = $2`, string(record), id.Token); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	return nil
}
