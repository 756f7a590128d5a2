package telemetry

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Check tells whether one thing the service needs is there; the error is logged, for the operator.
type Check func(ctx context.Context) error

// checkTimeout bounds all checks of one readiness request.
const checkTimeout = 3 * time.Second

// Health answers /healthz (the process lives) and /readyz (it can take new sessions).
type Health struct {
	checks   map[string]Check
	log      *slog.Logger
	draining atomic.Bool
}

// NewHealth returns the health of a service with these checks by name.
func NewHealth(checks map[string]Check, log *slog.Logger) *Health {
	return &Health{checks: checks, log: log}
}

// Drain makes the service not ready for good: it is about to stop.
func (h *Health) Drain() { h.draining.Store(true) }

// Live answers GET /healthz.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// Ready answers GET /readyz: 200 with every check "ok", or 503 with which one "failed". Anybody may ask, and errors of drivers name
// hosts and users: why it failed is in the log only.
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	status, report := http.StatusOK, map[string]string{"status": "ok"}
	for name, check := range h.checks {
		report[name] = "ok"
		if err := check(ctx); err != nil {
			report[name], status = "failed", http.StatusServiceUnavailable
			h.log.Error("not ready", "check", name, "error", err)
		}
	}
	if h.draining.Load() {
		status = http.StatusServiceUnavailable
		report["draining"] = "the service is stopping"
	}
	if status != http.StatusOK {
		report["status"] = "not ready"
	}
	answer(w, status, report)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client went away: nobody to tell
}
