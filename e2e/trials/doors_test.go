package trials

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/connector/auth"
)

// TestDoors: what is wrong before a session begins gets a clear answer.
func TestDoors(t *testing.T) {
	p := newPlace(t)
	p.start()
	t.Run("unknown company", p.unknownCompany)
	t.Run("launches", p.launches)
	t.Run("foreign origin", p.foreignOrigin)
	t.Run("wrong PINs", p.wrongPINs)
	t.Run("operator's addresses", p.operators)
	if err := p.stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

func (a answer) expect(t *testing.T, status int, reason string) {
	t.Helper()
	if a.status != status || a.text("reason") != reason {
		t.Errorf("%d %v, want %d %s", a.status, a.body, status, reason)
	}
}

func (p *place) unknownCompany(t *testing.T) {
	p.ask("GET", "/v1/companies/nobody", "", nil).expect(t, http.StatusNotFound, "company_unknown")
	p.ask("POST", "/v1/join/nobody/pins", "", object{}).expect(t, http.StatusNotFound, "company_unknown")
}

func (p *place) launches(t *testing.T) {
	used := p.launch(nil)
	p.must("POST", "/v1/agent/launch", "", object{"launch": used})
	p.ask("POST", "/v1/agent/launch", "", object{"launch": used}).expect(t, http.StatusUnauthorized, "launch_used")

	head, rest, _ := strings.Cut(p.launch(nil), ".")
	altered := head + "." + strings.Replace(rest, rest[10:12], "AA", 1)
	p.ask("POST", "/v1/agent/launch", "", object{"launch": altered}).expect(t, http.StatusUnauthorized, "launch_invalid")

	expired := p.launch(func(l *auth.Launch) {
		l.IssuedAt, l.Expires = time.Now().Add(-time.Hour).Unix(), time.Now().Add(-59*time.Minute).Unix()
	})
	p.ask("POST", "/v1/agent/launch", "", object{"launch": expired}).expect(t, http.StatusUnauthorized, "launch_expired")
}

func (p *place) foreignOrigin(t *testing.T) {
	for _, origin := range []string{"https://evil.example", "null", p.url + ".evil.example"} {
		conn, res, err := p.dial(origin)
		if err == nil {
			_ = conn.CloseNow()
		}
		if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v, %v", origin, res, err)
		}
	}
	conn, _, err := p.dial(p.url)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.CloseNow()
}

func (p *place) wrongPINs(t *testing.T) {
	token := p.must("POST", "/v1/agent/launch", "", object{"launch": p.launch(nil)}).text("token")
	for n := 1; ; n++ {
		a := p.ask("POST", "/v1/agent/pins/claim", token, object{"pin": "000 000"})
		if a.status == http.StatusTooManyRequests {
			after, err := strconv.Atoi(a.header.Get("Retry-After"))
			if a.text("reason") != "rate_limited" || err != nil || after < 1 {
				t.Errorf("%v, Retry-After %q", a.body, a.header.Get("Retry-After"))
			}
			return
		}
		if a.text("reason") != "pin_invalid" || n > 20 {
			t.Fatalf("attempt %d: %d %v", n, a.status, a.body)
		}
	}
}

func (p *place) operators(t *testing.T) {
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if a := p.ask("GET", path, "", nil); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestBrokenMessages: they cost the socket, not the session.
func TestBrokenMessages(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	for name, text := range map[string]string{
		"not JSON": "{", "no type": "{}", "wrong field": `{"type":"navigate","tab":7}`, "twice hello": `{"type":"hello","v":1,"token":"x"}`,
	} {
		if code := s.spoil([]byte(text)); code != websocket.StatusPolicyViolation {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
	if code := s.spoil([]byte(`{"type":"` + strings.Repeat("x", 80<<10) + `"}`)); code != websocket.StatusMessageTooBig {
		t.Errorf("oversized: closed with %d", code)
	}
	s.agent.say(object{"type": "nonsense"})
	s.agent.await("error", object{"reason": "unknown_type"})
	s.agent.await(picture, nil)
}

// spoil lets the customer send something broken and come back.
func (s *shared) spoil(text []byte) websocket.StatusCode {
	s.t.Helper()
	if err := s.customer.conn.Write(s.t.Context(), websocket.MessageText, text); err != nil {
		s.t.Fatal(err)
	}
	code := s.customer.closedWith()
	s.customer = s.enter("customer", s.customerToken)
	s.customer.await("welcome", object{"state": "live"})
	s.customer.await(picture, object{"key": true})
	return code
}
