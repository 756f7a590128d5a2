package deliver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
)

// Desks finds a company's desk. An error is tried again later.
type Desks func(ctx context.Context, company string) (desk.Desk, error)

// Files finds a session's file by the name it was announced under. ErrNoFile means that there is none to wait for; any other
// error is tried again later, e.g. while a recording is still being closed.
type Files func(ctx context.Context, session, name string) (Content, error)

// Content is a file to attach. Open gives it anew for every attempt; ErrNoFile when it is gone by now.
type Content struct {
	Size int64
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// ErrNoFile tells that an announced file does not exist and never will.
var ErrNoFile = errors.New("deliver: there is no such file")

// Options of a Worker. The zero value of each means the default.
type Options struct {
	AtOnce      int           // deliveries to one organisation, default 2
	GiveUpAfter time.Duration // then a row is dead until it is replayed, default 7 days
	Lease       time.Duration // a crashed node's rows are taken over after this, default 2 min
	Poll        time.Duration // how often to look without being woken, default 2 s
	Hooks       Hooks
	// Linked is told that a session which ended without a case has one by now. It calls Rehome. Needed where sessions end without one.
	Linked func(ctx context.Context, session string, record desk.Record) error
}

// Hooks are told what happens, for metrics. Each may be nil. They must not block.
type Hooks struct {
	Delivered func()
	Retried   func()
	Died      func()
}

// Worker delivers due rows until its context ends. Several workers, on one or many nodes, share an outbox.
type Worker struct {
	db    *store.DB
	ring  *keyring.Ring
	desks Desks
	files Files
	log   *slog.Logger
	opt   Options
	node  string
	wake  chan struct{}
	// Owned by the loop of Run; deliveries report to it through done.
	circuits *circuits
	done     chan outcome
}

// New makes a worker; Run starts it.
func New(db *store.DB, ring *keyring.Ring, desks Desks, files Files, log *slog.Logger, opt Options) *Worker {
	if opt.AtOnce <= 0 {
		opt.AtOnce = 2
	}
	if opt.GiveUpAfter <= 0 {
		opt.GiveUpAfter = 7 * 24 * time.Hour
	}
	if opt.Lease <= 0 {
		opt.Lease = 2 * time.Minute
	}
	if opt.Poll <= 0 {
		opt.Poll = 2 * time.Second
	}
	return &Worker{
		db: db, ring: ring, desks: desks, files: files, log: log, opt: opt, node: uuid.NewString(),
		wake: make(chan struct{}, 1), circuits: newCircuits(), done: make(chan outcome),
	}
}

// Wake makes the worker look for new rows now. Call it after a commit that enqueued some; it never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // it is going to look anyway
	}
}

// Run delivers until ctx ends and returns after the last delivery under way has stopped. Call it once.
func (w *Worker) Run(ctx context.Context) error {
	var running sync.WaitGroup
	inFlight := 0
	defer running.Wait()
	for {
		for _, r := range w.claimDue(ctx) {
			inFlight++
			running.Go(func() { w.done <- w.deliver(ctx, r) })
		}
		timer := time.NewTimer(w.untilNext(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			for ; inFlight > 0; inFlight-- {
				<-w.done
			}
			return nil
		case o := <-w.done:
			inFlight--
			o.row.circuit.finished(time.Now(), o)
			w.circuits.learn(o.row.company, o.organisation)
		case <-w.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// claimDue takes what is due and what its organisation has room for. A database that does not answer is tried at the next turn.
func (w *Worker) claimDue(ctx context.Context) []row {
	now := time.Now()
	names, err := w.companiesDue(ctx, now)
	if err != nil {
		w.trouble(ctx, "look for due deliveries", err)
		return nil
	}
	var claimed []row
	for _, name := range names {
		c := w.circuits.of(ctx, name, w.desks)
		rows, err := w.claim(ctx, name, c.room(now, w.opt.AtOnce))
		if err != nil {
			w.trouble(ctx, "claim deliveries", err)
		}
		for i := range rows {
			rows[i].circuit = c
		}
		c.running += len(rows)
		claimed = append(claimed, rows...)
	}
	return claimed
}

func (w *Worker) trouble(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		w.log.Error("outbox: cannot "+what, "err", err)
	}
}

// untilNext is how long nothing becomes due, at most the polling interval.
func (w *Worker) untilNext(ctx context.Context) time.Duration {
	due, err := w.nextDue(ctx, time.Now())
	if err != nil || due.IsZero() {
		return w.opt.Poll
	}
	return max(0, min(w.opt.Poll, time.Until(due)))
}
