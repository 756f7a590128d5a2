package live

import (
	"context"
	"io"

	"cobrowse-connector/cobrowse"
)

// Downloaded opens a file that a page gave, for the customer whose token it is.
func (h *Handler) Downloaded(ctx context.Context, token, id string) (cobrowse.Download, io.ReadSeekCloser, error) {
	s, who, err := h.running(ctx, token)
	if err != nil {
		return cobrowse.Download{}, nil, err
	}
	return s.Downloaded(ctx, who, id)
}

// Upload takes in a file for a page that asked, from the customer whose token it is.
func (h *Handler) Upload(ctx context.Context, token, wanted, name string, content io.Reader) error {
	s, who, err := h.running(ctx, token)
	if err != nil {
		return err
	}
	return s.Upload(ctx, who, wanted, name, content)
}

// running is the session that a token belongs to, as far as it runs here, and the token's participant.
func (h *Handler) running(ctx context.Context, token string) (*cobrowse.Session, string, error) {
	admission, err := h.directory.Admit(ctx, token)
	if err != nil {
		return nil, "", err
	}
	s, runs := h.sessions.Get(admission.Session.ID)
	if !runs {
		return nil, "", cobrowse.ErrOver
	}
	return s, admission.Participant.ID, nil
}
