package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store/storetest"
	"cobrowse-connector/connector/web"
)

func TestBadInput(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	agent := s.agent("acme", "ada", "c-voice")
	launched := s.Launch("acme", "ada", "c-voice", nil)
	s.ok(post("/v1/agent/launch", "", object{"launch": launched}), &object{})
	foreign := s.Launch("acme", "ada", "c-voice", func(l *auth.Launch) { l.Origin = "https://evil.example" })
	for name, c := range map[string]struct {
		request
		status int
		reason string
	}{
		"unknown company":          {get("/v1/companies/nobody", ""), 404, "company_unknown"},
		"PIN of an unknown one":    {post("/v1/join/nobody/pins", "", object{}), 404, "company_unknown"},
		"script as start address":  {post("/v1/join/acme/pins", "", object{"startUrl": "javascript:alert(1)"}), 400, "url_invalid"},
		"no body":                  {request{method: "POST", path: "/v1/join/acme/pins"}, 400, "body"},
		"broken JSON":              {request{method: "POST", path: "/v1/join/tickets", body: `{"ticket":`}, 400, "body"},
		"another type":             {request{method: "POST", path: "/v1/join/tickets", body: `{"ticket":7}`}, 400, "body"},
		"an array":                 {request{method: "POST", path: "/v1/join/tickets", body: `[]`}, 400, "body"},
		"oversized":                {request{method: "POST", path: "/v1/join/acme/pins", body: `{"startUrl":"` + strings.Repeat("x", 20<<10) + `"}`}, 413, "too_large"},
		"unknown ticket":           {post("/v1/join/tickets", "", object{"ticket": "x"}), 404, "ticket_invalid"},
		"unsigned launch":          {post("/v1/agent/launch", "", object{"launch": "x"}), 401, "launch_invalid"},
		"used launch":              {post("/v1/agent/launch", "", object{"launch": launched}), 401, "launch_used"},
		"launch of a foreign page": {post("/v1/agent/launch", "", object{"launch": foreign}), 401, "launch_invalid"},
		"unknown conversation":     {post("/v1/agent/launch", "", object{"launch": s.Launch("acme", "ada", "c-none", nil)}), 404, "conversation_unknown"},
		"no token":                 {get("/v1/agent/context", ""), 401, "token_missing"},
		"unknown token":            {get("/v1/agent/context", "x"), 401, "token_invalid"},
		"another scheme":           {request{method: "GET", path: "/v1/agent/context", header: map[string]string{"Authorization": "Basic " + agent}}, 401, "token_missing"},
		"token in the query":       {get("/v1/agent/context?token="+agent, ""), 401, "token_missing"},
		"wrong PIN":                {post("/v1/agent/pins/claim", agent, object{"pin": "000000"}), 400, "pin_invalid"},
		"no PIN":                   {post("/v1/agent/pins/claim", agent, object{}), 400, "pin_invalid"},
		"unknown session":          {post("/v1/agent/sessions/none/join", agent, object{}), 404, "session_unknown"},
		"unknown recording":        {get("/v1/recordings/none", agent), 404, "session_unknown"},
		"recording, no token":      {get("/v1/recordings/none", ""), 401, "token_invalid"},
		"no such address":          {get("/v1/nothing", ""), 404, "not_found"},
		"another site's page":      {request{method: "POST", path: "/v1/join/acme/pins", body: "{}", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403, "cross_origin"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "another site's page" || name == "no such address" { // of no one route: not in openapi.yaml
				w := httptest.NewRecorder()
				s.server.ServeHTTP(w, c.make())
				if w.Code != c.status || !strings.Contains(w.Body.String(), `"reason":"`+c.reason+`"`) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				return
			}
			c.from = fmt.Sprintf("198.51.100.%d:1", len(name)) // the limits are tested elsewhere
			s.refused(c.request, c.status, c.reason)
		})
	}
}

func TestPINAnswersAreAlike(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		used, foreign := s.invite("acme"), s.invite("other")
		s.ok(post("/v1/agent/pins/claim", s.agent("acme", "zoe", "c-chat"), object{"pin": used.PIN}), &object{})
		agent := s.agent("acme", "ada", "c-voice")
		var first *httptest.ResponseRecorder
		for _, typed := range []string{"000000", used.PIN, foreign.PIN, "", "not a PIN"} {
			w := s.refused(post("/v1/agent/pins/claim", agent, object{"pin": typed}), 400, "pin_invalid")
			if first == nil {
				first = w
			}
			if !bytes.Equal(w.Body.Bytes(), first.Body.Bytes()) || fmt.Sprint(w.Header()) != fmt.Sprint(first.Header()) {
				t.Errorf("%q is answered\n%v %s\nand not\n%v %s", typed, w.Header(), w.Body, first.Header(), first.Body)
			}
		}
		w := s.refused(post("/v1/agent/pins/claim", agent, object{"pin": s.invite("acme").PIN}), 429, "rate_limited")
		if after, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || after < 1 || after > int(pin.Window.Seconds()) {
			t.Errorf("Retry-After: %q", w.Header().Get("Retry-After"))
		}
	})
}

func TestOneAddressIsLimited(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	count := func(r request) (limited int) {
		for range 60 {
			w := s.do(r)
			if w.Code == http.StatusTooManyRequests {
				limited++
				if w.Header().Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
			}
		}
		return limited
	}
	r := post("/v1/join/acme/pins", "", object{})
	r.from = "[2001:db8:1:1::1]:5"
	if n := count(r); n < 45 || n > 50 {
		t.Errorf("%d of 60 PINs were refused", n)
	}
	r.from = "[2001:db8:1:1::ffff]:5"
	if n := count(r); n < 55 {
		t.Errorf("the neighbour in the same network: %d of 60 were refused", n)
	}
	r.from = "[2001:db8:2:1::1]:5"
	if w := s.do(r); w.Code != http.StatusOK {
		t.Errorf("another network: %d", w.Code)
	}
	launch := post("/v1/agent/launch", "", object{"launch": "x"})
	launch.from = "192.0.2.77:1"
	if n := count(launch); n < 20 {
		t.Errorf("%d of 60 launches were refused", n)
	}
	socket := get("/v1/live", "")
	socket.from = "192.0.2.78:1"
	refused := 0
	for range 300 {
		if s.do(socket).Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("%d of 300 sockets were refused", refused)
	}
}

// TestANeighbourhoodIsLimited: whoever has many networks gets no PINs for each of them.
func TestANeighbourhoodIsLimited(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	for name, address := range map[string]string{"IPv4": "198.51.100.%d:1", "IPv6": "[2001:db8:1:%d::1]:1"} {
		made := 0
		for i := range 100 {
			r := post("/v1/join/acme/pins", "", object{})
			r.from = fmt.Sprintf(address, i)
			if s.do(r).Code == http.StatusOK {
				made++
			}
		}
		if made < 40 || made > 45 {
			t.Errorf("%s: %d of 100 networks got a PIN", name, made)
		}
	}
}

// TestAddressesBehindProxies: each person has a bucket of their own, however the proxy writes them down, and nobody leaves it by writing
// something themselves.
func TestAddressesBehindProxies(t *testing.T) {
	c := newService(t, storetest.SQLite(t))
	one := object{"launch": "x"}
	for name, test := range map[string]struct {
		header func(i int) string
		same   bool // all requests count as one person's
	}{
		"address":              {func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, false},
		"address and port":     {func(i int) string { return fmt.Sprintf("203.0.113.%d:%d", i, 1000+i) }, false},
		"IPv6 and port":        {func(i int) string { return fmt.Sprintf("[2001:db8:0:%d::1]:443", i) }, false},
		"only the port":        {func(i int) string { return fmt.Sprintf("203.0.113.1:%d", 1000+i) }, true},
		"in brackets":          {func(i int) string { return fmt.Sprintf("[2001:db8:0:7::%d]", i) }, true},
		"in IPv6":              {func(i int) string { return fmt.Sprintf("%s203.0.113.9", []string{"", "::ffff:"}[i%2]) }, true},
		"not an address":       {func(i int) string { return fmt.Sprint("person", i) }, true},
		"nothing":              {func(int) string { return "" }, true},
		"entries of their own": {func(i int) string { return fmt.Sprintf("203.0.113.%d, 203.0.113.8", i) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.behind(1)
			limited := 0
			for i := range 60 {
				r := post("/v1/agent/launch", "", one)
				r.header = map[string]string{"X-Forwarded-For": test.header(i)}
				if s.do(r).Code == http.StatusTooManyRequests {
					limited++
				}
			}
			if same := limited > 20; same != test.same {
				t.Errorf("%d of 60 were refused", limited)
			}
		})
	}
}

// TestSlowBodies: a body that does not come, read or not, gives its connection up.
func TestSlowBodies(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	for name, line := range map[string]string{"that is read": "POST /v1/join/tickets", "that nobody reads": "GET /healthz"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				server := &http.Server{Handler: s.server, ReadHeaderTimeout: time.Second}
				go server.Serve(&oneConn{conn: theirs, over: t.Context().Done()}) //nolint:errcheck // ends with the test
				begin := time.Now()
				if _, err := io.WriteString(ours, line+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, ours); err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took > time.Minute {
					t.Errorf("held for %s", took)
				}
			})
		})
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn net.Conn
	over <-chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.over
	return nil, net.ErrClosed
}

func (*oneConn) Close() error   { return nil }
func (*oneConn) Addr() net.Addr { return &net.TCPAddr{} }

func TestLogHoldsNothingPersonal(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	agent := s.agent("acme", "ada", "c-voice")
	inv := s.invite("acme")
	signed := s.Launch("acme", "ada", "c-voice", func(l *auth.Launch) { l.Audience = "https://x.example" })
	s.refused(post("/v1/agent/launch", "", object{"launch": signed}), 401, "launch_invalid")
	s.refused(post("/v1/agent/pins/claim", agent, object{"pin": "999 999"}), 400, "pin_invalid")
	s.ok(post("/v1/agent/pins/claim", agent, object{"pin": inv.PIN}), &object{})
	s.refused(get("/v1/recordings/"+inv.Session, agent), 409, "session_running")
	log := s.log.String()
	if !strings.Contains(log, "audience") {
		t.Fatalf("the log does not say why a launch was refused:\n%s", log)
	}
	for what, secret := range map[string]string{
		"the agent's token": agent, "the customer's token": inv.Token, "a PIN": inv.PIN, "a PIN without its gap": strings.ReplaceAll(inv.PIN, " ", ""),
		"a wrong PIN": "999 999", "the launch": signed, "the customer's name": "Carla", "the agent's name": "Agent ada", "an address": "192.0.2.1",
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s:\n%s", what, log)
		}
	}
}

func TestHeaders(t *testing.T) {
	if err := web.Ready("agent.html", "join.html", "j.html", "watch.html", "cobrowse.js", "dynamics-cif.html"); err != nil {
		t.Fatalf("This test needs the pages: %v", err)
	}
	s := newService(t, storetest.SQLite(t))
	ancestors := regexp.MustCompile(`frame-ancestors ([^;]+)`)
	for path, want := range map[string]string{
		"/agent?company=acme": "'self' " + sessionstest.DeskOrigin("acme"),
		"/agent?company=none": "'none'",
		"/agent":              "'none'",
		"/join/acme":          "'none'",
		"/j":                  "'none'",
		"/watch/some-session": "'none'",
		"/v1/companies/acme":  "'none'",
		"/v1/agent/context":   "'none'",
		"/healthz":            "'none'",
		"/nothing":            "'none'",
	} {
		h := s.do(get(path, "")).Header()
		found := ancestors.FindStringSubmatch(h.Get("Content-Security-Policy"))
		if found == nil || found[1] != want {
			t.Errorf("%s: %q, want frame-ancestors %s", path, h.Get("Content-Security-Policy"), want)
		}
		if framed := h.Get("X-Frame-Options") == ""; framed != strings.HasPrefix(path, "/agent") {
			t.Errorf("%s: X-Frame-Options %q", path, h.Get("X-Frame-Options"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %v", path, h)
		}
		if script := regexp.MustCompile(`script-src [^;]*unsafe`).FindString(h.Get("Content-Security-Policy")); script != "" {
			t.Errorf("%s: %s", path, script)
		}
		if cors := h.Get("Access-Control-Allow-Origin"); (cors == "*") != (path == "/v1/companies/acme") || (cors != "" && cors != "*") {
			t.Errorf("%s: Access-Control-Allow-Origin %q", path, cors)
		}
	}
	if h := s.do(get("/cobrowse.js", "")).Header(); h.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(h.Get("Content-Type"), "javascript") {
		t.Errorf("/cobrowse.js: %v", h)
	}
}

func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	doc := document(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	var described []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	param := regexp.MustCompile(`[:*](\w+)`)
	var served []string
	for _, r := range s.server.Routes() {
		served = append(served, r.Method+" "+param.ReplaceAllString(r.Path, "{$1}"))
	}
	slices.Sort(described)
	slices.Sort(served)
	for _, r := range served {
		if !slices.Contains(described, r) {
			t.Errorf("openapi.yaml does not describe %s", r)
		}
	}
	for _, d := range described {
		if !slices.Contains(served, d) {
			t.Errorf("openapi.yaml describes %s, which is not served", d)
		}
	}
	if w := s.do(get("/v1/openapi.yaml", "")); !strings.HasPrefix(w.Body.String(), "openapi: 3.1") {
		t.Errorf("/v1/openapi.yaml: %.40s", w.Body)
	}
}
