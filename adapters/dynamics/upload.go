package dynamics

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"cobrowse-connector/adapters/desk"
)

// blockSize is what UploadBlock takes at most. One block is in memory at a time.
const blockSize = 4 << 20

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
		err := d.writer.post(ctx, f.Agent.ID, "InitializeAnnotationBlocksUpload", map[string]any{"Target": target}, &begun, http.StatusOK)
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
		if err := d.putBlock(ctx, f, map[string]any{"BlockId": id, "FileContinuationToken": u.token}, part); err != nil {
			return err
		}
		u.blocks, left = append(u.blocks, id), left-int64(len(part))
	}
	body := map[string]any{"Target": target, "BlockList": u.blocks, "FileContinuationToken": u.token}
	return d.writer.post(ctx, f.Agent.ID, "CommitAnnotationBlocksUpload", body, nil, http.StatusOK)
}

func (d *Desk) putBlock(ctx context.Context, f desk.File, members map[string]any, part []byte) error {
	body, err := newFileBody(members, "BlockData", part)
	if err != nil {
		return err
	}
	_, err = d.writer.do(ctx, call{method: abs.POST, path: "UploadBlock", agent: f.Agent.ID, file: body, expect: []int{http.StatusNoContent}})
	return err
}
