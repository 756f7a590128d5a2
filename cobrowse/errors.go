package cobrowse

import (
	"errors"
	"fmt"
)

// Code classifies an Error. Each edge (HTTP, WebSocket) has one table from codes to answers.
type Code string

const (
	CodeInvalid     Code = "invalid"      // the request makes no sense; say what to change
	CodeDenied      Code = "denied"       // no right to do it
	CodeNotFound    Code = "not_found"    //
	CodeConflict    Code = "conflict"     // not in this state
	CodeRefused     Code = "refused"      // an address or action that policy forbids
	CodeLimited     Code = "rate_limited" // too often
	CodeUnavailable Code = "unavailable"  // try again later
	CodeInternal    Code = "internal"     // ours
)

// Error is the product's one error type. Detail is for people and holds no personal data; Err is for the log.
type Error struct {
	Code   Code
	Reason string // machine-readable, e.g. "pin_invalid"; names the text in the i18n catalogues
	Detail string
	Err    error
}

// ErrUnseen is what people are told who would act on a page that is not in their picture.
var ErrUnseen = Errorf(CodeConflict, "not_seen", "You do not see the page at this moment. Please wait for the picture.")

// ErrGuarded is what a Browser returns where only the customer may go. People have been told by then.
var ErrGuarded = Errorf(CodeDenied, "guarded", "Only the customer can do this.")

// Errorf makes an Error with a formatted detail.
func Errorf(code Code, reason, format string, args ...any) *Error {
	return &Error{Code: code, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string {
	s := string(e.Code) + "/" + e.Reason + ": " + e.Detail
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns err's code, CodeInternal for foreign errors and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := asError(err); ok {
		return e.Code
	}
	return CodeInternal
}

// ReasonOf returns err's machine word, "" for nil and foreign errors.
func ReasonOf(err error) string {
	if e, ok := asError(err); ok {
		return e.Reason
	}
	return ""
}

func asError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
