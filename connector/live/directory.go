package live

import (
	"context"
	"time"

	"cobrowse-connector/cobrowse"
)

// Directory is what the product knows about sessions: who may enter which one, and where it is written down what became
// of it. The store implements it; calls may come from any goroutine.
type Directory interface {
	// Admit tells whom a token belongs to. Errors: CodeDenied (unknown, revoked or expired token), CodeNotFound (the
	// session is gone), CodeConflict (the session is over), CodeUnavailable.
	Admit(ctx context.Context, token string) (Admission, error)
	// Moved stores that the session reached s. It is called in order; the last states come through Ending and Ended instead.
	Moved(ctx context.Context, session string, s cobrowse.State, at time.Time) error
	// Ending stores that the session is over and what is known of it but for the recording, so that a service that dies now loses
	// nothing. A second call changes nothing and returns nil, and so does one that comes after Ended.
	Ending(ctx context.Context, session string, r cobrowse.Result) error
	// Ended stores the final state, the summary, the recording and the rows of the outbox in one transaction. A second
	// call for the same session changes nothing and returns nil.
	Ended(ctx context.Context, session string, r cobrowse.Result) error
}

// Admission is the answer to a token: one person of one session.
type Admission struct {
	Session     SessionSpec
	Participant cobrowse.Participant // Rights may be empty: the Session fills them in by role and Policy
}

// SessionSpec is everything that is needed to start the actor of a session, fixed when the session was created.
type SessionSpec struct {
	ID            string
	Company       CompanyView
	Policy        cobrowse.Policy
	Channel       string // chat, voice
	StartURL      string
	RecordingMode RecordingMode
	State         cobrowse.State // as stored
	// Agent is who claimed the session (or made its link), nil while nobody has. With an agent, the browser is made
	// ready as soon as the first person joins.
	Agent *cobrowse.Participant
	// CustomerName is the name that the desk knows the customer by; "" while nobody has claimed the session.
	CustomerName string
	CreatedAt    time.Time
	ExpiresAt    time.Time // the end of the PIN's or link's life: a session that nobody made live by then ends
}

// RecordingMode is what a company wants of recordings.
type RecordingMode string

const (
	RecordingOff RecordingMode = "off" // never
	RecordingOn  RecordingMode = "on"  // part of the consent
	RecordingAsk RecordingMode = "ask" // the customer chooses
)

// CompanyView is a company as people's pages see it: "Company" in docs/protocol.md.
type CompanyView struct {
	Slug        string            `json:"slug"`
	Name        string            `json:"name"`
	Color       string            `json:"color"`
	LogoURL     string            `json:"logoUrl"`
	Languages   []string          `json:"languages"`
	ConsentText map[string]string `json:"consentText"`
	Recording   RecordingMode     `json:"recording"`
	StartURL    string            `json:"startUrl"`
	MayReveal   bool              `json:"mayReveal"`
}
