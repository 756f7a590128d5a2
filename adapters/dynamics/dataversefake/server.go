package dataversefake

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	maxBody       = 128 << 20 // of one request; powerapps-docs/developer/data-platform/file-attributes.md
	defaultUpload = 5242880   // organization.maxuploadfilesize: bytes of Base64 text
	// defaultBlocked is part of the default list of organization.blockedattachments.
	defaultBlocked = "ade;adp;app;asp;bas;bat;cer;chm;cmd;com;cpl;csh;exe;hlp;hta;inf;ins;isp;js;jse;lnk;msi;reg;scr;shtml;svg;url;vbe;vbs;ws;wsc;wsf;wsh"
)

// Records that every organisation has. Their ids are fixed, so that a restored one has them once.
const (
	organizationID = "5f0a4c1e-93d2-4b5e-8a67-1c2d3e4f0001"
	applicationID  = "5f0a4c1e-93d2-4b5e-8a67-1c2d3e4f0002"
)

// Server is one organisation. It is an http.Handler; paths begin with /api/data/v9.2/.
type Server struct {
	mu      sync.Mutex
	tables  map[string]*Table
	data    *state
	users   map[string]User   // by systemuser id
	tokens  map[string]string // bearer token → systemuser id
	uploads map[string]*upload
	token   string // of the application user
	// duplicates are the columns that duplicate detection looks at, by table.
	duplicates map[string]string
	now        func() time.Time

	down     bool
	throttle int
	after    time.Duration
	limits   protection
	failure  *failure
	setup    setup // see Installable
	requests int
	onReq    func(method, path string)
}

type failure struct {
	left int
	kind Failure
}

// Failure is a way to lose a request.
type Failure int

const (
	// LostRequest cuts the connection before anything is done.
	LostRequest Failure = iota
	// LostAnswer does everything and cuts the connection instead of answering.
	LostAnswer
)

// New makes an organisation with one application user, who may act on behalf of others; Token is its bearer token.
func New() *Server {
	s := &Server{
		tables: loadTables(), data: newState(), users: map[string]User{}, tokens: map[string]string{},
		uploads: map[string]*upload{}, duplicates: map[string]string{}, token: uuid.NewString(), now: time.Now,
	}
	s.tokens[s.token] = s.AddUser(User{ID: applicationID, Name: "# Co-browse", Application: true, Delegate: true, Reads: Organization})
	s.data.put(ref{"organization", organizationID}, row{
		"name": "standin", "maxuploadfilesize": json.Number(strconv.Itoa(defaultUpload)), "blockedattachments": defaultBlocked,
	})
	return s
}

// Token is the bearer token of the application user.
func (s *Server) Token() string { return s.token }

// Down makes every request answer 503 until it is called with false.
func (s *Server) Down(down bool) { s.locked(func() { s.down = down }) }

// Throttle answers the next n requests with 429 and Retry-After.
func (s *Server) Throttle(n int, retryAfter time.Duration) {
	s.locked(func() { s.throttle, s.after = n, retryAfter })
}

// Budget sets the number of requests allowed in five minutes.
func (s *Server) Budget(n int) {
	s.locked(func() { s.limits.budget, s.limits.recent = n, nil })
}

// FailAfter lets n requests pass and loses the one after them. failed tells whether that has happened, and calls it off if not.
func (s *Server) FailAfter(n int, kind Failure) (failed func() bool) {
	f := &failure{n, kind}
	s.locked(func() { s.failure = f })
	return func() (reached bool) {
		s.locked(func() {
			reached = s.failure != f
			s.failure = nil
		})
		return reached
	}
}

// DropUploads forgets the uploads in blocks that are under way, as after a long wait.
func (s *Server) DropUploads() { s.locked(func() { clear(s.uploads) }) }

// Requests is how many requests came since the start.
func (s *Server) Requests() (n int) {
	s.locked(func() { n = s.requests })
	return n
}

// OnRequest calls f with each request before it is served.
func (s *Server) OnRequest(f func(method, path string)) { s.locked(func() { s.onReq = f }) }

func (s *Server) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// ServeHTTP answers one request of the Web API. Requests are served one at a time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	began := s.now()
	s.mu.Lock()
	s.requests++
	onReq, refused := s.onReq, s.arrive(began)
	s.mu.Unlock()
	defer s.locked(func() { s.leave(began) })
	if refused != nil {
		refused.write(w)
		return
	}
	if onReq != nil {
		onReq(r.Method, r.URL.Path)
	}
	s.mu.Lock()
	lost := s.losing()
	var answer *reply
	if lost == nil || *lost == LostAnswer {
		answer = s.serve(r, body)
	}
	s.mu.Unlock()
	if lost != nil {
		panic(http.ErrAbortHandler) // net/http's way to cut the connection
	}
	answer.write(w)
}

func (s *Server) losing() *Failure {
	if s.failure == nil {
		return nil
	}
	s.failure.left--
	if s.failure.left >= 0 {
		return nil
	}
	kind := s.failure.kind
	s.failure = nil
	return &kind
}

// serve runs what stands before every request: availability, limits, headers, identity.
func (s *Server) serve(r *http.Request, body []byte) *reply {
	if s.down {
		return (&fault{status: http.StatusServiceUnavailable, code: "0x80044150", message: "The service is unavailable."}).reply()
	}
	if s.throttle > 0 {
		s.throttle--
		return limited("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds.").reply().
			with("Retry-After", seconds(s.after))
	}
	who, f := s.identify(r.Header)
	if f != nil {
		return f.reply()
	}
	if f := checkHeaders(r, body); f != nil {
		return f.reply()
	}
	if len(r.URL.RequestURI()) > maxURL {
		return (&fault{http.StatusRequestURITooLong, "", "The address is longer than 32 KB."}).reply()
	}
	path, ok := servicePath(r.URL.Path)
	if !ok {
		return notFound("Resource not found for the segment '%s'.", r.URL.Path).reply()
	}
	s.data.changed = nil
	base := "https://" + r.Host + strings.TrimSuffix(r.URL.Path, "/"+path)
	return s.route(&request{method: r.Method, path: path, query: r.URL.Query(), header: r.Header, body: body, who: who, base: base, st: s.data})
}

func servicePath(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, "/api/data/v9.")
	if !ok {
		return "", false
	}
	version, path, ok := strings.Cut(rest, "/")
	return path, ok && (version == "0" || version == "1" || version == "2")
}

// checkHeaders refuses what dynamics documentation asks for and is missing, and what it does not mention.
func checkHeaders(r *http.Request, body []byte) *fault {
	for _, h := range []string{"OData-Version", "OData-MaxVersion"} {
		if r.Header.Get(h) != "4.0" {
			return bad("0x80060891", "The header %s: 4.0 is missing.", h)
		}
	}
	if !strings.Contains(r.Header.Get("Accept"), "application/json") {
		return bad("0x80060891", "The header Accept: application/json is missing.")
	}
	if r.Header.Get("Content-Encoding") != "" {
		return bad("0x80060891", "A compressed body is not documented.")
	}
	if len(r.TransferEncoding) > 0 {
		return bad("0x80060891", "A chunked body is not documented: send Content-Length.")
	}
	kind := r.Header.Get("Content-Type")
	if file := r.Method == http.MethodPatch && strings.Contains(r.URL.Path, ")/"); file && kind == "application/octet-stream" {
		return nil
	}
	if len(body) > 0 && !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "multipart/mixed") {
		return bad("0x80060891", "The content type %q is not taken.", kind)
	}
	return nil
}
