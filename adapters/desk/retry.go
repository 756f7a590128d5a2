package desk

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter reads the header of an answer that asks to come back later: seconds or a date. 0 when it asks for nothing.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(min(n, 24*60*60)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return min(at.Sub(now), 24*time.Hour)
	}
	return 0
}
