package egress

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// connect answers CONNECT: the site is dialled first, so that a refusal is an answer and not a broken tunnel.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	site, err := p.dial(r.Context(), r.Host)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	defer func() { _ = site.Close() }()
	browser, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	defer func() { _ = browser.Close() }()
	// The server's own deadlines end with its request; the tunnel has its own.
	_ = browser.SetDeadline(time.Time{})
	if _, err := io.WriteString(browser, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	pipe(r.Context(), browser, buffered.Reader, site)
}

// pipe copies in both directions until both are done, one breaks, nothing was said for idleTimeout, or ctx ends.
// fromBrowser holds what was read ahead.
func pipe(ctx context.Context, browser net.Conn, fromBrowser *bufio.Reader, site net.Conn) {
	stop := context.AfterFunc(ctx, func() {
		_ = browser.Close()
		_ = site.Close()
	})
	defer stop()
	last := &atomic.Pointer[time.Time]{} // of the last byte in either direction
	noteTime(last)
	done := make(chan struct{})
	go func() {
		defer close(done)
		half(site, &idleReader{conn: browser, r: fromBrowser, last: last})
	}()
	half(browser, &idleReader{conn: site, r: site, last: last})
	<-done
}

// half copies one direction and passes the end of it on; an error ends both.
func half(to net.Conn, from *idleReader) {
	_, err := io.Copy(to, from)
	if tcp, ok := to.(interface{ CloseWrite() error }); ok && err == nil && tcp.CloseWrite() == nil {
		return
	}
	_ = to.Close()
	_ = from.conn.Close()
}

// idleReader reads until neither direction of the tunnel has carried a byte for idleTimeout.
type idleReader struct {
	conn net.Conn
	r    io.Reader
	last *atomic.Pointer[time.Time]
}

// noteTime keeps the present time, with its monotonic part: the wall clock may be set.
func noteTime(last *atomic.Pointer[time.Time]) {
	now := time.Now()
	last.Store(&now)
}

func (i *idleReader) Read(b []byte) (int, error) {
	for {
		_ = i.conn.SetReadDeadline(i.last.Load().Add(idleTimeout))
		n, err := i.r.Read(b)
		if n > 0 {
			noteTime(i.last)
			return n, nil
		}
		if err != nil && isTimeout(err) && time.Since(*i.last.Load()) < idleTimeout {
			continue // the other direction is alive
		}
		return n, err
	}
}
