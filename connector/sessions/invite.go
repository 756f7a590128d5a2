package sessions

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/store"

	"github.com/google/uuid"
)

func newID() string { return uuid.NewString() }

const maxURL = 2000

// Why a session ends that nobody made live.
const (
	endExpired  = "expired"
	endReplaced = "replaced" // its agent took a PIN instead of waiting for the link to be opened
)

// Invitation is what a customer gets who asks for a PIN.
type Invitation struct {
	PIN       string    `json:"pin"`
	ExpiresAt time.Time `json:"expiresAt"`
	Token     string    `json:"token"`
	Session   string    `json:"session"`
}

// Invite makes a session for a customer of a company, who gets a PIN to read aloud. startURL is where they are on the
// company's site, "" for the company's own start page; network is where they ask from.
func (s *Sessions) Invite(ctx context.Context, slug, startURL, network string) (*Invitation, error) {
	co, err := s.Companies.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	if startURL, err = startAt(co, startURL); err != nil {
		return nil, err
	}
	r := s.newRow(co, startURL)
	inv := &Invitation{Session: r.id, ExpiresAt: r.expires}
	var evicted string
	err = s.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		if err := s.insert(ctx, tx, r); err != nil {
			return err
		}
		var digits string
		if digits, evicted, err = s.PINs.Issue(ctx, tx, pin.Order{Company: co.Slug, Session: r.id, Network: network, Expires: r.expires}); err != nil {
			return err
		}
		inv.PIN = pin.Format(digits)
		if evicted != "" {
			if err := s.evict(ctx, tx, evicted); err != nil {
				return err
			}
		}
		if inv.Token, err = s.admitPerson(ctx, tx, r.id, cobrowse.RoleCustomer, "", ""); err != nil {
			return err
		}
		return s.audit(ctx, tx, r, "customer", audit.SessionInvited, map[string]string{"by": "pin"})
	})
	if err != nil {
		return nil, err
	}
	if evicted != "" {
		s.closed(evicted, endExpired)
	}
	s.Metrics.PINs.WithLabelValues("made").Inc()
	return inv, nil
}

// evict ends the session of a PIN that had to make way; to its customer it is too old.
func (s *Sessions) evict(ctx context.Context, tx *sql.Tx, session string) error {
	r, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
	if err != nil {
		return err
	}
	_, err = s.end(ctx, tx, session, s.unused(r, cobrowse.RoleSystem, endExpired))
	return err
}

// unused is the result of a session that nobody made live.
func (s *Sessions) unused(r *row, by cobrowse.Role, reason string) cobrowse.Result {
	sum := s.emptySummary(r)
	sum.EndedBy, sum.EndReason = by, reason
	return cobrowse.Result{State: cobrowse.StateEnded, Summary: sum}
}

// closed makes known that a session was ended here, once that is committed.
func (s *Sessions) closed(session, reason string) {
	s.Metrics.SessionsEnded.WithLabelValues(reason).Inc()
	s.Closed(session, reason)
}

func (s *Sessions) newRow(co company.Company, startURL string) *row {
	now := s.Now().UTC().Truncate(time.Millisecond)
	return &row{
		id: newID(), company: co.Slug, companyVersion: co.Version, state: cobrowse.StateRequested,
		startURL: startURL, created: now, expires: now.Add(s.JoinWindow),
	}
}

// startAt checks where a customer wants to start. The company's policy decides later whether the browser may go there.
func startAt(co company.Company, wanted string) (string, error) {
	if wanted == "" {
		return co.StartURL, nil
	}
	u, err := cobrowse.WebAddress(wanted)
	if err != nil || len(wanted) > maxURL {
		return "", cobrowse.Errorf(cobrowse.CodeInvalid, "url_invalid", "the start address must be http or https and at most %d characters", maxURL)
	}
	u.User = nil
	return u.String(), nil
}

// Link makes a session for an agent's conversation and the address to put into the chat. An invitation that is still open is
// returned again.
func (s *Sessions) Link(ctx context.Context, who auth.Identity) (View, string, error) {
	co, err := s.Companies.Get(ctx, who.Company)
	if err != nil {
		return View{}, "", err
	}
	var r *row
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.lockConversation(ctx, tx, who); err != nil {
			return err
		}
		if r, err = s.openLink(ctx, tx, who); err != nil || r != nil {
			return err
		}
		r = s.newRow(co, co.StartURL)
		s.assign(r, who)
		if err := s.insert(ctx, tx, r); err != nil {
			return err
		}
		const insert = `INSERT INTO tickets (hash, session, expires_at, used_at) VALUES ($1, $2, $3, 0)`
		if _, err := tx.ExecContext(ctx, insert, auth.Hash(s.ticket(r.id)), r.id, store.Millis(r.expires)); err != nil {
			return wrap(err)
		}
		if err := s.announce(ctx, tx, r, desk.Scheduled, r.created); err != nil {
			return err
		}
		return s.audit(ctx, tx, r, actor(who), audit.SessionInvited, map[string]string{"by": "link"})
	})
	if err != nil {
		return View{}, "", err
	}
	s.Wake()
	return r.view(), s.joinURL(r.id), nil
}

// assign puts a session into an agent's hands, with the record that the desk itself gave.
func (s *Sessions) assign(r *row, who auth.Identity) {
	r.agent, r.conversation, r.record, r.customerName = who.Agent, who.Conversation, who.Record, who.Record.CustomerName
	r.channel = who.Channel
}

// lockConversation lets one transaction after the other look for sessions of a conversation and make one: at the same time, neither
// would see the other's.
func (s *Sessions) lockConversation(ctx context.Context, tx *sql.Tx, who auth.Identity) error {
	const lock = `INSERT INTO conversations (company, conversation, locked_at) VALUES ($1, $2, $3)
		ON CONFLICT (company, conversation) DO UPDATE SET locked_at = $3`
	_, err := tx.ExecContext(ctx, lock, who.Company, who.Conversation, store.Millis(s.Now()))
	return wrap(err)
}

// openLink finds the session of the conversation's link that nobody has opened yet, nil when there is none; any other running
// session of it is a conflict.
func (s *Sessions) openLink(ctx context.Context, tx *sql.Tx, who auth.Identity) (*row, error) {
	r, err := s.current(ctx, tx, who)
	if err != nil || r == nil {
		return nil, err
	}
	var unused int
	const find = `SELECT COUNT(*) FROM tickets WHERE session = $1 AND used_at = 0 AND expires_at > $2`
	if err := tx.QueryRowContext(ctx, find, r.id, store.Millis(s.Now())).Scan(&unused); err != nil {
		return nil, wrap(err)
	}
	if unused == 0 {
		return nil, errRunning()
	}
	return r, nil
}

// queryer is a transaction or the database.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// current is the agent's session of the conversation that is not over, nil when there is none.
func (s *Sessions) current(ctx context.Context, q queryer, who auth.Identity) (*row, error) {
	const find = `SELECT ` + columns + `FROM sessions WHERE sessions.company = $1 AND conversation = $2 AND agent_id = $3
		AND state NOT IN ('ending', 'ended', 'failed') AND (state <> 'requested' OR sessions.expires_at > $4)
		ORDER BY claimed_at DESC LIMIT 1`
	r, err := scan(q.QueryRowContext(ctx, find, who.Company, who.Conversation, who.Agent.ID, store.Millis(s.Now())))
	if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
		return nil, nil
	}
	return r, err
}

// Claim takes a PIN that an agent heard and puts its session into the agent's hands. It closes a link of the conversation that nobody
// has opened; a PIN that is refused changes nothing.
func (s *Sessions) Claim(ctx context.Context, who auth.Identity, typed, address string) (View, error) {
	var r, link *row
	var refused *pin.Refusal
	err := s.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		if err := s.lockConversation(ctx, tx, who); err != nil {
			return err
		}
		if link, err = s.openLink(ctx, tx, who); err != nil {
			return err
		}
		id, no, err := s.PINs.Claim(ctx, tx, pin.Attempt{Company: who.Company, Agent: who.Agent.ID, Address: address, Typed: typed})
		if err != nil {
			return err
		}
		if refused = no; refused != nil {
			return s.auditRefusal(ctx, tx, who)
		}
		if r, err = s.claimRow(ctx, tx, who, id); err != nil {
			return err
		}
		if link != nil {
			if err := s.closeLink(ctx, tx, link); err != nil {
				return err
			}
		}
		if err := s.announce(ctx, tx, r, desk.Scheduled, s.Now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, r, actor(who), audit.SessionClaimed, nil)
	})
	switch {
	case err != nil:
		return View{}, err
	case refused != nil:
		s.countRefusal(refused)
		return View{}, refused.Err()
	}
	if link != nil {
		s.closed(link.id, endReplaced)
	}
	s.Metrics.PINs.WithLabelValues("ok").Inc()
	s.Wake()
	return r.view(), nil
}

func (s *Sessions) countRefusal(r *pin.Refusal) {
	result := "invalid"
	if r.Limited {
		result = "limited"
	}
	s.Metrics.PINs.WithLabelValues(result).Inc()
}

// closeLink ends the session of a link that nobody opened.
func (s *Sessions) closeLink(ctx context.Context, tx *sql.Tx, link *row) error {
	done, err := tx.ExecContext(ctx, `UPDATE tickets SET used_at = $1 WHERE session = $2 AND used_at = 0`, store.Millis(s.Now()), link.id)
	if err != nil {
		return wrap(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errRunning()) // the customer has just opened it
	}
	_, err = s.end(ctx, tx, link.id, s.unused(link, cobrowse.RoleAgent, endReplaced))
	return err
}

func (s *Sessions) claimRow(ctx context.Context, tx *sql.Tx, who auth.Identity, id string) (*row, error) {
	r, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, id))
	if err != nil {
		return nil, err
	}
	if r.state != cobrowse.StateRequested || r.agent.ID != "" {
		return nil, (&pin.Refusal{}).Err() // the customer left in the meantime
	}
	s.assign(r, who)
	now := s.Now().UTC().Truncate(time.Millisecond)
	r.expires = now.Add(s.JoinWindow)
	record, err := recordJSON(r.record)
	if err != nil {
		return nil, err
	}
	const claim = `UPDATE sessions SET agent_id = $1, agent_name = $2, conversation = $3, channel = $4, record = $5, customer_name = $6,
		claimed_at = $7, expires_at = $8 WHERE id = $9`
	_, err = tx.ExecContext(ctx, claim, r.agent.ID, r.agent.Name, r.conversation, r.channel, record, r.customerName,
		store.Millis(now), store.Millis(r.expires), id)
	return r, wrap(err)
}

// OpenTicket takes the secret of a link, once.
func (s *Sessions) OpenTicket(ctx context.Context, ticket string) (token, session string, co company.Company, err error) {
	var r *row
	err = s.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		if session, err = s.useTicket(ctx, tx, ticket); err != nil {
			return err
		}
		r, err = scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
		if err != nil {
			return err
		}
		if r.state.Final() {
			return errOver()
		}
		if token, err = s.admitPerson(ctx, tx, session, cobrowse.RoleCustomer, "", r.customerName); err != nil {
			return err
		}
		return s.audit(ctx, tx, r, "customer", audit.TicketUsed, nil)
	})
	if err != nil {
		return "", "", co, err
	}
	co, err = s.Companies.At(ctx, r.company, r.companyVersion)
	return token, session, co, err
}

func (s *Sessions) useTicket(ctx context.Context, tx *sql.Tx, ticket string) (session string, err error) {
	now, hash := store.Millis(s.Now()), auth.Hash(ticket)
	const use = `UPDATE tickets SET used_at = $1 WHERE hash = $2 AND used_at = 0 AND expires_at > $1 RETURNING session`
	err = tx.QueryRowContext(ctx, use, now, hash).Scan(&session)
	if !errors.Is(err, sql.ErrNoRows) {
		return session, wrap(err)
	}
	var used int64
	err = tx.QueryRowContext(ctx, `SELECT used_at FROM tickets WHERE hash = $1`, hash).Scan(&used)
	if err == nil && used != 0 {
		return "", cobrowse.Errorf(cobrowse.CodeConflict, "ticket_used", "this link was opened already; go back to that page or ask for a new link")
	}
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return "", cobrowse.Errorf(cobrowse.CodeNotFound, "ticket_invalid", "this link does not work or is too old; ask for a new one")
	}
	return "", wrap(err)
}

// Join gives an agent a token for the live socket of their session.
func (s *Sessions) Join(ctx context.Context, who auth.Identity, id string) (token string, err error) {
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		r, err := s.ofAgent(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if r.state.Final() {
			return errOver()
		}
		if token, err = s.admitPerson(ctx, tx, id, cobrowse.RoleAgent, who.Agent.ID, who.Agent.Name); err != nil {
			return err
		}
		return s.audit(ctx, tx, r, actor(who), audit.AgentJoined, nil)
	})
	return token, err
}
