package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// door is an address that the service answers at.
type door struct {
	server    *http.Server
	listener  net.Listener
	cert, key string // PEM files; without them no TLS
}

// newDoor listens at address, unless it is given a listener.
func newDoor(ctx context.Context, l net.Listener, address string, h http.Handler, log *slog.Logger) (*door, error) {
	if l == nil {
		var err error
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err != nil {
			return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
		}
	}
	// No WriteTimeout: live sockets and recordings take as long as they take; they have deadlines of their own. No ReadTimeout either,
	// as it would end them too: package api bounds how long a body may take.
	return &door{listener: l, server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}}, nil
}

func (d *door) serve() error {
	var err error
	if d.cert != "" {
		err = d.server.ServeTLS(d.listener, d.cert, d.key)
	} else {
		err = d.server.Serve(d.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
