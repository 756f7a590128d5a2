package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// server is one PostgreSQL cluster in a temporary folder, reachable by its Unix socket only.
type server struct {
	dir   string
	cmd   *exec.Cmd
	admin *sql.DB
	log   *bytes.Buffer
}

var (
	mu      sync.Mutex
	running *server
	failed  error // a server that did not start once will not start for the next test either
)

func startServer() (*server, error) {
	mu.Lock()
	defer mu.Unlock()
	if running == nil && failed == nil {
		running, failed = newServer()
	}
	return running, failed
}

func stopServer() error {
	mu.Lock()
	defer mu.Unlock()
	if running == nil {
		return nil
	}
	s := running
	running = nil
	err := s.admin.Close()
	quit := s.cmd.Process.Signal(syscall.SIGQUIT) // immediate shutdown: nothing in it is worth keeping
	return errors.Join(err, quit, waitIgnoringExit(s.cmd), os.RemoveAll(s.dir))
}

func waitIgnoringExit(cmd *exec.Cmd) error {
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

func newServer() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// A short path: a Unix socket's name may have about 100 characters, and t.TempDir is longer than that on some systems.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	s := &server{dir: dir, log: new(bytes.Buffer)}
	if err := s.start(bin, who); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *server) start(bin string, who *syscall.Credential) error {
	data := filepath.Join(s.dir, "data")
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s.cmd = exec.CommandContext(context.Background(), filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=60")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	s.cmd.Dir = s.dir
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if err := s.connect(); err != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		return fmt.Errorf("postgres did not come up: %w\n%s", err, s.log)
	}
	return nil
}

// connect waits for the server to take connections: PostgreSQL has no readiness signal for a socket but answering.
func (s *server) connect() error {
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			s.admin = db
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(err, db.Close())
		}
	}
}

func (s *server) createDatabase(ctx context.Context, name string) error {
	_, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+name)
	return err
}

func (s *server) dsn(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {s.dir}, "user": {"test"}, "sslmode": {"disable"}}.Encode()
}

func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server found in /usr/lib/postgresql nor on the PATH")
	}
	return filepath.Dir(path), nil
}

// unprivileged names the user to run the server as when we are root, which PostgreSQL refuses to run as.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return &syscall.Credential{Uid: 65534, Gid: 65534}, nil
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
