package bench

import (
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"
)

const (
	together = 4  // sessions that are measured at a time
	looks    = 20 // of one second each
)

// BenchmarkCapacity measures what a session costs the machine that serves it, by what its page does, and says how many of them two cores
// carry: at the median of what they use in a second, and at the 95th percentile, where seconds in which many are busy still fit.
func BenchmarkCapacity(b *testing.B) {
	works := newWorks(b)
	c := newCrowd(b, works, together)
	var all []pair
	for i := range together {
		all = append(all, c.meet(i, true))
	}
	defer func() {
		for _, p := range all {
			p.part()
		}
	}()
	for b.Loop() {
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "\nper session\tcores p50\tcores p95\tin two cores at p50\tat p95\tMiB PSS\tother cores\t\n")
		for _, work := range []struct{ name, page string }{{"idle", "static"}, {"typing", "typing"}, {"scrolling", "scroll"}} {
			for _, p := range all {
				p.customer.navigate(works.URL + "/" + work.page)
			}
			<-time.After(5 * settleTime)
			used, others := secondsOf(b, looks)
			p50, p95 := share(used, 50), share(used, 95)
			pss := memory(b, sessionChromium) / together
			fmt.Fprintf(out, "%s\t%.3f\t%.3f\t%.1f\t%.1f\t%.0f\t%.2f\t\n", work.name, p50, p95, 2/p50, 2/p95, pss, others)
			b.ReportMetric(2/p50, work.name+"-p50-sessions")
			b.ReportMetric(2/p95, work.name+"-p95-sessions")
			b.ReportMetric(pss, work.name+"-MiB")
		}
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

// secondsOf is what a session's Chromium and its part of the service use in each second, in thousandths of a core, and the others' cores.
func secondsOf(t testing.TB, n int) (used []time.Duration, others float64) {
	t.Helper()
	first := lookAround(t)
	for before := first; len(used) < n; {
		<-time.After(time.Second) // the measurement is the passing of time itself
		now := lookAround(t)
		cores := (now.ours - before.ours).Seconds() / now.at.Sub(before.at).Seconds()
		used, before = append(used, time.Duration(cores/together*float64(time.Second))), now
	}
	return used, lookAround(t).othersSince(first)
}

// share is the p-th percentile in cores.
func share(used []time.Duration, p int) float64 { return max(percentile(used, p)/1000, 0.001) }
