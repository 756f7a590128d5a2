package telemetry

import "net/http"

// Operator is what only operators may reach: the metrics, and the health beside them.
func Operator(h *Health, m *Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.Live)
	mux.HandleFunc("GET /readyz", h.Ready)
	mux.Handle("GET /metrics", m.Handler())
	return mux
}
