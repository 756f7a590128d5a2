package browser

import (
	"context"

	"cobrowse-connector/cobrowse"
)

var errNotYet = cobrowse.Errorf(cobrowse.CodeInternal, "internal", "not built yet")

func (b *Browser) SetPolicy(context.Context, cobrowse.Policy) error { return errNotYet }

func (b *Browser) Reveal(context.Context, cobrowse.TabID, string, bool) error { return errNotYet }

func (b *Browser) Pick(context.Context, cobrowse.TabID, float64, float64) (cobrowse.Picked, error) {
	return cobrowse.Picked{}, errNotYet
}
