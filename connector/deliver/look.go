package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"cobrowse-connector/adapters/desk"
)

// looks are when a session that ended without a case is looked at again: as soon as its entry is there, and this long after each look.
var looks = []time.Duration{15 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// lookBody is the stored body of a look step.
type lookBody struct {
	Entry desk.Entry `json:"entry"`
	Done  int        `json:"done"` // looks so far
}

// errLater puts a row back that has done its work for now.
type errLater struct {
	body  any
	after time.Duration
}

func (errLater) Error() string { return "outbox: not yet" }

// look asks the desk, as the agent, whether the conversation has a case by now. An agent who may not see it any more will not find one.
func (w *Worker) look(ctx context.Context, d desk.Desk, r row) (string, error) {
	var b lookBody
	if err := json.Unmarshal([]byte(r.body), &b); err != nil {
		return "", broken(err)
	}
	found, err := d.Lookup(ctx, b.Entry.Agent, b.Entry.Record.Conversation)
	switch {
	case errors.Is(err, desk.ErrDenied), errors.Is(err, desk.ErrNotFound):
		return resultNothing, nil
	case err != nil:
		return "", err
	case !found.Case.IsZero():
		return resultLinked, w.opt.Linked(ctx, r.session, found)
	case b.Done >= len(looks):
		return resultNothing, nil
	}
	b.Done++
	return "", errLater{b, looks[b.Done-1]}
}
