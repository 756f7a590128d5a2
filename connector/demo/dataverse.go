package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// The people, the customers and the cases of the stand-in organisation. Ids are fixed, so that links survive a restart.
const (
	agentUser  = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a0001"
	agentOID   = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a00a1"
	bossUser   = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a0002"
	bossOID    = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a00a2"
	adminOID   = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a00a3"
	chatID     = "3c0d5a52-3f0c-4a39-8a0e-5b7b2f1e0001"
	callID     = "3c0d5a52-3f0c-4a39-8a0e-5b7b2f1e0002"
	chatCase   = "7d9e1a64-2c57-4c0b-9a55-6f2a3b4c0001"
	callCase   = "7d9e1a64-2c57-4c0b-9a55-6f2a3b4c0002"
	freeID     = "3c0d5a52-3f0c-4a39-8a0e-5b7b2f1e0003"
	freeCase   = "7d9e1a64-2c57-4c0b-9a55-6f2a3b4c0003"
	chatPerson = "9f1c2b7a-41d8-4a7e-8f3d-2a5b6c7d0001"
	callPerson = "9f1c2b7a-41d8-4a7e-8f3d-2a5b6c7d0002"
	freePerson = "9f1c2b7a-41d8-4a7e-8f3d-2a5b6c7d0003"
)

// people sit at the stand-in desk.
func people() []Person {
	return []Person{
		{ID: agentOID, Name: "Ana Ribeiro", Role: RoleAgent},
		{ID: bossOID, Name: "Ruth Keller", Role: RoleSupervisor},
		{ID: adminOID, Name: "Marta Lindqvist", Role: RoleAdministrator},
	}
}

// organisation is the stand-in Dataverse together with what the desk shows of it.
type organisation struct {
	server        *dataversefake.Server
	conversations []Conversation
	agentToken    string // lets the agent's desk ask the organisation
}

func newOrganisation(now time.Time) *organisation {
	o := &organisation{server: dataversefake.New(), agentToken: rand.Text()}
	o.server.AddTable(dynamics.DefaultTable, dataversefake.CobrowseColumns(dynamics.DefaultTable, dynamics.Columns))
	o.server.AddUser(dataversefake.User{ID: agentUser, ObjectID: agentOID, Name: "Ana Ribeiro"})
	o.server.AddToken(o.agentToken, agentUser)
	o.server.AddUser(dataversefake.User{ID: bossUser, ObjectID: bossOID, Name: "Ruth Keller", Reads: dataversefake.Organization})
	o.add(Conversation{
		ID: chatID, Channel: "chat", Subject: "Cannot finish my order", Queue: "Shop support", CustomerID: chatPerson, CustomerName: "Julia Santos",
		Email: "julia.santos@mail.example", Phone: "+55 11 95555 0142", Locale: "pt-BR", CaseID: chatCase, CaseTitle: "Checkout stops at the card", TicketNumber: "CAS-01042-K7",
		Started: now.Add(-6 * time.Minute),
		Messages: []Message{
			{From: "customer", Name: "Julia Santos", Text: "Hi, I am stuck at the checkout. It does not take my card.", At: now.Add(-6 * time.Minute)},
			{From: "agent", Name: "Ana Ribeiro", Text: "Hello Julia! I can look at it together with you. I will not see your card number.", At: now.Add(-4 * time.Minute)},
			{From: "customer", Name: "Julia Santos", Text: "Yes, please.", At: now.Add(-3 * time.Minute)},
		},
	})
	o.add(Conversation{
		ID: callID, Channel: "voice", Subject: "Call from Martin Weber", Queue: "Shop hotline", CustomerID: callPerson, CustomerName: "Martin Weber",
		Email: "martin.weber@mail.example", Phone: "+49 30 5550 0199", Locale: "en", CaseID: callCase, CaseTitle: "Change of delivery address", TicketNumber: "CAS-01043-P2",
		Started: now.Add(-2 * time.Minute),
	})
	o.add(Conversation{ // nobody has linked a case to it
		ID: freeID, Channel: "chat", Subject: "The grinder came in another colour", Queue: "Shop support", CustomerID: freePerson, CustomerName: "Sofia Marino",
		Email: "sofia.marino@mail.example", Phone: "+1 206 555 0117", Locale: "en", Started: now.Add(-time.Minute),
		Messages: []Message{
			{From: "customer", Name: "Sofia Marino", Text: "Hello, my grinder came in black, and I had ordered white. Where can I send it back?", At: now.Add(-time.Minute)},
		},
	})
	o.server.AddCase(dataversefake.Case{ID: freeCase, Title: "Grinder in the wrong colour", Number: "CAS-01038-T4", Contact: freePerson, Owner: agentUser})
	return o
}

func (o *organisation) add(c Conversation) {
	first, last, _ := strings.Cut(c.CustomerName, " ")
	o.server.AddContact(c.CustomerID, first, last)
	if c.CaseID != "" {
		o.server.AddCase(dataversefake.Case{ID: c.CaseID, Title: c.CaseTitle, Number: c.TicketNumber, Contact: c.CustomerID, Owner: agentUser})
	}
	o.server.AddConversation(dataversefake.Conversation{ID: c.ID, Subject: c.Subject, Voice: c.Channel == "voice", Agent: agentUser, Case: c.CaseID, Contact: c.CustomerID})
	o.conversations = append(o.conversations, c)
}

// asAgent is the organisation's Web API as the agent's browser reaches it, who is signed in there.
func (o *organisation) asAgent(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+o.agentToken)
		api.ServeHTTP(w, r)
	})
}

// List implements Conversations: the case of each is the one that the organisation has now.
func (o *organisation) List(context.Context) ([]Conversation, error) {
	list := slices.Clone(o.conversations)
	for i := range list {
		c, _ := o.server.SeeCaseOf(list[i].ID)
		list[i].CaseID, list[i].CaseTitle, list[i].TicketNumber = c.ID, c.Title, c.Number
	}
	return list, nil
}

// Case implements Timeline.
func (o *organisation) Case(_ context.Context, id string) (Case, error) {
	c, ok := o.server.SeeCase(id)
	if !ok {
		return Case{}, ErrNotFound
	}
	return Case{ID: c.ID, Title: c.Title, TicketNumber: c.Number, Status: c.State, CustomerName: c.Customer, Owner: c.Owner, Created: c.Created}, nil
}

// Entries implements Timeline.
func (o *organisation) Entries(_ context.Context, caseID string) ([]TimelineEntry, error) {
	var entries []TimelineEntry
	for _, it := range o.server.Timeline(caseID) {
		entries = append(entries, timelineEntry(it))
	}
	return entries, nil
}

func timelineEntry(it dataversefake.Item) TimelineEntry {
	e := TimelineEntry{ID: it.ID, Kind: KindActivity, Activity: it.Kind, Subject: it.Subject, Author: it.By, At: it.Modified, Status: it.State, HTML: it.HTML}
	if it.Kind == "annotation" {
		e.Kind, e.Activity = KindNote, ""
	}
	if it.Kind == dynamics.DefaultTable {
		e.Fields, e.Link = sessionDetails(it)
	}
	if e.HTML == "" && it.Text != "" {
		e.HTML = "<p>" + strings.ReplaceAll(html.EscapeString(it.Text), "\n", "<br>") + "</p>"
	}
	if it.File != nil {
		e.File = &FileInfo{ID: it.ID, Name: it.File.Name, Type: it.File.Type, Size: int64(it.File.Size)}
	}
	return e
}

// sessionDetails are what the card of a co-browse session shows besides its text, and the way to its recording.
func sessionDetails(it dataversefake.Item) (fields []Field, link string) {
	prefix, _, _ := strings.Cut(dynamics.DefaultTable, "_")
	if minutes, ok := it.Columns["actualdurationminutes"]; ok {
		fields = append(fields, Field{"duration", fmt.Sprintf("%v min", minutes)})
	}
	if outcome, ok := it.Columns[prefix+"_outcome"].(string); ok {
		fields = append(fields, Field{"outcome", outcome})
	}
	if url, _ := it.Columns[prefix+"_recordingurl"].(string); strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		link = url
	}
	return fields, link
}

// File implements Timeline.
func (o *organisation) File(_ context.Context, id string) (TimelineFile, error) {
	f, content, ok := o.server.Attachment(id)
	if !ok {
		return TimelineFile{}, ErrNotFound
	}
	return TimelineFile{FileInfo{ID: id, Name: f.Name, Type: f.Type, Size: int64(f.Size)}, io.NopCloser(bytes.NewReader(content))}, nil
}
