package browser

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"cobrowse-connector/cobrowse"
)

// mostUsers is how many users the browsers of a service that runs as root have between them.
const mostUsers = 200

// users gives each browser a user of its own, so that one that a page has broken out of reads nothing of another session. They are
// counted down from the configured one. A service that is not root has only its own.
type users struct {
	mu    sync.Mutex
	taken map[int]bool
}

// take returns a user that nothing on this machine runs as; the caller must give it back.
func (u *users) take(first int) (int, error) {
	if os.Getuid() != 0 {
		return os.Getuid(), nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	busy := usersOfProcesses()
	for uid := first; uid > first-mostUsers && uid > 0; uid-- {
		if !u.taken[uid] && !busy[uid] {
			u.taken[uid] = true
			return uid, nil
		}
	}
	return 0, cobrowse.Errorf(cobrowse.CodeUnavailable, "no_capacity", "no user is left for another browser: %d to %d are taken", first-mostUsers+1, first)
}

func (u *users) giveBack(uid int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.taken, uid)
}

// usersOfProcesses are those who run something at this moment: another service, too, has its browsers here.
func usersOfProcesses() map[int]bool {
	busy := map[int]bool{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return busy
	}
	for _, entry := range entries {
		if _, err := strconv.Atoi(entry.Name()); err != nil {
			continue
		}
		info, err := os.Stat(filepath.Join("/proc", entry.Name()))
		if err != nil {
			continue // it has ended
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			busy[int(stat.Uid)] = true
		}
	}
	return busy
}
