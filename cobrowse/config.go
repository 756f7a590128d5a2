package cobrowse

import (
	"context"
	"log/slog"
	"time"
)

// Config is what a Session is started with. It is not changed afterwards.
type Config struct {
	ID       string
	Company  string // name for the summary
	Policy   Policy
	Channel  string // chat, voice
	StartURL string
	// Language is the browser's until the customer's is known, BCP 47; "" = its own.
	Language string
	// CompanyView is shown to people in Welcome as it is.
	CompanyView any
	// Launch makes the browser ready; it may take seconds. Called once, when the session is claimed.
	Launch func(ctx context.Context) (Browser, error)
	// NewRecorder begins a recording; nil = never. Called once, when the session becomes live and recording is agreed.
	NewRecorder func(ctx context.Context) (Recorder, error)
	// RecordAlways makes the recording part of the consent: the customer can only take both or none.
	RecordAlways bool
	// Redact takes personal data out of strings that agents, the summary and the recording get. Without one they get none.
	Redact Redactor
	// ExpiresAt ends a session that nobody claimed by then.
	ExpiresAt time.Time
	Limits    Limits
	// OnState is told every state before the ending, in order. It may block: a slow one skips states that are over already.
	OnState func(s State, at time.Time)
	// OnSuggestion is told of masks that agents asked for; nil = nobody keeps them. It may block.
	OnSuggestion func(Suggestion)
	// OnEnding is told what will remain, but for the recording, once. People hear of the end when it has returned: what it has stored
	// is safe then. It should not block for longer than people would like to wait.
	OnEnding func(r Result)
	// OnEnd is told what remains, once, after OnEnding and before Done. It may block; the browser is closed meanwhile.
	OnEnd func(r Result)
	Log   *slog.Logger
}

// Limits bound a session in time. Zero fields take the defaults.
type Limits struct {
	Join   time.Duration // from claim to live; 15 min
	Rejoin time.Duration // how long a person may be gone; 5 min
	Live   time.Duration // how long a session may last once live; 0 = no limit
}

// Redactor takes personal data out of strings.
type Redactor interface {
	Text(string) string
	URL(string) string
}

// Remembering is what a Redactor may also be: one that redacts values which were seen in masked places, wherever they turn up.
// It keeps them in memory only.
type Remembering interface {
	Remember(values ...string)
}

// nothing is the Redactor of a session that was given none: it fails closed.
type nothing struct{}

func (nothing) Text(string) string { return "" }
func (nothing) URL(string) string  { return "" }

func (c Config) withDefaults() Config {
	if c.Redact == nil {
		c.Redact = nothing{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnState == nil {
		c.OnState = func(State, time.Time) {}
	}
	if c.OnEnding == nil {
		c.OnEnding = func(Result) {}
	}
	if c.OnEnd == nil {
		c.OnEnd = func(Result) {}
	}
	if c.Limits.Join <= 0 {
		c.Limits.Join = 15 * time.Minute
	}
	if c.Limits.Rejoin <= 0 {
		c.Limits.Rejoin = 5 * time.Minute
	}
	return c
}
