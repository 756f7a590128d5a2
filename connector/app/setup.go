package app

import (
	"cmp"
	"context"
	"errors"
	"os"

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/solution"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/web"
	"cobrowse-connector/connector/web/src/i18n"
)

// SolutionInput is what packages for a company of this deployment are made of; source is the service's public address.
func SolutionInput(source, slug string) solution.Input {
	languages := map[int]map[string]string{}
	for code, texts := range i18n.Dynamics() {
		languages[code] = texts
	}
	return solution.Input{Service: source, Company: slug, Languages: languages, Bundles: web.FS}
}

// Installer is as whom to install, and for whom.
type Installer struct {
	Token       string // an administrator's, or "" to sign in as the service itself
	Application string // the service's own application, where neither the company nor the environment says it
}

// Setup prepares to install into a company's organisation.
func Setup(ctx context.Context, companies *company.Companies, cfg *config.Config, slug string, by Installer) (*solution.Setup, error) {
	co, err := companies.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	if co.DeskKind != "dynamics" {
		return nil, errors.New("the company " + slug + " has no Dynamics organisation")
	}
	d, err := companies.Desk(ctx, slug)
	if err != nil {
		return nil, err
	}
	conf, client, err := dynamicsConfig(dynamics.NewCredentials(cfg.EntraAuthority, os.Getenv, nil), co.DeskURL, d.Credentials)
	if err != nil {
		return nil, err
	}
	client = cmp.Or(by.Application, client)
	if by.Token != "" {
		if client == "" { // the administrator would be taken for the service
			return nil, errors.New("neither the company " + slug + " nor AZURE_CLIENT_ID says as which application the service signs in: name its id with --application-id")
		}
		conf.Credential = dynamics.StaticToken(by.Token)
	}
	org, err := dynamics.NewAdmin(conf)
	return &solution.Setup{Org: org, Input: SolutionInput(cfg.PublicURL, slug), Application: client}, err
}
