package keyring

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cobrowse-connector/connector/store"
)

// Open reads the database's master key from a file. It makes a key only while the database has no companies yet: later a new
// key, or another one, would open neither their secrets nor their recordings, and what it sealed would be lost with it.
func Open(ctx context.Context, db *store.DB, path string) (*Ring, error) {
	known, used, err := recorded(ctx, db)
	if err != nil {
		return nil, err
	}
	ring, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if used {
			return nil, fmt.Errorf("the master key %s is missing, and the database holds companies: only the key they were stored with opens "+
				"their secrets and recordings. Put the file back from its backup, or set COBROWSE_KEY_FILE to where it is, outside of anything "+
				"that vanishes with a container", path)
		}
		ring, err = create(path)
	}
	if err != nil {
		return nil, err
	}
	switch mark := ring.fingerprint(); {
	case known == mark:
		return ring, nil
	case known != "" && used:
		return nil, fmt.Errorf("the master key %s is not the one that this database's companies were stored with (fingerprint %s, want %s). "+
			"Put the right file there, or set COBROWSE_KEY_FILE or COBROWSE_DATABASE so that key and database belong together", path, mark, known)
	default:
		return ring, record(ctx, db, mark)
	}
}

func read(path string) (*Ring, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return parse(string(text))
}

// fingerprint tells keys apart and gives nothing of them away.
func (r *Ring) fingerprint() string { return hex.EncodeToString(r.Key(forFingerprint)[:8]) }

// recorded is the fingerprint of the database's key, "" if there is none yet, and whether anything was sealed with it.
func recorded(ctx context.Context, db *store.DB) (known string, used bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT fingerprint FROM master_key WHERE id = 1`).Scan(&known)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", false, fmt.Errorf("keyring: %w", err)
	}
	if err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM companies)`).Scan(&used); err != nil {
		return "", false, fmt.Errorf("keyring: %w", err)
	}
	return known, used, nil
}

func record(ctx context.Context, db *store.DB, mark string) error {
	const upsert = `INSERT INTO master_key (id, fingerprint) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET fingerprint = $1`
	return db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, upsert, mark); err != nil {
			return fmt.Errorf("keyring: %w", err)
		}
		return nil
	})
}
