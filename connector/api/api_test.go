package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/api"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/auth/openidtest"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
	"cobrowse-connector/connector/telemetry"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// service is the real router over the world of sessionstest.
type service struct {
	*sessionstest.World
	t      *testing.T
	Rules  *rules.Rules
	Entra  *openidtest.Provider
	server *api.Server
	live   *liveStub
	log    *bytes.Buffer
	spec   routers.Router
}

func newService(t *testing.T, db *store.DB) *service {
	t.Helper()
	s := &service{World: sessionstest.New(t, db), t: t, live: &liveStub{}, log: &bytes.Buffer{}, spec: specification(t)}
	s.Entra = openidtest.New(t, s.Now)
	s.Sessions.Entra = auth.NewEntra(s.Companies, s.Entra.Authority(), s.Entra.Transport(), s.Now)
	return s.behind(0)
}

// behind is the same service behind so many proxies, with limits that nobody has used up.
func (s service) behind(proxies int) *service {
	log := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Rules = rules.New(s.DB, s.Ring, s.Companies)
	editing := console.New(console.Config{
		DB: s.DB, Ring: s.Ring, Companies: s.Companies, Launches: auth.NewLaunches(s.Companies, sessionstest.PublicURL, s.Now), Entra: s.Sessions.Entra, Rules: s.Rules,
		Defaults: cobrowse.Policy{PII: []string{"card"}}, Log: log,
		Redact: func(spec live.SessionSpec) cobrowse.Redactor {
			return privacy.NewRedactor(spec.Policy.PII, spec.Policy.Patterns...)
		},
	})
	s.server = api.New(api.Config{
		Console: editing, ConsoleLive: s.live, Rules: s.Rules,
		DB: s.DB, Companies: s.Companies, Sessions: s.Sessions, Live: s.live, Recordings: videoStub{}, Metrics: s.Metrics,
		Health: telemetry.NewHealth(map[string]telemetry.Check{"database": s.DB.Ping}, log), ShowMetrics: true, PublicURL: sessionstest.PublicURL,
		EntraAuthority: s.Entra.Authority(), ProxyHops: proxies, Log: log,
	})
	return &s
}

// each runs a test against a service on each database.
func each(t *testing.T, test func(t *testing.T, s *service)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, newService(t, db)) })
}

// liveStub stands for running sessions: what they are told is all that this package can see of them.
type liveStub struct {
	mu       sync.Mutex
	claimed  []string
	uploaded string
}

func (*liveStub) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (l *liveStub) Claimed(_ context.Context, session string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.claimed = append(l.claimed, session)
	return nil
}

// videoStub stands for the store of recordings, which package record tests.
type videoStub struct{}

const videoBytes = "0123456789"

type reader struct{ *strings.Reader }

func (reader) Close() error { return nil }

func (videoStub) Video(context.Context, string, string, string) (io.ReadSeekCloser, error) {
	return reader{strings.NewReader(videoBytes)}, nil
}

func (videoStub) Track(context.Context, string, string) (any, error) {
	return map[string]any{"v": 1, "events": []any{}}, nil
}

func specification(t *testing.T) routers.Router {
	t.Helper()
	doc := document(t)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// request is one request and what is wrong with it.
type request struct {
	method, path, body string
	token              string
	header             map[string]string
	from               string // address
}

func (r request) make() *http.Request {
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	if r.from != "" {
		req.RemoteAddr = r.from
	}
	return req
}

// do sends a request; the answer must be one that openapi.yaml describes.
func (s *service) do(r request) *httptest.ResponseRecorder {
	s.t.Helper()
	req := r.make()
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, req)
	s.described(req, w)
	return w
}

func (s *service) described(req *http.Request, w *httptest.ResponseRecorder) {
	s.t.Helper()
	route, params, err := s.spec.FindRoute(req)
	if err != nil {
		return // an address that nobody defined
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: w.Header().Get("Content-Type") == "video/webm" || w.Header().Get("Content-Type") == "application/octet-stream"},
	})
	if err != nil {
		s.t.Errorf("%s %s answers %d, which openapi.yaml does not describe: %v", req.Method, req.URL.Path, w.Code, err)
	}
}

// ok sends a request that must succeed and decodes the answer.
func (s *service) ok(r request, into any) {
	s.t.Helper()
	w := s.do(r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", r.method, r.path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		s.t.Fatal(err)
	}
}

// refused sends a request that must fail with this status and reason, as a problem.
func (s *service) refused(r request, status int, reason string) *httptest.ResponseRecorder {
	s.t.Helper()
	w := s.do(r)
	var p struct {
		Type, Title, Detail, Reason string
		Status                      int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		s.t.Errorf("%s %s: %d %s is no problem: %v", r.method, r.path, w.Code, w.Body, err)
		return w
	}
	if w.Code != status || p.Status != status || p.Reason != reason || p.Detail == "" || p.Title == "" {
		s.t.Errorf("%s %s: got %d %+v, want %d %s", r.method, r.path, w.Code, p, status, reason)
	}
	if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
		s.t.Errorf("%s %s: the problem is %s", r.method, r.path, kind)
	}
	return w
}

func post(path, token string, body any) request {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // the tests' own maps
	}
	return request{method: http.MethodPost, path: path, token: token, body: string(text)}
}

func get(path, token string) request {
	return request{method: http.MethodGet, path: path, token: token}
}

type object = map[string]any

// agent opens the widget and returns the agent's token.
func (s *service) agent(slug, id, conversation string) string {
	s.t.Helper()
	var out struct{ Token string }
	s.ok(post("/v1/agent/launch", "", object{"launch": s.Launch(slug, id, conversation, nil)}), &out)
	return out.Token
}

type invitation struct{ PIN, Token, Session string }

func (s *service) invite(slug string) (inv invitation) {
	s.t.Helper()
	s.ok(post("/v1/join/"+slug+"/pins", "", object{}), &inv)
	return inv
}

// ended brings a session of the agent to its end and returns it.
func (s *service) ended(agent string) string {
	s.t.Helper()
	inv := s.invite("acme")
	s.ok(post("/v1/agent/pins/claim", agent, object{"pin": inv.PIN}), &object{})
	ctx := context.Background()
	if err := s.Sessions.Moved(ctx, inv.Session, cobrowse.StateLive, s.Now()); err != nil {
		s.t.Fatal(err)
	}
	err := s.Sessions.Ended(ctx, inv.Session, cobrowse.Result{
		State: cobrowse.StateEnded,
		Summary: cobrowse.Summary{
			Session: inv.Session, Started: s.Now(), Ended: s.Now().Add(time.Minute), EndedBy: cobrowse.RoleAgent, EndReason: "ended",
			Pages: []cobrowse.PageVisit{{Title: "Shop", URL: "https://shop.acme.example/", Time: 2 * time.Second}}, Paused: 3 * time.Second,
			Moments: []cobrowse.Moment{{At: s.Now(), Kind: "page", What: "Shop", URL: "https://shop.acme.example/"}},
		},
		Recording: &cobrowse.Recording{
			Session: inv.Session, VideoKey: "v1", TrackKey: "t", Bytes: int64(len(videoBytes)), Duration: time.Minute, SHA256: "abc",
			Videos: []cobrowse.Video{{Key: "v1", Type: "video/webm", To: time.Minute, Width: 1280, Height: 800, Bytes: int64(len(videoBytes))}},
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return inv.Session
}

func TestCall(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		var co struct{ Slug, Recording string }
		s.ok(get("/v1/companies/acme", ""), &co)
		inv := s.invite(co.Slug)
		agent := s.agent("acme", "ada", "c-voice")
		var claimed struct {
			Session struct{ ID, State, CustomerName string }
		}
		s.ok(post("/v1/agent/pins/claim", agent, object{"pin": inv.PIN}), &claimed)
		if claimed.Session.ID != inv.Session || claimed.Session.CustomerName != "Carla" {
			t.Fatalf("claimed %+v", claimed)
		}
		if len(s.live.claimed) != 1 || s.live.claimed[0] != inv.Session {
			t.Errorf("running sessions were told of %v", s.live.claimed)
		}
		var joined struct{ Token string }
		s.ok(post("/v1/agent/sessions/"+inv.Session+"/join", agent, object{}), &joined)
		for _, token := range []string{inv.Token, joined.Token} {
			if a, err := s.Sessions.Admit(context.Background(), token); err != nil || a.Session.ID != inv.Session {
				t.Errorf("admitted to %q, %v", a.Session.ID, err)
			}
		}
		var where struct {
			Session    struct{ ID string }
			DeskOrigin string
			Case       struct{ Title string }
			Agent      struct{ ID, Name string }
		}
		s.ok(get("/v1/agent/context", agent), &where)
		if where.Session.ID != inv.Session || where.DeskOrigin != sessionstest.DeskOrigin("acme") || where.Case.Title != "Broken kettle" || where.Agent.ID != "ada" {
			t.Errorf("context: %+v", where)
		}
	})
}

func TestChat(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		agent := s.agent("acme", "ada", "c-chat")
		var link struct {
			Session struct{ ID string }
			JoinURL string
		}
		s.ok(post("/v1/agent/sessions", agent, object{}), &link)
		_, ticket, _ := strings.Cut(link.JoinURL, "#")
		var opened struct {
			Token, Session string
			Company        struct{ Slug string }
		}
		s.ok(post("/v1/join/tickets", "", object{"ticket": ticket}), &opened)
		if opened.Session != link.Session.ID || opened.Company.Slug != "acme" {
			t.Fatalf("opened %+v", opened)
		}
		s.refused(post("/v1/join/tickets", "", object{"ticket": ticket}), 409, "ticket_used")
	})
}

func TestRecordings(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		agent := s.agent("acme", "ada", "c-voice")
		session := s.ended(agent)
		base := "/v1/recordings/" + session
		var player struct{ Token string }
		s.ok(post("/v1/player/session", "", object{"launch": s.Supervise("acme", session)}), &player)
		for who, token := range map[string]string{"supervisor": player.Token, "its agent": agent} {
			w := s.do(get(base, token))
			var m struct {
				DurationMs int64
				Video      struct{ URL string }
				Transcript struct{ URL string }
				Summary    struct {
					Paused int64
					Pages  []struct{ Time int64 }
				}
			}
			if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Code != 200 {
				t.Fatalf("%s: %d %s", who, w.Code, w.Body)
			}
			if m.DurationMs != 60_000 || m.Summary.Paused != 3000 || m.Summary.Pages[0].Time != 2000 {
				t.Errorf("%s: durations are not milliseconds: %s", who, w.Body)
			}
			s.playByCookie(w, m.Video.URL, session)
			s.readsTranscript(m.Transcript.URL, token)
		}
		s.refusesOthers(base, session)
	})
}

// playByCookie fetches the video as a <video> element does: with the cookie, by ranges.
func (s *service) playByCookie(manifest *httptest.ResponseRecorder, url, session string) {
	s.t.Helper()
	cookies := manifest.Result().Cookies()
	if len(cookies) != 1 {
		s.t.Fatalf("%d cookies", len(cookies))
	}
	c := cookies[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/v1/recordings/"+session {
		s.t.Errorf("cookie: %+v", c)
	}
	w := s.do(request{method: "GET", path: url, header: map[string]string{"Cookie": c.Name + "=" + c.Value, "Range": "bytes=2-4"}})
	if w.Code != http.StatusPartialContent || w.Body.String() != "234" {
		s.t.Errorf("range: %d %q", w.Code, w.Body)
	}
	if w := s.do(request{method: "GET", path: url, header: map[string]string{"Cookie": c.Name + "=nonsense"}}); w.Code != 401 {
		s.t.Errorf("a made-up cookie: %d", w.Code)
	}
	beyond := s.do(request{method: "GET", path: url, header: map[string]string{"Cookie": c.Name + "=" + c.Value, "Range": "bytes=99-"}})
	if beyond.Code != http.StatusRequestedRangeNotSatisfiable {
		s.t.Errorf("beyond the end: %d", beyond.Code)
	}
	s.refused(request{method: "GET", path: "/v1/recordings/" + session + "/video?n=7", header: map[string]string{"Cookie": c.Name + "=" + c.Value}}, 404, "part_unknown")
}

// readsTranscript gets it as a file that no browser takes for a page.
func (s *service) readsTranscript(url, token string) {
	s.t.Helper()
	w := s.do(get(url, token))
	_, as, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
	if want := "cobrowse-" + s.Now().UTC().Format("2006-01-02-1504") + "-transcript.txt"; err != nil || as["filename"] != want {
		s.t.Errorf("it comes as %q (%v), not %s", as, err, want)
	}
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(w.Body.String(), "Page: Shop (https://shop.acme.example/)") {
		s.t.Errorf("transcript: %d %q\n%s", w.Code, w.Header(), w.Body)
	}
}

func (s *service) refusesOthers(base, session string) {
	s.t.Helper()
	second := s.ended(s.agent("acme", "cyd", "c-voice"))
	var elsewhere struct{ Token string }
	s.ok(post("/v1/player/session", "", object{"launch": s.Supervise("acme", second)}), &elsewhere)
	for who, token := range map[string]string{
		"another agent":                     s.agent("acme", "bob", "c-voice"),
		"another company's agent":           s.agent("other", "ada", "c-voice"),
		"a supervisor of another recording": elsewhere.Token,
	} {
		for _, path := range []string{base, base + "/video", base + "/track", base + "/transcript"} {
			if w := s.refused(get(path, token), 404, "session_unknown"); len(w.Result().Cookies()) != 0 {
				s.t.Errorf("%s got a cookie", who)
			}
		}
	}
	s.refused(post("/v1/player/session", "", object{"launch": s.Supervise("other", session)}), 404, "session_unknown")
}

func TestAPlayersTokenOpensNothingElse(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	session := s.ended(s.agent("acme", "ada", "c-voice"))
	signed := s.Launch("acme", "ada", "c-voice", func(l *auth.Launch) { l.Session = session })
	var player struct{ Token string }
	s.ok(post("/v1/player/session", "", object{"launch": signed}), &player)
	s.ok(get("/v1/recordings/"+session, player.Token), &object{})
	for _, r := range []request{
		get("/v1/agent/context", player.Token), post("/v1/agent/context/refresh", player.Token, object{}), post("/v1/agent/sessions", player.Token, object{}),
		post("/v1/agent/pins/claim", player.Token, object{"pin": "123456"}), post("/v1/agent/sessions/"+session+"/join", player.Token, object{}),
	} {
		s.refused(r, 403, "role")
	}
}

func TestOutcome(t *testing.T) {
	s := newService(t, storetest.SQLite(t))
	agent := s.agent("acme", "ada", "c-voice")
	path := "/v1/agent/sessions/" + s.ended(agent) + "/outcome"
	s.refused(post(path, agent, object{"outcome": "fine"}), 400, "outcome_unknown")
	if w := s.do(post(path, agent, object{"outcome": "solved", "note": "new kettle"})); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.refused(post(path, agent, object{"outcome": "solved"}), 409, "outcome_picked")
}
