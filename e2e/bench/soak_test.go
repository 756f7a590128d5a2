package bench

import (
	"cmp"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// People of a soak do something for a while, then read for a while; between two looks all of them have gone. They come one after the
// other: two cores that begin twenty sessions at once show some of them no picture in time.
const (
	apart     = 2 * time.Second
	doing     = 8 * time.Second
	shortest  = 40 * time.Second
	spread    = 2 * time.Minute
	betweens  = 10 // looks at rest, at least
	calmLimit = 5 * time.Minute
)

// standInRecords is the file of what the stand-in for the desk's records also holds in memory.
const standInRecords = "dataverse.json"

// rest is what the service holds when no session is there. The stand-in for the desk's records is in this process, too: what it keeps of
// each session is no leak, and is taken off.
type rest struct {
	at         time.Duration
	sessions   int // so far
	heap       float64
	goroutines int
	handles    int
	processes  int
	profiles   int // files and folders
	disk       float64
}

// BenchmarkSoak lets sessions come and go for SOAK (say 1h), SOAK_SESSIONS (20) at a time, and says whether anything grows. `make soak`.
func BenchmarkSoak(b *testing.B) {
	lasts, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		b.Skip("SOAK says how long: run make soak")
	}
	sessions, err := strconv.Atoi(cmp.Or(os.Getenv("SOAK_SESSIONS"), "20"))
	if err != nil || sessions < 1 {
		b.Fatalf("SOAK_SESSIONS: %v", err)
	}
	works := newWorks(b)
	c := newCrowd(b, works, sessions)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "\nat\tsessions\theap MiB\tgoroutines\thandles\tprocesses\tprofile files\tdisk MiB\t\n")
	var all []rest
	for b.Loop() {
		begin, done := time.Now(), 0
		for round := 0; time.Since(begin) < lasts || round < 3; round++ {
			done += c.churn(works.URL, lasts/betweens)
			r := c.rest(begin, done)
			all = append(all, r)
			fmt.Fprintf(out, "%v\t%d\t%.1f\t%d\t%d\t%d\t%d\t%.1f\t\n", r.at.Round(time.Second), r.sessions, r.heap, r.goroutines, r.handles, r.processes, r.profiles, r.disk)
			_ = out.Flush() // a soak that is broken off has said something
		}
	}
	judge(b, all)
}

// churn keeps every conversation busy with one session after the other for a while, and returns how many there were.
func (c *crowd) churn(works string, lasts time.Duration) int {
	c.t.Helper()
	until := time.Now().Add(lasts)
	had := make([]int, len(c.asks))
	var busy sync.WaitGroup
	for i := range c.asks {
		busy.Go(func() {
			<-time.After(time.Duration(i) * apart)
			for first := true; first || time.Now().Before(until); first = false {
				p := c.meet(i, i == 0) // one is recorded: the stand-in rewrites all it holds with each recording
				p.customer.navigate(works + "/" + []string{"typing", "scroll", "whole"}[rand.IntN(3)])
				<-time.After(doing)
				p.customer.navigate(works + "/static")
				<-time.After(shortest + rand.N(spread))
				p.part()
				had[i]++
			}
		})
	}
	busy.Wait()
	if c.t.Failed() {
		c.t.FailNow() // what failed in a conversation has ended only that
	}
	sum := 0
	for _, n := range had {
		sum += n
	}
	return sum
}

// rest waits until the last Chromium is gone, the service has finished with its sessions and the stand-in has written its records, and
// looks.
func (c *crowd) rest(begin time.Time, sessions int) rest {
	c.t.Helper()
	calm, goroutines, records := 0, 0, time.Time{}
	for late := time.Now().Add(calmLimit); calm < 6 && time.Now().Before(late); {
		<-time.After(500 * time.Millisecond)
		now := runtime.NumGoroutine()
		written, writing := standInWrites(c.t, c.data)
		if calm++; now != goroutines || !written.Equal(records) || writing || len(below(c.t, sessionChromium)) > 0 {
			calm, goroutines, records = 0, now, written
		}
	}
	if calm < 6 {
		c.t.Logf("after %d sessions it was not calm within %v: the look is of something at work", sessions, calmLimit)
	}
	r := rest{at: time.Since(begin), sessions: sessions, processes: len(children(c.t)), handles: entries(c.t, "/proc/self/fd")}
	r.profiles, _ = held(c.t, c.work)
	_, r.disk = held(c.t, c.data)
	runtime.GC()
	runtime.GC() // what finalizers let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.heap, r.goroutines = float64(m.HeapAlloc)/(1<<20), runtime.NumGoroutine()
	if records, err := os.Stat(filepath.Join(c.data, standInRecords)); err == nil {
		r.heap -= float64(records.Size()) / (1 << 20)
	}
	return r
}

// standInWrites tells when the stand-in last finished its records' file, and whether it is writing one: all it holds is in memory as JSON
// then.
func standInWrites(t testing.TB, data string) (written time.Time, writing bool) {
	t.Helper()
	unfinished, err := filepath.Glob(filepath.Join(data, standInRecords+".*"))
	if err != nil {
		t.Fatal(err)
	}
	if records, err := os.Stat(filepath.Join(data, standInRecords)); err == nil {
		written = records.ModTime()
	}
	return written, len(unfinished) > 0
}

// children are the processes below this one.
func children(t testing.TB) (found []int) {
	t.Helper()
	all := processes(t)
	for _, p := range all {
		for up, ok := all[p.parent]; ok; up, ok = all[up.parent] {
			if up.pid == os.Getpid() {
				found = append(found, p.pid)
				break
			}
		}
	}
	return found
}

func entries(t testing.TB, folder string) int {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// held counts what is below a folder, and its size in MiB; recordings and the stand-in's records are meant to stay.
func held(t testing.TB, folder string) (count int, mib float64) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return nil //nolint:nilerr // it went meanwhile
		}
		if e.Name() == "recordings" {
			return filepath.SkipDir
		}
		if strings.HasPrefix(e.Name(), standInRecords) {
			return nil
		}
		count++
		if info, err := e.Info(); err == nil && !e.IsDir() {
			mib += float64(info.Size()) / (1 << 20)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count, mib
}

// judge compares the beginning, after what is made once has been made, with the end.
func judge(b *testing.B, all []rest) {
	b.Helper()
	third := max(1, (len(all)-1)/3)
	early, late := all[1:1+third], all[len(all)-third:]
	for _, m := range []struct {
		name  string
		of    func(rest) float64
		slack float64 // more than this is growth: a row per session is none, nor is SQLite's log, which ends at 4 MiB
	}{
		{"heap MiB", func(r rest) float64 { return r.heap }, 4 + 0.01*float64(all[len(all)-1].sessions-all[1].sessions)},
		{"goroutines", func(r rest) float64 { return float64(r.goroutines) }, 8},
		{"handles", func(r rest) float64 { return float64(r.handles) }, 8},
		{"processes", func(r rest) float64 { return float64(r.processes) }, 0},
		{"profile files", func(r rest) float64 { return float64(r.profiles) }, 0},
		{"disk MiB", func(r rest) float64 { return r.disk }, 5 + 0.05*float64(all[len(all)-1].sessions-all[1].sessions)},
	} {
		from, to := middle(early, m.of), middle(late, m.of)
		verdict := "steady"
		if to-from > m.slack {
			verdict = "grows"
			b.Errorf("%s grow: %.1f, then %.1f", m.name, from, to)
		}
		fmt.Printf("%s: %.1f, then %.1f: %s\n", m.name, from, to, verdict)
	}
}

func middle(all []rest, of func(rest) float64) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
