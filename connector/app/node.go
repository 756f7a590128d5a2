package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"cobrowse-connector/connector/sessions"
)

// claimNode takes the data folder for this process alone, as long as lock is open, and returns the id of the node that lives there:
// what a killed process of this id left is finished by the next one.
func claimNode(dataDir string) (id string, lock *os.File, err error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return "", nil, err
	}
	lock, err = os.OpenFile(filepath.Join(dataDir, "node"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", nil, err
	}
	err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = fmt.Errorf("the data folder %s is in use by another service; stop that one, or give this one a --data-dir of its own", dataDir)
	} else if err != nil {
		err = fmt.Errorf("the data folder %s cannot be locked; use a file system that can (flock): %w", dataDir, err)
	}
	if err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	if id, err = nodeID(lock); err != nil {
		return "", nil, errors.Join(fmt.Errorf("the node's id cannot be kept in the data folder: %w", err), lock.Close())
	}
	return id, lock, nil
}

// nodeID reads the id, or makes one when there is none yet.
func nodeID(f *os.File) (string, error) {
	kept, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	if id, err := uuid.ParseBytes(kept); err == nil {
		return id.String(), nil
	}
	id := uuid.NewString()
	if err := f.Truncate(0); err != nil {
		return "", err
	}
	_, err = f.WriteAt([]byte(id), 0)
	return id, errors.Join(err, f.Sync())
}

// beat tells the other nodes that this one lives.
func (a *App) beat(ctx context.Context) error {
	return every(ctx, sessions.BeatEvery, func() {
		limited, cancel := context.WithTimeout(ctx, sessions.BeatEvery)
		defer cancel()
		kept, err := a.sessions.Beat(limited)
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.Error("this node cannot tell the others that it lives", "error", err)
		case err == nil && !kept:
			a.log.Error("this node was silent for so long that another has finished its sessions")
			a.live.GiveUp() //nolint:contextcheck // sessions end in contexts of their own
		}
	})
}

// watch finishes what dead nodes left. Saving recordings may take minutes, which must not keep this node from beating.
func (a *App) watch(recording sessions.Recovery) func(context.Context) error {
	watch := sessions.NewWatch(a.sessions, recording, a.desks.budgets.Share)
	return func(ctx context.Context) error {
		return every(ctx, sessions.BeatEvery, func() {
			if err := watch.Look(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("dead nodes cannot be looked for", "error", err)
			}
		})
	}
}

// every calls do now and then again after each wait, until ctx ends.
func every(ctx context.Context, wait time.Duration, do func()) error {
	tick := time.NewTicker(wait)
	defer tick.Stop()
	for {
		do()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
