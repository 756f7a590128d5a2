package dynamics

import (
	"context"
	"sync"
	"time"
)

// keepFor is how long names and limits of an organisation are believed.
const keepFor = 10 * time.Minute

// cache keeps one value that is read from the organisation. Failures are not kept.
type cache[T any] struct {
	mu    sync.Mutex
	value T
	until time.Time
}

// get returns the kept value or reads it anew; callers wait for one read instead of each making one.
func (c *cache[T]) get(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.value, nil
	}
	v, err := read(ctx)
	if err == nil {
		c.value, c.until = v, time.Now().Add(keepFor)
	}
	return v, err
}
