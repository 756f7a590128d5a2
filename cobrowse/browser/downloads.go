package browser

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

// Chromium writes what pages let it download into its own folder, each file under an id of Chromium's. When one is complete it is sealed,
// and the plain file removed.

// progressEvery is how often people are told how far a download is.
const progressEvery = 300 * time.Millisecond

// download is one of a session's downloads. Guarded by Browser.mu.
type download struct {
	cobrowse.Download
	guid   string
	chrome *chromium
	told   time.Time
}

const downloadsFolder = "downloads" // below Chromium's home

func (f *folder) home() string            { return filepath.Join(f.path, "home") }
func (f *folder) sealed(id string) string { return filepath.Join(f.path, "sealed", id) }
func (d *download) plain() string         { return filepath.Join(downloadsFolder, d.guid) }
func (d *download) sealed() string        { return d.chrome.process.folder.sealed(d.ID) }
func (d *download) isOf(c *chromium) bool { return d.chrome == c }
func (d *download) running() bool         { return d.State == cobrowse.DownloadRunning }

// allowDownloads makes Chromium write downloads and tell of them.
func (c *chromium) allowDownloads(ctx context.Context) error {
	yes := true
	return call(ctx, c.root, protocol.SetDownloadBehavior, protocol.SetDownloadBehaviorParams{
		Behavior: protocol.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: filepath.Join(c.process.folder.home(), downloadsFolder), EventsEnabled: &yes,
	})
}

// downloadBegins takes in a new download. What is refused is cancelled at once. Caller holds mu.
func (b *Browser) downloadBegins(chrome *chromium, e *protocol.EventDownloadWillBegin) {
	t := b.tabOfFrame(e.FrameID)
	d := &download{chrome: chrome, guid: e.GUID, Download: cobrowse.Download{
		ID: fmt.Sprintf("d%d", len(b.files.downloads)+1), Name: fileName(e.SuggestedFilename), State: cobrowse.DownloadRunning,
	}}
	if t != nil {
		d.Tab = t.id
		if rule := b.downloadRule(t, e.URL); rule != "" {
			b.emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: t.id, By: t.by, How: "network", Name: d.Name, Rule: rule}})
			b.stopDownload(chrome, e.GUID)
			return
		}
	}
	if len(b.files.downloads) >= mostDownloads {
		b.stopDownload(chrome, e.GUID) // more of them would be more to tell, too
		return
	}
	b.files.downloads = append(b.files.downloads, d)
	underWay := 0
	for _, other := range b.files.downloads {
		if other.running() {
			underWay++
		}
	}
	switch {
	case b.refusedType(e.SuggestedFilename) || b.refusedType(d.Name):
		b.refuseDownload(d, cobrowse.RefusedType)
	case underWay > mostAtOnce || len(b.files.downloads) == mostDownloads:
		b.refuseDownload(d, cobrowse.RefusedMany)
	default:
		b.emit(cobrowse.DownloadEvent{Download: d.Download})
	}
}

// downloadRule is the rule that keeps an agent from what a tab in their hand downloads, "" when none does: the guard in the page knows
// links for downloads, and not what a server answers. Caller holds mu.
func (b *Browser) downloadRule(t *tab, address string) string {
	if t.by == "" || t.by == cobrowse.RoleCustomer {
		return ""
	}
	for _, g := range b.spec.Policy.Guards {
		if g.Downloads && (g.Site == "" || cobrowse.AddressOrAll(g.Site).Matches(t.url)) {
			return g.ID
		}
	}
	return b.linkAgainst(address)
}

// tabOfFrame finds the tab that a frame is in, the shown one for a frame that is gone already. Caller holds mu.
func (b *Browser) tabOfFrame(id cdp.FrameID) *tab {
	for _, t := range b.tabs {
		if t.page != nil && t.page.frames[id] != nil {
			return t
		}
	}
	return b.shown
}

// downloadGoesOn takes in how far a download is. Caller holds mu.
func (b *Browser) downloadGoesOn(chrome *chromium, e *protocol.EventDownloadProgress) {
	i := slices.IndexFunc(b.files.downloads, func(d *download) bool { return d.guid == e.GUID && d.isOf(chrome) })
	if i < 0 || !b.files.downloads[i].running() {
		if e.State == protocol.DownloadProgressStateCompleted {
			b.removePlain(chrome, filepath.Join(downloadsFolder, e.GUID)) // it was faster than its refusal
		}
		return
	}
	d := b.files.downloads[i]
	d.Bytes, d.Total = int64(e.ReceivedBytes), int64(e.TotalBytes)
	switch {
	case max(d.Bytes, d.Total) > largestFile || b.files.bytes+max(d.Bytes, d.Total) > largestFiles:
		b.refuseDownload(d, cobrowse.RefusedSize)
		if e.State == protocol.DownloadProgressStateCompleted {
			b.removePlain(chrome, d.plain())
		}
	case e.State == protocol.DownloadProgressStateCompleted:
		b.files.bytes += d.Bytes
		b.spawn(func() { b.keepDownload(d) })
	case e.State == protocol.DownloadProgressStateCanceled:
		b.endDownload(d, cobrowse.DownloadFailed)
	case time.Since(d.told) >= progressEvery:
		d.told = time.Now()
		b.emit(cobrowse.DownloadEvent{Download: d.Download})
	}
}

// endDownload tells what became of a download. Caller holds mu.
func (b *Browser) endDownload(d *download, state cobrowse.DownloadState) {
	d.State = state
	b.emit(cobrowse.DownloadEvent{Download: d.Download})
}

// refuseDownload ends a download that may not be. Caller holds mu.
func (b *Browser) refuseDownload(d *download, reason string) {
	d.Reason = reason
	b.endDownload(d, cobrowse.DownloadRefused)
	b.stopDownload(d.chrome, d.guid)
}

// stopDownload makes Chromium give a download up, and remove what it has of it. Caller holds mu.
func (b *Browser) stopDownload(chrome *chromium, guid string) {
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
		defer cancel()
		b.logError("cancel download", call(ctx, chrome.root, protocol.CancelDownload, protocol.CancelDownloadParams{GUID: guid}))
	})
}

func (b *Browser) removePlain(chrome *chromium, path string) {
	root, err := os.OpenRoot(chrome.process.folder.home())
	if err == nil {
		err = root.Remove(path)
		_ = root.Close() // it was only looked at
	}
	b.logError("remove download", err)
}

// keepDownload seals a download that is complete.
func (b *Browser) keepDownload(d *download) {
	size, err := b.sealDownload(d)
	b.removePlain(d.chrome, d.plain())
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !d.running(): // it was cancelled meanwhile, or its Chromium is gone
		_ = os.Remove(d.sealed()) // with the folder, else
	case err != nil:
		b.logError("seal download", err)
		b.endDownload(d, cobrowse.DownloadFailed)
	case size > largestFile:
		d.Reason = cobrowse.RefusedSize
		b.endDownload(d, cobrowse.DownloadRefused)
	default:
		d.Bytes, d.Total = size, size
		b.endDownload(d, cobrowse.DownloadReady)
	}
}

func (b *Browser) sealDownload(d *download) (int64, error) {
	plain, err := openTheirs(d.chrome.process.folder.home(), d.plain(), d.chrome.process.uid)
	if err != nil {
		return 0, err
	}
	defer func() { _ = plain.Close() }() // it was only read
	return d.chrome.vault.seal(d.sealed(), d.ID, plain)
}

// Downloaded opens a download that is ready.
func (b *Browser) Downloaded(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	b.mu.Lock()
	i := slices.IndexFunc(b.files.downloads, func(d *download) bool { return d.ID == id && d.State == cobrowse.DownloadReady })
	if i < 0 || b.closing {
		b.mu.Unlock()
		return nil, errFileGone
	}
	d := b.files.downloads[i]
	b.mu.Unlock()
	return d.chrome.vault.open(ctx, d.sealed(), d.ID)
}

// CancelDownload ends a download that is under way; of any other nothing changes.
func (b *Browser) CancelDownload(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.files.downloads {
		if d.ID == id && d.running() {
			b.endDownload(d, cobrowse.DownloadCancelled)
			b.stopDownload(d.chrome, d.guid)
		}
	}
	return nil
}
