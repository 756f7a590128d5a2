package console

import (
	"context"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
)

// Version is what a version of a company's rules says, beside what the one before it said.
type Version struct {
	Version int64            `json:"version"`
	Own     cobrowse.Policy  `json:"policy"`
	Before  *cobrowse.Policy `json:"before"` // nil of the first
}

// Version returns one version of the rules of the administrator's company.
func (c *Console) Version(ctx context.Context, who auth.Identity, version int64) (Version, error) {
	at, err := c.former(ctx, who, version)
	v := Version{Version: at.Version, Own: at.Policy}
	if err != nil || version == 1 {
		return v, err
	}
	before, err := c.former(ctx, who, version-1)
	v.Before = &before.Policy
	return v, err
}

func (c *Console) former(ctx context.Context, who auth.Identity, version int64) (company.Company, error) {
	at, err := c.Companies.At(ctx, who.Company, version)
	if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
		err = cobrowse.Errorf(cobrowse.CodeNotFound, "version_unknown", "there is no such version")
	}
	return at, err
}
