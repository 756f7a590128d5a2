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
	"time"

	"cobrowse-connector/adapters/desk"
)

const (
	inlineSize = 3 << 20 // makes 4 MB of Base64, which is what one request should hold
	blockSize  = 4 << 20 // what UploadBlock takes at most
)

// limits of an organisation for attachments.
type limits struct {
	Max     int64  `json:"maxuploadfilesize"` // counts the Base64 text
	Blocked string `json:"blockedattachments"`
}

func (d *Desk) readLimits(ctx context.Context) (limits, error) {
	return d.limits.get(ctx, func(ctx context.Context) (limits, error) {
		var list struct{ Value []limits }
		err := d.client.get(ctx, "", "organizations", url.Values{"$select": {"maxuploadfilesize,blockedattachments"}}, &list)
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

// attachment is what a note says of its file.
type attachment struct {
	Name string `json:"filename"`
	Size int64  `json:"filesize"`
}

func (d *Desk) attachment(ctx context.Context, agent, note string) (attachment, error) {
	var a attachment
	err := d.client.get(ctx, agent, "annotations("+note+")", url.Values{"$select": {"filename,filesize"}}, &a)
	return a, err
}

// PutFile puts the file into the entry's note. A note holds one file: the next ones get notes of their own beside it.
func (d *Desk) PutFile(ctx context.Context, f desk.File) error {
	l, err := d.readLimits(ctx)
	if err != nil {
		return err
	}
	if err := l.check(f); err != nil {
		return err
	}
	note := desk.ID(f.Key, kindNote)
	there, err := d.attachment(ctx, f.Agent.ID, note)
	if err != nil {
		return err
	}
	if there.Name != "" && there.Name != f.Name {
		if note, there, err = d.ownNote(ctx, f); err != nil {
			return err
		}
	}
	if there.Name == f.Name && there.Size == f.Size {
		return nil
	}
	content, err := f.Open(ctx)
	if err != nil {
		return fmt.Errorf("dynamics: the file cannot be read: %w", err)
	}
	defer content.Close()
	if f.Size <= inlineSize {
		return d.putInline(ctx, f, note, content)
	}
	return d.putBlocks(ctx, f, note, content)
}

// ownNote makes the note of a second file, or finds it.
func (d *Desk) ownNote(ctx context.Context, f desk.File) (string, attachment, error) {
	s, err := d.readSchema(ctx)
	if err != nil {
		return "", attachment{}, err
	}
	about, err := subjectOf(f.Record)
	if err != nil {
		return "", attachment{}, err
	}
	body := map[string]any{"subject": cut(f.Name, maxSubject)}
	if err := s.tables["annotation"].bind(body, "objectid", about); err != nil {
		return "", attachment{}, err
	}
	note := desk.ID(f.Key, kindNote+"/"+f.Name)
	err = d.client.patch(ctx, f.Agent.ID, "annotations("+note+")", onlyNew, body)
	if err != nil && !errors.Is(err, errExists) {
		return "", attachment{}, err
	}
	there, err := d.attachment(ctx, f.Agent.ID, note)
	return note, there, err
}

func (d *Desk) putInline(ctx context.Context, f desk.File, note string, content io.Reader) error {
	raw := make([]byte, f.Size)
	if _, err := io.ReadFull(content, raw); err != nil {
		return tooShort(err)
	}
	return d.client.patch(ctx, f.Agent.ID, "annotations("+note+")", onlyOld, map[string]any{
		"filename": f.Name, "mimetype": f.Type, "documentbody": base64.StdEncoding.EncodeToString(raw)})
}

// upload is an upload in blocks that has begun. One that broke off is kept for the next attempt, which goes on at the block that
// failed; begun anew, a long one would never get through an organisation that throttles.
type upload struct {
	name   string
	size   int64
	token  string
	blocks []string // ids of those that are there
	begun  time.Time
}

// keepUploads is how long a broken-off upload waits for its next attempt. Blocks that were never committed vanish by themselves.
const keepUploads = time.Hour

// take removes a broken-off upload of this file from those that wait, nil if there is none: nobody else goes on with it then.
func (d *Desk) take(note string, f desk.File) *upload {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.uploads, func(_ string, u *upload) bool { return time.Since(u.begun) > keepUploads })
	u := d.uploads[note]
	delete(d.uploads, note)
	if u == nil || u.name != f.Name || u.size != f.Size {
		return nil
	}
	return u
}

func (d *Desk) keep(note string, u *upload) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uploads[note] = u
}

// putBlocks uploads in blocks.
func (d *Desk) putBlocks(ctx context.Context, f desk.File, note string, content io.Reader) error {
	target := map[string]any{"@odata.type": "Microsoft.Dynamics.CRM.annotation", "annotationid": note, "filename": f.Name, "mimetype": f.Type}
	u := d.take(note, f)
	resumed := u != nil
	if !resumed {
		var begun struct{ FileContinuationToken string }
		err := d.client.post(ctx, f.Agent.ID, "InitializeAnnotationBlocksUpload", map[string]any{"Target": target}, &begun, http.StatusOK)
		if err != nil {
			return err
		}
		u = &upload{name: f.Name, size: f.Size, token: begun.FileContinuationToken, begun: time.Now()}
	}
	err := d.goOn(ctx, f, u, target, content)
	var transient *desk.Transient
	switch {
	case errors.As(err, &transient), errors.Is(err, errUnread):
		d.keep(note, u)
	case err != nil && resumed: // the organisation may have forgotten the upload
		return &desk.Transient{Err: fmt.Errorf("the upload could not go on and is begun anew: %w", err)}
	}
	return err
}

// goOn uploads the blocks that are missing and commits them all.
func (d *Desk) goOn(ctx context.Context, f desk.File, u *upload, target map[string]any, content io.Reader) error {
	done := min(int64(len(u.blocks))*blockSize, f.Size)
	if _, err := io.CopyN(io.Discard, content, done); err != nil {
		return tooShort(err)
	}
	block := make([]byte, blockSize)
	for left := f.Size - done; left > 0; {
		part := block[:min(left, blockSize)]
		if _, err := io.ReadFull(content, part); err != nil {
			return tooShort(err)
		}
		id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "block-%08d", len(u.blocks))) // all ids equally long
		body := map[string]any{"BlockId": id, "BlockData": base64.StdEncoding.EncodeToString(part), "FileContinuationToken": u.token}
		if err := d.client.post(ctx, f.Agent.ID, "UploadBlock", body, nil, http.StatusNoContent); err != nil {
			return err
		}
		u.blocks, left = append(u.blocks, id), left-int64(len(part))
	}
	body := map[string]any{"Target": target, "BlockList": u.blocks, "FileContinuationToken": u.token}
	return d.client.post(ctx, f.Agent.ID, "CommitAnnotationBlocksUpload", body, nil, http.StatusOK)
}

// errUnread is our own failure to read the file: the desk has no part in it.
var errUnread = errors.New("dynamics: the file cannot be read to its announced end")

func tooShort(err error) error { return fmt.Errorf("%w: %w", errUnread, err) }
