package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/app"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/live"
)

// Slug is the demo's only company.
const Slug = "casa-lume"

const deskKey = "demo-desk"

// Options say where the demo runs.
type Options struct {
	DataDir string       // database, recordings, keys, profiles
	Host    string       // of the service, as people's browsers know this machine; "" = 127.0.0.1
	Port    int          // of the service; the stand-ins take the next ones. 0 = any free ports
	Warm    int          // browsers kept ready
	Log     *slog.Logger // nil = none
	// Configure changes the service's configuration, e.g. in tests. Nil = as it is.
	Configure func(*config.Config)
	// Settle changes the demo's company, e.g. in tests. Nil = as it is.
	Settle func(*company.Settings)
	// More are further conversations at the desk, e.g. in tests: each has one session at a time.
	More []Conversation
	// Entra reaches Entra ID for its keys, e.g. with a test's certificate. Nil = the usual way.
	Entra http.RoundTripper
}

// Addresses are where people go. They are what `connector demo --json` prints.
type Addresses struct {
	Service    string   `json:"service"`
	Desk       string   `json:"desk"`
	Shop       string   `json:"shop"`
	SecondSite string   `json:"secondSite"`
	Join       string   `json:"join"`
	Timelines  []Named  `json:"timelines"`
	Console    string   `json:"console"` // signs the administrator in
	Dataverse  string   `json:"dataverse"`
	Company    string   `json:"company"`
	People     []Person `json:"people"`
}

// Named is an address with a title.
type Named struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Demo is the product and everything that stands around it, on this machine.
type Demo struct {
	Addresses
	// CRM is the stand-in organisation that the service writes to.
	CRM *organisation

	app      *app.App
	standIn  *keeper
	standIns map[net.Listener]http.Handler
	sockets  []net.Listener
	secret   []byte
}

// New makes the demo ready. Run serves it; a Demo that is not run must be closed.
func New(ctx context.Context, o Options) (*Demo, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{CRM: newOrganisation(time.Now()), standIns: map[net.Listener]http.Handler{}, secret: []byte(rand.Text() + rand.Text())}
	if err := d.prepare(ctx, o); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) prepare(ctx context.Context, o Options) error {
	// Hosts differ on purpose: to a browser localhost is another site than 127.0.0.1, as the desk and the second shop are in life.
	for _, place := range []struct {
		url  *string
		host string
	}{{&d.Service, cmp.Or(o.Host, "127.0.0.1")}, {&d.Desk, "localhost"}, {&d.Shop, "127.0.0.1"}, {&d.SecondSite, "localhost"}, {&d.Dataverse, "127.0.0.1"}} {
		l, err := listen(ctx, o.Port, len(d.sockets))
		if err != nil {
			return err
		}
		d.sockets = append(d.sockets, l)
		*place.url = fmt.Sprintf("http://%s:%d", place.host, l.Addr().(*net.TCPAddr).Port)
	}
	for _, c := range o.More {
		d.CRM.add(c)
	}
	d.Company, d.Join, d.People = Slug, d.Service+"/join/"+Slug, people()
	d.Console = d.Desk + "/console"
	var err error
	if d.standIn, err = keep(d.CRM.server, filepath.Join(o.DataDir, "dataverse.json"), o.Log); err != nil {
		return err
	}
	conversations, err := d.CRM.List(ctx)
	if err != nil {
		return err
	}
	for _, c := range conversations {
		if c.CaseID != "" {
			d.Timelines = append(d.Timelines, Named{c.CaseTitle, d.Desk + "/timeline/" + c.CaseID})
		}
	}
	if err := d.startProduct(ctx, o); err != nil {
		return err
	}
	return d.addStandIns()
}

func listen(ctx context.Context, port, n int) (net.Listener, error) {
	if port != 0 {
		port += n
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("the demo needs port %d of this machine: %w; choose others with --port", port, err)
	}
	return l, nil
}

func (d *Demo) startProduct(ctx context.Context, o Options) error {
	cfg, err := config.Default(o.DataDir)
	if err != nil {
		return err
	}
	cfg.PublicURL, cfg.Warm = d.Service, o.Warm
	if o.Configure != nil {
		o.Configure(cfg)
	}
	found := func(ctx context.Context, companies *company.Companies) error {
		return d.found(ctx, companies, o.Settle)
	}
	d.app, err = app.New(ctx, cfg, app.Options{Log: o.Log, Listener: d.sockets[0], Companies: found, Entra: o.Entra})
	return err
}

// found puts the demo's company in place. A restarted demo has new ports and a new desk key, and the rules that were made in its console.
func (d *Demo) found(ctx context.Context, companies *company.Companies, settle func(*company.Settings)) error {
	former, err := companies.Get(ctx, Slug)
	if err != nil && cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		return err
	}
	bare := func(u string) string { return strings.TrimPrefix(u, "http://") }
	settings := company.Settings{
		Slug: Slug, Name: "Casa Lume", Color: "#a8431f", Languages: []string{"en", "pt-BR"}, Recording: live.RecordingAsk,
		StartURL: d.Shop + "/", Origins: []string{d.Desk}, DeskKind: "dynamics", DeskURL: d.Dataverse, PlayerURL: d.Desk + "/watch?session={session}",
		Policy: former.Policy,
	}
	settings.Policy.Private = []string{bare(d.Shop), bare(d.SecondSite)}
	if settle != nil {
		settle(&settings)
	}
	if _, err := companies.Put(ctx, settings, "demo"); err != nil {
		return err
	}
	credentials, err := json.Marshal(map[string]string{"token": d.CRM.server.Token()})
	if err != nil {
		return err
	}
	return companies.PutDesk(ctx, Slug, company.Desk{Key: company.Key{ID: deskKey, Secret: d.secret}, Credentials: credentials}, "demo")
}

func (d *Demo) addStandIns() error {
	desk, err := NewDesk(DeskConfig{
		Service: d.Service, Origin: d.Desk, KeyID: deskKey, Secret: d.secret, Company: Slug, People: d.People,
		Conversations: d.CRM, Timeline: d.CRM, Dataverse: d.CRM.asAgent(d.standIn),
	})
	if err != nil {
		return err
	}
	d.standIns[d.sockets[1]] = desk
	d.standIns[d.sockets[2]] = NewShop(d.Service, d.SecondSite)
	d.standIns[d.sockets[3]] = NewSecondSite(d.Shop)
	d.standIns[d.sockets[4]] = d.standIn
	return nil
}

// Run serves until ctx ends; ready is called as soon as everything answers.
func (d *Demo) Run(ctx context.Context, ready func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var servers []*http.Server
	for l, h := range d.standIns {
		s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		servers = append(servers, s)
		go func() { cancel(s.Serve(l)) }()
	}
	ended := make(chan error, 1)
	go func() { ended <- d.app.Run(ctx) }()
	if err := d.answers(ctx); err != nil {
		cancel(err)
	} else {
		ready()
	}
	err := <-ended
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) { // not asked to stop: something does not work
		err = errors.Join(cause, err)
	}
	for _, s := range servers { // after the service: what it still delivers needs the stand-ins
		err = errors.Join(err, s.Close())
	}
	return err
}

// answers tells whether everything works: the listeners exist, so a request waits until it is served.
func (d *Demo) answers(ctx context.Context) error {
	for _, address := range []string{"http://" + d.app.Addr().String() + "/readyz", d.Desk, d.Shop, d.SecondSite} {
		if err := isWell(ctx, address); err != nil {
			return err
		}
	}
	if err := d.app.CheckDesk(ctx, Slug); err != nil {
		return fmt.Errorf("the stand-in Dataverse at %s: %w", d.Dataverse, err)
	}
	return nil
}

func isWell(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read only
	said, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", address, res.Status, said)
	}
	return err
}

// Close gives up what New opened, for a Demo that was not run.
func (d *Demo) Close() error {
	var errs []error
	for _, l := range d.sockets {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
