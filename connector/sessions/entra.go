package sessions

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
)

// maxTarget is the length of a conversation's name, in bytes.
const maxTarget = 200

// EntraEntry is what a desk's page claims when it opens the widget. Nothing of it is believed: the token is verified, the record is read as
// the agent, and the origin has to be one of the company's.
type EntraEntry struct {
	Company, Token, Conversation, Origin string
}

// EntraLaunch lets an agent in whom Entra ID signed in, for a conversation that the desk shows them.
func (s *Sessions) EntraLaunch(ctx context.Context, in EntraEntry) (token string, who auth.Identity, err error) {
	who, err = s.entraIdentity(ctx, in.Company, in.Token, cobrowse.RoleAgent)
	if err == nil {
		who.Conversation, who.Origin, err = s.claimed(ctx, in)
	}
	if err == nil {
		who.Record, err = s.lookup(ctx, who)
	}
	if err == nil {
		who.Channel = who.Record.Channel
		token, err = s.issue(ctx, who)
	}
	s.countLaunch(err)
	return token, who, err
}

// claimed checks the form of what the page says; upper case would make another conversation of the same one.
func (s *Sessions) claimed(ctx context.Context, in EntraEntry) (conversation, origin string, err error) {
	co, err := s.Companies.Get(ctx, in.Company)
	switch {
	case err != nil:
		return "", "", err
	case !slices.Contains(co.Origins, in.Origin):
		return "", "", cobrowse.Errorf(cobrowse.CodeDenied, "entra_origin", "the page that holds the widget is not one of the company's desk")
	case in.Conversation == "" || len(in.Conversation) > maxTarget:
		return "", "", cobrowse.Errorf(cobrowse.CodeInvalid, "conversation_missing", "the desk names no conversation")
	}
	return strings.ToLower(in.Conversation), in.Origin, nil
}

// EntraPlayer lets in who wants to watch a session: a supervisor of its company, or the agent it belonged to.
func (s *Sessions) EntraPlayer(ctx context.Context, company, signed, session string) (token string, err error) {
	user, err := s.Entra.Verify(ctx, company, signed)
	if err == nil {
		role := cobrowse.RoleAgent
		if user.Has(cobrowse.RoleSupervisor) {
			role = cobrowse.RoleSupervisor
		}
		var who auth.Identity
		who, err = user.Identity(company, role)
		if err == nil {
			who.Session = session
			_, err = s.mayWatch(ctx, who, session)
		}
		if err == nil {
			token, err = s.issue(ctx, who)
		}
	}
	s.countLaunch(err)
	return token, err
}

func (s *Sessions) entraIdentity(ctx context.Context, company, signed string, role cobrowse.Role) (auth.Identity, error) {
	user, err := s.Entra.Verify(ctx, company, signed)
	if err != nil {
		return auth.Identity{}, err
	}
	return user.Identity(company, role)
}

func (s *Sessions) issue(ctx context.Context, who auth.Identity) (token string, err error) {
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		token, err = s.issueIn(ctx, tx, who)
		return err
	})
	return token, err
}

func (s *Sessions) issueIn(ctx context.Context, tx *sql.Tx, who auth.Identity) (string, error) {
	token, err := auth.Issue(ctx, tx, who, s.Now())
	if err != nil {
		return "", err
	}
	line := audit.Line{At: s.Now(), Company: who.Company, Session: who.Session, Actor: actor(who), Action: audit.AgentLaunched}
	return token, audit.Append(ctx, tx, s.Ring, line)
}
