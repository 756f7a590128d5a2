package desk

import (
	"errors"
	"fmt"
	"time"
)

var (
	ErrNotFound    = errors.New("desk: the record does not exist")
	ErrDenied      = errors.New("desk: not allowed to this agent or application")
	ErrSignIn      = errors.New("desk: the service itself cannot sign in: check the desk's credentials")
	ErrTooLarge    = errors.New("desk: the file is larger than the desk accepts")
	ErrTypeRefused = errors.New("desk: the desk refuses this type of file")
)

// Transient is a failure that a later try may heal: network, 429, 5xx. After is the desk's own Retry-After, 0 if it gave none.
type Transient struct {
	After time.Duration
	Err   error
}

func (e *Transient) Error() string { return fmt.Sprintf("desk: try again later: %v", e.Err) }
func (e *Transient) Unwrap() error { return e.Err }

// Permanent is a failure that no repeat heals. Advice tells an administrator what to do.
type Permanent struct {
	Advice string
	Err    error
}

func (e *Permanent) Error() string { return fmt.Sprintf("desk: %v (%s)", e.Err, e.Advice) }
func (e *Permanent) Unwrap() error { return e.Err }
