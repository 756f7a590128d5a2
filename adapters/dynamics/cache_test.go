package dynamics

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestOneReadForAll: who comes while names are read anew waits for them, and leaves when nobody wants it any more.
func TestOneReadForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, reads := newCache[int](), 0
		read := func(context.Context) (int, error) {
			reads++
			time.Sleep(time.Minute)
			return 7, nil
		}
		for range 2 {
			go func() {
				if v, err := c.get(t.Context(), read); v != 7 || err != nil {
					t.Errorf("got %d, %v", v, err)
				}
			}()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := c.get(ctx, read); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("left with %v after %v", err, time.Since(began))
		}
		time.Sleep(keepFor)
		if reads != 1 {
			t.Errorf("read %d times", reads)
		}
	})
}
