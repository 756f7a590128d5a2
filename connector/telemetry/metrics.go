package telemetry

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the service's own numbers. Labels have few values each and never name a person.
type Metrics struct {
	registry *prometheus.Registry

	SessionsLive   prometheus.Gauge         // shared browsers at this moment
	SessionsEnded  *prometheus.CounterVec   // by reason
	PINs           *prometheus.CounterVec   // by result: made, ok, invalid, limited
	Launches       *prometheus.CounterVec   // by result: ok or the problem's reason
	Refusals       prometheus.Counter       // actions that only the customer may do
	BrowserReady   prometheus.Histogram     // seconds from asking for a shared browser to having it
	Slowed         prometheus.Counter       // pictures halved because this machine does not keep up
	RecordingBytes prometheus.Counter       //
	Deliveries     *prometheus.CounterVec   // by result: ok, retry, dead
	OutboxPending  prometheus.Gauge         // rows that wait
	OutboxDead     prometheus.Gauge         // rows that wait for an operator
	Requests       *prometheus.HistogramVec // seconds, by route and status
}

// NewMetrics registers everything in a registry of its own, so that tests may have many.
func NewMetrics() *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "cobrowse", Name: name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "cobrowse", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "cobrowse", Name: name, Help: help})
	}
	m := &Metrics{
		registry:       prometheus.NewRegistry(),
		SessionsLive:   gauge("sessions_live", "Shared browsers at this moment."),
		SessionsEnded:  counters("sessions_ended_total", "Sessions that ended, by reason.", "reason"),
		PINs:           counters("pins_total", "PINs, by what happened.", "result"),
		Launches:       counters("launches_total", "Signed desk launches, by result.", "result"),
		Refusals:       counter("refusals_total", "Actions of agents that only the customer may do, counted when the session ends."),
		BrowserReady:   prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "cobrowse", Name: "browser_ready_seconds", Help: "From asking for a shared browser to having it; a warm one is there at once.", Buckets: []float64{.1, .2, .4, .8, 1.6, 3.2, 6.4}}),
		Slowed:         counter("pictures_slowed_total", "How often a session got half the pictures because this machine did not keep up."),
		RecordingBytes: counter("recording_bytes_total", "Bytes of finished recordings."),
		Deliveries:     counters("deliveries_total", "Deliveries to desks, by result.", "result"),
		OutboxPending:  gauge("outbox_pending", "Deliveries that wait."),
		OutboxDead:     gauge("outbox_dead", "Deliveries that were given up: see `connector outbox list`, then replay."),
		Requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "cobrowse", Name: "http_request_seconds", Help: "HTTP requests by route and status.",
			Buckets: []float64{.005, .02, .1, .5, 2}}, []string{"route", "status"}),
	}
	m.registry.MustRegister(m.SessionsLive, m.SessionsEnded, m.PINs, m.Launches, m.Refusals, m.BrowserReady,
		m.Slowed, m.RecordingBytes, m.Deliveries, m.OutboxPending, m.OutboxDead, m.Requests,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers GET /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
