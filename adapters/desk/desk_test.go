package desk

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"17": 17 * time.Second, "0": 0, "-3": 0, "": 0, "soon": 0, "9999999": 24 * time.Hour,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestIDsNeverChange: other ids would write everything that is under way a second time.
func TestIDsNeverChange(t *testing.T) {
	const key = "0b5c6f3e-7a44-4a3f-9d53-0c3f7b6a1e02"
	if got := ID(key, "note"); got != "58b327e1-f6d8-576a-bae8-8e94cf13d202" {
		t.Errorf("the note of a session is now %s", got)
	}
	id, err := uuid.Parse(ID(key, "activity"))
	if err != nil || id.Version() != 5 || ID(key, "activity") == ID(key, "note") {
		t.Error("ids are not told apart")
	}
}
