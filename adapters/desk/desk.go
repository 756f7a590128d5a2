// Package desk is the one interface that all agent desks and CRMs fit: what a co-browse session writes to the record it
// belongs to, and what it may ask of it. Each desk is a package beside this one; desktest holds the suite all of them pass.
package desk

import (
	"context"
	"io"
	"time"
)

// Desk is one CRM organisation. Every write is idempotent by the ids in it: a repeat finds what is there and succeeds.
type Desk interface {
	// Lookup re-reads a conversation as the agent (never as the service), so that a browser's claim about a record is not
	// believed. Errors: ErrNotFound, ErrDenied, Transient.
	Lookup(ctx context.Context, agent Agent, conversation string) (Record, error)
	// PutEntry writes the timeline entry (activity and note) in one atomic step.
	PutEntry(ctx context.Context, e Entry) error
	// PutFile attaches a file to the entry's note, or returns ErrTooLarge / ErrTypeRefused, upon which the caller links it.
	PutFile(ctx context.Context, f File) error
	// Check tells whether the desk can be reached and what it lacks, in words for an administrator.
	Check(ctx context.Context) error
}

// Agent is a person at the desk; ID is the desk's own (for Dynamics the Entra object id).
type Agent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Ref names a record of the desk, e.g. {"incident", "<guid>"}.
type Ref struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// Record is what a conversation belongs to.
type Record struct {
	Conversation string `json:"conversation"`
	Channel      string `json:"channel"` // chat, voice
	Case         Ref    `json:"case"`    // zero when there is none
	CaseTitle    string `json:"caseTitle"`
	Customer     Ref    `json:"customer"`
	CustomerName string `json:"customerName"`
}

// Entry is one session on the record's timeline. Key is the session's UUID: a desk derives all its ids from it (UUIDv5).
type Entry struct {
	Key          string
	Agent        Agent
	Record       Record
	Subject      string
	Text         string // plain text; the desk escapes it
	Lines        []Line // the same as structured rows, for desks with rich text
	PlayerURL    string // "" when nothing was recorded
	Started      time.Time
	Ended        time.Time
	Status       Status
	Outcome      string
	RecordingSHA string
}

// Line is one labelled row of the summary.
type Line struct{ Label, Value string }

// Status of the activity.
type Status string

const (
	Completed Status = "completed"
	Cancelled Status = "cancelled"
)

// File is something to attach to the entry with the same Key. Name tells files of one entry apart.
type File struct {
	Key    string
	Name   string
	Type   string // MIME
	Size   int64
	Agent  Agent
	Record Record
	// Open gives the content anew for every attempt.
	Open func(ctx context.Context) (io.ReadCloser, error)
}
