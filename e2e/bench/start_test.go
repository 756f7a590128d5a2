package bench

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/coder/websocket"

	"cobrowse-connector/connector/demo"
)

const startRounds = 4

// BenchmarkStart measures how long the first picture takes: the product from the moment the agent sends the PIN, with a
// customer who consents at once, until the picture arrives at the agent; the baseline from the wish to see a page until its
// picture arrives. Cold starts a Chromium, warm has one.
func BenchmarkStart(b *testing.B) {
	works := newWorks(b)
	cold, _ := start(b, works, 0)
	warm, _ := start(b, works, 1)
	for b.Loop() {
		took := map[string][]time.Duration{}
		before := lookAround(b)
		for range startRounds {
			took["product cold"] = append(took["product cold"], ourStart(b, cold))
			took["jpeg cold"] = append(took["jpeg cold"], baselineStart(b, works, false))
			untilQuiet(b, sessionChromium)
			took["product warm"] = append(took["product warm"], ourStart(b, warm))
			took["jpeg warm"] = append(took["jpeg warm"], baselineStart(b, works, true))
		}
		other := lookAround(b).othersSince(before)
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "\nstart to first picture\tstarts\tp50 ms\tmin ms\tmax ms\tother cores\t\n")
		for _, how := range []struct{ name, metric string }{
			{"product cold", "product-cold-ms"}, {"jpeg cold", "jpeg-cold-ms"}, {"product warm", "product-warm-ms"}, {"jpeg warm", "jpeg-warm-ms"},
		} {
			d := took[how.name]
			fmt.Fprintf(out, "%s\t%d\t%.0f\t%.0f\t%.0f\t%.2f\t\n", how.name, len(d), percentile(d, 50), percentile(d, 0), percentile(d, 100), other)
			b.ReportMetric(percentile(d, 50), how.metric)
		}
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

func ourStart(b *testing.B, d *demo.Demo) time.Duration {
	b.Helper()
	customer, pin := customer(b, d)
	agent := post[struct{ Token string }](b, d.Service+"/v1/agent/launch", "", map[string]string{"launch": launch(b, d)}).Token
	begin := time.Now()
	claimed := post[struct{ Session struct{ ID string } }](b, d.Service+"/v1/agent/pins/claim", agent, map[string]string{"pin": pin})
	live := post[struct{ Token string }](b, d.Service+"/v1/agent/sessions/"+claimed.Session.ID+"/join", agent, struct{}{}).Token
	viewer := join(b, d, live, false)
	viewer.picture()
	took := time.Since(begin)
	customer.send(map[string]any{"type": "end"})
	viewer.over()
	return took
}

func baselineStart(b *testing.B, works *httptest.Server, warm bool) time.Duration {
	b.Helper()
	begin := time.Now()
	cast := newScreencast(b, width, height)
	defer cast.close()
	if warm {
		untilQuiet(b, cast.Profile)
		begin = time.Now()
	}
	cast.show(b, works.URL+"/static")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+cast.URL[len("http"):]+"/ws", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.CloseNow() //nolint:errcheck // the picture is what counts
	conn.SetReadLimit(-1)
	if _, _, err := conn.Read(ctx); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// untilQuiet waits until there is a Chromium of profile and it has nothing to do any more.
func untilQuiet(b *testing.B, profile string) {
	b.Helper()
	const look, little = 500 * time.Millisecond, 20 * time.Millisecond
	begin := time.Now()
	used := time.Duration(-1)
	for time.Since(begin) < patience {
		var now time.Duration
		for _, p := range below(b, profile) {
			now += p.cpu
		}
		if used > 0 && now >= used && now-used <= little {
			return
		}
		used = now
		<-time.After(look)
	}
	b.Fatalf("the Chromium of %s does not come to rest", profile)
}
