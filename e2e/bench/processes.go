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

// tree returns the processes of the Chromium whose profile folder starts with profile.
func tree(t testing.TB, profile string) []process {
	t.Helper()
	all := processes(t)
	belongs := func(p process) bool {
		for ok := true; ok; p, ok = all[p.parent] {
			if strings.Contains(p.command, "--user-data-dir="+profile) {
				return true
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
	if len(found) == 0 {
		t.Fatalf("no Chromium with profile %s", profile)
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
