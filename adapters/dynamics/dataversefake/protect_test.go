package dataversefake

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestServiceProtection: each limit refuses what is beyond it, says how long, and lets go again.
func TestServiceProtection(t *testing.T) {
	for name, c := range map[string]struct {
		at   int           // requests at a time
		n    int           // how often
		took time.Duration // each
		code string        // of the next one
		wait string
	}{
		"requests":  {1, 6000, 0, "0x80072322", "300"},
		"execution": {50, 1, 25 * time.Second, "0x80072321", "300"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sample{Server: New()}
				s.OnRequest(func(string, string) { time.Sleep(c.took) })
				var all sync.WaitGroup
				for range c.n {
					for range c.at {
						all.Go(func() { s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, "") })
					}
					all.Wait()
				}
				if n := s.Refused(); n != 0 {
					t.Fatalf("%d were refused too early", n)
				}
				got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, "")
				if got.Code != http.StatusTooManyRequests || !strings.Contains(got.Body.String(), c.code) || got.Header().Get("Retry-After") != c.wait {
					t.Errorf("answered %d, Retry-After %q: %s", got.Code, got.Header().Get("Retry-After"), got.Body)
				}
				time.Sleep(protectWindow)
				if got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, ""); got.Code != http.StatusOK {
					t.Errorf("after the wait: %d", got.Code)
				}
			})
		})
	}
}

func TestRequestsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sample{Server: New()}
		s.OnRequest(func(string, string) { time.Sleep(time.Second) })
		var all sync.WaitGroup
		for range maxAtOnce {
			all.Go(func() { s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, "") })
		}
		synctest.Wait()
		if got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, ""); got.Code != http.StatusTooManyRequests || !strings.Contains(got.Body.String(), "0x80072326") {
			t.Errorf("the 53rd at a time: %d %s", got.Code, got.Body)
		}
		all.Wait()
		if got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, ""); got.Code != http.StatusOK || s.Refused() != 1 {
			t.Errorf("afterwards: %d", got.Code)
		}
	})
}
