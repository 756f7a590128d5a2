// Package sessionstest is a small contact centre for tests: two companies, a desk that knows two conversations, a clock that the
// test turns, sessions on a real database.
package sessionstest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/sessions"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/telemetry"

	"github.com/google/uuid"
)

// PublicURL is the service's address in tests.
const PublicURL = "https://cobrowse.example"

// Company is the slug of the company that most tests are about; Other is another one.
const (
	Company = "acme"
	Other   = "other"
)

// World is everything below the HTTP interface.
type World struct {
	DB        *store.DB
	Ring      *keyring.Ring
	Companies *company.Companies
	Sessions  *sessions.Sessions
	Metrics   *telemetry.Metrics
	Desk      *Desk
	Woken     func() int      // how often delivery was woken
	Closed    func() []string // sessions whose actors were told to end, with the reason

	t   testing.TB
	mu  sync.Mutex
	now time.Time
}

// New makes the world on an empty database.
func New(t testing.TB, db *store.DB) *World {
	t.Helper()
	w := Over(db)
	w.t = t
	w.putCompanies()
	return w
}

// Over is the world on a database that New was called with before, for another process that has no test.
func Over(db *store.DB) *World {
	ring, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		panic(err) // the size is right
	}
	w := &World{
		DB: db, Ring: ring, Companies: company.New(db, ring), Metrics: telemetry.NewMetrics(),
		// Tokens are checked against the real clock by the HTTP interface, so a test's begins there.
		now: time.Now().UTC().Truncate(time.Second),
		Desk: &Desk{Records: map[string]desk.Record{
			"c-voice": {Conversation: "c-voice", Channel: "voice", Case: desk.Ref{Type: "incident", ID: "1"}, CaseTitle: "Broken kettle", CustomerName: "Carla"},
			"c-chat":  {Conversation: "c-chat", Channel: "chat", CaseTitle: "Late parcel", CustomerName: "Chris"},
		}},
	}
	var mu sync.Mutex
	woken := 0
	w.Woken = func() int { mu.Lock(); defer mu.Unlock(); return woken }
	var closed []string
	w.Closed = func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(closed) }
	w.Sessions = sessions.New(sessions.Config{
		DB: db, Ring: ring, Companies: w.Companies, PINs: pin.New(ring, w.Now), Launches: auth.NewLaunches(w.Companies, PublicURL, w.Now),
		Desk:     func(context.Context, string) (desk.Desk, error) { return w.Desk, nil },
		Defaults: cobrowse.Policy{PII: []string{"card"}}, Redact: func(p cobrowse.Policy) cobrowse.Redactor { return privacy.NewRedactor(p.PII) }, PublicURL: PublicURL, Node: "node-1", JoinWindow: 15 * time.Minute,
		Metrics: w.Metrics, Now: w.Now, Wake: func() { mu.Lock(); defer mu.Unlock(); woken++ },
		Closed: func(session, reason string) {
			mu.Lock()
			defer mu.Unlock()
			closed = append(closed, session+" "+reason)
		},
	})
	return w
}

func (w *World) putCompanies() {
	w.t.Helper()
	for _, slug := range []string{Company, Other} {
		settings := company.Settings{
			Slug: slug, Name: "The " + slug + " company", Languages: []string{"en", "pt-BR"}, Recording: live.RecordingAsk,
			StartURL: "https://shop." + slug + ".example/", Origins: []string{DeskOrigin(slug)}, DeskKind: "generic",
		}
		if _, err := w.Companies.Put(context.Background(), settings, "test"); err != nil {
			w.t.Fatal(err)
		}
		if err := w.Companies.PutDesk(context.Background(), slug, company.Desk{Key: Key(slug)}, "test"); err != nil {
			w.t.Fatal(err)
		}
	}
}

// DeskOrigin is where a company's desk lives.
func DeskOrigin(slug string) string { return "https://desk." + slug + ".example" }

// Key is what a company's desk signs with.
func Key(slug string) company.Key {
	return company.Key{ID: slug + "-key", Secret: bytes.Repeat([]byte(slug[:1]), 32)}
}

// Now is the world's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Turn lets time pass.
func (w *World) Turn(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Launch is what a company's desk signs for an agent and a conversation. change may be nil.
func (w *World) Launch(slug, agent, conversation string, change func(*auth.Launch)) string {
	w.t.Helper()
	key := Key(slug)
	l := auth.Launch{
		Issuer: key.ID, Audience: PublicURL, IssuedAt: w.Now().Unix(), Expires: w.Now().Add(time.Minute).Unix(), ID: uuid.NewString(),
		Company: slug, Agent: auth.LaunchAgent{ID: agent, Name: "Agent " + agent, Role: cobrowse.RoleAgent},
		Conversation: conversation, Channel: "voice", Origin: DeskOrigin(slug),
	}
	if change != nil {
		change(&l)
	}
	signed, err := auth.Sign(key, l)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

// Agent lets an agent in for a conversation.
func (w *World) Agent(slug, agent, conversation string) auth.Identity {
	w.t.Helper()
	_, who, err := w.Sessions.Launch(context.Background(), w.Launch(slug, agent, conversation, nil))
	if err != nil {
		w.t.Fatal(err)
	}
	return who
}

// Supervise is what the desk signs for a supervisor who wants to watch a session.
func (w *World) Supervise(slug, session string) string {
	w.t.Helper()
	return w.Launch(slug, "boss", "", func(l *auth.Launch) { l.Agent.Role, l.Session = cobrowse.RoleSupervisor, session })
}

// Desk is a desk that a test scripts.
type Desk struct {
	Records map[string]desk.Record
	Denied  string // an agent who may see nothing
	Fail    error  // the answer to every Lookup
}

var _ desk.Desk = (*Desk)(nil)

// Lookup implements desk.Desk.
func (d *Desk) Lookup(_ context.Context, agent desk.Agent, conversation string) (desk.Record, error) {
	if d.Fail != nil {
		return desk.Record{}, d.Fail
	}
	if agent.ID == d.Denied {
		return desk.Record{}, desk.ErrDenied
	}
	r, ok := d.Records[conversation]
	if !ok {
		return r, desk.ErrNotFound
	}
	return r, nil
}

var errNotScripted = errors.New("sessionstest: the desk takes no writes")

// PutEntry implements desk.Desk.
func (d *Desk) PutEntry(context.Context, desk.Entry) error { return errNotScripted }

// AmendEntry implements desk.Desk.
func (d *Desk) AmendEntry(context.Context, desk.Entry) error { return errNotScripted }

// Rehome implements desk.Desk.
func (d *Desk) Rehome(context.Context, desk.Entry) error { return errNotScripted }

// Organisation implements desk.Desk.
func (d *Desk) Organisation() string { return "scripted" }

// PutFile implements desk.Desk.
func (d *Desk) PutFile(context.Context, desk.File) error { return errNotScripted }

// Check implements desk.Desk.
func (d *Desk) Check(context.Context) error { return nil }
