package cobrowsetest

import (
	"context"
	"io"
	"strings"

	"cobrowse-connector/cobrowse"
)

// Downloaded implements cobrowse.Browser: every download holds its id.
func (b *Browser) Downloaded(_ context.Context, id string) (io.ReadSeekCloser, error) {
	return content{strings.NewReader(id)}, nil
}

type content struct{ *strings.Reader }

func (content) Close() error { return nil }

// CancelDownload implements cobrowse.Browser.
func (b *Browser) CancelDownload(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(Done{What: "cancel download", Arg: id})
	return nil
}

// Upload implements cobrowse.Browser. What it takes in is noted as "ask name: content".
func (b *Browser) Upload(_ context.Context, wanted, name string, content io.Reader) error {
	text, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(Done{What: "upload", Arg: wanted + " " + name + ": " + string(text)})
	return nil
}

// EndUpload implements cobrowse.Browser.
func (b *Browser) EndUpload(_ context.Context, wanted string, give bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	what := "drop upload"
	if give {
		what = "give upload"
	}
	b.note(Done{What: what, Arg: wanted})
	return nil
}

var _ cobrowse.Files = (*Browser)(nil)
