package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"cobrowse-connector/connector/web"
)

// Roles of the people at the desk, as they stand in a launch.
const (
	RoleAgent         = "agent"
	RoleSupervisor    = "supervisor"
	RoleAdministrator = "administrator"
)

// Person works at the desk. ID is the one the desk knows them by (for Dynamics the Entra object id).
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

// Conversation is one chat or call that the agent has on the desk.
type Conversation struct {
	ID           string    `json:"id"`
	Channel      string    `json:"channel"` // chat, voice
	Subject      string    `json:"subject"`
	Queue        string    `json:"queue"`
	CustomerID   string    `json:"customerId"`
	CustomerName string    `json:"customerName"`
	Email        string    `json:"email"`
	Phone        string    `json:"phone"`
	Locale       string    `json:"locale"`
	CaseID       string    `json:"caseId"`
	CaseTitle    string    `json:"caseTitle"`
	TicketNumber string    `json:"ticketNumber"`
	Started      time.Time `json:"started"`
	// Messages is what was said before the desk opened; what is said later the desk keeps itself.
	Messages []Message `json:"-"`
}

// Message is one line of a conversation. From is customer, agent or system.
type Message struct {
	From string    `json:"from"`
	Name string    `json:"name"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Conversations is where the desk finds the conversations of its agent.
type Conversations interface {
	List(ctx context.Context) ([]Conversation, error)
}

// DeskConfig is what a desk needs to know. All fields but Origin are required.
type DeskConfig struct {
	Service       string // the product's public address, e.g. http://127.0.0.1:8080
	Origin        string // this desk's own, as the company registered it; empty = the address it is asked at
	KeyID         string // name of the company's desk key
	Secret        []byte // the key: at least 32 bytes
	Company       string // slug
	People        []Person
	Conversations Conversations
	Timeline      Timeline
	Dataverse     http.Handler // the organisation's Web API, as the agent who sits at the desk
}

const (
	maxBody    = 16 << 10
	maxMessage = 4000 // characters; Omnichannel's own limit for a chat message
	maxChat    = 500  // lines kept per conversation; older ones fall off
)

// ErrNotFound is what a source returns for a record that does not exist.
var ErrNotFound = errors.New("demo: not found")

type desk struct {
	DeskConfig
	sign signer

	mu    sync.Mutex
	chats map[string][]Message // by conversation
}

// NewDesk returns the desk's pages and what they ask for: the workspace at /, a case's timeline at /timeline/{case}.
func NewDesk(c DeskConfig) (http.Handler, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := web.Ready("demo-desk.html", "demo-timeline.html", "cobrowse-host.js"); err != nil {
		return nil, err
	}
	sign, err := newSigner(c)
	if err != nil {
		return nil, err
	}
	d := &desk{DeskConfig: c, sign: sign, chats: map[string][]Message{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page("demo-desk.html"))
	mux.HandleFunc("GET /timeline/{case}", d.page("demo-timeline.html"))
	mux.Handle("GET /assets/", cachedForEver(http.FileServerFS(web.FS)))
	mux.HandleFunc("GET /webresources/cobrowse-host.js", d.page("cobrowse-host.js"))
	mux.HandleFunc("GET /api/desk", d.workspace)
	mux.HandleFunc("GET /api/conversations/{id}/messages", d.messages)
	mux.HandleFunc("POST /api/conversations/{id}/messages", d.say)
	mux.HandleFunc("GET /api/timeline/{case}", d.timeline)
	mux.HandleFunc("GET /api/files/{file}", d.file)
	mux.Handle("/api/data/", d.Dataverse)
	mux.HandleFunc("POST /launch", d.launch)
	mux.HandleFunc("GET /watch", d.watch)
	mux.HandleFunc("GET /console", d.console)
	return d.guarded(http.NewCrossOriginProtection().Handler(mux)), nil
}

func (c DeskConfig) check() error {
	service, err := url.Parse(c.Service)
	switch {
	case err != nil || service.Scheme == "" || service.Host == "" || service.Path != "":
		return fmt.Errorf("demo: Service %q is not an address like https://cobrowse.example", c.Service)
	case c.KeyID == "" || c.Company == "":
		return errors.New("demo: KeyID and Company are required")
	case len(c.Secret) < 32:
		return errors.New("demo: Secret needs at least 32 bytes")
	case c.Conversations == nil || c.Timeline == nil || c.Dataverse == nil:
		return errors.New("demo: Conversations, Timeline and Dataverse are required")
	case c.person(RoleAgent) == nil || c.person(RoleSupervisor) == nil:
		return errors.New("demo: People needs an agent and a supervisor")
	}
	return nil
}

// person is who sits at the desk in that role; nil when nobody does.
func (c DeskConfig) person(role string) *Person {
	i := slices.IndexFunc(c.People, func(p Person) bool { return p.Role == role })
	if i < 0 {
		return nil
	}
	return &c.People[i]
}

// guarded sets the headers of a careful desk: its own scripts only, and no frame but the product's.
func (d *desk) guarded(next http.Handler) http.Handler {
	policy := "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-src " + d.Service +
		"; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}

func cachedForEver(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		next.ServeHTTP(w, r)
	})
}

func (d *desk) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, web.FS, name)
	}
}

func (d *desk) workspace(w http.ResponseWriter, r *http.Request) {
	conversations, err := d.Conversations.List(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, map[string]any{
		"service":       d.Service,
		"company":       d.Company,
		"agent":         d.person(RoleAgent),
		"supervisor":    d.person(RoleSupervisor),
		"conversations": conversations,
	})
}

func (d *desk) conversation(ctx context.Context, id string) (Conversation, error) {
	all, err := d.Conversations.List(ctx)
	if err != nil {
		return Conversation{}, err
	}
	i := slices.IndexFunc(all, func(c Conversation) bool { return c.ID == id })
	if i < 0 {
		return Conversation{}, ErrNotFound
	}
	return all[i], nil
}

func (d *desk) messages(w http.ResponseWriter, r *http.Request) {
	c, err := d.conversation(r.Context(), r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	answer(w, slices.Concat(c.Messages, d.chats[c.ID]))
}

// say adds a line to a chat: the agent's, or the system's when from says so.
func (d *desk) say(w http.ResponseWriter, r *http.Request) {
	var in struct{ From, Text string }
	if !read(w, r, &in) {
		return
	}
	c, err := d.conversation(r.Context(), r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	text := strings.TrimSpace(in.Text)
	if text == "" || len([]rune(text)) > maxMessage {
		http.Error(w, fmt.Sprintf("a message has 1 to %d characters", maxMessage), http.StatusBadRequest)
		return
	}
	m := Message{From: "agent", Name: d.person(RoleAgent).Name, Text: text, At: time.Now().UTC()}
	if in.From == "system" {
		m.From, m.Name = "system", ""
	}
	d.mu.Lock()
	lines := append(d.chats[c.ID], m)
	d.chats[c.ID] = lines[max(0, len(lines)-maxChat):]
	d.mu.Unlock()
	answer(w, m)
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		http.Error(w, "the body is not the JSON object that this address expects", http.StatusBadRequest)
	}
	return err == nil
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // fails only when the reader is gone
}

func fail(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrNotFound) {
		http.Error(w, "there is no such record", http.StatusNotFound)
		return
	}
	http.Error(w, "the desk could not read its records, try again in a moment", http.StatusBadGateway)
}
