package deliver

import (
	"context"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
)

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDeliveries: entries per second of one core, worker, adapter and stand-in together, in one process.
func BenchmarkDeliveries(b *testing.B) {
	for name, dsn := range databases {
		b.Run(name, func(b *testing.B) {
			w, o, delivered := benched(b, dsn)
			const n = 500 // below the adapter's own budget
			jobs := make([]Job, n)
			for i := range jobs {
				jobs[i] = at(o.job("acme"), desk.Completed)
				jobs[i].Entry.Record.Conversation = uuid.NewString()
			}
			enqueue(b, w.db, jobs...)
			before, began := cpu(b), time.Now()
			b.ResetTimer()
			started(b, w)
			for range n {
				<-delivered
			}
			b.StopTimer()
			b.ReportMetric(n/(cpu(b)-before).Seconds(), "deliveries/core-s")
			b.ReportMetric(n/time.Since(began).Seconds(), "deliveries/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkEndToTimeline: from the commit of a session's end until its entry is confirmed by the desk.
func BenchmarkEndToTimeline(b *testing.B) {
	for name, dsn := range databases {
		b.Run(name, func(b *testing.B) {
			w, o, delivered := benched(b, dsn)
			started(b, w)
			took := make([]time.Duration, 200)
			for i := range took {
				enqueue(b, w.db, at(o.job("acme"), desk.Completed))
				began := time.Now()
				w.Wake()
				<-delivered
				took[i] = time.Since(began)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func benched(b *testing.B, dsn func(testing.TB) string) (*Worker, *org, chan struct{}) {
	address := dsn(b)
	migrated(b, address)
	db := opened(b, address)
	b.Cleanup(func() { _ = db.Close() })
	o, delivered := newOrg(), make(chan struct{}, 1000)
	d := o.desk(b)
	desks := func(context.Context, string) (desk.Desk, error) { return d, nil }
	return New(db, ring, desks, filesOf, quiet(), Options{AtOnce: 4, Hooks: Hooks{Delivered: func() { delivered <- struct{}{} }}}), o, delivered
}
