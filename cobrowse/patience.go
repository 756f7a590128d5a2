package cobrowse

import (
	"context"
	"time"
)

// patienceSteps is how many steps a limit is counted in: a while in which the process stood still is one of them.
const patienceSteps = 20

// Patience is a context that ends with context.DeadlineExceeded when the process has run for limit. A process that was stopped for a
// while, or whose machine slept, has heard nobody meanwhile: by the clock alone all who were asked before would have taken too long. It is
// for limits of which something grave follows.
func Patience(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		step := time.NewTicker(limit / patienceSteps) // it keeps one tick at most of those that were missed
		defer step.Stop()
		for range patienceSteps {
			select {
			case <-step.C:
			case <-ctx.Done():
				return
			}
		}
		end(context.DeadlineExceeded)
	}()
	return ctx, func() {
		end(nil)
		<-over
	}
}
