package telemetry

import (
	"io"
	"log/slog"
)

// NewLog returns the service's logger: one JSON object per line. Callers log ids, codes and counts, never names, addresses of
// pages, tokens or what people typed.
func NewLog(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
}
