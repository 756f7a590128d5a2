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
		return fmt.Errorf("dynamics: the file cannot be read to its announced end: %w", err)
	}
	return d.client.patch(ctx, f.Agent.ID, "annotations("+note+")", onlyOld, map[string]any{
		"filename": f.Name, "mimetype": f.Type, "documentbody": base64.StdEncoding.EncodeToString(raw)})
}

// putBlocks uploads in blocks. An upload that broke off is begun anew: blocks that were never committed vanish by themselves.
func (d *Desk) putBlocks(ctx context.Context, f desk.File, note string, content io.Reader) error {
	target := map[string]any{"@odata.type": "Microsoft.Dynamics.CRM.annotation", "annotationid": note, "filename": f.Name, "mimetype": f.Type}
	var begun struct{ FileContinuationToken string }
	agent := f.Agent.ID
	if err := d.client.post(ctx, agent, "InitializeAnnotationBlocksUpload", map[string]any{"Target": target}, &begun, http.StatusOK); err != nil {
		return err
	}
	var ids []string
	block := make([]byte, blockSize)
	for left := f.Size; left > 0; {
		part := block[:min(left, blockSize)]
		if _, err := io.ReadFull(content, part); err != nil {
			return fmt.Errorf("dynamics: the file cannot be read to its announced end: %w", err)
		}
		id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "block-%08d", len(ids))) // all ids equally long
		body := map[string]any{"BlockId": id, "BlockData": base64.StdEncoding.EncodeToString(part), "FileContinuationToken": begun.FileContinuationToken}
		if err := d.client.post(ctx, agent, "UploadBlock", body, nil, http.StatusNoContent); err != nil {
			return err
		}
		ids, left = append(ids, id), left-int64(len(part))
	}
	body := map[string]any{"Target": target, "BlockList": ids, "FileContinuationToken": begun.FileContinuationToken}
	return d.client.post(ctx, agent, "CommitAnnotationBlocksUpload", body, nil, http.StatusOK)
}
