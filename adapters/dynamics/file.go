package dynamics

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
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

// PutFile puts the file into a note of its own beside the entry's first one, whose place for a file is the transcript's.
func (d *Desk) PutFile(ctx context.Context, f desk.File) error {
	l, err := d.readLimits(ctx)
	if err != nil {
		return err
	}
	if err := l.check(f); err != nil {
		return err
	}
	at, err := d.placeOf(ctx, f)
	if err != nil || (at.File == f.Name && at.Size == f.Size) {
		return err
	}
	content, err := f.Open(ctx)
	if err != nil {
		return fmt.Errorf("dynamics: the file cannot be read: %w", err)
	}
	defer content.Close()
	if f.Size <= inlineSize {
		return d.putInline(ctx, f, at, content)
	}
	if at.making != nil { // an upload goes into a note that is there
		if err := d.writer.patch(ctx, f.Agent.ID, at.path(), onlyNew, at.making); err != nil {
			return err
		}
	}
	return d.putBlocks(ctx, f, at.ID, content)
}

// place is the note that a file is in or goes to.
type place struct {
	note
	making map[string]any // what it is made of; nil when it is there
}

func (p place) path() string { return "annotations(" + p.ID + ")" }

// placeOf finds the note that the file is in or goes to, or a new one for it.
func (d *Desk) placeOf(ctx context.Context, f desk.File) (place, error) {
	notes, err := d.notes(ctx, f.Agent.ID, f.Key)
	if err != nil {
		return place{}, err
	}
	first := desk.ID(f.Key, kindNote)
	if len(notes) == 0 || notes[0].ID != first {
		return place{}, fmt.Errorf("%w: the entry has no note", desk.ErrNotFound)
	}
	for _, n := range notes {
		if n.File == f.Name {
			return place{note: n}, nil
		}
	}
	for _, n := range notes[1:] {
		if n.File == "" {
			return place{note: n}, nil
		}
	}
	return d.placeBeside(ctx, f, notes)
}

// placeBeside is another note, on the record where the first one is by now.
func (d *Desk) placeBeside(ctx context.Context, f desk.File, notes []note) (place, error) {
	s, err := d.readSchema(ctx)
	if err != nil {
		return place{}, err
	}
	taken := func(id string) bool { return slices.ContainsFunc(notes, func(n note) bool { return n.ID == id }) }
	ids := slices.DeleteFunc(noteIDs(f.Key)[1:], taken)
	if len(ids) == 0 {
		return place{}, &desk.Permanent{Err: errors.New("the entry has as many files as it can hold"), Advice: "the files are in the console"}
	}
	making := map[string]any{"subject": cut(notes[0].Subject+": "+plain(f.Name), maxSubject)}
	err = s.tables["annotation"].bind(making, "objectid", desk.Ref{Type: notes[0].HomeType, ID: notes[0].Home})
	return place{note{ID: ids[0]}, making}, err
}

func (d *Desk) putInline(ctx context.Context, f desk.File, at place, content io.Reader) error {
	raw := make([]byte, f.Size)
	if _, err := io.ReadFull(content, raw); err != nil {
		return tooShort(err)
	}
	members, only := map[string]any{"filename": f.Name, "mimetype": f.Type}, onlyOld
	if at.making != nil {
		only = onlyNew
		maps.Copy(members, at.making)
	}
	body, err := newFileBody(members, "documentbody", raw)
	if err != nil {
		return err
	}
	_, err = d.writer.do(ctx, call{
		method: abs.PATCH, path: at.path(), agent: f.Agent.ID, file: body, header: map[string]string{only: "*"}, expect: []int{http.StatusNoContent},
	})
	return err
}

// errUnread is our own failure to read the file: the desk has no part in it.
var errUnread = errors.New("dynamics: the file cannot be read to its announced end")

func tooShort(err error) error { return fmt.Errorf("%w: %w", errUnread, err) }
