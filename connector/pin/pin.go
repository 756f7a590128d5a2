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

// parse takes a PIN as people type it, with spaces, hyphens or dots anywhere; "" when it is none.
func parse(typed string) string {
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

// Order is what a PIN is made for. Network is where the customer asks from: whose networks have the most open PINs of a company makes
// way when there are too many.
type Order struct {
	Company, Session, Network string
	Expires                   time.Time
}

// Issue makes a PIN within tx. When that takes one away from another session, its id is evicted: the caller ends it.
func (p *PINs) Issue(ctx context.Context, tx *sql.Tx, o Order) (digits, evicted string, err error) {
	now := store.Millis(p.now())
	if evicted, err = p.makeRoom(ctx, tx, o.Company, now); err != nil {
		return "", "", err
	}
	for range makeAttempts {
		digits, err := p.roll()
		if err != nil {
			return "", "", err
		}
		free, err := p.take(ctx, tx, digits, o, now)
		if err != nil {
			return "", "", err
		}
		if free {
			return digits, evicted, nil
		}
	}
	return "", "", cobrowse.Errorf(cobrowse.CodeUnavailable, reasonExhausted, "no PIN is free at this moment; try again in a few minutes")
}

// makeRoom takes the oldest PIN of the network with the most when a company has too many open ones. Refusing instead would let a few
// networks close a company's join page for everybody.
func (p *PINs) makeRoom(ctx context.Context, tx *sql.Tx, company string, now int64) (evicted string, err error) {
	var open int
	const count = `SELECT COUNT(*) FROM pins WHERE company = $1 AND expires_at > $2 AND used_at = 0`
	if err := tx.QueryRowContext(ctx, count, company, now).Scan(&open); err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	if open < OpenLimit {
		return "", nil
	}
	const revoke = `UPDATE pins SET used_at = $2 WHERE used_at = 0 AND hash = (
		SELECT hash FROM pins WHERE company = $1 AND expires_at > $2 AND used_at = 0 AND network = (
			SELECT network FROM pins WHERE company = $1 AND expires_at > $2 AND used_at = 0
			GROUP BY network ORDER BY COUNT(*) DESC, MIN(expires_at) LIMIT 1)
		ORDER BY expires_at LIMIT 1) RETURNING session`
	err = tx.QueryRowContext(ctx, revoke, company, now).Scan(&evicted)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil // claimed at this moment
	}
	if err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	return evicted, nil
}

// take stores the hash unless an open PIN has it; one that is used or expired gives its number back.
func (p *PINs) take(ctx context.Context, tx *sql.Tx, digits string, o Order, now int64) (bool, error) {
	const insert = `INSERT INTO pins (hash, company, session, network, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (hash) DO UPDATE SET session = $3, network = $4, expires_at = $5, used_at = 0
		WHERE pins.used_at <> 0 OR pins.expires_at <= $6`
	// A network is personal data, as an address is: only its keyed hash is stored.
	network := base64.RawURLEncoding.EncodeToString(p.ring.MAC(keyring.ForAddresses, o.Network))
	done, err := tx.ExecContext(ctx, insert, p.hash(o.Company, digits), o.Company, o.Session, network, store.Millis(o.Expires), now)
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
	err = tx.QueryRowContext(ctx, use, now, p.hash(a.Company, parse(a.Typed)), a.Company).Scan(&session)
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
