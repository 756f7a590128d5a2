package people

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// nobody is the unprivileged user that runs a Chromium when the tests run as root: Chromium's sandbox refuses root.
const nobody = 65534

// Browser is a Chromium of its own with its own profile.
type Browser struct {
	Context context.Context // of its first tab
	Profile string
	Stop    func()
}

// disabledFeatures keep processes of their own for parts of Chromium's window that nobody sees, or call home.
const disabledFeatures = "InitialWebUI,PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIToolbarProcessOverheadExperiment," +
	"MediaRouter,OptimizationHints,Translate"

// personFlags are how a person's Chromium differs from what Start starts.
var personFlags = []chromedp.ExecAllocatorOption{
	chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "en-US"),
}

// Start starts a Chromium with a sandbox, until the test ends or Stop. The name is in its profile's path.
func Start(t testing.TB, name string, more ...chromedp.ExecAllocatorOption) Browser {
	t.Helper()
	b, err := start(name, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b
}

func start(name string, more ...chromedp.ExecAllocatorOption) (Browser, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return Browser{}, errors.New("these tests need Debian's package chromium: run `make test`, which installs it")
	}
	profile, err := os.MkdirTemp("", name+"-")
	if err != nil {
		return Browser{}, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", disabledFeatures),
		chromedp.Flag("no-sandbox", false), // else chromedp takes the sandbox away from what root starts
		chromedp.Env("HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile, "TMPDIR="+profile),
	)
	if os.Geteuid() == 0 {
		if err := os.Chown(profile, nobody, nobody); err != nil {
			return Browser{}, err
		}
		opts = append(opts, chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	ctx, stop := chromedp.NewContext(allocator)
	return Browser{Context: ctx, Profile: profile, Stop: sync.OnceFunc(func() {
		stop()
		stopAllocator()
		if err := os.RemoveAll(profile); err != nil {
			fmt.Fprintf(os.Stderr, "%s's profile: %v\n", name, err)
		}
	})}, nil
}
