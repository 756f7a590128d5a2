package dynamics

import (
	"context"
	"time"
)

// keepFor is how long names and limits of an organisation are believed.
const keepFor = 10 * time.Minute

// cache keeps one value that is read from the organisation. Failures are not kept.
type cache[T any] struct {
	turn  chan struct{} // holds one: whoever looks or reads; a mutex would keep people who are not wanted any more
	value T
	until time.Time
}

func newCache[T any]() cache[T] { return cache[T]{turn: make(chan struct{}, 1)} }

// get returns the kept value or reads it anew; callers wait for one read instead of each making one.
func (c *cache[T]) get(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	if time.Now().Before(c.until) {
		return c.value, nil
	}
	v, err := read(ctx)
	if err == nil {
		c.value, c.until = v, time.Now().Add(keepFor)
	}
	return v, err
}
