package people

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// nobody is the unprivileged user that runs a Chromium when the tests run as root: Chromium's sandbox refuses root.
const nobody = 65534

// Browser is a Chromium of its own with its own profile. It ends with the test, or by Stop.
type Browser struct {
	Context context.Context // of its first tab
	Profile string
	Stop    func()
}

// Start starts a Chromium with a sandbox. The name is in its profile's path.
func Start(t testing.TB, name string, more ...chromedp.ExecAllocatorOption) Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("these tests need Debian's package chromium: run `make test`, which installs it")
	}
	profile, err := os.MkdirTemp("", name+"-")
	if err != nil {
		t.Fatal(err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Env("HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile, "TMPDIR="+profile),
	)
	if os.Geteuid() == 0 {
		if err := os.Chown(profile, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		opts = append(opts, chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	ctx, stop := chromedp.NewContext(allocator)
	b := Browser{Context: ctx, Profile: profile, Stop: sync.OnceFunc(func() {
		stop()
		stopAllocator()
		if err := os.RemoveAll(profile); err != nil {
			t.Logf("%s's profile: %v", name, err)
		}
	})}
	t.Cleanup(b.Stop)
	return b
}
