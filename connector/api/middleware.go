package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"cobrowse-connector/cobrowse"
)

// headers are on every answer; pages add what they need.
func (s *Server) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if path := c.FullPath(); path != "/agent" && path != "/desk/cif" && path != "/signed-in" {
		h.Set("X-Frame-Options", "DENY") // for what does not know frame-ancestors; it knows no list of origins
	}
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// refuseForeignPage answers what a browser sends from another site's page with a method that changes something.
func refuseForeignPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(problem{Type: "about:blank", Title: http.StatusText(http.StatusForbidden), Status: http.StatusForbidden,
		Detail: "pages of other sites may not do this", Reason: "cross_origin"}) // the client went away: nobody to tell
}

// bodyLimit is for a body to arrive and to be answered: longer than any handler takes, as its end also ends the request.
const bodyLimit = 30 * time.Second

// boundBody keeps a body that comes too slowly, or that nobody reads, from holding a connection for ever. Requests without one take as
// long as they take: live sockets, recordings.
func boundBody(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyLimit)) // a recorder of a test has none
}

func limitBody(most int64) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.Request.Body != nil {
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
		}
	}
}

// anyOrigin lets foreign pages read what is public anyway: the script line asks for the company.
func anyOrigin(c *gin.Context) {
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
}

func (s *Server) observe(c *gin.Context) {
	begin := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none" // addresses that nobody defined must not become labels
	}
	if route != "/v1/live" && route != "/v1/console/live" {
		s.Metrics.Requests.WithLabelValues(route, strconv.Itoa(c.Writer.Status())).Observe(time.Since(begin).Seconds())
	}
}

func (s *Server) recovered(c *gin.Context) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			s.Log.Error("handler panicked", "route", c.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			s.fail(c, cobrowse.Errorf(cobrowse.CodeInternal, "internal", "panic"))
		}
	}()
	c.Next()
}

// limited holds what of makes of an address to a few public requests: nobody needs more to join a session.
func (s *Server) limited(l *limiter, of func(netip.Addr) string) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !l.allow(of(s.address(c.Request))) {
			s.tooMany(c, l, "too many requests from this address; wait a moment")
		}
	}
}

// limitedCompany holds a company's administrators to as many requests as people make, where answering takes what all companies share.
func (s *Server) limitedCompany(l *limiter) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !l.allow(identityOf(c).Company) {
			s.tooMany(c, l, "too many requests of your company; wait a moment")
		}
	}
}

func (s *Server) tooMany(c *gin.Context, l *limiter, detail string) {
	c.Header("Retry-After", strconv.Itoa(int(math.Ceil(1/float64(l.every)))))
	s.fail(c, cobrowse.Errorf(cobrowse.CodeLimited, "rate_limited", "%s", detail))
}

// network is what most limits count: of IPv6 the /64, as whoever has one address there is free to take any other.
func network(ip netip.Addr) string { return within(ip, 32, 64) }

// neighbourhood is what one customer of a provider may have many networks of.
func neighbourhood(ip netip.Addr) string { return within(ip, 24, 48) }

func within(ip netip.Addr, v4, v6 int) string {
	bits := v6
	if ip.Is4() {
		bits = v4
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return "unknown" // no address at all: these share a bucket
	}
	return prefix.String()
}

// address is the person's: behind trusted proxies the entry that the outermost of them wrote, else the connection's.
func (s *Server) address(r *http.Request) netip.Addr {
	if s.ProxyHops > 0 {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if n := len(hops) - s.ProxyHops; n >= 0 {
			if ip, ok := parseAddress(hops[n]); ok {
				return ip
			}
		}
	}
	ip, _ := parseAddress(r.RemoteAddr)
	return ip
}

// parseAddress takes an address with or without a port: proxies write either.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		var both netip.AddrPort
		both, err = netip.ParseAddrPort(text)
		ip = both.Addr()
	}
	return ip.Unmap().WithZone(""), err == nil
}

// limiter is a token bucket per key. Full buckets are as good as forgotten ones, so they are dropped when the map grows.
type limiter struct {
	every rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// maxBuckets bounds the memory that many addresses can take; past it, full buckets are dropped, then all.
const maxBuckets = 10_000

func newLimiter(every rate.Limit, burst int) *limiter {
	return &limiter{every: every, burst: burst, buckets: map[string]*rate.Limiter{}}
}

func (l *limiter) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.evict()
		}
		b = rate.NewLimiter(l.every, l.burst)
		l.buckets[key] = b
	}
	return b.Allow()
}

func (l *limiter) evict() {
	for key, b := range l.buckets {
		if b.Tokens() >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

func bearer(header string) (string, bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}
