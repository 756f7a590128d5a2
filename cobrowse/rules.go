package cobrowse

import "context"

// SetPolicy changes what is masked, guarded and revealed in the running session: at once, and in every later document from its
// beginning. Everything else of the Policy stays as it was.
func (s *Session) SetPolicy(ctx context.Context, p Policy) error {
	b, err := s.present(ctx)
	if err != nil {
		return err
	}
	return b.SetPolicy(ctx, p)
}

// Pick tells what is at a point of a tab and how a rule could name it.
func (s *Session) Pick(ctx context.Context, tab TabID, x, y float64) (Picked, error) {
	b, err := s.present(ctx)
	if err != nil {
		return Picked{}, err
	}
	return b.Pick(ctx, tab, x, y)
}

// present is the session's browser.
func (s *Session) present(ctx context.Context) (Browser, error) {
	var b Browser
	err := s.call(ctx, func() error {
		if b = s.shared.browser; b == nil {
			return Errorf(CodeConflict, "not_now", "The shared browser is not there yet.")
		}
		return nil
	})
	return b, err
}
