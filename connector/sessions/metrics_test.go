package sessions_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store/storetest"
)

func TestAnEndIsCounted(t *testing.T) {
	w := sessionstest.New(t, storetest.SQLite(t))
	session, _ := liveSession(t, w)
	for range 2 { // told twice, counted once
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
	}
	shown := httptest.NewRecorder()
	w.Metrics.Handler().ServeHTTP(shown, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{`sessions_ended_total{reason="ended"} 1`, "refusals_total 2", "recording_bytes_total 1234"} {
		if !strings.Contains(shown.Body.String(), "\ncobrowse_"+want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
