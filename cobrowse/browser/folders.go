package browser

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// folderPattern names the sessions' folders below the work folder.
const folderPattern = "cobrowse-*"

// folder is where one Chromium lives. Its lock tells other processes that it is in use; the kernel drops it with ours.
type folder struct {
	path string
	lock *os.File
}

// makeFolder creates a session's folder below workDir:
//
//	path/            0711, ours
//	path/extension/  0755, ours: the browser reads it and cannot change it
//	path/home/       0700, the browser's: profile, temporary files, downloads until they are sealed
//	path/sealed/     0700, ours: downloads
//	path/uploads/    0711, ours: files on their way to a page, which the browser reads
func makeFolder(workDir string, uid int) (*folder, error) {
	path, err := os.MkdirTemp(workDir, folderPattern)
	if err != nil {
		return nil, fmt.Errorf("browser: session folder: %w", err)
	}
	f := &folder{path: path}
	home := filepath.Join(path, "home")
	steps := []func() error{
		f.take,
		func() error { return os.Chmod(path, 0o711) }, //nolint:gosec // the browser's user must pass through, not look in
		func() error { return os.MkdirAll(filepath.Join(home, "profile", "Default"), 0o700) },
		func() error { return os.Mkdir(filepath.Join(home, downloadsFolder), 0o700) },
		func() error { return os.Mkdir(filepath.Join(path, "extension"), 0o755) }, //nolint:gosec // read by the browser's user
		func() error { return os.Mkdir(filepath.Join(path, "sealed"), 0o700) },
		func() error { return os.Mkdir(f.uploads(), 0o711) }, //nolint:gosec // as above
		func() error { return writePreferences(filepath.Join(home, "profile", "Default", "Preferences")) },
		func() error { return chownAll(home, uid) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, errors.Join(fmt.Errorf("browser: session folder: %w", err), f.remove())
		}
	}
	return f, nil
}

// take locks the folder. The lock file gets its name only when it is locked, so that sweep never sees one that is not.
func (f *folder) take() error {
	lock, err := os.Create(filepath.Join(f.path, "lock.new"))
	if err != nil {
		return err
	}
	f.lock = lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return err
	}
	return os.Rename(lock.Name(), filepath.Join(f.path, "lock"))
}

// remove deletes the folder. It tries again for a moment: a dying process may still write.
func (f *folder) remove() error {
	var err error
	for range 20 {
		if err = os.RemoveAll(f.path); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
		f.lock = nil
	}
	if err != nil {
		return fmt.Errorf("browser: remove profile: %w", err)
	}
	return nil
}

// sweep deletes the folders that a service which was killed has left behind: they hold people's profiles.
func sweep(workDir string, log *slog.Logger) {
	paths, err := filepath.Glob(filepath.Join(workDir, folderPattern, "lock"))
	if err != nil {
		return
	}
	for _, path := range paths {
		lock, err := os.Open(path)
		if err != nil {
			continue
		}
		f := &folder{path: filepath.Dir(path), lock: lock}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			_ = lock.Close() // in use
			continue
		}
		log.Info("browser: removing the profile of a killed service", "error", f.remove())
	}
}

func chownAll(root string, uid int) error {
	if os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, nobody) //nolint:gosec // nobody else can write there yet
	})
}
