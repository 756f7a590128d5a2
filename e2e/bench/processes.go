package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clockTick is Linux's USER_HZ, 100 on every platform that Go and Chromium support.
const clockTick = 10 * time.Millisecond

type process struct {
	pid, parent int
	cpu         time.Duration
	command     string
}

func processes(t testing.TB) map[int]process {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]process{}
	for _, dir := range dirs {
		stat, err1 := os.ReadFile(dir + "/stat")
		command, err2 := os.ReadFile(dir + "/cmdline")
		if err1 != nil || err2 != nil {
			continue // it ended meanwhile
		}
		pid, _ := strconv.Atoi(filepath.Base(dir))
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
		parent, _ := strconv.Atoi(f[1])
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		all[pid] = process{pid, parent, time.Duration(user+system) * clockTick, string(bytes.ReplaceAll(command, []byte{0}, []byte{' '}))}
	}
	return all
}

// tree returns the processes below this one that belong to the Chromium whose profile folder's path contains profile.
func tree(t testing.TB, profile string) []process {
	t.Helper()
	found := below(t, profile)
	if len(found) == 0 {
		t.Fatalf("no Chromium with profile %s", profile)
	}
	return found
}

// below is tree for a Chromium that may not be there yet.
func below(t testing.TB, profile string) []process {
	t.Helper()
	all := processes(t)
	belongs := func(p process) bool {
		chromium := false
		for ok := true; ok; p, ok = all[p.parent] {
			flag := strings.Index(p.command, "--user-data-dir=")
			chromium = chromium || flag >= 0 && strings.Contains(p.command[flag:], profile)
			if p.pid == os.Getpid() {
				return chromium
			}
		}
		return false
	}
	var found []process
	for _, p := range all {
		if belongs(p) {
			found = append(found, p)
		}
	}
	return found
}

// cpu is what the Chromium of profile has used so far.
func cpu(t testing.TB, profile string) time.Duration {
	t.Helper()
	var sum time.Duration
	for _, p := range tree(t, profile) {
		sum += p.cpu
	}
	return sum
}

// memory is the proportional set size of the Chromium of profile, in MiB.
func memory(t testing.TB, profile string) float64 {
	t.Helper()
	var kib int
	for _, p := range tree(t, profile) {
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(rollup)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				n, _ := strconv.Atoi(strings.Fields(rest)[0])
				kib += n
			}
		}
	}
	return float64(kib) / 1024
}

// machine is who has used how much of this machine's processors so far.
type machine struct {
	at              time.Time
	all, ours, self time.Duration
}

func lookAround(t testing.TB) machine {
	t.Helper()
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	m := machine{at: time.Now()}
	const idle, wait, guest = 4, 5, 9 // guests' time is in user's already
	for i, field := range strings.Fields(line)[:guest] {
		if ticks, err := strconv.Atoi(field); err == nil && i != idle && i != wait {
			m.all += time.Duration(ticks) * clockTick
		}
	}
	all := processes(t)
	for _, p := range all {
		if p.pid == os.Getpid() {
			m.self = p.cpu
		}
		for up, ok := p, true; ok; up, ok = all[up.parent] {
			if up.pid == os.Getpid() {
				m.ours += p.cpu
				break
			}
		}
	}
	return m
}

// othersSince is how many cores everybody but us has used since before.
func (m machine) othersSince(before machine) float64 {
	return max(0, ((m.all-before.all)-(m.ours-before.ours)).Seconds()/m.at.Sub(before.at).Seconds())
}
