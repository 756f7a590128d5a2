package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"sync"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/generic"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
)

// desks opens each company's desk once, and again when its configuration changed. An opened desk knows names and limits of
// its organisation, which cost requests to find.
type desks struct {
	companies   *company.Companies
	credentials *dynamics.Credentials
	source      string // the service's public address

	budgets dynamics.Budgets // companies may share an organisation

	mu   sync.Mutex
	open map[string]opened // by company
}

type opened struct {
	kind, url   string
	credentials []byte
	desk        desk.Desk
}

func newDesks(companies *company.Companies, cfg *config.Config) *desks {
	return &desks{
		companies: companies, credentials: dynamics.NewCredentials(cfg.EntraAuthority, os.Getenv, nil), source: cfg.PublicURL, open: map[string]opened{},
	}
}

// CheckDesk asks a company's desk what it lacks.
func CheckDesk(ctx context.Context, companies *company.Companies, cfg *config.Config, slug string) error {
	return newDesks(companies, cfg).check(ctx, slug)
}

func (d *desks) check(ctx context.Context, slug string) error {
	made, err := d.get(ctx, slug)
	if err != nil {
		return err
	}
	return made.Check(ctx)
}

func (d *desks) get(ctx context.Context, slug string) (desk.Desk, error) {
	co, err := d.companies.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	conf, err := d.companies.Desk(ctx, slug)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if o, ok := d.open[slug]; ok && o.kind == co.DeskKind && o.url == co.DeskURL && bytes.Equal(o.credentials, conf.Credentials) {
		return o.desk, nil
	}
	made, err := d.make(co.DeskKind, co.DeskURL, conf.Credentials)
	if err != nil {
		return nil, &cobrowse.Error{Code: cobrowse.CodeUnavailable, Reason: "desk_misconfigured",
			Detail: "the company's desk is not configured correctly; an administrator has to look", Err: err}
	}
	d.open[slug] = opened{co.DeskKind, co.DeskURL, conf.Credentials, made}
	return made, nil
}

// dynamicsCredentials is the form of a Dynamics company's credentials; what is missing comes from the environment. Token is a bearer token as it is, for stand-ins.
type dynamicsCredentials struct {
	Tenant      string `json:"tenant"`
	Client      string `json:"client"`
	Secret      string `json:"secret"`
	Certificate string `json:"certificate"`
	Workload    bool   `json:"workload"`
	Managed     bool   `json:"managed"`
	Token       string `json:"token"`
	Table       string `json:"table"`
}

// genericCredentials is the form of a webhook company's credentials.
type genericCredentials struct {
	Secret  string         `json:"webhookSecret"` // whsec_…
	Private []netip.Prefix `json:"private"`       // networks that the receiver may be in besides the public ones
}

func (d *desks) make(kind, url string, credentials []byte) (desk.Desk, error) {
	switch kind {
	case "dynamics":
		conf, _, err := dynamicsConfig(d.credentials, url, credentials)
		if err != nil {
			return nil, err
		}
		conf.Budgets = &d.budgets
		return dynamics.New(conf)
	case "generic":
		var c genericCredentials
		if err := json.Unmarshal(credentials, &c); err != nil {
			return nil, fmt.Errorf("desk credentials: %w", err)
		}
		return generic.New(generic.Config{URL: url, Secret: c.Secret, Source: d.source, Private: c.Private})
	default:
		return nil, fmt.Errorf("no adapter for desks of kind %q", kind)
	}
}

// dynamicsConfig reads a Dynamics company's credentials; client is the id that the service signs in with, "" at a stand-in.
func dynamicsConfig(known *dynamics.Credentials, url string, credentials []byte) (conf dynamics.Config, client string, err error) {
	var c dynamicsCredentials
	if err := json.Unmarshal(credentials, &c); err != nil {
		return dynamics.Config{}, "", fmt.Errorf("desk credentials: %w", err)
	}
	conf = dynamics.Config{URL: url, Table: c.Table}
	if c.Token != "" {
		conf.Credential = dynamics.StaticToken(c.Token)
		return conf, "", nil
	}
	conf.Credential, err = known.Get(dynamics.Application{
		Tenant: c.Tenant, Client: c.Client, Secret: c.Secret, Certificate: c.Certificate, Workload: c.Workload, Managed: c.Managed,
	})
	return conf, cmp.Or(c.Client, os.Getenv("AZURE_CLIENT_ID")), err
}
