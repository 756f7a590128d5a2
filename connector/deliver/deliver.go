package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/cenkalti/backoff/v5"

	"cobrowse-connector/adapters/desk"
)

const (
	firstRetry = 5 * time.Second
	lastRetry  = 5 * time.Minute
	// writeTime is for the result of a delivery, which is written even while the service shuts down.
	writeTime = 5 * time.Second
)

// Results of a done row.
const (
	resultDelivered = "delivered"
	resultLinked    = "linked"  // the desk took no such file: the entry's link to the player stands for it
	resultNothing   = "nothing" // there was no file, or no case to be found
	// resultSuperseded: a newer row of the session says all that this one does, so that a desk that was away gets the last word only.
	resultSuperseded = "superseded"
)

// outcome is how one delivery went.
type outcome struct {
	row         row
	answered    bool          // the desk did answer
	unreachable bool          // it did not
	after       time.Duration // when it wants to be asked again
	// organisation of the desk; "" when the desk could not be opened.
	organisation string
}

// deliver runs one claimed row against its desk and writes down how it went.
func (w *Worker) deliver(ctx context.Context, r row) (o outcome) {
	d, err := w.desks(ctx, r.company)
	var result string
	if err != nil {
		err = errors.Join(errDesk, err)
	} else {
		o.organisation = d.Organisation()
		result, err = w.attempt(ctx, d, r)
	}
	o.row = r
	write, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	var later errLater
	switch {
	case errors.As(err, &later):
		w.note(r, w.postpone(write, r, later))
		o.answered = true
	case err != nil && ctx.Err() != nil:
		w.note(r, w.release(write, r))
	case err != nil:
		w.failed(write, &o, err)
	default:
		w.note(r, w.finish(write, r, result))
		call(w.opt.Hooks.Delivered)
		o.answered = true
	}
	return o
}

// note logs when the result of a delivery could not be written: the lease runs out and the row is delivered again, which
// changes nothing at the desk.
func (w *Worker) note(r row, err error) {
	if err != nil {
		w.log.Error("outbox: the result of a delivery was not written", "row", r.id, "err", err)
	}
}

// failed decides between another try and a dead letter.
func (w *Worker) failed(ctx context.Context, o *outcome, err error) {
	r := o.row
	var transient *desk.Transient
	var permanent *desk.Permanent
	dead := time.Since(r.created) >= w.opt.GiveUpAfter
	wait := retryAfter(r.attempts)
	switch {
	case errors.As(err, &transient):
		o.unreachable, o.after = true, transient.After
		if transient.After > 0 {
			wait = transient.After
		}
	case errors.As(err, &permanent), errors.Is(err, desk.ErrNotFound):
		o.answered, dead = true, true
	case errors.Is(err, desk.ErrDenied), errors.Is(err, desk.ErrSignIn): // a right or a secret that an administrator may still mend
		o.answered, wait = true, lastRetry
	}
	if dead && r.step == stepLook {
		w.note(r, w.finish(ctx, r, resultNothing))
		return
	}
	if dead {
		w.log.Error("outbox: gave up a delivery", "row", r.id, "company", r.company, "attempts", r.attempts, "err", err)
		w.note(r, w.bury(ctx, r, err))
		call(w.opt.Hooks.Died)
		return
	}
	w.log.Warn("outbox: a delivery is tried again", "row", r.id, "company", r.company, "attempts", r.attempts, "in", wait, "err", err)
	w.note(r, w.retry(ctx, r, time.Now().Add(wait), err))
	call(w.opt.Hooks.Retried)
}

func call(hook func()) {
	if hook != nil {
		hook()
	}
}

// retryAfter is the wait after so many attempts: doubling, with jitter so that rows do not come back in step.
func retryAfter(attempts int64) time.Duration {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier, b.RandomizationFactor = firstRetry, lastRetry, 2, 0.3
	var wait time.Duration
	for range min(attempts, 12) {
		wait = b.NextBackOff()
	}
	return max(wait, time.Second)
}

var errLeaseLost = errors.New("outbox: another worker has taken the row over")

// attempt does the work of a row while it keeps the lease alive. A lost lease ends the work.
func (w *Worker) attempt(ctx context.Context, d desk.Desk, r row) (result string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		w.keep(ctx, cancel, r)
	}()
	defer func() {
		cancel(nil)
		<-kept
		if p := recover(); p != nil { // a broken adapter must not take the sessions of this node down
			w.log.Error("outbox: an adapter panicked", "row", r.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("the adapter failed")
		}
	}()
	return w.step(ctx, d, r)
}

func (w *Worker) keep(ctx context.Context, cancel context.CancelCauseFunc, r row) {
	tick := time.NewTicker(w.opt.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if kept, err := w.extend(ctx, r); err == nil && !kept {
				cancel(errLeaseLost)
				return
			}
		}
	}
}

func (w *Worker) step(ctx context.Context, d desk.Desk, r row) (string, error) {
	if overtaken, err := w.overtaken(ctx, r); overtaken || err != nil {
		return resultSuperseded, err
	}
	switch r.step {
	case stepFile:
		return w.putFile(ctx, d, r)
	case stepLook:
		return w.look(ctx, d, r)
	}
	var e desk.Entry
	if err := json.Unmarshal([]byte(r.body), &e); err != nil {
		return "", broken(err)
	}
	put := d.PutEntry
	switch r.step {
	case stepAmend:
		put = d.AmendEntry
	case stepRehome:
		put = d.Rehome
	}
	return resultDelivered, put(ctx, e)
}

func broken(err error) error {
	return &desk.Permanent{Err: fmt.Errorf("the stored row is broken: %w", err), Advice: "restore the database from a backup"}
}

func (w *Worker) putFile(ctx context.Context, d desk.Desk, r row) (string, error) {
	var b fileBody
	if err := json.Unmarshal([]byte(r.body), &b); err != nil {
		return "", broken(err)
	}
	content, err := w.files(ctx, r.session, b.Name)
	if errors.Is(err, ErrNoFile) {
		return resultNothing, nil
	}
	if err != nil {
		return "", errors.Join(errFile, err)
	}
	err = d.PutFile(ctx, desk.File{
		Key: r.session, Name: b.Name, Type: b.Type, Size: content.Size, Agent: b.Agent, Record: b.Record, Open: content.Open,
		Progress: w.progress(r), Keep: func(ctx context.Context, progress string) error { return w.keepProgress(ctx, r, progress) },
	})
	switch {
	case errors.Is(err, ErrNoFile): // erased since it was announced
		return resultNothing, nil
	case errors.Is(err, desk.ErrTooLarge), errors.Is(err, desk.ErrTypeRefused):
		return resultLinked, nil
	}
	return resultDelivered, err
}
