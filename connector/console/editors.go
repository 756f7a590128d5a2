package console

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
)

const (
	editorLife  = time.Hour        // of one editor at most
	editorGone  = 20 * time.Second // how long its page may be away: a reload, not a coffee
	editorStart = 2 * time.Minute  // for the page to show up
	maxEditors  = 2                // of a company: each has a browser that a customer may need
)

// Editor is what an administrator's page needs of an editor: the two tokens are for its two live sockets.
type Editor struct {
	ID        string    `json:"id"`
	Customer  string    `json:"customer"`
	Agent     string    `json:"agent"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// editors are this service's. They are their own Directory: nothing of them is stored.
type editors struct {
	console  Config
	sessions *live.Sessions

	mu      sync.Mutex
	byID    map[string]*editor
	byToken map[string]live.Admission // by hash
}

type editor struct {
	company string
	owner   string // the administrator's id
	token   string // hash of the token that it was started with
	spec    live.SessionSpec
	hashes  []string
}

var _ live.Directory = (*editors)(nil)

func newEditors(c Config) *editors {
	e := &editors{console: c, byID: map[string]*editor{}, byToken: map[string]live.Admission{}}
	e.sessions = live.NewSessions(e, live.Maker{Browser: c.Browser, Redact: c.Redact},
		cobrowse.Limits{Join: editorStart, Rejoin: editorGone, Live: editorLife}, c.Log)
	return e
}

// Sockets is the editors' endpoint for live sockets; origins as in live.NewHandler.
func (c *Console) Sockets(origins []string) *live.Handler {
	return live.NewHandler(c.editors, c.editors.sessions, origins, c.Log)
}

// Shutdown ends all editors.
func (c *Console) Shutdown(ctx context.Context) error { return c.editors.sessions.Shutdown(ctx) }

// StartEditor starts a browser for an administrator at an address.
func (c *Console) StartEditor(ctx context.Context, who auth.Identity, address string) (Editor, error) {
	u, err := cobrowse.WebAddress(address)
	if err != nil || u.User != nil || len(address) > 2000 {
		return Editor{}, cobrowse.Errorf(cobrowse.CodeInvalid, "url_invalid", "an editor starts at an http or https address")
	}
	co, err := c.Companies.Get(ctx, who.Company)
	if err != nil {
		return Editor{}, err
	}
	ed, made, err := c.editors.add(who, co, company.Effective(c.Defaults, co.Policy), address)
	if err != nil {
		return Editor{}, err
	}
	err = c.DB.Tx(ctx, func(tx *sql.Tx) error {
		return audit.Append(ctx, tx, c.Ring, audit.Line{At: time.Now(), Company: who.Company, Actor: Actor(who), Action: audit.EditorStarted,
			Detail: map[string]string{"editor": made.ID}})
	})
	if err == nil {
		_, err = c.editors.sessions.Join(ctx, ed.spec)
	}
	if err != nil {
		c.editors.forget(made.ID)
	}
	return made, err
}

func (e *editors) add(who auth.Identity, co company.Company, p cobrowse.Policy, address string) (*editor, Editor, error) {
	now := time.Now()
	agent := cobrowse.Participant{ID: "agent", Role: cobrowse.RoleAgent, Name: "Agent"}
	ed := &editor{company: who.Company, owner: who.Agent.ID, token: who.Token, spec: live.SessionSpec{
		ID: "editor-" + uuid.NewString(), Company: co.View(), Policy: p, Channel: "editor", StartURL: address, RecordingMode: live.RecordingOff,
		State: cobrowse.StateRequested, Agent: &agent, CreatedAt: now, ExpiresAt: now.Add(editorStart),
	}}
	made := Editor{ID: ed.spec.ID, Customer: auth.NewToken(), Agent: auth.NewToken(), ExpiresAt: now.Add(editorLife).UTC()}
	ed.hashes = []string{auth.Hash(made.Customer), auth.Hash(made.Agent)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.byID) >= e.console.MostEditors {
		return nil, made, cobrowse.Errorf(cobrowse.CodeLimited, "editors_full",
			"as many editors as this service has room for are open; the other browsers are for customers. Try again in some minutes")
	}
	open := 0
	for _, other := range e.byID {
		if other.company == who.Company {
			open++
		}
	}
	if open >= maxEditors {
		return nil, made, cobrowse.Errorf(cobrowse.CodeLimited, "editors_busy", "%d editors of your company are open; close one, or wait a moment", open)
	}
	e.byID[made.ID] = ed
	customer := cobrowse.Participant{ID: "customer", Role: cobrowse.RoleCustomer, Name: who.Agent.Name}
	e.byToken[ed.hashes[0]] = live.Admission{Session: ed.spec, Participant: customer}
	e.byToken[ed.hashes[1]] = live.Admission{Session: ed.spec, Participant: agent}
	return ed, made, nil
}

// tokens are the hashes of those that editors were started with, by editor.
func (e *editors) tokens() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string]string{}
	for id, ed := range e.byID {
		all[id] = ed.token
	}
	return all
}

// forget takes an editor's tokens and its place away.
func (e *editors) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ed, ok := e.byID[id]
	if !ok {
		return
	}
	delete(e.byID, id)
	for _, h := range ed.hashes {
		delete(e.byToken, h)
	}
}

// Admit implements live.Directory.
func (e *editors) Admit(_ context.Context, token string) (live.Admission, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, ok := e.byToken[auth.Hash(token)]
	if !ok {
		return a, cobrowse.Errorf(cobrowse.CodeDenied, "token_invalid", "this editor is closed")
	}
	return a, nil
}

// Moved implements live.Directory: nothing of an editor is stored.
func (e *editors) Moved(context.Context, string, cobrowse.State, time.Time) error { return nil }

// Ending implements live.Directory.
func (e *editors) Ending(context.Context, string, cobrowse.Result) error { return nil }

// Ended implements live.Directory.
func (e *editors) Ended(_ context.Context, session string, _ cobrowse.Result) error {
	e.forget(session)
	return nil
}

// of is the administrator's own editor; to anybody else there is none.
func (e *editors) of(who auth.Identity, id string) (*editor, *cobrowse.Session, error) {
	e.mu.Lock()
	ed, ok := e.byID[id]
	e.mu.Unlock()
	if ok && ed.company == who.Company && ed.owner == who.Agent.ID {
		if s, running := e.sessions.Get(id); running {
			return ed, s, nil
		}
	}
	return nil, nil, cobrowse.Errorf(cobrowse.CodeNotFound, "editor_unknown", "this editor is closed; open another one")
}

// CloseEditor ends an editor at once.
func (c *Console) CloseEditor(who auth.Identity, id string) error {
	if _, _, err := c.editors.of(who, id); err != nil {
		return err
	}
	c.editors.sessions.End(id, "ended")
	return nil
}

// Pick tells what is at a point of the editor's page.
func (c *Console) Pick(ctx context.Context, who auth.Identity, id string, tab cobrowse.TabID, x, y float64) (cobrowse.Picked, error) {
	_, s, err := c.editors.of(who, id)
	if err != nil {
		return cobrowse.Picked{}, err
	}
	picked, err := s.Pick(ctx, tab, x, y)
	if err == nil && picked.Tag == "" {
		err = cobrowse.Errorf(cobrowse.CodeNotFound, "nothing_there", "there is nothing there that a rule could name")
	}
	return picked, err
}

// Draft shows rules in the editor's two views without publishing them.
func (c *Console) Draft(ctx context.Context, who auth.Identity, id string, p cobrowse.Policy) error {
	_, s, err := c.editors.of(who, id)
	if err != nil {
		return err
	}
	if err := company.ValidatePolicy(p); err != nil {
		return err
	}
	return s.SetPolicy(ctx, company.Effective(c.Defaults, p))
}

// Outline is the shape of the editor's page.
func (c *Console) Outline(ctx context.Context, who auth.Identity, id string, tab cobrowse.TabID) ([]cobrowse.Outline, error) {
	_, s, err := c.editors.of(who, id)
	if err != nil {
		return nil, err
	}
	return s.Outline(ctx, tab)
}
