package browser

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	cdppage "github.com/chromedp/cdproto/page"

	"cobrowse-connector/cobrowse"
)

// A page's file field asks the customer, who sends files of their own device. They lie in a folder that Chromium can read them in, and
// neither list nor change, until the session's end: a page may read a file as long as it has it.

// ask is a file field that was pressed and waits. Guarded by Browser.mu.
type ask struct {
	cobrowse.UploadWanted
	page    *page
	frame   *frame
	session session // the frame's
	field   cdp.BackendNodeID
	paths   []string
}

// catchFiles makes a target tell of file fields that are pressed. Without this one would open a dialog of the host that nobody sees.
var catchFiles = command{cdppage.CommandSetInterceptFileChooserDialog, cdppage.SetInterceptFileChooserDialogParams{Enabled: true}}

// fileWanted takes in that a file field was pressed. Caller holds mu.
func (b *Browser) fileWanted(p *page, s session, e *cdppage.EventFileChooserOpened) {
	f := p.frames[e.FrameID]
	if p.tab == nil || f == nil || e.BackendNodeID == 0 {
		return
	}
	b.files.asked++
	a := &ask{page: p, frame: f, session: s, field: e.BackendNodeID, UploadWanted: cobrowse.UploadWanted{
		ID: fmt.Sprintf("u%d", b.files.asked), Tab: p.tab.id, By: p.tab.by, Multiple: e.Mode == cdppage.FileChooserOpenedModeSelectMultiple, Largest: largestFile,
	}}
	b.files.ask = a
	b.spawn(func() {
		accept := b.acceptOf(a)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.files.ask == a {
			a.Accept = accept
			b.emit(cobrowse.UploadWantedEvent{Wanted: a.UploadWanted})
		}
	})
}

// longestAccept bounds what a page says about the files that it wants.
const longestAccept = 500

// acceptOf is what the field says about files; a field that says nothing that can be read takes every file.
func (b *Browser) acceptOf(a *ask) string {
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	field, err := cdp.Call(ctx, a.session, dom.DescribeNode, dom.DescribeNodeParams{BackendNodeID: a.field})
	if err != nil || field.Node == nil {
		b.logError("file field", err)
		return ""
	}
	attributes := field.Node.Attributes
	i := slices.Index(attributes, "accept")
	if i < 0 || i%2 != 0 || i+1 == len(attributes) || len(attributes[i+1]) > longestAccept {
		return ""
	}
	return attributes[i+1]
}

// checkAsk takes a question back whose document is gone. Caller holds mu.
func (b *Browser) checkAsk() {
	a := b.files.ask
	if a != nil && (b.sessions[a.page.session.id] != a.page || a.page.frames[a.frame.id] != a.frame) {
		b.dropAsk()
	}
}

// dropAsk takes a page's question back. Caller holds mu.
func (b *Browser) dropAsk() {
	if b.files.ask != nil {
		b.files.ask = nil
		b.emit(cobrowse.UploadWantedEvent{})
	}
}

// Upload takes in a file for a field that was pressed.
func (b *Browser) Upload(_ context.Context, wanted, name string, content io.Reader) error {
	name = fileName(name)
	a, dir, uid, err := b.roomFor(wanted, name)
	if err != nil {
		return err
	}
	defer b.uploaded()
	path := filepath.Join(dir, rand.Text(), name)
	size, err := writeUpload(path, uid, content)
	if err == nil && size > largestFile {
		err = errFileLarge
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && b.files.bytes+size > largestFiles {
		err = errFilesMany
	}
	if err == nil && b.files.ask != a {
		err = errUploadGone
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Dir(path)))
	}
	b.files.bytes += size
	a.paths = append(a.paths, path)
	return nil
}

// roomFor reserves a place for one more file.
func (b *Browser) roomFor(wanted, name string) (a *ask, dir string, uid int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch a = b.files.ask; {
	case a == nil || a.ID != wanted || b.closing || b.chrome != a.page.chrome:
		return nil, "", 0, errUploadGone
	case b.files.uploading:
		return nil, "", 0, errOneByOne
	case b.refusedType(name):
		return nil, "", 0, errFileType
	case b.files.uploads >= mostUploads || len(a.paths) > 0 && !a.Multiple:
		return nil, "", 0, errFilesMany
	}
	b.files.uploads++
	b.files.uploading = true
	return a, a.page.chrome.process.folder.uploads(), a.page.chrome.process.uid, nil
}

// uploaded makes place for the next one.
func (b *Browser) uploaded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files.uploading = false
}

func (f *folder) uploads() string { return filepath.Join(f.path, "uploads") }

// writeUpload makes a file that the browser's user can read. Nobody but us writes in its folder, whose name nobody guesses.
func writeUpload(path string, uid int, content io.Reader) (size int64, err error) {
	if err := os.Mkdir(filepath.Dir(path), 0o711); err != nil { //nolint:gosec // the browser's user must pass through, not look in
		return 0, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if os.Getuid() == 0 {
		if err := file.Chown(uid, nobody); err != nil {
			return 0, err
		}
	}
	return io.Copy(file, io.LimitReader(content, largestFile+1))
}

// EndUpload gives the field the files that were taken in for it. It is the customer who does so, whoever pressed the field.
func (b *Browser) EndUpload(ctx context.Context, wanted string, give bool) error {
	b.mu.Lock()
	a := b.files.ask
	if a == nil || a.ID != wanted {
		b.mu.Unlock()
		return errUploadGone
	}
	b.files.ask = nil
	t := a.page.tab
	b.mu.Unlock()
	if !give || len(a.paths) == 0 {
		return nil
	}
	if t != nil {
		if err := b.takeOver(t, a.page, cobrowse.RoleCustomer); err != nil {
			return err
		}
	}
	err := call(ctx, a.session, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: a.paths, BackendNodeID: a.field})
	if err != nil {
		b.logError("give files", err)
		return errUploadGone
	}
	return nil
}
