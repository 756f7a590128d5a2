package telemetry

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadyFollowsChecksAndDrain(t *testing.T) {
	var broken error
	var log strings.Builder
	h := NewHealth(map[string]Check{"database": func(context.Context) error { return broken }}, NewLog(&log, "info"))
	ready := func() (int, string) {
		w := httptest.NewRecorder()
		h.Ready(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code, w.Body.String()
	}
	if code, body := ready(); code != 200 || !strings.Contains(body, `"database":"ok"`) {
		t.Errorf("healthy: %d %s", code, body)
	}
	broken = errors.New("no connection of user cobrowse to db-7")
	if code, body := ready(); code != 503 || !strings.Contains(body, `"database":"failed"`) || strings.Contains(body, "db-7") {
		t.Errorf("broken: %d %s", code, body)
	}
	if !strings.Contains(log.String(), "db-7") {
		t.Errorf("the log does not say why: %s", log.String())
	}
	broken = nil
	h.Drain()
	if code, _ := ready(); code != 503 {
		t.Errorf("draining: %d", code)
	}
	w := httptest.NewRecorder()
	h.Live(w, nil)
	if w.Code != 200 {
		t.Errorf("a draining service lives: %d", w.Code)
	}
}

func TestMetricsAreServed(t *testing.T) {
	m := NewMetrics()
	m.PINs.WithLabelValues("ok").Inc()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`cobrowse_pins_total{result="ok"} 1`, "cobrowse_sessions_live 0", "go_goroutines"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestLogLevel(t *testing.T) {
	var b strings.Builder
	NewLog(&b, "warn").Info("quiet")
	NewLog(&b, "nonsense").Info("heard")
	if strings.Contains(b.String(), "quiet") || !strings.Contains(b.String(), `"msg":"heard"`) {
		t.Errorf("log: %s", b.String())
	}
}
