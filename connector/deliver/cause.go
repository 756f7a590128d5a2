package deliver

import (
	"errors"

	"cobrowse-connector/adapters/desk"
)

// Cause says in one machine word why a row is not delivered; the console has a text with advice for each.
type Cause string

const (
	CauseUnreachable Cause = "unreachable"  // the desk does not answer, or asks to wait
	CauseDenied      Cause = "denied"       // the desk does not let the agent or the application
	CauseSignIn      Cause = "sign_in"      // the service cannot sign in there
	CauseGone        Cause = "gone"         // what it is to be written to is not there
	CauseRefused     Cause = "refused"      // the desk will never take it
	CauseDesk        Cause = "desk"         // the company's desk cannot be opened
	CauseFile        Cause = "file"         // our own store does not give the file
	CauseEntry       Cause = "entry_missed" // the entry that it belongs to was not delivered
	CauseInternal    Cause = "internal"
)

var (
	errDesk = errors.New("outbox: the company's desk is not usable")
	errFile = errors.New("outbox: the file is not ready")
)

func causeOf(err error) Cause {
	var transient *desk.Transient
	var permanent *desk.Permanent
	switch {
	case errors.Is(err, errDesk):
		return CauseDesk
	case errors.As(err, &transient):
		return CauseUnreachable
	case errors.Is(err, desk.ErrDenied):
		return CauseDenied
	case errors.Is(err, desk.ErrSignIn):
		return CauseSignIn
	case errors.Is(err, desk.ErrNotFound):
		return CauseGone
	case errors.As(err, &permanent):
		return CauseRefused
	case errors.Is(err, errFile):
		return CauseFile
	}
	return CauseInternal
}
