// Package telemetry tells operators how the service is: structured logs without personal data, Prometheus metrics, health.
package telemetry
