package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// member is one of a Chromium's processes.
type member struct {
	pid    int
	memory uint64 // bytes that it alone has taken from the machine
	page   bool   // it is a renderer of pages, not of the session's extension
}

func memoryOf(members []member) uint64 {
	var sum uint64
	for _, m := range members {
		sum += m.memory
	}
	return sum
}

// membersOf lists the living processes of a group. What is read of them everybody may read.
func membersOf(group int) []member {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var members []member
	for _, path := range stats {
		stat, err := os.ReadFile(path) //nolint:gosec // of /proc
		if err != nil {
			continue // it has ended
		}
		// pid (name) state parent group …: the name may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 3 || fields[2] != strconv.Itoa(group) {
			continue
		}
		m := member{}
		m.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(path)))
		m.readMemory()
		line, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(m.pid), "cmdline"))
		m.page = bytes.Contains(line, []byte("--type=renderer")) && !bytes.Contains(line, []byte("--extension-process"))
		members = append(members, m)
	}
	return members
}

// readMemory counts what no file backs, in memory or swapped out; what processes share counts for each of them.
func (m *member) readMemory() {
	status, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(m.pid), "status"))
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		switch name {
		case "RssAnon", "RssShmem", "VmSwap":
			if words := strings.Fields(rest); len(words) > 0 {
				m.memory += number(words[0]) << 10
			}
		}
	}
}

func number(text string) uint64 {
	n, _ := strconv.ParseUint(text, 10, 64) // the kernel writes numbers
	return n
}
