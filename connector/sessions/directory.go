package sessions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/store"
)

var _ live.Directory = (*Sessions)(nil)

// Admit implements live.Directory.
func (s *Sessions) Admit(ctx context.Context, token string) (live.Admission, error) {
	var p cobrowse.Participant
	var role, session string
	const find = `SELECT id, role, name, session FROM participants WHERE token_hash = $1`
	err := s.DB.QueryRowContext(ctx, find, auth.Hash(token)).Scan(&p.ID, &role, &p.Name, &session)
	if errors.Is(err, sql.ErrNoRows) {
		return live.Admission{}, cobrowse.Errorf(cobrowse.CodeDenied, "token_invalid", "this place in the session is not yours any more")
	}
	if err != nil {
		return live.Admission{}, wrap(err)
	}
	p.Role = cobrowse.Role(role)
	spec, customerName, err := s.spec(ctx, session)
	if err != nil {
		return live.Admission{}, err
	}
	if p.Name == "" && p.Role == cobrowse.RoleCustomer {
		p.Name = customerName // known since an agent claimed the session
	}
	return live.Admission{Session: spec, Participant: p}, nil
}

// Spec is what a session is started with, e.g. after an agent claimed one that its customer already attends.
func (s *Sessions) Spec(ctx context.Context, id string) (live.SessionSpec, error) {
	spec, _, err := s.spec(ctx, id)
	return spec, err
}

// CompanyOf is the slug of a session's company.
func (s *Sessions) CompanyOf(ctx context.Context, id string) (slug string, err error) {
	err = s.DB.QueryRowContext(ctx, `SELECT company FROM sessions WHERE id = $1`, id).Scan(&slug)
	return slug, wrap(err)
}

func (s *Sessions) spec(ctx context.Context, id string) (spec live.SessionSpec, customerName string, err error) {
	r, err := scan(s.DB.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, id))
	if err != nil {
		return spec, "", err
	}
	if r.state.Final() {
		return spec, "", errOver()
	}
	co, err := s.Companies.At(ctx, r.company, r.companyVersion)
	if err != nil {
		return spec, "", err
	}
	spec = live.SessionSpec{
		ID: r.id, Company: co.View(), Policy: company.Effective(s.Defaults, co.Policy), Channel: r.channel, StartURL: r.startURL,
		RecordingMode: co.Recording, State: r.state, CustomerName: r.customerName, CreatedAt: r.created, ExpiresAt: r.expires,
	}
	if r.agent.ID != "" {
		spec.Agent, err = s.agentOf(ctx, r)
	}
	return spec, r.customerName, err
}

// agentOf is the participant that the session's agent is or will be. Whoever made a link may not have joined yet: then the
// participant is made now, with a token that nobody knows.
func (s *Sessions) agentOf(ctx context.Context, r *row) (*cobrowse.Participant, error) {
	p := &cobrowse.Participant{Role: cobrowse.RoleAgent, Name: r.agent.Name}
	const find = `SELECT id FROM participants WHERE session = $1 AND role = 'agent' AND subject = $2`
	err := s.DB.QueryRowContext(ctx, find, r.id, r.agent.ID).Scan(&p.ID)
	if !errors.Is(err, sql.ErrNoRows) {
		return p, wrap(err)
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		const reserve = `INSERT INTO participants (id, session, role, subject, name, token_hash, created_at) VALUES ($1, $2, 'agent', $3, $4, $5, $6)
			ON CONFLICT (session, role, subject) DO UPDATE SET name = $4 RETURNING id`
		return wrap(tx.QueryRowContext(ctx, reserve, newID(), r.id, r.agent.ID, r.agent.Name, auth.Hash(auth.NewToken()),
			store.Millis(s.Now())).Scan(&p.ID))
	})
	return p, err
}

// Moved implements live.Directory.
func (s *Sessions) Moved(ctx context.Context, session string, state cobrowse.State, at time.Time) error {
	opened := false
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		const move = `UPDATE sessions SET state = $1, node = $2, live_at = CASE WHEN live_at = 0 AND $3 = 'live' THEN $4 ELSE live_at END
			WHERE id = $5 AND state NOT IN ('ending', 'ended', 'failed') RETURNING ` + columns
		r, err := scan(tx.QueryRowContext(ctx, move, string(state), s.Node, string(state), store.Millis(at), session))
		if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
			return nil // over already: what it became was stored first, or it is gone
		}
		if err != nil {
			return err
		}
		if opened = state == cobrowse.StateLive && store.Millis(r.live) == store.Millis(at); opened {
			if err := s.announce(ctx, tx, r, desk.Open, r.live); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, r, "system", audit.SessionMoved, map[string]string{"state": string(state)})
	})
	if err == nil && opened {
		s.Wake()
	}
	return err
}

// Ending implements live.Directory.
func (s *Sessions) Ending(ctx context.Context, session string, res cobrowse.Result) error {
	return s.withoutRefused(session, res, func(res cobrowse.Result) error { return s.storeEnding(ctx, session, res) })
}

// withoutRefused stores a result, and when the database refuses a text of it for ever, all of it but the texts: a session must come to
// its end.
func (s *Sessions) withoutRefused(session string, res cobrowse.Result, write func(cobrowse.Result) error) error {
	err := write(res)
	if !store.Refused(err) {
		return err
	}
	s.Log.Error("the database refuses a text of this session, which is stored without its texts", "session", session, "error", err)
	res.Summary.Outcome, res.Summary.Note, res.Summary.Pages, res.Summary.Refusals = "", "", []cobrowse.PageVisit{}, []cobrowse.RefusalLine{}
	res.Summary.Moments = []cobrowse.Moment{}
	return write(res)
}

func (s *Sessions) storeEnding(ctx context.Context, session string, res cobrowse.Result) error {
	summary, err := json.Marshal(res.Summary)
	if err != nil {
		return wrap(err)
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		const begin = `UPDATE sessions SET state = 'ending', node = $1, outcome = $2, note = $3, summary = $4,
			live_at = CASE WHEN live_at = 0 THEN $5 ELSE live_at END WHERE id = $6 AND summary = '' RETURNING company`
		r := &row{id: session}
		err := tx.QueryRowContext(ctx, begin, s.Node, res.Summary.Outcome, res.Summary.Note, string(summary),
			store.Millis(res.Summary.Started), session).Scan(&r.company)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return wrap(err)
		}
		return s.audit(ctx, tx, r, "system", audit.SessionMoved, map[string]string{"state": string(cobrowse.StateEnding)})
	})
}

// Ended implements live.Directory: one transaction for the state, the result, the audit and what goes to the desk.
func (s *Sessions) Ended(ctx context.Context, session string, res cobrowse.Result) error {
	ended := false
	err := s.withoutRefused(session, res, func(res cobrowse.Result) error {
		return s.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
			ended, err = s.end(ctx, tx, session, res)
			return err
		})
	})
	if err != nil || !ended {
		return err
	}
	s.Wake()
	s.count(res)
	return nil
}

func (s *Sessions) count(res cobrowse.Result) {
	s.Metrics.SessionsEnded.WithLabelValues(res.Summary.EndReason).Inc()
	for _, r := range res.Summary.Refusals {
		s.Metrics.Refusals.Add(float64(r.Count))
	}
	if res.Recording != nil {
		s.Metrics.RecordingBytes.Add(float64(res.Recording.Bytes))
	}
}

// end is Ended within tx; false without an error means that somebody did before.
func (s *Sessions) end(ctx context.Context, tx *sql.Tx, session string, res cobrowse.Result) (bool, error) {
	r, err := s.storeEnd(ctx, tx, session, res)
	if err != nil || r == nil {
		return false, err
	}
	if delivers(r) {
		job, err := s.job(ctx, tx, r)
		if err == nil {
			err = deliver.Enqueue(ctx, tx, job)
		}
		if err != nil {
			return false, wrap(err)
		}
	}
	if err := s.auditRefusals(ctx, tx, r, res.Summary.Refusals); err != nil {
		return false, err
	}
	return true, s.audit(ctx, tx, r, "system", audit.SessionEnded, map[string]string{
		"state": string(r.state), "by": string(res.Summary.EndedBy), "reason": res.Summary.EndReason,
	})
}

// storeEnd writes the result; nil without an error means that somebody did before.
func (s *Sessions) storeEnd(ctx context.Context, tx *sql.Tx, session string, res cobrowse.Result) (*row, error) {
	// PINs before sessions, in the order in which a claim takes them: the other way round, both could wait for each other.
	if err := s.PINs.Revoke(ctx, tx, session); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE tickets SET used_at = $1 WHERE session = $2 AND used_at = 0`, store.Millis(s.Now()), session); err != nil {
		return nil, wrap(err)
	}
	recording := []byte{}
	if res.Recording != nil {
		var err error
		if recording, err = json.Marshal(res.Recording); err != nil {
			return nil, wrap(err)
		}
	}
	// When the session became live is in the summary too: the database may have been away at that moment. The outcome may have been
	// picked since the ending began.
	const end = `UPDATE sessions SET state = $1, ended_at = $2, recording = $3, live_at = CASE WHEN live_at = 0 THEN $4 ELSE live_at END,
		outcome = CASE WHEN outcome = '' THEN $5 ELSE outcome END, note = CASE WHEN outcome = '' THEN $6 ELSE note END
		WHERE id = $7 AND state NOT IN ('ended', 'failed') RETURNING outcome, note`
	sum := res.Summary
	err := tx.QueryRowContext(ctx, end, string(res.State), store.Millis(sum.Ended), string(recording), store.Millis(sum.Started),
		sum.Outcome, sum.Note, session).Scan(&sum.Outcome, &sum.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err)
	}
	if err := s.storeSummary(ctx, tx, session, sum); err != nil {
		return nil, err
	}
	return scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, session))
}

func (s *Sessions) storeSummary(ctx context.Context, tx *sql.Tx, session string, sum cobrowse.Summary) error {
	summary, err := json.Marshal(sum)
	if err != nil {
		return wrap(err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE sessions SET summary = $1 WHERE id = $2`, string(summary), session)
	return wrap(err)
}

func (s *Sessions) audit(ctx context.Context, tx *sql.Tx, r *row, who, action string, detail map[string]string) error {
	return audit.Append(ctx, tx, s.Ring, audit.Line{At: s.Now(), Company: r.company, Session: r.id, Actor: who, Action: action, Detail: detail})
}

// auditRefusals writes down by which rules the agent was kept from something, and how often.
func (s *Sessions) auditRefusals(ctx context.Context, tx *sql.Tx, r *row, lines []cobrowse.RefusalLine) error {
	times := map[string]int{}
	for _, l := range lines {
		times[l.Rule] += l.Count
	}
	for _, rule := range slices.Sorted(maps.Keys(times)) {
		detail := map[string]string{"rule": rule, "times": strconv.Itoa(times[rule])}
		if err := s.audit(ctx, tx, r, string(cobrowse.RoleAgent)+":"+r.agent.ID, audit.AgentRefused, detail); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sessions) auditRefusal(ctx context.Context, tx *sql.Tx, who auth.Identity) error {
	return audit.Append(ctx, tx, s.Ring, audit.Line{At: s.Now(), Company: who.Company, Actor: actor(who), Action: audit.PINFailed})
}

func actor(who auth.Identity) string { return string(who.Role) + ":" + who.Agent.ID }
