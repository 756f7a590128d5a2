package browser

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"cobrowse-connector/cobrowse"
)

const (
	// nobody is the unprivileged user and group that Chromium gets when the service itself runs as root.
	nobody = 65534
	// pageTime is how long a page may take to begin; after that people are told.
	pageTime = 30 * time.Second
	// deafTime is how long Chromium itself may be silent; after that another takes its place.
	deafTime = 20 * time.Second
)

// firstViewport is the size that a browser starts with.
var firstViewport = cobrowse.Viewport{Width: 1280, Height: 720, Scale: 1}

// Config is what all browsers of a process share.
type Config struct {
	ChromiumPath string // default chromium, found on the PATH
	WorkDir      string // profiles live and die below it; default: the system's temporary folder
	// UID is the first of Chromium's users, when the service runs as root; the next browsers have the ones below it. Default 65534, which
	// is their group, too. Otherwise Chromium runs as the service's user.
	UID int
	// PDFViewer is the page that takes a PDF's place, as connector/web builds it: {{DOCUMENT}}, {{TITLE}}, {{NONCE}} and {{PROBLEM}}
	// are filled in. nil = Chromium's own viewer, which agents never see.
	PDFViewer []byte
	// SessionMemory is how many bytes the processes of one browser may use; 0 = no limit.
	SessionMemory uint64
	// Slowed is told each time that a session gets fewer pictures because this machine does not keep up; nil = nobody counts.
	Slowed func()
	Log    *slog.Logger
}

// Spec is what one session needs.
type Spec struct {
	Session   string // for the log
	Policy    cobrowse.Policy
	ProxyAddr string        // host:port of the HTTP proxy for all traffic, also to loopback; "" = none, for tests only
	RunsAs    func(uid int) // is told the user of each Chromium before it starts, so that the proxy can let it in; may be nil
}

// Launcher starts browsers.
type Launcher struct {
	config   Config
	pageTime time.Duration
	deafTime time.Duration
	users    users
	handing  chan struct{} // holds those that hand a PDF over to their Chromium
	swept    sync.Once
	// namespaces is true once this machine was seen to make user namespaces.
	namespaces atomic.Bool
}

// New returns a launcher. Nothing is started before Launch or Warm.
func New(config Config) *Launcher {
	config.ChromiumPath = cmp.Or(config.ChromiumPath, "chromium")
	config.WorkDir = cmp.Or(config.WorkDir, os.TempDir())
	config.UID = cmp.Or(config.UID, nobody)
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Slowed == nil {
		config.Slowed = func() {}
	}
	return &Launcher{
		config: config, pageTime: pageTime, deafTime: deafTime, handing: make(chan struct{}, handedOver),
		users: users{taken: map[int]bool{}},
	}
}

// Launch gives the session a browser of its own, which starts now. The caller must Close it. ctx limits the start only.
func (l *Launcher) Launch(ctx context.Context, spec Spec) (*Browser, error) {
	warm, err := l.Warm(ctx, spec)
	if err != nil {
		return nil, err
	}
	return warm.Launch(ctx, spec.Session)
}

// Check tells in plain words what would keep Chromium from starting.
func (l *Launcher) Check(ctx context.Context) error {
	if _, err := exec.LookPath(l.config.ChromiumPath); err != nil {
		return cobrowse.Errorf(cobrowse.CodeUnavailable, "chromium_missing", "there is no Chromium at %s", l.config.ChromiumPath)
	}
	if err := os.MkdirAll(l.config.WorkDir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		return cobrowse.Errorf(cobrowse.CodeUnavailable, "workdir", "the folder for profiles cannot be made: %v", err)
	}
	l.swept.Do(func() { sweep(l.config.WorkDir, l.config.Log) })
	if os.Getuid() == 0 {
		if err := enterable(l.config.WorkDir, l.config.UID-1); err != nil { // any but the first: a folder may be that one's own
			return err
		}
	}
	return l.sandboxed(ctx)
}

// enterable tells whether a user may pass through all folders down to dir.
func enterable(dir string, uid int) error {
	for dir := filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return cobrowse.Errorf(cobrowse.CodeUnavailable, "workdir", "the folder for profiles cannot be read: %v", err)
		}
		if !passable(info, uid) {
			return cobrowse.Errorf(cobrowse.CodeUnavailable, "workdir", "user %d, who runs Chromium, may not enter %s", uid, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// probeTime bounds the try to make a user namespace, which takes a few milliseconds.
const probeTime = 10 * time.Second

// sandboxed tries, as the user who runs Chromium, what its sandbox begins with: a user namespace. Where the tool for it is missing
// Chromium itself has to find out.
func (l *Launcher) sandboxed(ctx context.Context) error {
	unshare, err := exec.LookPath("unshare")
	if err != nil || l.namespaces.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	uid := os.Getuid()
	probe := exec.CommandContext(ctx, unshare, "--user", "true")
	probe.Dir = "/"
	probe.SysProcAttr = &syscall.SysProcAttr{}
	if uid == 0 {
		uid = l.config.UID
		probe.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(l.config.UID), Gid: nobody}
	}
	if words, err := probe.CombinedOutput(); err != nil {
		return cobrowse.Errorf(cobrowse.CodeUnavailable, "no_sandbox", "this machine does not let user %d make user namespaces, which Chromium's "+
			"sandbox needs (%s). Allow them: sysctl kernel.unprivileged_userns_clone=1 and user.max_user_namespaces above 0; on Ubuntu "+
			"kernel.apparmor_restrict_unprivileged_userns=0; in a container a seccomp profile that permits unshare and clone",
			uid, strings.TrimSpace(string(words)+" "+err.Error()))
	}
	l.namespaces.Store(true)
	return nil
}

func passable(info fs.FileInfo, uid int) bool {
	if info.Mode().Perm()&0o001 != 0 {
		return true
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid && info.Mode().Perm()&0o100 != 0
}

func startError(p *process, err error) error {
	return &cobrowse.Error{
		Code: cobrowse.CodeUnavailable, Reason: "browser_start", Detail: "Chromium did not start",
		Err: fmt.Errorf("%w; its last words: %s", err, p.output),
	}
}
