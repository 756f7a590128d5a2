package cobrowse_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := cobrowse.Patience(t.Context(), 10*time.Second)
		defer cancel()
		<-ctx.Done()
		if took := time.Since(began); took != 10*time.Second || context.Cause(ctx) != context.DeadlineExceeded {
			t.Errorf("after %v: %v", took, context.Cause(ctx))
		}
		ctx, cancel = cobrowse.Patience(t.Context(), time.Second)
		cancel()
		if context.Cause(ctx) != context.Canceled {
			t.Errorf("given up: %v", context.Cause(ctx))
		}
	})
}
