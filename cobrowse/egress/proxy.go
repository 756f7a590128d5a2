package egress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
)

const (
	maxConns       = 256              // of one Chromium; more wait to be accepted
	maxHeaderBytes = 256 << 10        // what Chromium itself sends at most
	headerTimeout  = 15 * time.Second // for Chromium to send a request's header
	dialTimeout    = 15 * time.Second
	answerTimeout  = 2 * time.Minute  // for a site to begin its answer
	idleTimeout    = 10 * time.Minute // of a tunnel without a byte in either direction
)

// Config is what a session may reach.
type Config struct {
	Allow   []string     // host patterns; empty = every public host
	Block   []string     // host patterns; wins over everything
	Ports   []int        // that public hosts may have beside 80 and 443
	Private []string     // host:port that may be reached although it is not public
	Log     *slog.Logger // never gets a host or an address; nil = none
}

// Proxy is one session's way out. It lives until Close or the end of the context that was given to Listen.
type Proxy struct {
	rules     *rules
	log       *slog.Logger
	resolver  *net.Resolver // nil = the system's
	listener  net.Listener
	user      atomic.Int64 // who may use it beside the service's own user
	server    *http.Server
	transport *http.Transport
	forward   *httputil.ReverseProxy

	cancel context.CancelFunc // ends all connections
	serve  sync.WaitGroup     // the accept loop
	once   sync.Once

	mu       sync.Mutex // keeps closed and the Add of requests together
	closed   bool
	requests sync.WaitGroup // and tunnels
}

// Listen starts a proxy on a free port of 127.0.0.1.
func Listen(ctx context.Context, cfg Config) (*Proxy, error) { return listen(ctx, cfg, nil) }

func listen(ctx context.Context, cfg Config, resolver *net.Resolver) (*Proxy, error) {
	rules, err := newRules(cfg)
	if err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("egress: listen: %w", err)
	}
	p := &Proxy{rules: rules, log: cfg.Log, resolver: resolver, listener: l}
	p.LetIn(os.Getuid())
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	ctx, p.cancel = context.WithCancel(ctx)
	p.transport = &http.Transport{
		DialContext:            func(ctx context.Context, _, addr string) (net.Conn, error) { return p.dial(ctx, addr) },
		DisableCompression:     true, // bytes pass as they are
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		ResponseHeaderTimeout:  answerTimeout,
		MaxResponseHeaderBytes: 1 << 20,
	}
	p.forward = &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.Out.Host = r.Out.URL.Host },
		Transport:     p.transport,
		FlushInterval: -1,
		ErrorHandler:  p.refuse,
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // it would log addresses
	}
	p.server = &http.Server{
		Handler:           p,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	p.serve.Go(func() {
		if err := p.server.Serve(netutil.LimitListener(&peers{l, p}, maxConns)); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("the session's proxy stopped", "error", err)
		}
	})
	context.AfterFunc(ctx, func() { _ = p.Close() })
	return p, nil
}

// Addr is the proxy's host:port, for --proxy-server.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Check tells whether an address may be asked for, as far as that can be told without asking a DNS server: what a name leads to is
// looked at when a connection is made. It returns the reason of a refusal, or "".
func (p *Proxy) Check(address *url.URL) string {
	port := address.Port()
	if port == "" {
		port = "443"
		if address.Scheme == "http" {
			port = "80"
		}
	}
	t, err := p.rules.check(net.JoinHostPort(address.Hostname(), port))
	if ip, literal := netip.ParseAddr(t.host); err == nil && literal == nil && !t.exempt {
		err = p.rules.control(networkOf(ip), t.addr(), nil)
	}
	reason, _ := refusedBecause(err)
	return reason
}

func networkOf(ip netip.Addr) string {
	if ip.Is4() {
		return "tcp4"
	}
	return "tcp6"
}

// Close ends all connections and waits for them.
func (p *Proxy) Close() error {
	p.once.Do(func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.cancel()
		_ = p.server.Close()
		p.serve.Wait()
		p.requests.Wait()
		p.transport.CloseIdleConnections()
	})
	return nil
}

// ServeHTTP answers Chromium: CONNECT for everything encrypted and for WebSockets, absolute addresses for plain HTTP.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.begin() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer p.requests.Done()
	switch {
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.Scheme != "http" || r.URL.Host == "":
		http.Error(w, "This is a proxy.", http.StatusBadRequest)
	default:
		p.plain(w, r)
	}
}

func (p *Proxy) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.requests.Add(1)
	}
	return !p.closed
}

func (p *Proxy) plain(w http.ResponseWriter, r *http.Request) {
	if r.URL.User != nil { // pages send names and passwords in a header
		p.refuse(w, r, &refusal{ReasonAddress})
		return
	}
	hostport := r.URL.Host
	if r.URL.Port() == "" {
		hostport = net.JoinHostPort(r.URL.Hostname(), "80")
	}
	t, err := p.rules.check(hostport)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	r.URL.Host = t.addr()
	if t.port == "80" {
		r.URL.Host = hostOf(t)
	}
	p.forward.ServeHTTP(w, r)
}

// hostOf is t's host as a URL spells it.
func hostOf(t target) string {
	addr := t.addr()
	return addr[:len(addr)-len(t.port)-1]
}

// dial connects to a host:port; the rules see both the name and the address.
func (p *Proxy) dial(ctx context.Context, hostport string) (net.Conn, error) {
	t, err := p.rules.check(hostport)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout, Resolver: p.resolver, Control: p.rules.control}
	if !t.exempt {
		return d.DialContext(ctx, "tcp", t.addr())
	}
	d.Control = controlExempt(t.host)
	if !isLocalhost(t.host) {
		return d.DialContext(ctx, "tcp", t.addr())
	}
	// Names of the loopback are never asked of a DNS server (RFC 6761).
	conn, err := d.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", t.port))
	if err != nil {
		conn, err = d.DialContext(ctx, "tcp6", net.JoinHostPort("::1", t.port))
	}
	return conn, err
}

// refuse answers 403 for a refusal and 502 or 504 for everything else.
func (p *Proxy) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if reason, refused := refusedBecause(err); refused {
		p.log.Info("request refused", "reason", reason)
		h.Set("X-Cobrowse-Refused", reason)
		w.WriteHeader(http.StatusForbidden)
		writePage(w, r.Header.Get("Accept-Language"), "refused", reason)
		return
	}
	code, status := failure(err)
	h.Set("X-Cobrowse-Failed", code)
	w.WriteHeader(status)
	writePage(w, r.Header.Get("Accept-Language"), "failed", code)
}

func failure(err error) (code string, status int) {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "dns", http.StatusBadGateway
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "timeout", http.StatusGatewayTimeout
	}
	return "failed", http.StatusBadGateway
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
