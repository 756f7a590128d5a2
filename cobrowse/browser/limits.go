package browser

import (
	"strconv"
	"syscall"
	"time"

	"cobrowse-connector/cobrowse"
)

// A page must not take the machine from other sessions. How much memory a session's processes use is looked at from outside, as that needs
// no right that a container lacks. The processors are shared by the kernel, fairly between process sessions (sched_autogroup), of which
// each Chromium is one.

const (
	limitEvery = time.Second
	// overLooks is how long the ending of renderers may take to help. After that Chromium itself is ended.
	overLooks = 5
	// dataRoom is what a renderer may map beyond its session's limit: it sets aside far more than it uses.
	dataRoom = 1 << 30
)

// limited is a command line that runs another one whose processes cannot map far more than the session may use, each for itself: it
// counts between two looks. Only a process itself may set that without rights, so a shell does before it becomes Chromium.
func limited(memory uint64, path string, args []string) (string, []string) {
	if memory == 0 {
		return path, args
	}
	most := strconv.FormatUint((memory+dataRoom)>>10, 10)
	return "/bin/sh", append([]string{"-c", `ulimit -d "$0" && exec "$@"`, most, path}, args...)
}

// watchLimits looks after one Chromium until that is gone.
func (b *Browser) watchLimits(chrome *chromium) {
	tick := time.NewTicker(limitEvery)
	defer tick.Stop()
	for over := 0; ; {
		select {
		case <-b.ctx.Done():
			return
		case <-chrome.conn.lost:
			return
		case <-tick.C:
		}
		members := membersOf(chrome.process.cmd.Process.Pid)
		if most := b.launcher.config.SessionMemory; most == 0 || memoryOf(members) <= most {
			over = 0
			continue
		}
		over++
		b.relieve(chrome, members, over > overLooks)
	}
}

// relieve ends the renderer that uses most, or all of Chromium where that does not help.
func (b *Browser) relieve(chrome *chromium, members []member, all bool) {
	b.mu.Lock()
	b.outOfMemory = time.Now()
	b.mu.Unlock()
	biggest := member{}
	for _, m := range members {
		if m.page && m.memory > biggest.memory {
			biggest = m
		}
	}
	b.log.Warn("browser: the session uses too much memory", "all", memoryOf(members)>>20, "biggest", biggest.memory>>20)
	if all || biggest.pid == 0 {
		chrome.process.kill()
		return
	}
	_ = syscall.Kill(biggest.pid, syscall.SIGKILL) // gone already is fine
}

// lostFor says why something was lost just now. Caller holds mu.
func (b *Browser) lostFor() string {
	if time.Since(b.outOfMemory) < overLooks*limitEvery {
		return cobrowse.LostToMemory
	}
	return ""
}
