package dynamics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"cobrowse-connector/adapters/desk"
)

// errExists is 412: the record of an onlyNew write is there already.
var errExists = errors.New("dynamics: the record exists already")

// Codes of Dataverse that mean more than their status.
const (
	codeTooBig  = "0x80044a02"
	codeBlocked = "0x80043e09"
)

var advice = map[int]string{
	http.StatusBadRequest:            "the organisation refuses this record: look for business rules or plug-ins on the tables, then replay",
	http.StatusRequestEntityTooLarge: "the organisation takes no request of this size",
}

// failure makes an error of an unexpected answer. It names status and code and never repeats the message, which may quote
// what was sent.
func (a *answer) failure() error {
	code := a.code()
	err := fmt.Errorf("dataverse answered %d %s (request %s)", a.status, code, a.requestID())
	switch code {
	case codeTooBig:
		return fmt.Errorf("%w: %w", desk.ErrTooLarge, err)
	case codeBlocked:
		return fmt.Errorf("%w: %w", desk.ErrTypeRefused, err)
	}
	switch a.status {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", desk.ErrSignIn, err)
	case http.StatusForbidden:
		return fmt.Errorf("%w: %w", desk.ErrDenied, err)
	case http.StatusPreconditionFailed:
		return errExists
	case http.StatusRequestEntityTooLarge:
		return &desk.Permanent{Err: fmt.Errorf("%w: %w", desk.ErrTooLarge, err), Advice: advice[a.status]}
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &desk.Transient{After: desk.RetryAfter(a.header, time.Now()), Err: err}
	}
	if !a.isDataverses() {
		return &desk.Transient{After: desk.RetryAfter(a.header, time.Now()),
			Err: fmt.Errorf("%w: this is not Dataverse speaking; if it lasts, check the organisation's address", err)}
	}
	if a.status == http.StatusNotFound {
		return fmt.Errorf("%w: %w", desk.ErrNotFound, err)
	}
	text, known := advice[a.status]
	if !known {
		text = "check the organisation's address and that it is a Dataverse organisation"
	}
	return &desk.Permanent{Err: err, Advice: text}
}

// isDataverses tells an error of Dataverse from one of something before it: a gateway's page, a redirect to a maintenance page.
// What they say of a record means nothing.
func (a *answer) isDataverses() bool {
	var body struct {
		Error     json.RawMessage
		ErrorCode json.RawMessage // of the older shape
	}
	redirect := a.status >= 300 && a.status < 400
	return !redirect && json.Unmarshal(a.body, &body) == nil && (body.Error != nil || body.ErrorCode != nil)
}

var codeForm = regexp.MustCompile(`^0x[0-9a-fA-F]{8}$`)

func (a *answer) code() string {
	var body struct{ Error struct{ Code string } }
	if json.Unmarshal(a.body, &body) != nil || !codeForm.MatchString(body.Error.Code) {
		return "without a code"
	}
	return body.Error.Code
}

var requestIDForm = regexp.MustCompile(`^[0-9a-fA-F-]{1,40}$`)

func (a *answer) requestID() string {
	if id := a.header.Get("REQ_ID"); requestIDForm.MatchString(id) {
		return id
	}
	return "unknown"
}

var entraCode = regexp.MustCompile(`AADSTS[0-9]+`)

// unreachable makes an error of a request that got no answer.
func unreachable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, errNoToken):
		return &desk.Permanent{Err: errNoToken, Advice: "the credential gives no token for this address: check the organisation's address"}
	}
	if code := entraCode.FindString(err.Error()); code != "" {
		return fmt.Errorf("%w (%s)", desk.ErrSignIn, code)
	}
	return &desk.Transient{Err: errors.New("the organisation does not answer")}
}
