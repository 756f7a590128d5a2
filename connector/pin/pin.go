// Package pin makes the six digits that a customer reads aloud, and takes them from agents.
//
// A PIN belongs to one company, lives for minutes and works once. Whoever guesses learns nothing: a wrong, foreign, expired or
// used PIN runs the same statements and gives the same answer. Failures are counted per agent, company and address before the
// PIN is looked at, in one atomic statement each, so that attempts made at the same time count too.
package pin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// Limits on failures within Window, by who fails, and on what may be open at once: with n open PINs one guess hits with
// probability n/10⁶.
const (
	Window          = 15 * time.Minute
	AgentLimit      = 5
	CompanyLimit    = 50
	AddressLimit    = 20
	OpenLimit       = 500
	makeAttempts    = 20 // until an unused number is found; with OpenLimit the first nearly always is
	numbers         = 1_000_000
	scopeAgent      = "agent"
	scopeCompany    = "company"
	scopeAddress    = "address"
	reasonInvalid   = "pin_invalid"
	reasonLimited   = "rate_limited"
	reasonExhausted = "pins_exhausted"
)

// PINs issues and claims them.
type PINs struct {
	ring *keyring.Ring
	now  func() time.Time
	roll func() (string, error)
}

// New returns the PINs that ring's key hashes; now is the clock.
func New(ring *keyring.Ring, now func() time.Time) *PINs {
	return &PINs{ring: ring, now: now, roll: roll}
}

func roll() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(numbers))
	if err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// Format writes a PIN as people read it: "483 920".
func Format(digits string) string { return digits[:3] + " " + digits[3:] }

// Parse takes a PIN as people type it, with spaces, hyphens or dots anywhere; "" when it is none.
func Parse(typed string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" \u00a0\u202f-.\t", r):
			return -1
		}
		return 'x'
	}, typed)
	if len(digits) != 6 || strings.Contains(digits, "x") {
		return ""
	}
	return digits
}

// hash is keyed, as a million numbers are no secret otherwise, and holds the company.
func (p *PINs) hash(company, digits string) string {
	return base64.RawURLEncoding.EncodeToString(p.ring.MAC(keyring.ForPINs, company, digits))
}

// Issue makes a PIN for a session within tx.
func (p *PINs) Issue(ctx context.Context, tx *sql.Tx, company, session string, expires time.Time) (string, error) {
	now := store.Millis(p.now())
	var open int
	const count = `SELECT COUNT(*) FROM pins WHERE company = $1 AND expires_at > $2 AND used_at = 0`
	if err := tx.QueryRowContext(ctx, count, company, now).Scan(&open); err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	if open >= OpenLimit {
		return "", cobrowse.Errorf(cobrowse.CodeUnavailable, reasonExhausted, "too many PINs are open at this moment; try again in a few minutes")
	}
	for range makeAttempts {
		digits, err := p.roll()
		if err != nil {
			return "", err
		}
		free, err := p.take(ctx, tx, p.hash(company, digits), company, session, now, expires)
		if err != nil {
			return "", err
		}
		if free {
			return digits, nil
		}
	}
	return "", cobrowse.Errorf(cobrowse.CodeUnavailable, reasonExhausted, "no PIN is free at this moment; try again in a few minutes")
}

// take stores the hash unless an open PIN has it; one that is used or expired gives its number back.
func (p *PINs) take(ctx context.Context, tx *sql.Tx, hash, company, session string, now int64, expires time.Time) (bool, error) {
	const insert = `INSERT INTO pins (hash, company, session, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (hash) DO UPDATE SET session = $3, expires_at = $4, used_at = 0 WHERE pins.used_at <> 0 OR pins.expires_at <= $5`
	done, err := tx.ExecContext(ctx, insert, hash, company, session, store.Millis(expires), now)
	if err != nil {
		return false, fmt.Errorf("pin: %w", err)
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// Tx is what Claim needs of a *sql.Tx. It is an interface so that a test can see that every refused PIN does the same work.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Attempt is one try of an agent.
type Attempt struct {
	Company string
	Agent   string // the desk's id
	Address string
	Typed   string
}

// Refusal is why an attempt failed. It is a value and not an error, as the transaction that counted it must commit.
type Refusal struct {
	Limited    bool
	RetryAfter time.Duration
}

// Err is the answer: byte for byte the same for every PIN that does not work.
func (r *Refusal) Err() error {
	if r.Limited {
		return &Limited{RetryAfter: r.RetryAfter}
	}
	return cobrowse.Errorf(cobrowse.CodeInvalid, reasonInvalid, "this PIN does not work; ask the customer for the one on their screen")
}

// Limited is a rate_limited error that says when to come back.
type Limited struct{ RetryAfter time.Duration }

func (l *Limited) Error() string { return l.Unwrap().Error() }

// Unwrap gives the coded error.
func (l *Limited) Unwrap() error {
	return cobrowse.Errorf(cobrowse.CodeLimited, reasonLimited, "too many attempts; try again later")
}

// Claim tries a PIN within tx and returns its session, or why not. The caller commits in both cases.
func (p *PINs) Claim(ctx context.Context, tx Tx, a Attempt) (session string, refused *Refusal, err error) {
	keys := p.keys(a)
	if refused, err = p.count(ctx, tx, keys); refused != nil || err != nil {
		return "", refused, err
	}
	now := store.Millis(p.now())
	const use = `UPDATE pins SET used_at = $1 WHERE hash = $2 AND company = $3 AND used_at = 0 AND expires_at > $1 RETURNING session`
	err = tx.QueryRowContext(ctx, use, now, p.hash(a.Company, Parse(a.Typed)), a.Company).Scan(&session)
	if errors.Is(err, sql.ErrNoRows) {
		return "", &Refusal{}, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("pin: %w", err)
	}
	return session, nil, p.giveBack(ctx, tx, keys)
}

// Revoke makes a session's PIN useless.
func (p *PINs) Revoke(ctx context.Context, tx *sql.Tx, session string) error {
	_, err := tx.ExecContext(ctx, `UPDATE pins SET used_at = $1 WHERE session = $2 AND used_at = 0`, store.Millis(p.now()), session)
	if err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return nil
}

// Sweep forgets PINs and failures that count no more.
func (p *PINs) Sweep(ctx context.Context, tx *sql.Tx) error {
	now := p.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM pins WHERE expires_at <= $1`, store.Millis(now)); err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM attempts WHERE window_start <= $1`, store.Millis(now.Add(-Window))); err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return nil
}
