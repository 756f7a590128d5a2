package dynamics

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"

	"cobrowse-connector/adapters/desk"
)

const inlineSize = 3 << 20 // makes 4 MB of Base64, which is what one request should hold

// limits of an organisation for attachments.
type limits struct {
	Max     int64  `json:"maxuploadfilesize"` // counts the Base64 text
	Blocked string `json:"blockedattachments"`
}

func (d *Desk) readLimits(ctx context.Context) (limits, error) {
	return d.limits.get(ctx, func(ctx context.Context) (limits, error) {
		var list struct{ Value []limits }
		err := d.writer.get(ctx, "", "organizations", url.Values{"$select": {"maxuploadfilesize,blockedattachments"}}, &list)
		if err != nil {
			return limits{}, err
		}
		if len(list.Value) != 1 {
			return limits{}, &desk.Permanent{Err: errors.New("the organisation does not tell its limits"), Advice: "give the application read on Organization"}
		}
		return list.Value[0], nil
	})
}

func (l limits) check(f desk.File) error {
	extension := strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))
	if slices.Contains(strings.Split(strings.ToLower(l.Blocked), ";"), extension) {
		return desk.ErrTypeRefused
	}
	if int64(base64.StdEncoding.EncodedLen(int(f.Size))) > l.Max {
		return desk.ErrTooLarge
	}
	return nil
}

// PutFile puts the file into one of the entry's notes. A note holds one file: the next one gets a note of its own beside it.
func (d *Desk) PutFile(ctx context.Context, f desk.File) error {
	l, err := d.readLimits(ctx)
	if err != nil {
		return err
	}
	if err := l.check(f); err != nil {
		return err
	}
	there, err := d.noteFor(ctx, f)
	if err != nil || (there.File == f.Name && there.Size == f.Size) {
		return err
	}
	content, err := f.Open(ctx)
	if err != nil {
		return fmt.Errorf("dynamics: the file cannot be read: %w", err)
	}
	defer content.Close()
	if f.Size <= inlineSize {
		return d.putInline(ctx, f, there.ID, content)
	}
	return d.putBlocks(ctx, f, there.ID, content)
}

// noteFor finds the note that the file is in or goes to, and makes it when all that are there hold other files.
func (d *Desk) noteFor(ctx context.Context, f desk.File) (note, error) {
	notes, err := d.notes(ctx, f.Agent.ID, f.Key)
	if err != nil {
		return note{}, err
	}
	first := desk.ID(f.Key, kindNote)
	if len(notes) == 0 || notes[0].ID != first {
		return note{}, fmt.Errorf("%w: the entry has no note", desk.ErrNotFound)
	}
	for _, n := range notes {
		if n.File == f.Name {
			return n, nil
		}
	}
	for _, n := range notes {
		if n.File == "" {
			return n, nil
		}
	}
	return d.noteBeside(ctx, f, notes)
}

// noteBeside makes another note, on the record where the first one is by now.
func (d *Desk) noteBeside(ctx context.Context, f desk.File, notes []note) (note, error) {
	s, err := d.readSchema(ctx)
	if err != nil {
		return note{}, err
	}
	taken := func(id string) bool { return slices.ContainsFunc(notes, func(n note) bool { return n.ID == id }) }
	ids := slices.DeleteFunc(noteIDs(f.Key), taken)
	if len(ids) == 0 {
		return note{}, &desk.Permanent{Err: errors.New("the entry has as many files as it can hold"), Advice: "the files are in the console"}
	}
	body := map[string]any{"subject": cut(notes[0].Subject+": "+plain(f.Name), maxSubject)}
	if err := s.tables["annotation"].bind(body, "objectid", desk.Ref{Type: notes[0].HomeType, ID: notes[0].Home}); err != nil {
		return note{}, err
	}
	return note{ID: ids[0]}, d.writer.patch(ctx, f.Agent.ID, "annotations("+ids[0]+")", onlyNew, body)
}

func (d *Desk) putInline(ctx context.Context, f desk.File, note string, content io.Reader) error {
	raw := make([]byte, f.Size)
	if _, err := io.ReadFull(content, raw); err != nil {
		return tooShort(err)
	}
	body, err := newFileBody(map[string]any{"filename": f.Name, "mimetype": f.Type}, "documentbody", raw)
	if err != nil {
		return err
	}
	_, err = d.writer.do(ctx, call{
		method: abs.PATCH, path: "annotations(" + note + ")", agent: f.Agent.ID, file: body,
		header: map[string]string{onlyOld: "*"}, expect: []int{http.StatusNoContent},
	})
	return err
}

// errUnread is our own failure to read the file: the desk has no part in it.
var errUnread = errors.New("dynamics: the file cannot be read to its announced end")

func tooShort(err error) error { return fmt.Errorf("%w: %w", errUnread, err) }
