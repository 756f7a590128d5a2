package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// keeper is the stand-in organisation with its records in a file, so that a restarted demo still shows its timelines. A change
// is in the file before its answer is out, as the service never writes again what was answered.
type keeper struct {
	*dataversefake.Server
	path string
	log  *slog.Logger

	mu   sync.Mutex
	kept int64 // the state that the file holds
}

// keep gives a stand-in the records of the file at path, if there is one.
func keep(server *dataversefake.Server, path string, log *slog.Logger) (*keeper, error) {
	k := &keeper{Server: server, path: path, log: log}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	if err := server.Restore(f); err != nil {
		return nil, fmt.Errorf("demo: %s is broken (%w): remove the demo's data folder to begin anew", path, err)
	}
	k.kept = server.Changes()
	return k, nil
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.Server.ServeHTTP(w, r)
	if err := k.save(); err != nil {
		k.log.Error("the stand-in's records are not kept", "error", err)
	}
}

func (k *keeper) save() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	state := k.Changes()
	if state == k.kept {
		return nil
	}
	fresh, err := os.CreateTemp(filepath.Dir(k.path), filepath.Base(k.path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(k.Snapshot(fresh), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), k.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(fresh.Name()))
	}
	k.kept = state
	return nil
}
