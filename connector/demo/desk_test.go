package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const service = "https://service.example"

var secret = bytes.Repeat([]byte("k"), 32)

type fixedConversations []Conversation

func (f fixedConversations) List(context.Context) ([]Conversation, error) { return f, nil }

type fixedTimeline struct{}

func (fixedTimeline) Case(_ context.Context, id string) (Case, error) {
	if id != "case-1" {
		return Case{}, ErrNotFound
	}
	return Case{ID: id, Title: "Coat in the wrong size", TicketNumber: "CAS-1"}, nil
}

func (fixedTimeline) Entries(context.Context, string) ([]TimelineEntry, error) {
	return []TimelineEntry{{ID: "n1", Kind: KindNote, Subject: "Co-browse session",
		HTML: `<p onclick="x()">Solved. <a href="` + service + `/watch/s-1">Watch</a></p>`, Link: service + "/watch/s-1",
		File: &FileInfo{ID: "f1", Name: "gravação.webm", Type: "video/webm", Size: 4}}}, nil
}

func (fixedTimeline) File(_ context.Context, id string) (TimelineFile, error) {
	if id != "f1" {
		return TimelineFile{}, ErrNotFound
	}
	return TimelineFile{FileInfo: FileInfo{Name: "gravação.webm", Type: "video/webm", Size: 4},
		Body: io.NopCloser(strings.NewReader("webm"))}, nil
}

func deskConfig() DeskConfig {
	return DeskConfig{
		Service: service, KeyID: "desk-1", Secret: secret, Company: "acme",
		People: []Person{{ID: "a-1", Name: "Ana", Role: RoleAgent}, {ID: "s-1", Name: "Sam", Role: RoleSupervisor}},
		Conversations: fixedConversations{
			{ID: "c-1", Channel: "chat", CustomerName: "Maria", Messages: []Message{{From: "customer", Text: "Hello"}}},
			{ID: "c-2", Channel: "voice", CustomerName: "João"},
		},
		Timeline: fixedTimeline{}, Dataverse: http.NotFoundHandler(),
	}
}

func startDesk(t *testing.T) *httptest.Server {
	t.Helper()
	h, err := NewDesk(deskConfig())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func call(t *testing.T, s *httptest.Server, method, path, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// verified checks a launch as the product does and returns its claims.
func verified(t *testing.T, launch string) claims {
	t.Helper()
	token, err := jwt.ParseSigned(launch, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		t.Fatal(err)
	}
	if h := token.Headers[0]; h.KeyID != "desk-1" || h.ExtraHeaders["typ"] != "cobrowse-launch+jwt" {
		t.Errorf("header = %+v", h)
	}
	var c claims
	if err := token.Claims(secret, &c); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(jwt.Expected{Issuer: "desk-1", AnyAudience: jwt.Audience{service}, Time: time.Now()}); err != nil {
		t.Error(err)
	}
	if c.ID == "" || c.Expiry.Time().Sub(c.IssuedAt.Time()) > 5*time.Minute {
		t.Errorf("jti %q, lives %v", c.ID, c.Expiry.Time().Sub(c.IssuedAt.Time()))
	}
	return c
}

func TestLaunchIsSignedForTheConversation(t *testing.T) {
	s := startDesk(t)
	res, body := call(t, s, "POST", "/launch", `{"conversation":"c-2","role":"agent"}`)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	var out struct{ Launch string }
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatal(err)
	}
	c := verified(t, out.Launch)
	if c.Company != "acme" || c.Conversation != "c-2" || c.Channel != "voice" || c.Agent.Role != RoleAgent || c.Origin != s.URL {
		t.Errorf("claims = %+v", c)
	}
}

func TestLaunchRefusesWhatTheDeskDoesNotHave(t *testing.T) {
	s := startDesk(t)
	for body, want := range map[string]int{
		`{"conversation":"other"}`:                     http.StatusNotFound,
		`{"conversation":"c-1","role":"manager"}`:      http.StatusForbidden,
		`{"conversation":`:                             http.StatusBadRequest,
		`{"x":"` + strings.Repeat("x", maxBody) + `"}`: http.StatusBadRequest,
	} {
		if res, _ := call(t, s, "POST", "/launch", body); res.StatusCode != want {
			t.Errorf("%.40s: %d, want %d", body, res.StatusCode, want)
		}
	}
}

func TestLaunchIsRefusedToOtherSites(t *testing.T) {
	s := startDesk(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/launch", strings.NewReader(`{"conversation":"c-1"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close() //nolint:errcheck // read only
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("%d, want 403", res.StatusCode)
	}
}

func TestWatchSignsTheSupervisorIn(t *testing.T) {
	s := startDesk(t)
	res, _ := call(t, s, "GET", "/watch?session=s-1", "")
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	if got := to.Scheme + "://" + to.Host + to.Path; got != service+"/watch/s-1" || to.RawQuery != "" {
		t.Errorf("redirects to %s?%s", got, to.RawQuery)
	}
	c := verified(t, strings.TrimPrefix(to.Fragment, "launch="))
	if c.Session != "s-1" || c.Agent.Role != RoleSupervisor {
		t.Errorf("claims = %+v", c)
	}
	for _, bad := range []string{"", "../x", "a%20b", strings.Repeat("x", 65)} {
		if res, _ := call(t, s, "GET", "/watch?session="+bad, ""); res.StatusCode != http.StatusBadRequest {
			t.Errorf("session %q: %d, want 400", bad, res.StatusCode)
		}
	}
}

func TestChatKeepsWhatWasSaid(t *testing.T) {
	s := startDesk(t)
	if res, body := call(t, s, "POST", "/api/conversations/c-1/messages", `{"text":"Join: https://x.example/j#t"}`); res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	_, body := call(t, s, "GET", "/api/conversations/c-1/messages", "")
	var lines []Message
	if err := json.Unmarshal([]byte(body), &lines); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 || lines[1].From != "agent" || lines[1].Name != "Ana" || !strings.HasPrefix(lines[1].Text, "Join: ") {
		t.Errorf("lines = %+v", lines)
	}
	for path, want := range map[string]int{"c-1": http.StatusBadRequest, "other": http.StatusNotFound} {
		if res, _ := call(t, s, "POST", "/api/conversations/"+path+"/messages", `{"text":"  "}`); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

func TestTimelineIsClean(t *testing.T) {
	s := startDesk(t)
	_, body := call(t, s, "GET", "/api/timeline/case-1", "")
	var out struct{ Entries []TimelineEntry }
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatal(err)
	}
	e := out.Entries[0]
	if strings.Contains(e.HTML, "onclick") || !strings.Contains(e.HTML, `href="`+service+`/watch/s-1"`) || e.Link != service+"/watch/s-1" {
		t.Errorf("entry = %+v", e)
	}
	if res, _ := call(t, s, "GET", "/api/timeline/other", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown case: %d, want 404", res.StatusCode)
	}
}

func TestFilesComeAsDownloads(t *testing.T) {
	s := startDesk(t)
	res, body := call(t, s, "GET", "/api/files/f1", "")
	if body != "webm" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("%q with %v", body, res.Header)
	}
	if res, _ := call(t, s, "GET", "/api/files/other", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown file: %d, want 404", res.StatusCode)
	}
}

func TestNewDeskSaysWhatIsMissing(t *testing.T) {
	for name, spoil := range map[string]func(*DeskConfig){
		"service with a path": func(c *DeskConfig) { c.Service += "/x" },
		"no key id":           func(c *DeskConfig) { c.KeyID = "" },
		"short secret":        func(c *DeskConfig) { c.Secret = []byte("short") },
		"no supervisor":       func(c *DeskConfig) { c.People = c.People[:1] },
		"no timeline":         func(c *DeskConfig) { c.Timeline = nil },
		"no organisation":     func(c *DeskConfig) { c.Dataverse = nil },
	} {
		c := deskConfig()
		spoil(&c)
		if _, err := NewDesk(c); err == nil || !strings.HasPrefix(err.Error(), "demo: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
