package app

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/live"
)

const (
	webhookSecret = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
	deskSecret    = "0123456789abcdef0123456789abcdef"
	deskOrigin    = "https://desk.example"
)

// start makes an App on a data folder; the test runs or closes it.
func start(t *testing.T, dir, deskURL string) *App {
	t.Helper()
	return startWith(t, dir, deskURL, func(*config.Config) {})
}

func startWith(t *testing.T, dir, deskURL string, change func(*config.Config)) *App {
	t.Helper()
	cfg, err := config.Default(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Warm = 0
	cfg.Chromium = "/usr/bin/chromium"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.PublicURL = "http://" + listener.Addr().String()
	change(cfg)
	a, err := New(context.Background(), cfg, Options{Listener: listener, Log: slog.New(slog.DiscardHandler),
		Companies: func(ctx context.Context, c *company.Companies) error { return putCompany(ctx, c, deskURL) }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func putCompany(ctx context.Context, c *company.Companies, deskURL string) error {
	s := company.Settings{
		Slug: "acme", Name: "Acme", Languages: []string{"en"}, Recording: live.RecordingOff, StartURL: "https://shop.example/",
		Origins: []string{deskOrigin}, DeskKind: "generic", DeskURL: deskURL,
	}
	if _, err := c.Put(ctx, s, "test"); err != nil {
		return err
	}
	credentials := fmt.Sprintf(`{"webhookSecret":%q,"private":["127.0.0.0/8"]}`, webhookSecret)
	return c.PutDesk(ctx, "acme", company.Desk{Key: company.Key{ID: "k", Secret: []byte(deskSecret)}, Credentials: []byte(credentials)}, "test")
}

// run runs an App until the returned function is called, which gives Run's answer.
func run(a *App) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// liveSession brings a session to its live state without a browser, as the database sees it.
func liveSession(t *testing.T, a *App) string {
	t.Helper()
	ctx := context.Background()
	who := letIn(t, a)
	inv, err := a.sessions.Invite(ctx, "acme", "", "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.sessions.Claim(ctx, who, inv.PIN, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if err := a.sessions.Moved(ctx, inv.Session, cobrowse.StateLive, time.Now()); err != nil {
		t.Fatal(err)
	}
	return inv.Session
}

// letIn is an agent whom the desk launched.
func letIn(t *testing.T, a *App) auth.Identity {
	t.Helper()
	now := time.Now()
	signed, err := auth.Sign(company.Key{ID: "k", Secret: []byte(deskSecret)}, auth.Launch{
		Issuer: "k", Audience: a.cfg.PublicURL, IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(), ID: now.String(), Company: "acme",
		Agent: auth.LaunchAgent{ID: "ada", Name: "Ada", Role: cobrowse.RoleAgent}, Conversation: "c1", Channel: "voice", Origin: deskOrigin,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, who, err := a.sessions.Launch(context.Background(), signed)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// TestAPINEndsTheLinkThatItsAgentWaitsOn: the link's actor runs on this node and hears of it.
func TestAPINEndsTheLinkThatItsAgentWaitsOn(t *testing.T) {
	ctx := context.Background()
	a := start(t, t.TempDir(), "https://desk.example/hook")
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	who := letIn(t, a)
	link, _, err := a.sessions.Link(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := a.sessions.Spec(ctx, link.ID)
	if err != nil {
		t.Fatal(err)
	}
	spec.Agent = nil // no browser for this test
	actor, err := a.live.Join(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := a.sessions.Invite(ctx, "acme", "", "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.sessions.Claim(ctx, who, inv.PIN, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	<-actor.Done()
}

// TestRestartDeliversWhatADeadProcessLeft: the session was live when the service went away; the next run tells the desk.
func TestRestartDeliversWhatADeadProcessLeft(t *testing.T) {
	posts := make(chan string, 8)
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Header.Get("webhook-signature") == "" {
			t.Error("the webhook is not signed")
		}
		posts <- string(body)
	}))
	defer desk.Close()
	dir := t.TempDir()
	first := start(t, dir, desk.URL)
	session := liveSession(t, first)
	if err := first.close(); err != nil { // as after a kill: nobody ended the session
		t.Fatal(err)
	}
	stop := run(start(t, dir, desk.URL))
	select {
	case body := <-posts:
		if !strings.Contains(body, session) || !strings.Contains(body, `"Ada"`) {
			t.Errorf("the desk was told %s", body)
		}
	case <-time.After(time.Minute):
		t.Error("the desk was told nothing")
	}
	if err := stop(); err != nil {
		t.Errorf("the second run did not end in good order: %v", err)
	}
}

func TestServesUntilItIsStopped(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	address := "http://" + a.Addr().String()
	stop := run(a)
	for path, want := range map[string]int{"/readyz": 200, "/healthz": 200, "/metrics": 200, "/v1/companies/acme": 200, "/v1/companies/none": 404} {
		answer, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != want {
			t.Errorf("%s: %d %s, %v", path, answer.StatusCode, body, err)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("not in good order: %v", err)
	}
	if _, err := http.Get(address + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}

// TestMetricsAreForOperators: a service that the public reaches shows them at the operator's address only.
func TestMetricsAreForOperators(t *testing.T) {
	for name, c := range map[string]struct {
		operator         string
		public, operated int
	}{
		"no address of their own": {"", 404, 0},
		"an address of their own": {"127.0.0.1:0", 404, 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := startWith(t, t.TempDir(), "https://desk.example/hook", func(cfg *config.Config) {
				cfg.PublicURL, cfg.OperatorListen = "https://cobrowse.example", c.operator
			})
			stop := run(a)
			want := []int{c.public, c.operated}
			for i, d := range a.doors {
				answer, err := http.Get("http://" + d.listener.Addr().String() + "/metrics")
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != want[i] {
					t.Errorf("door %d: %d, want %d", i, answer.StatusCode, want[i])
				}
			}
			if len(a.doors) == 1 && c.operated != 0 {
				t.Error("the operator has no door")
			}
			if err := stop(); err != nil {
				t.Errorf("not in good order: %v", err)
			}
		})
	}
}

func TestDeadLettersAreCounted(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	err := a.db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO outbox (id, company, lane, position, session, step, body, state, created_at, due_at)
			VALUES ('s/entry', 'acme', 'l', 1, 's', 'entry', '{}', 'dead', 1, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a.countOutbox(t.Context())
	shown := httptest.NewRecorder()
	a.metrics.Handler().ServeHTTP(shown, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if !strings.Contains(shown.Body.String(), "\ncobrowse_outbox_dead 1\n") {
		t.Error("the metrics do not show the dead letter")
	}
}

func TestDesksFollowTheirConfiguration(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	first, err := a.desks.get(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if same, err := a.desks.get(t.Context(), "acme"); err != nil || same != first {
		t.Errorf("opened again without need: %v", err)
	}
	if err := putCompany(context.Background(), a.companies, "https://desk.example/moved"); err != nil {
		t.Fatal(err)
	}
	if moved, err := a.desks.get(t.Context(), "acme"); err != nil || moved == first {
		t.Errorf("the former desk is still used: %v", err)
	}
	if _, err := a.desks.get(t.Context(), "none"); cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		t.Errorf("an unknown company: %v", err)
	}
	secret := base64.StdEncoding.EncodeToString([]byte("sealed, never told"))
	broken, err := json.Marshal(map[string]string{"webhookSecret": secret[:8]})
	if err != nil {
		t.Fatal(err)
	}
	err = a.companies.PutDesk(context.Background(), "acme", company.Desk{Key: company.Key{ID: "k", Secret: []byte(deskSecret)}, Credentials: broken}, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.desks.get(t.Context(), "acme"); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable || strings.Contains(err.Error(), secret[:8]) {
		t.Errorf("broken credentials: %v", err)
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"database": {func(c *config.Config) { c.Database = "postgres:///x?host=/nonexistent&user=x" }, "does not answer"},
		"bucket":   {func(c *config.Config) { c.Bucket = "ftp://x" }, "bucket"},
		"key":      {func(c *config.Config) { c.KeyFile = "/dev/null" }, "master key"},
		"address":  {func(c *config.Config) { c.Listen = "256.0.0.1:1" }, "cannot listen"},
		"operator": {func(c *config.Config) { c.Listen, c.OperatorListen = "127.0.0.1:0", "256.0.0.1:1" }, "cannot listen"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Default(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			c.change(cfg)
			_, err = New(context.Background(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}
