package browser

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// outputTail is how much of Chromium's own last words is kept for the error of a failed start.
const outputTail = 4 << 10

// process is one running Chromium in a folder of its own.
type process struct {
	folder *folder
	cmd    *exec.Cmd
	pipe   *chromedp.PipeConn
	output *tail
	exited chan struct{} // closed when Chromium's main process is reaped
	over   func()        // called when nothing of it runs any more
	uid    int
}

// startProcess starts Chromium in its folder. The caller must call stop.
func startProcess(path string, dir *folder, args []string, uid int) (*process, error) {
	toChild, ours, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("browser: pipe: %w", err)
	}
	theirs, fromChild, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("browser: pipe: %w", err), toChild.Close(), ours.Close())
	}
	defer func() { _ = errors.Join(toChild.Close(), fromChild.Close()) }() // Chromium has its own copies

	home := filepath.Join(dir.path, "home")
	p := &process{folder: dir, uid: uid, output: &tail{}, exited: make(chan struct{})}
	p.cmd = exec.Command(path, args...) //nolint:noctx // it lives until stop, whoever asked for it
	p.cmd.Dir = home
	p.cmd.Env = []string{
		"HOME=" + home, "TMPDIR=" + home, "XDG_CONFIG_HOME=" + home, "XDG_CACHE_HOME=" + home, "XDG_RUNTIME_DIR=" + home,
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
	}
	p.cmd.ExtraFiles = []*os.File{toChild, fromChild} // 3 and 4: --remote-debugging-pipe
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: nobody}
	}
	p.pipe = chromedp.NewPipeConn(theirs, ours)
	if err := p.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("browser: start %s: %w", path, err), p.pipe.Close())
	}
	return p, nil
}

// start runs and reaps Chromium on one locked thread: the kernel sends Pdeathsig when the starting thread ends, not the process.
func (p *process) start() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = p.cmd.Wait() // how it ended is of no interest: every end is handled alike
		close(p.exited)
	}()
	return <-started
}

// kill ends Chromium; whoever watches it hears of it by the pipe.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // the whole group; gone already is fine
}

// stop ends Chromium, waits until all its processes are gone and removes its folder.
func (p *process) stop() error {
	p.kill()
	<-p.exited
	closeErr := p.pipe.Close()
	p.killLeftovers()
	defer p.over()
	return errors.Join(closeErr, p.folder.remove())
}

// killLeftovers ends helpers that left the process group. Chromium passes the profile's path to each of them.
func (p *process) killLeftovers() {
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		pids := processesMentioning(p.folder.path)
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// endCrashHandlers ends what Chromium starts before anything else to dump processes that crash. It does without: a dump would hold what a
// page does, and a renderer that is killed while it is looked at is never reaped, for which Chromium waits without end. The only switch that
// keeps them away (--disable-crashpad-for-testing) makes other processes crash.
func (p *process) endCrashHandlers() {
	for _, pid := range processesMentioning(p.folder.path) {
		line, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		program, _, _ := bytes.Cut(line, []byte{0})
		if filepath.Base(string(program)) == "chrome_crashpad_handler" {
			_ = syscall.Kill(pid, syscall.SIGKILL) // gone already is fine
		}
	}
}

// processesMentioning lists the living processes that have dir in their command line.
func processesMentioning(dir string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err == nil && bytes.Contains(line, []byte(dir+"/")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - outputTail; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
