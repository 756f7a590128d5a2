package dynamics

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"cobrowse-connector/adapters/desk"
)

// blockSize is what UploadBlock takes at most. One block is in memory at a time.
const blockSize = 4 << 20

// upload is an upload in blocks that has begun. It is kept after each block, and the next attempt goes on with it, in whichever process:
// begun anew, a long one would never get through an organisation that throttles.
type upload struct {
	Note   string    `json:"note"`
	Size   int64     `json:"size"`
	Token  string    `json:"token"`
	Blocks int       `json:"blocks"` // that are there
	Begun  time.Time `json:"begun"`
}

// keepUploads is how long an upload is gone on with. How long the organisation knows it is documented nowhere; blocks that were never
// committed are part of nothing.
const keepUploads = time.Hour

// uploadOf is the file's upload that broke off, nil if there is none that may go on.
func uploadOf(f desk.File, note string) *upload {
	var u upload
	if json.Unmarshal([]byte(f.Progress), &u) != nil || u.Note != note || u.Size != f.Size || time.Since(u.Begun) > keepUploads {
		return nil
	}
	return &u
}

func (u *upload) keep(ctx context.Context, f desk.File) error {
	text, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("dynamics: %w", err)
	}
	return f.Keep(ctx, string(text))
}

// putBlocks uploads in blocks.
func (d *Desk) putBlocks(ctx context.Context, f desk.File, note string, content io.Reader) error {
	target := map[string]any{"@odata.type": "Microsoft.Dynamics.CRM.annotation", "annotationid": note, "filename": f.Name, "mimetype": f.Type}
	u := uploadOf(f, note)
	resumed := u != nil
	if !resumed {
		var err error
		if u, err = d.begin(ctx, f, note, target); err != nil {
			return err
		}
	}
	err := d.goOn(ctx, f, u, target, content)
	var refused *desk.Permanent
	if resumed && (errors.As(err, &refused) || errors.Is(err, desk.ErrNotFound)) { // the organisation may have forgotten the upload
		if err := f.Keep(ctx, ""); err != nil {
			return err
		}
		return &desk.Transient{Err: fmt.Errorf("the upload could not go on and is begun anew: %w", err)}
	}
	return err
}

func (d *Desk) begin(ctx context.Context, f desk.File, note string, target map[string]any) (*upload, error) {
	u := &upload{Note: note, Size: f.Size, Begun: time.Now()}
	var begun struct{ FileContinuationToken string }
	body := map[string]any{"Target": target}
	if err := d.writer.post(ctx, f.Agent.ID, "InitializeAnnotationBlocksUpload", body, &begun, http.StatusOK); err != nil {
		return nil, err
	}
	u.Token = begun.FileContinuationToken
	return u, u.keep(ctx, f)
}

// goOn uploads the blocks that are missing and commits them all. A block that went up and was not kept goes up again, under the id that
// it has.
func (d *Desk) goOn(ctx context.Context, f desk.File, u *upload, target map[string]any, content io.Reader) error {
	done := min(int64(u.Blocks)*blockSize, f.Size)
	if _, err := io.CopyN(io.Discard, content, done); err != nil {
		return tooShort(err)
	}
	block := make([]byte, blockSize)
	for left := f.Size - done; left > 0; {
		part := block[:min(left, blockSize)]
		if _, err := io.ReadFull(content, part); err != nil {
			return tooShort(err)
		}
		if err := d.putBlock(ctx, f, map[string]any{"BlockId": blockID(u.Blocks), "FileContinuationToken": u.Token}, part); err != nil {
			return err
		}
		u.Blocks++
		left -= int64(len(part))
		if err := u.keep(ctx, f); err != nil {
			return err
		}
	}
	var ids []string
	for n := range u.Blocks {
		ids = append(ids, blockID(n))
	}
	body := map[string]any{"Target": target, "BlockList": ids, "FileContinuationToken": u.Token}
	return d.writer.post(ctx, f.Agent.ID, "CommitAnnotationBlocksUpload", body, nil, http.StatusOK)
}

// blockID: all of an upload are equally long.
func blockID(n int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "block-%08d", n))
}

func (d *Desk) putBlock(ctx context.Context, f desk.File, members map[string]any, part []byte) error {
	body, err := newFileBody(members, "BlockData", part)
	if err != nil {
		return err
	}
	_, err = d.writer.do(ctx, call{method: abs.POST, path: "UploadBlock", agent: f.Agent.ID, file: body, expect: []int{http.StatusNoContent}})
	return err
}
