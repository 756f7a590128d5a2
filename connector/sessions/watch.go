package sessions

import (
	"context"
	"database/sql"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
)

// Watched is what the player needs to know of a session that is over. Recording is empty when there is none.
type Watched struct {
	Slug, Company, Agent, CustomerName, CaseTitle string
	Started, Ended                                time.Time
	Summary                                       cobrowse.Summary
	Recording                                     cobrowse.Recording
	HasTranscript                                 bool
}

// mayWatch loads a session for somebody who may see its recording: a supervisor whom the desk let in for it, or its agent.
// Anybody else learns no more than that there is none.
func (s *Sessions) mayWatch(ctx context.Context, who auth.Identity, id string) (*row, error) {
	r, err := scan(s.DB.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1 AND sessions.company = $2`, id, who.Company))
	if err != nil {
		return nil, err
	}
	supervisor := who.Role == cobrowse.RoleSupervisor && who.Session == id
	its := who.Role == cobrowse.RoleAgent && who.Agent.ID == r.agent.ID
	if !supervisor && !its {
		return nil, errUnknown()
	}
	return r, nil
}

// Watch gives a recording to who may see it, and writes down that they did.
func (s *Sessions) Watch(ctx context.Context, who auth.Identity, id string) (*Watched, error) {
	r, err := s.mayWatch(ctx, who, id)
	if err != nil {
		return nil, err
	}
	w, err := s.watched(ctx, r)
	if err != nil {
		return nil, err
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.audit(ctx, tx, r, actor(who), audit.RecordingViewed, nil) })
	return w, err
}

// Content is Watch for the many requests that one viewing is made of: the same rights, no line in the audit log.
func (s *Sessions) Content(ctx context.Context, who auth.Identity, id string) (*Watched, error) {
	r, err := s.mayWatch(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return s.watched(ctx, r)
}

// Recording gives a recording without asking who wants it: for delivery.
func (s *Sessions) Recording(ctx context.Context, id string) (*Watched, error) {
	r, err := scan(s.DB.QueryRowContext(ctx, `SELECT `+columns+`FROM sessions WHERE sessions.id = $1`, id))
	if err != nil {
		return nil, err
	}
	if !recorded(r) && !unfinished(r) {
		return nil, cobrowse.Errorf(cobrowse.CodeNotFound, "not_recorded", "this session was not recorded, or is not over yet")
	}
	return s.watched(ctx, r)
}

func (s *Sessions) watched(ctx context.Context, r *row) (*Watched, error) {
	if !r.state.Final() {
		return nil, cobrowse.Errorf(cobrowse.CodeConflict, "session_running", "the session is not over yet")
	}
	co, err := s.Companies.At(ctx, r.company, r.companyVersion)
	if err != nil {
		return nil, err
	}
	w := &Watched{
		Slug: co.Slug, Company: co.Name, Agent: r.agent.Name, CustomerName: r.customerName, CaseTitle: r.record.CaseTitle,
		Started: r.live, Ended: r.ended, Summary: *r.summary, HasTranscript: hasTranscript(r),
	}
	if r.recording != nil {
		w.Recording = *r.recording
	}
	return w, nil
}
