package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/cobrowse/wire"
)

const (
	joins = 20
	// joinEvery is slower than a hub honours wishes for keys of one viewer, and lets the page come to rest.
	joinEvery = 500 * time.Millisecond
)

// BenchmarkViewers measures what more viewers cost and how long one who comes late waits for a picture of a page at rest, as video and as
// stills. A viewer is a loopback connection that gets the protocol's frames.
func BenchmarkViewers(b *testing.B) {
	works := newWorks(b)
	shared, tab := sharedBrowser(b, works.URL+"/patch")
	show := func(work string) {
		if err := shared.Navigate(b.Context(), tab, cobrowse.RoleCustomer, works.URL+work); err != nil {
			b.Fatal(err)
		}
		<-time.After(2 * settleTime)
	}
	rests := func() { <-time.After(joinEvery) }
	moved := func() {
		for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
			if _, err := shared.Input(b.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: patchX, Y: patchY, Clicks: 1}); err != nil {
				b.Fatal(err)
			}
		}
		<-time.After(settleTime)
	}
	for b.Loop() {
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "\nlate joiner\tjoins\tp50 ms\tp95 ms\tmax ms\t\n")
		for _, how := range []string{"video", "stills"} {
			for when, before := range map[string]func(){"rests": rests, "moved": moved} {
				took := lateJoins(b, shared.Hub(), how, before)
				fmt.Fprintf(out, "%s, page %s\t%d\t%.1f\t%.1f\t%.1f\t\n", how, when, len(took), percentile(took, 50), percentile(took, 95), percentile(took, 100))
				b.ReportMetric(percentile(took, 95), how+"-"+when+"-p95-ms")
			}
		}
		fmt.Fprintf(out, "\nviewers, scrolling\tpictures/s each\tChromium cores\tservice cores\tother cores\t\n")
		show("/scroll")
		for _, n := range []int{1, 2, 10} {
			for _, how := range []string{"video", "stills"} {
				l := watchedBy(b, shared.Hub(), n, how)
				fmt.Fprintf(out, "%d %s\t%.1f\t%.3f\t%.3f\t%.2f\t\n", n, how, l.pictures, l.cores, l.service, l.other)
				b.ReportMetric(l.service, fmt.Sprintf("%d-%s-service-cores", n, how))
			}
		}
		show("/patch")
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

// sharedBrowser is a session's browser without the session around it.
func sharedBrowser(b *testing.B, address string) (*browser.Browser, cobrowse.TabID) {
	b.Helper()
	dir, err := os.MkdirTemp("", "viewers-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		b.Fatal(err)
	}
	made, err := browser.New(browser.Config{WorkDir: dir}).Launch(b.Context(), browser.Spec{Session: "viewers"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = made.Close(context.Background()) })
	go func() {
		for range made.Events() { //nolint:revive // they are of no interest
		}
	}()
	tab, err := made.Open(b.Context(), cobrowse.RoleCustomer, address)
	if err != nil {
		b.Fatal(err)
	}
	return made, tab
}

func subscribe(h *stream.Hub, how string) *stream.Subscription {
	if how == "stills" {
		return h.SubscribeStills(true)
	}
	return h.Look(true)
}

// lateJoins times how long each of those who come one after the other waits for the first picture of a page that has just come to rest or
// rests for long. One looks on all the time.
func lateJoins(b *testing.B, h *stream.Hub, how string, before func()) (took []time.Duration) {
	b.Helper()
	first := subscribe(h, how)
	defer first.Close()
	await(b, first)
	for range joins {
		before()
		begin := time.Now()
		late := subscribe(h, how)
		await(b, late)
		took = append(took, time.Since(begin))
		late.Close()
	}
	return took
}

func await(b *testing.B, s *stream.Subscription) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for {
		it, err := s.Next(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if it.Chunk != nil {
			return
		}
	}
}

// watchedBy has n viewers look on for a while.
func watchedBy(b *testing.B, h *stream.Hub, n int, how string) load {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	sent := make(chan int, n)
	for range n {
		s := subscribe(h, how)
		go func() { sent <- send(ctx, b, s) }()
	}
	used, machine, begin := cpu(b, sessionChromium), lookAround(b), time.Now()
	<-time.After(loadTime)
	took, now := time.Since(begin).Seconds(), lookAround(b)
	l := load{
		cores: (cpu(b, sessionChromium) - used).Seconds() / took, service: (now.self - machine.self).Seconds() / took, other: now.othersSince(machine),
	}
	stop()
	for range n {
		l.pictures += float64(<-sent) / took / float64(n)
	}
	return l
}

// send hands a subscription to a connection until ctx ends. It returns how many pictures that were.
func send(ctx context.Context, b *testing.B, s *stream.Subscription) (pictures int) {
	defer s.Close()
	conn, drained := loopback(b)
	defer func() { <-drained }()
	defer conn.Close() //nolint:errcheck // nothing more to say
	for {
		it, err := s.Next(ctx)
		if err != nil {
			return pictures
		}
		if it.Chunk == nil {
			continue
		}
		frame, _, err := wire.Encode(cobrowse.Picture{Chunk: it.Chunk})
		if err == nil {
			_, err = conn.Write(frame)
		}
		if err != nil {
			b.Error(err)
			return pictures
		}
		pictures++
	}
}

// loopback is a connection whose other end reads everything; drained is closed when that has ended.
func loopback(b *testing.B) (conn net.Conn, drained chan struct{}) {
	drained = make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Error(err)
		close(drained)
		return conn, drained
	}
	go func() {
		defer close(drained)
		defer l.Close() //nolint:errcheck // it has served
		in, err := l.Accept()
		if err != nil {
			return
		}
		defer in.Close() //nolint:errcheck // nothing more to hear
		for buffer := make([]byte, 64<<10); err == nil; {
			_, err = in.Read(buffer)
		}
	}()
	conn, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Error(err)
	}
	return conn, drained
}
