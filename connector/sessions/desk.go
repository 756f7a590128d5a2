package sessions

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/live"
)

// Context is what an agent's widget shows: the answer to a launch in docs/protocol.md.
type Context struct {
	Agent        desk.Agent       `json:"agent"`
	Company      live.CompanyView `json:"company"`
	Conversation string           `json:"conversation"`
	Channel      string           `json:"channel"`
	Case         struct {
		ID    string `json:"id"` // "" = none
		Title string `json:"title"`
	} `json:"case"`
	CustomerName string `json:"customerName"`
	Session      *View  `json:"session"`
	DeskOrigin   string `json:"deskOrigin"`
}

// Launch lets an agent in who shows the desk's signed launch. The record is read from the desk as that agent; only then is
// the launch used up, so that a desk that does not answer can be tried again with the same one.
func (s *Sessions) Launch(ctx context.Context, signed string) (token string, who auth.Identity, err error) {
	l, err := s.Launches.Verify(ctx, signed)
	if err == nil && (l.Agent.Role != cobrowse.RoleAgent || l.Conversation == "" || l.Session != "") {
		err = cobrowse.Errorf(cobrowse.CodeDenied, "launch_invalid", "this launch is not for the agent's widget")
	}
	if err == nil {
		who = l.Identity()
		who.Record, err = s.lookup(ctx, who)
	}
	if err == nil {
		token, err = s.letIn(ctx, l, who)
	}
	s.countLaunch(err)
	return token, who, err
}

// LaunchPlayer lets in who wants to watch a session: a supervisor of its company, or the agent it belonged to.
func (s *Sessions) LaunchPlayer(ctx context.Context, signed string) (token string, err error) {
	l, err := s.Launches.Verify(ctx, signed)
	if err == nil && l.Session == "" {
		err = cobrowse.Errorf(cobrowse.CodeDenied, "launch_invalid", "this launch is not for the player")
	}
	if err == nil {
		_, err = s.mayWatch(ctx, l.Identity(), l.Session)
	}
	if err == nil {
		token, err = s.letIn(ctx, l, l.Identity())
	}
	s.countLaunch(err)
	return token, err
}

func (s *Sessions) countLaunch(err error) {
	result := "ok"
	if err != nil {
		result = cmp.Or(cobrowse.ReasonOf(err), "internal")
	}
	s.Metrics.Launches.WithLabelValues(result).Inc()
}

func (s *Sessions) letIn(ctx context.Context, l *auth.Launch, who auth.Identity) (token string, err error) {
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.Launches.Use(ctx, tx, l); err != nil {
			return err
		}
		if token, err = auth.Issue(ctx, tx, who, s.Now()); err != nil {
			return err
		}
		line := audit.Line{At: s.Now(), Company: who.Company, Session: who.Session, Actor: actor(who), Action: audit.AgentLaunched}
		return audit.Append(ctx, tx, s.Ring, line)
	})
	return token, err
}

// lookup reads the conversation's record from the desk as the agent.
func (s *Sessions) lookup(ctx context.Context, who auth.Identity) (desk.Record, error) {
	d, err := s.Desk(ctx, who.Company)
	if err != nil {
		return desk.Record{}, err
	}
	record, err := d.Lookup(ctx, who.Agent, who.Conversation)
	var later *desk.Transient
	switch {
	case err == nil:
		return record, nil
	case errors.Is(err, desk.ErrNotFound):
		return record, coded(cobrowse.CodeNotFound, "conversation_unknown", "the desk knows no such conversation", err)
	case errors.Is(err, desk.ErrDenied):
		return record, coded(cobrowse.CodeDenied, "conversation_denied", "the desk does not let you see this conversation", err)
	case errors.As(err, &later):
		return record, coded(cobrowse.CodeUnavailable, "desk_unavailable", "the desk does not answer at this moment; try again", err)
	}
	return record, coded(cobrowse.CodeUnavailable, "desk_misconfigured", "the desk refuses the service; an administrator has to look", err)
}

func coded(code cobrowse.Code, reason, detail string, err error) error {
	return &cobrowse.Error{Code: code, Reason: reason, Detail: detail, Err: err}
}

// ContextOf tells a widget where it is.
func (s *Sessions) ContextOf(ctx context.Context, who auth.Identity) (*Context, error) {
	co, err := s.Companies.Get(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	r, err := s.current(ctx, s.DB, who)
	if err != nil {
		return nil, err
	}
	c := &Context{
		Agent: who.Agent, Company: co.View(), Conversation: who.Conversation, Channel: who.Channel,
		CustomerName: who.Record.CustomerName, DeskOrigin: who.Origin,
	}
	c.Case.ID, c.Case.Title = who.Record.Case.ID, who.Record.CaseTitle
	if r != nil {
		v := r.view()
		c.Session = &v
	}
	return c, nil
}

// PickOutcome stores what an agent picked after the end, also while the ending goes on, redacted as what is said at the end is, and
// changes the entry at the desk.
func (s *Sessions) PickOutcome(ctx context.Context, who auth.Identity, id, outcome, note string) error {
	if err := cobrowse.CheckOutcome(outcome); err != nil {
		return err
	}
	if utf8.RuneCountInString(note) > cobrowse.MaxNote {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "note_too_long", "the note may have %d characters", cobrowse.MaxNote)
	}
	note, err := s.redacted(ctx, who, id, note)
	if err != nil {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		r, err := s.ofAgent(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if r.summary == nil {
			return cobrowse.Errorf(cobrowse.CodeConflict, "session_running", "the session is not over yet")
		}
		return s.storeOutcome(ctx, tx, r, who, outcome, note)
	})
	if err == nil {
		s.Wake()
	}
	return err
}

// redacted is a text without what the policy of the agent's session hides.
func (s *Sessions) redacted(ctx context.Context, who auth.Identity, id, text string) (string, error) {
	r, err := s.ofAgent(ctx, s.DB, who, id)
	if err != nil {
		return "", err
	}
	co, err := s.Companies.At(ctx, r.company, r.companyVersion)
	if err != nil {
		return "", err
	}
	redact := s.Redact(company.Effective(s.Defaults, co.Policy))
	if s.Known != nil {
		if known := s.Known(id); known != nil {
			redact = known
		}
	}
	return redact.Text(cobrowse.Plain(text)), nil
}

func (s *Sessions) storeOutcome(ctx context.Context, tx *sql.Tx, r *row, who auth.Identity, outcome, note string) error {
	// The condition makes two picks at the same time one: the second finds an outcome.
	const pick = `UPDATE sessions SET outcome = $1, note = $2 WHERE id = $3 AND outcome = ''`
	done, err := tx.ExecContext(ctx, pick, outcome, note, r.id)
	if err != nil {
		return wrap(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, cobrowse.Errorf(cobrowse.CodeConflict, "outcome_picked", "an outcome was picked already"))
	}
	// The ending may have been completed since the row was read.
	if r, err = scan(tx.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, r.id)); err != nil {
		return err
	}
	r.summary.Outcome, r.summary.Note = outcome, note
	if err := s.storeSummary(ctx, tx, r.id, *r.summary); err != nil {
		return err
	}
	if r.state.Final() && delivers(r) { // before that, the entry is not written yet
		job, err := s.job(ctx, tx, r)
		if err != nil {
			return err
		}
		job.Amend, job.Files = true, nil
		if err := deliver.Enqueue(ctx, tx, job); err != nil {
			return wrap(err)
		}
	}
	return s.audit(ctx, tx, r, actor(who), audit.OutcomePicked, map[string]string{"outcome": outcome})
}
