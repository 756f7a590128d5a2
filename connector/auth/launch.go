package auth

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/store"

	"github.com/go-jose/go-jose/v4"
)

const (
	launchType = "cobrowse-launch+jwt"
	launchLife = 5 * time.Minute
	clockSkew  = 30 * time.Second // how far a desk's clock may be ahead of ours, or behind
	launchSize = 8 << 10
	claimSize  = 200 // bytes of one text claim
)

// Launch is a desk's signed word about who opens the widget and for which conversation: docs/protocol.md, "Signed launch".
type Launch struct {
	Issuer       string      `json:"iss"`
	Audience     string      `json:"aud"`
	IssuedAt     int64       `json:"iat"`
	Expires      int64       `json:"exp"`
	ID           string      `json:"jti"`
	Company      string      `json:"company"`
	Agent        LaunchAgent `json:"agent"`
	Conversation string      `json:"conversation"`
	Channel      string      `json:"channel"`
	Origin       string      `json:"origin"`
	Session      string      `json:"session,omitempty"`
}

// LaunchAgent is the person whom the desk lets in.
type LaunchAgent struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Role cobrowse.Role `json:"role"`
}

// Identity is the person whom the launch makes known; the record is filled in by whoever asked the desk.
func (l *Launch) Identity() Identity {
	return Identity{
		Company: l.Company, Role: l.Agent.Role, Agent: desk.Agent{ID: l.Agent.ID, Name: l.Agent.Name},
		Conversation: l.Conversation, Channel: l.Channel, Session: l.Session, Origin: l.Origin, Key: l.Issuer,
	}
}

// Sign makes a launch as a desk does. Desks that we bring along and tests use it.
func Sign(key company.Key, l Launch) (string, error) {
	opts := (&jose.SignerOptions{}).WithType(launchType).WithHeader("kid", key.ID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key.Secret}, opts)
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	payload, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	return signed.CompactSerialize()
}

// Launches verifies them.
type Launches struct {
	companies *company.Companies
	audience  string
	now       func() time.Time
}

// NewLaunches verifies launches for the service at audience, its public address.
func NewLaunches(companies *company.Companies, audience string, now func() time.Time) *Launches {
	return &Launches{companies: companies, audience: audience, now: now}
}

// invalid hides from the caller which check failed; the log gets it.
func invalid(why string) error {
	return &cobrowse.Error{Code: CodeUnauthenticated, Reason: "launch_invalid",
		Detail: "the desk's launch is not valid; ask an administrator to check the desk's key and addresses", Err: errors.New(why)}
}

// Verify checks signature and claims. It does not use the launch up: Use does, in the transaction that acts on it.
func (v *Launches) Verify(ctx context.Context, compact string) (*Launch, error) {
	slug, payload, keyID, err := v.verifySignature(ctx, compact)
	if err != nil {
		return nil, err
	}
	l, err := decode(payload)
	if err != nil {
		return nil, err
	}
	if l.Issuer != keyID || l.Company != slug {
		return nil, invalid("issuer or company is not the key's")
	}
	if err := v.checkClaims(l); err != nil {
		return nil, err
	}
	co, err := v.companies.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(co.Origins, l.Origin) {
		return nil, invalid("origin is not registered")
	}
	return l, nil
}

func (v *Launches) verifySignature(ctx context.Context, compact string) (slug string, payload []byte, keyID string, err error) {
	if len(compact) > launchSize {
		return "", nil, "", invalid("too long")
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return "", nil, "", invalid("not a compact JWS with HS256")
	}
	head := jws.Signatures[0].Protected
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != launchType {
		return "", nil, "", invalid("another type")
	}
	slug, secret, err := v.companies.SigningKey(ctx, head.KeyID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, "", invalid("unknown key")
	}
	if err != nil {
		return "", nil, "", err
	}
	if payload, err = jws.Verify(secret); err != nil {
		return "", nil, "", invalid("bad signature")
	}
	return slug, payload, head.KeyID, nil
}

func decode(payload []byte) (*Launch, error) {
	var l Launch
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return nil, invalid("claims are not understood")
	}
	for _, text := range []string{l.ID, l.Agent.ID, l.Agent.Name, l.Conversation, l.Session} {
		if len(text) > claimSize {
			return nil, invalid("a claim is too long")
		}
	}
	return &l, nil
}

func (v *Launches) checkClaims(l *Launch) error {
	now, issued, expires := v.now(), time.Unix(l.IssuedAt, 0), time.Unix(l.Expires, 0)
	switch {
	case l.Audience != v.audience:
		return invalid("another audience")
	case l.ID == "" || l.Agent.ID == "" || l.Agent.Name == "":
		return invalid("jti or agent is missing")
	case l.Agent.Role != cobrowse.RoleAgent && l.Agent.Role != cobrowse.RoleSupervisor && l.Agent.Role != RoleAdministrator:
		return invalid("no role of a desk")
	case l.Agent.Role == RoleAdministrator && (l.Conversation != "" || l.Session != ""):
		return invalid("an administrator has neither conversation nor session")
	case l.Channel != "chat" && l.Channel != "voice" && (l.Channel != "" || l.Session == "" && l.Agent.Role != RoleAdministrator): // a recording has no channel
		return invalid("no such channel")
	case l.Conversation == "" && l.Session == "" && l.Agent.Role != RoleAdministrator:
		return invalid("neither conversation nor session")
	case issued.After(now.Add(clockSkew)):
		return invalid("issued in the future")
	case !expires.After(issued) || expires.Sub(issued) > launchLife:
		return invalid("lives too long or not at all")
	case now.After(expires.Add(clockSkew)):
		return cobrowse.Errorf(CodeUnauthenticated, "launch_expired", "the desk's launch is too old; open the widget again")
	}
	return nil
}

// Use uses the launch up within tx, or says launch_used.
func (v *Launches) Use(ctx context.Context, tx *sql.Tx, l *Launch) error {
	forget := time.Unix(l.Expires, 0).Add(2 * clockSkew)
	const insert = `INSERT INTO launches (company, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (company, jti) DO NOTHING`
	done, err := tx.ExecContext(ctx, insert, l.Company, l.ID, store.Millis(forget))
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if n == 0 {
		return cobrowse.Errorf(CodeUnauthenticated, "launch_used", "the desk's launch was used already; open the widget again")
	}
	return nil
}
