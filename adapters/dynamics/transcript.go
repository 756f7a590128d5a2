package dynamics

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"

	"cobrowse-connector/adapters/desk"
)

const transcriptType = "text/plain"

// noteContent is what an entry's first note holds: its text, and the transcript as its file.
func noteContent(e desk.Entry) map[string]any {
	body := map[string]any{"notetext": noteHTML(e)}
	if e.Transcript != nil { // the three columns of a file are written together
		body["filename"], body["mimetype"] = e.Transcript.Name, transcriptType
		body["documentbody"] = base64.StdEncoding.EncodeToString([]byte(e.Transcript.Text))
	}
	return body
}

// withTranscript writes an entry with its transcript, or without where the organisation refuses such a file: by what it says of its
// limits, or by its answer where they have changed since or are kept from us.
func (d *Desk) withTranscript(ctx context.Context, e desk.Entry, write func(context.Context, desk.Entry) error) error {
	if e.Transcript == nil {
		return write(ctx, e)
	}
	l, err := d.readLimits(ctx)
	var permanent *desk.Permanent
	switch {
	case err == nil:
		err = l.check(desk.File{Name: e.Transcript.Name, Size: int64(len(e.Transcript.Text))})
	case errors.As(err, &permanent), errors.Is(err, desk.ErrDenied):
		err = nil
	default:
		return err
	}
	if err == nil {
		err = write(ctx, e)
	}
	if !errors.Is(err, desk.ErrTypeRefused) && !errors.Is(err, desk.ErrTooLarge) {
		return err
	}
	return write(ctx, withoutTranscript(e))
}

// withoutTranscript says in the entry that there is none.
func withoutTranscript(e desk.Entry) desk.Entry {
	e.Lines = append(slices.Clone(e.Lines), e.Transcript.Refused)
	e.Transcript = nil
	return e
}
