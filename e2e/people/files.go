package people

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
)

// SavesFiles lets the person's browser save files, and returns the folder in which it does.
func (p *Person) SavesFiles() string {
	p.t.Helper()
	dir, err := os.MkdirTemp("", "saved-")
	if err == nil {
		err = os.Chmod(dir, 0o777) //nolint:gosec // the browser has a user of its own
	}
	p.must("make a folder for files", err)
	p.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: p.top.profile,
		})
		return err
	}, "save files")
	return dir
}

// Chooses gives a file to a field, hidden or not, as the system's dialog does for the person.
func (p *Person) Chooses(field, name, content string) {
	p.t.Helper()
	dir, err := os.MkdirTemp("", "chosen-")
	p.must("make a folder", err)
	p.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	p.must("make a file", os.WriteFile(path, []byte(content), 0o644)) //nolint:gosec // the browser has a user of its own
	p.must("open the folder", os.Chmod(dir, 0o755))                   //nolint:gosec // as above
	p.Until(field+" is there", "document.querySelector("+strconv.Quote(field)+")")
	p.call(func(ctx context.Context, s cdp.Session) error {
		found, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.querySelector(" + strconv.Quote(field) + ")"})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, s, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: found.Result.ObjectID})
		return err
	}, "choose a file")
}
