package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// benched opens a page in a browser of its own.
func benched(b *testing.B, policy cobrowse.Policy, page string) (*Browser, cobrowse.TabID) {
	b.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	b.Cleanup(s.Close)
	dir, err := os.MkdirTemp("", "browsertest-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		b.Fatal(err)
	}
	made, err := New(Config{WorkDir: dir}).Launch(b.Context(), Spec{Session: "bench", Policy: policy})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = made.Close(b.Context()) })
	tab, err := made.Open(b.Context(), cobrowse.RoleCustomer, s.URL)
	if err != nil {
		b.Fatal(err)
	}
	for ev := range made.Events() {
		if e, ok := ev.(cobrowse.GateEvent); ok && e.Open {
			break
		}
	}
	go func() {
		for range made.Events() { //nolint:revive // they are of no interest
		}
	}()
	return made, tab
}

func reportQuantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for name, q := range map[string]float64{"p50-ms": 0.5, "p95-ms": 0.95, "max-ms": 1} {
		b.ReportMetric(float64(took[min(len(took)-1, int(q*float64(len(took))))].Microseconds())/1000, name)
	}
}

// BenchmarkActorSwitch is what it costs when the other person acts: all worlds of a page with ten frames are told.
func BenchmarkActorSwitch(b *testing.B) {
	page := "<p>page"
	for range 10 {
		page += `<iframe srcdoc="<p>frame"></iframe>`
	}
	made, id := benched(b, cobrowse.Policy{}, page)
	made.mu.Lock()
	t, p, err := made.find(id)
	made.mu.Unlock()
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		if err := made.handOver(t, p, &job{by: []cobrowse.Role{cobrowse.RoleAgent, cobrowse.RoleCustomer}[i%2], ev: cobrowse.InputEvent{Kind: cobrowse.InputDown}}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	reportQuantiles(b, took)
}

// BenchmarkRequest is what a request of a page costs, without and with a rule for requests.
func BenchmarkRequest(b *testing.B) {
	for name, policy := range map[string]cobrowse.Policy{
		"no rule": {}, "a rule": {Requests: []cobrowse.RequestRule{{ID: "r", URL: "*/nothing/*"}}},
	} {
		b.Run(name, func(b *testing.B) {
			made, id := benched(b, policy, "<p>page")
			p, err := made.pageOf(id)
			if err != nil {
				b.Fatal(err)
			}
			var took []time.Duration
			for b.Loop() {
				ms, err := evaluate[float64](b.Context(), p.session, "", `(async () => { const t = performance.now(); await (await fetch('/', {method: 'POST'})).text(); return performance.now() - t })()`)
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Duration(ms*float64(time.Millisecond)))
			}
			reportQuantiles(b, took)
		})
	}
}

// BenchmarkSetPolicy is what a new mask costs in a page with ten frames, until all of them hold it.
func BenchmarkSetPolicy(b *testing.B) {
	page := "<p>page"
	for range 10 {
		page += `<iframe srcdoc="<p>frame"></iframe>`
	}
	made, _ := benched(b, cobrowse.Policy{}, page)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		if err := made.SetPolicy(b.Context(), cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: fmt.Sprintf(".c%d", i)}}}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	reportQuantiles(b, took)
}
