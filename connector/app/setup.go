package app

import (
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

// Setup prepares to install into a company's organisation, signed in as the service itself or, with a token, as whoever it is of.
func Setup(ctx context.Context, companies *company.Companies, cfg *config.Config, slug, token string) (*solution.Setup, error) {
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
	if token != "" {
		conf.Credential = dynamics.StaticToken(token)
	}
	org, err := dynamics.NewAdmin(conf)
	return &solution.Setup{Org: org, Input: SolutionInput(cfg.PublicURL, slug), Application: client}, err
}
