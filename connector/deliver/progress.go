package deliver

import (
	"context"

	"cobrowse-connector/connector/keyring"
)

// progress is what an earlier attempt kept of a file that broke off, perhaps on another node. What does not open, as another master key
// sealed it, is as good as none.
func (w *Worker) progress(r row) string {
	if r.progress == "" {
		return ""
	}
	plain, err := w.ring.Open(keyring.ForUploads, r.id, r.progress)
	if err != nil {
		w.log.Warn("outbox: a file is begun anew, as its progress cannot be read", "row", r.id, "err", err)
	}
	return string(plain)
}

// keepProgress is desk.File.Keep. Whoever has lost the row keeps nothing.
func (w *Worker) keepProgress(ctx context.Context, r row, progress string) error {
	sealed := ""
	if progress != "" {
		sealed = w.ring.Seal(keyring.ForUploads, r.id, []byte(progress))
	}
	kept, err := w.update(ctx, `UPDATE outbox SET progress = $1 WHERE id = $2 AND lease_owner = $3 AND state = 'pending'`, sealed, r.id, r.owner)
	if err == nil && !kept {
		err = errLeaseLost
	}
	return err
}
