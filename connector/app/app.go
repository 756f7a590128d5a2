package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // bucket addresses azblob://…
	_ "gocloud.dev/blob/fileblob"  // file:///…
	_ "gocloud.dev/blob/s3blob"    // s3://…

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/connector/api"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/pin"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/sessions"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/telemetry"
	"cobrowse-connector/connector/web"
)

// Options are what callers may bring along. The zero value is a service of its own.
type Options struct {
	Log      *slog.Logger
	Listener net.Listener // instead of listening on the configuration's address
	// Companies are put in place before anybody is let in; see company.Document.
	Companies func(context.Context, *company.Companies) error
	// Entra reaches Entra ID for its keys, e.g. with a test's certificate. Nil = the usual way.
	Entra http.RoundTripper
}

// App is one running service.
type App struct {
	cfg     *config.Config
	log     *slog.Logger
	metrics *telemetry.Metrics
	health  *telemetry.Health

	node      string
	lock      *os.File // on the data folder
	db        *store.DB
	bucket    *blob.Bucket
	recovery  sessions.Recovery
	companies *company.Companies
	entra     *auth.Entra
	sessions  *sessions.Sessions
	desks     *desks
	browsers  *browsers
	live      *live.Sessions
	sockets   *live.Handler
	rules     *rules.Rules
	console   *console.Console
	editing   *live.Handler // sockets of the console's editors
	worker    *deliver.Worker
	doors     []*door // the public one first

	// Owned by Run: background work that ends with stop.
	work sync.WaitGroup
	stop context.CancelFunc
}

// New opens everything and finishes what a dead process left. It serves nobody before Run.
func New(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if err := web.Ready("agent.html", "join.html", "j.html", "watch.html", "console.html", "cobrowse.js"); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: o.Log, metrics: telemetry.NewMetrics()}
	if a.log == nil {
		a.log = telemetry.NewLog(os.Stderr, cfg.LogLevel)
	}
	if err := a.open(ctx, o); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context, o Options) (err error) {
	if a.node, a.lock, err = claimNode(a.cfg.DataDir); err != nil {
		return err
	}
	if a.bucket, err = blob.OpenBucket(ctx, a.cfg.Bucket); err != nil {
		return fmt.Errorf("the bucket for recordings cannot be opened: %w", err)
	}
	if a.db, err = store.Open(ctx, a.cfg.Database); err != nil {
		return err
	}
	if err := a.db.Migrate(ctx); err != nil {
		return err
	}
	ring, err := keyring.Open(ctx, a.db, a.cfg.KeyFile)
	if err != nil {
		return err
	}
	keys, err := seal.NewLocalKeys(ring.Key(keyring.ForRecordings))
	if err != nil {
		return err
	}
	a.companies = company.New(a.db, ring)
	a.entra = auth.NewEntra(a.companies, a.cfg.EntraAuthority, o.Entra, time.Now)
	if o.Companies != nil {
		if err := o.Companies(ctx, a.companies); err != nil {
			return err
		}
	}
	a.desks = newDesks(a.companies, a.cfg)
	recordings := recordings{bucket: a.bucket, keys: keys, log: a.log}
	a.rules = rules.New(a.db, ring, a.companies)
	a.buildSessions(ring) //nolint:contextcheck // sessions have contexts of their own
	a.worker = deliver.New(a.db, ring, a.desks.get, recordings.files(a.sessions), a.log, deliver.Options{Hooks: a.hooks(), Linked: a.sessions.Linked})
	if err := a.buildLive(ctx, recordings); err != nil {
		return err
	}
	a.buildConsole(ring)
	a.recovery = recordings.recover(a.sessions)
	if err := a.sessions.Recover(ctx, a.recovery); err != nil {
		return fmt.Errorf("sessions of the last run cannot be finished: %w", err)
	}
	if _, err := a.sessions.Beat(ctx); err != nil {
		return err
	}
	return a.buildDoors(ctx, o.Listener, recordings)
}

func (a *App) buildSessions(ring *keyring.Ring) {
	a.sessions = sessions.New(sessions.Config{
		DB: a.db, Ring: ring, Companies: a.companies, PINs: pin.New(ring, time.Now),
		Launches: auth.NewLaunches(a.companies, a.cfg.PublicURL, time.Now), Entra: a.entra, Desk: a.desks.get, Defaults: privacy.Defaults(), Redact: redactor,
		PublicURL: a.cfg.PublicURL, Node: a.node, JoinWindow: a.cfg.JoinWindow, Metrics: a.metrics, Wake: func() { a.worker.Wake() },
		Closed: func(session, reason string) { a.live.End(session, reason) }, Log: a.log,
		Known: func(session string) cobrowse.Redactor { return a.live.Redactor(session) },
	})
}

func redactor(p cobrowse.Policy) cobrowse.Redactor { return privacy.NewRedactor(p.PII, p.Patterns...) }

func (a *App) buildLive(ctx context.Context, r recordings) error {
	viewer, err := fs.ReadFile(web.FS, web.PDFViewer)
	if err != nil {
		return fmt.Errorf("%s: %w", web.PDFViewer, web.ErrNotBuilt)
	}
	a.browsers = newBrowsers(browser.Config{
		ChromiumPath: a.cfg.Chromium, WorkDir: a.workDir(), UID: a.cfg.BrowserUser, PDFViewer: viewer, SessionMemory: uint64(a.cfg.SessionMemory) << 20,
		Slowed: a.metrics.Slowed.Inc, Log: a.log,
	}, a.cfg.PublicURL, a.cfg.MaxSessions, a.cfg.Warm, a.metrics, a.log)
	// Also removes the profiles that a killed service left: not only when the first browser starts.
	if err := a.browsers.launcher.Check(ctx); err != nil {
		a.log.Warn("no browser can start", "error", err)
	}
	a.live = live.NewSessions(a.sessions, live.Maker{
		Browser:  a.browsers.open,
		Recorder: r.start,
		Redact:   redact,
		Suggested: func(ctx context.Context, s live.SessionSpec, made cobrowse.Suggestion) error {
			return a.rules.Suggest(ctx, s.Company.Slug, s.ID, made)
		},
		Learned: func(ctx context.Context, s live.SessionSpec, health []cobrowse.RuleHealth) error {
			return a.rules.Learn(ctx, s.Company.Slug, health)
		},
	}, cobrowse.Limits{Join: a.cfg.JoinWindow, Rejoin: a.cfg.RejoinWindow}, a.log)
	a.sockets = live.NewHandler(a.sessions, a.live, []string{a.cfg.PublicURL}, a.log)
	return nil
}

func redact(s live.SessionSpec) cobrowse.Redactor { return redactor(s.Policy) }

func (a *App) buildConsole(ring *keyring.Ring) {
	a.console = console.New(console.Config{
		DB: a.db, Ring: ring, Companies: a.companies, Launches: a.sessions.Launches, Entra: a.entra, Rules: a.rules,
		Defaults: privacy.Defaults(), Browser: a.browsers.open, Redact: redact, MostEditors: max(1, a.cfg.MaxSessions/4), Log: a.log,
	})
	a.editing = a.console.Sockets([]string{a.cfg.PublicURL})
}

// workDir is outside of the data folder, which Chromium's unprivileged user may not enter, and of this service only.
func (a *App) workDir() string {
	if a.cfg.WorkDir != "" {
		return a.cfg.WorkDir
	}
	sum := sha256.Sum256([]byte(a.cfg.DataDir))
	return filepath.Join(os.TempDir(), fmt.Sprintf("cobrowse-%d-%x", os.Getuid(), sum[:6]))
}

// removeWorkDir removes our own folder, unless another service with the same data still has profiles there.
func (a *App) removeWorkDir() {
	if a.cfg.WorkDir == "" {
		_ = os.Remove(a.workDir())
	}
}

func (a *App) buildDoors(ctx context.Context, l net.Listener, r recordings) error {
	a.health = telemetry.NewHealth(map[string]telemetry.Check{
		"database": a.db.Ping,
		"bucket": func(ctx context.Context) error {
			if ok, err := a.bucket.IsAccessible(ctx); err != nil || !ok {
				return errors.New("recordings cannot be stored")
			}
			return nil
		},
		"browser": a.browsers.check,
	}, a.log)
	//nolint:contextcheck // requests have contexts of their own
	handler := api.New(api.Config{
		DB: a.db, Companies: a.companies, Sessions: a.sessions, Live: claims{a.sockets, a.live, a.sessions}, Recordings: r, Metrics: a.metrics,
		Console: a.console, ConsoleLive: a.editing, Rules: a.rules,
		Health: a.health, ShowMetrics: a.cfg.MetricsInPublic(), PublicURL: a.cfg.PublicURL, EntraAuthority: a.cfg.EntraAuthority, ProxyHops: a.cfg.ProxyHops, Log: a.log,
	})
	public, err := newDoor(ctx, l, a.cfg.Listen, handler, a.log)
	if err != nil {
		return err
	}
	public.cert, public.key = a.cfg.TLSCert, a.cfg.TLSKey
	a.doors = append(a.doors, public)
	if a.cfg.OperatorListen == "" {
		return nil
	}
	operator, err := newDoor(ctx, nil, a.cfg.OperatorListen, telemetry.Operator(a.health, a.metrics), a.log)
	if err == nil {
		a.doors = append(a.doors, operator)
	}
	return err
}

// Companies are the service's companies.
func (a *App) Companies() *company.Companies { return a.companies }

// CheckDesk asks a company's desk what it lacks.
func (a *App) CheckDesk(ctx context.Context, slug string) error { return a.desks.check(ctx, slug) }

// Addr is the address that the service listens on.
func (a *App) Addr() net.Addr { return a.doors[0].listener.Addr() }

// Run serves until ctx ends, then ends the sessions in good order within the configured window and closes everything.
func (a *App) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	a.background(work, "deliver", a.worker.Run)
	a.background(work, "sweep", a.sweep)
	a.background(work, "beat", a.beat)
	a.background(work, "watch", a.watch(a.recovery))
	a.background(work, "warm", a.browsers.keepWarm(a.companies))
	served := make(chan error, len(a.doors))
	for _, d := range a.doors {
		go func() { served <- d.serve() }()
	}
	a.log.Info("serving", "address", a.Addr().String(), "public", a.cfg.PublicURL)
	if a.cfg.Unencrypted() {
		a.log.Warn("public-url is not https: whoever listens in this network reads along", "public", a.cfg.PublicURL)
	}
	var err error
	left := len(a.doors)
	select {
	case err = <-served: // one that fails ends the service
		left--
	case <-ctx.Done():
		err = a.drain(context.WithoutCancel(ctx))
	}
	err = errors.Join(err, a.close())
	for range left {
		if failure := <-served; !errors.Is(failure, net.ErrClosed) { // close takes away the listener of a door that drain did not end
			err = errors.Join(err, failure)
		}
	}
	return err
}

// drain ends in the order that people notice least: no new sessions, sessions told and ended, sockets, HTTP.
func (a *App) drain(ctx context.Context) error {
	a.log.Info("stopping", "sessions", a.live.Count())
	a.health.Drain()
	ctx, cancel := context.WithTimeout(ctx, a.cfg.DrainWindow)
	defer cancel()
	err := errors.Join(a.console.Shutdown(ctx), a.live.Shutdown(ctx), a.sockets.Shutdown(ctx), a.editing.Shutdown(ctx))
	for _, d := range a.doors {
		err = errors.Join(err, d.server.Shutdown(ctx))
	}
	return err
}

// sweepEvery is how often invitations that nobody used are ended, and old tokens, their editors and what is known of rules forgotten.
const sweepEvery = time.Minute

func (a *App) sweep(ctx context.Context) error {
	return every(ctx, sweepEvery, func() {
		err := errors.Join(a.sessions.Sweep(ctx), a.rules.Sweep(ctx, time.Now()), a.console.Sweep(ctx))
		if err != nil && ctx.Err() == nil {
			a.log.Error("sweep failed", "error", err)
		}
		a.countOutbox(ctx)
	})
}

func (a *App) countOutbox(ctx context.Context) {
	if b, err := a.worker.Pending(ctx); err == nil {
		a.metrics.OutboxPending.Set(float64(b.Pending))
		a.metrics.OutboxDead.Set(float64(b.Dead))
	}
}

func (a *App) background(ctx context.Context, name string, f func(context.Context) error) {
	a.work.Go(func() {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("background work ended", "work", name, "error", err)
		}
	})
}

// close closes what open opened, as far as it came.
func (a *App) close() error {
	if a.stop != nil {
		a.stop()
	}
	a.work.Wait()
	var errs []error
	if a.browsers != nil {
		errs = append(errs, a.browsers.close())
		a.removeWorkDir()
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	if a.bucket != nil {
		errs = append(errs, a.bucket.Close())
	}
	for _, d := range a.doors {
		_ = d.listener.Close() // closed already by a server that was shut down
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
	}
	return errors.Join(errs...)
}

func (a *App) hooks() deliver.Hooks {
	return deliver.Hooks{
		Delivered: func() { a.metrics.Deliveries.WithLabelValues("ok").Inc() },
		Retried:   func() { a.metrics.Deliveries.WithLabelValues("retry").Inc() },
		Died:      func() { a.metrics.Deliveries.WithLabelValues("dead").Inc() },
	}
}

// claims joins the live socket and the registry for the HTTP interface.
type claims struct {
	*live.Handler
	live     *live.Sessions
	sessions *sessions.Sessions
}

// Claimed implements api.Live.
func (c claims) Claimed(ctx context.Context, session string) error {
	spec, err := c.sessions.Spec(ctx, session)
	if err != nil || spec.Agent == nil {
		return err
	}
	_, err = c.live.Join(ctx, spec)
	return err
}
