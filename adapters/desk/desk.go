// Package desk is the one interface that all agent desks and CRMs fit: what a co-browse session writes to the record it
// belongs to, and what it may ask of it. Each desk is a package beside this one; desktest holds the suite all of them pass.
//
// The rules of every desk:
//
//   - Every write may be repeated. Ids derive from Entry.Key (ID does it), so that a repeat finds what is there and succeeds
//     without changing it. Whoever calls may have crashed at any point of an earlier attempt.
//   - A desk never retries by itself for long: it answers Transient with the wait that was asked for and the caller, who
//     keeps the work on disk, comes back.
//   - Errors name what happened and never hold content of the session, names of people or credentials.
//   - A Desk is safe for concurrent use.
package desk

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"
)

// Desk is one CRM organisation.
type Desk interface {
	// Lookup re-reads a conversation as the agent (never as the service), so that a browser's claim about a record is not
	// believed. Errors: ErrNotFound, ErrDenied, Transient.
	Lookup(ctx context.Context, agent Agent, conversation string) (Record, error)
	// PutEntry brings the timeline entry to what e says, each step atomic: an entry that is missing is written, one that is there
	// moves on in its Status and never back. The note comes with the end, when there is something to tell, and holds the transcript.
	PutEntry(ctx context.Context, e Entry) error
	// Rehome moves an entry that is there, with its note, to the record that e names: a case was linked later. ErrNotFound when
	// there is no entry; one that is at home already stays as it is.
	Rehome(ctx context.Context, e Entry) error
	// AmendEntry gives an entry that is there new text, status, outcome and transcript; ErrNotFound when it is not.
	AmendEntry(ctx context.Context, e Entry) error
	// PutFile attaches a file beside the entry's note, or returns ErrTooLarge / ErrTypeRefused, upon which the caller leaves it at
	// the link to the player that the entry holds. ErrNotFound when there is no entry. What Open or reading fails with comes back
	// wrapped and is never Transient: it is not the desk that failed. A file that broke off may go on where it was (File.Progress).
	PutFile(ctx context.Context, f File) error
	// Check tells whether the desk can be reached and what it lacks, in words for an administrator.
	Check(ctx context.Context) error
	// Organisation names what limits and outages are shared by: desks with the same one are paused together.
	Organisation() string
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

// IsZero tells that there is no such record.
func (r Ref) IsZero() bool { return r.ID == "" }

// Record is what a conversation belongs to.
type Record struct {
	Conversation string `json:"conversation"`
	Channel      string `json:"channel"` // Chat or Voice
	Case         Ref    `json:"case"`    // zero when there is none
	CaseTitle    string `json:"caseTitle"`
	Customer     Ref    `json:"customer"`
	CustomerName string `json:"customerName"`
}

// Channels of a conversation.
const (
	Chat  = "chat"
	Voice = "voice"
)

// Entry is one session on the record's timeline. Key is the session's UUID: a desk derives all its ids from it (UUIDv5).
type Entry struct {
	Key          string    `json:"key"`
	Agent        Agent     `json:"agent"`
	Record       Record    `json:"record"`
	Subject      string    `json:"subject"`
	Text         string    `json:"text"`                   // plain text; the desk escapes it
	Lines        []Line    `json:"lines,omitempty"`        // the same as structured rows, for desks with rich text
	PlayerURL    string    `json:"playerUrl,omitempty"`    // "" when nothing was recorded
	PlayerText   string    `json:"playerText,omitempty"`   // what the link to it is called
	Started      time.Time `json:"started"`                //
	Ended        time.Time `json:"ended"`                  //
	Status       Status    `json:"status"`                 //
	Outcome      string    `json:"outcome,omitempty"`      //
	RecordingSHA string    `json:"recordingSha,omitempty"` // hex
	// Transcript stands with the note as a file; nil where there is none.
	Transcript *Transcript `json:"transcript,omitempty"`
}

// Transcript is what happened in the session, as a plain UTF-8 text file.
type Transcript struct {
	Name string `json:"name"`
	Text string `json:"text"`
	// Refused is a row of the summary where the desk does not take the file; the entry is written all the same.
	Refused Line `json:"refused,omitzero"`
}

// Line is one labelled row of the summary.
type Line struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Status of the activity; it follows the session. Scheduled and Open entries have neither Text nor Lines.
type Status string

const (
	Scheduled Status = "scheduled" // an agent holds it, the customer is not there yet
	Open      Status = "open"      // live
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
	// Progress is what Keep was last given, "" at first: what the desk needs to go on with a file that broke off. It is a secret.
	Progress string
	// Keep stores how far the file has come, so that the next attempt finds it, whatever becomes of this process.
	Keep func(ctx context.Context, progress string) error
}

// namespace is the UUIDv5 name space of everything written to desks. It must never change: a changed one would write every
// entry that is under way a second time.
var namespace = uuid.MustParse("6f2d3c1e-6a53-5d0c-9d3e-0c7a5b0e4c11")

// ID derives the id of one kind of record (e.g. "activity", "note") of the session key. The same in, the same out, for ever.
func ID(key, kind string) string {
	return uuid.NewSHA1(namespace, []byte(key+"\x00"+kind)).String()
}
